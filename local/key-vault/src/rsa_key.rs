//! One RSA key, which wraps and unwraps with OAEP and SHA-256.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rsa::{
    KeySize, OAEP_SHA256_MGF1SHA256, OaepPrivateDecryptingKey, OaepPublicEncryptingKey,
    PrivateDecryptingKey,
};
use aws_lc_rs::signature::{KeyPair, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

/// The only algorithm there is.
pub(crate) const ALGORITHM: &str = "RSA-OAEP-256";

/// A private key, PKCS#8 in base64url.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct RsaKey(String);

impl RsaKey {
    pub(crate) fn random() -> Result<Self, Unspecified> {
        let key = PrivateDecryptingKey::generate(KeySize::Rsa2048)?;
        let der: Pkcs8V1Der<'_> = key.as_der()?;
        Ok(Self(URL_SAFE_NO_PAD.encode(der.as_ref())))
    }

    pub(crate) fn wrap(&self, plain: &[u8]) -> Result<Vec<u8>, Unspecified> {
        let key = OaepPublicEncryptingKey::new(self.private()?.public_key())?;
        let mut wrapped = vec![0; key.ciphertext_size()];
        let length = key.encrypt(&OAEP_SHA256_MGF1SHA256, plain, &mut wrapped, None)?.len();
        wrapped.truncate(length);
        Ok(wrapped)
    }

    pub(crate) fn unwrap(&self, wrapped: &[u8]) -> Result<Vec<u8>, Unspecified> {
        let key = OaepPrivateDecryptingKey::new(self.private()?)?;
        let mut plain = vec![0; key.min_output_size()];
        let length = key.decrypt(&OAEP_SHA256_MGF1SHA256, wrapped, &mut plain, None)?.len();
        plain.truncate(length);
        Ok(plain)
    }

    /// Modulus and exponent in base64url.
    pub(crate) fn public(&self) -> Result<[String; 2], Unspecified> {
        let pair = RsaKeyPair::from_pkcs8(&self.der()?).map_err(|_| Unspecified)?;
        let public = pair.public_key();
        let numbers = [public.modulus(), public.exponent()];
        Ok(numbers.map(|number| URL_SAFE_NO_PAD.encode(number.big_endian_without_leading_zero())))
    }

    fn private(&self) -> Result<PrivateDecryptingKey, Unspecified> {
        PrivateDecryptingKey::from_pkcs8(&self.der()?).map_err(|_| Unspecified)
    }

    fn der(&self) -> Result<Vec<u8>, Unspecified> {
        URL_SAFE_NO_PAD.decode(&self.0).map_err(|_| Unspecified)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_key_wraps_no_other_unwraps() {
        let (key, other) = (RsaKey::random().unwrap(), RsaKey::random().unwrap());
        let wrapped = key.wrap(b"data key").unwrap();
        assert_eq!(key.unwrap(&wrapped).unwrap(), b"data key");
        assert!(other.unwrap(&wrapped).is_err());
        assert!(key.unwrap(&wrapped[1..]).is_err());
        assert!(key.wrap(&[0; 191]).is_err(), "longer than the key holds");
    }
}
