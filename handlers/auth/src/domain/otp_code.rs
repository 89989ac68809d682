//! The code that proves a phone number.

use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hmac;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use values::Language;

use super::code_purpose::CodePurpose;

/// Six digits.
// A secret, so it has no `Debug`.
#[derive(Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, pattern = "^[0-9]{6}$", example = "428193")]
pub(crate) struct OtpCode(String);

/// The text is not a code.
#[derive(Debug, thiserror::Error)]
#[error("a code has {} digits", OtpCode::LENGTH)]
pub(crate) struct OtpCodeError;

/// What a phone's owner is told when a pause begins. In the languages of the product at once: what
/// its owner reads is not known here.
pub(crate) const WRONG_CODES_NOTICE: &str = "\
    PayMe: somebody entered wrong codes for this number too often, so no code is taken for a \
    while. If it was not you, there is nothing to do; never tell anyone a code.\n\
    PayMe：有人多次為此號碼輸入錯誤驗證碼，系統將暫停接受驗證碼。如非你本人操作，你無須處理；切勿向任何人透露驗證碼。\n\
    PayMe：有人多次为该号码输入错误验证码，系统将暂停接受验证码。如非您本人操作，您无需处理；切勿向任何人透露验证码。";

/// What a phone is told that its person has left, whoever holds it now.
pub(crate) const PHONE_CHANGED_NOTICE: &str = "\
    PayMe: your account has moved to another phone number. If it was not you, contact us at once.\n\
    PayMe：你的帳戶已改用另一個電話號碼。如非你本人操作，請立即聯絡我們。\n\
    PayMe：您的账户已改用另一个手机号码。如非您本人操作，请立即联系我们。";

impl OtpCode {
    const LENGTH: usize = 6;
    const COUNT: u64 = 1_000_000;

    /// A code that nobody can predict.
    pub(crate) fn random() -> Result<Self, Unspecified> {
        let mut bytes = [0; 8];
        aws_lc_rs::rand::fill(&mut bytes)?;
        // 2^64 is no multiple of the count, but that favours no code by more than 1 in 10^13.
        let number = u64::from_le_bytes(bytes) % Self::COUNT;
        Ok(Self(format!("{number:06}")))
    }

    /// What is stored instead of the code: without our key nobody can try them all. What it was
    /// asked for is in it, so that a store that loses the purpose leaves a code good for nothing.
    pub(crate) fn digest(
        &self,
        key: &hmac::Key,
        challenge_id: Uuid,
        purpose: Option<CodePurpose>,
    ) -> Vec<u8> {
        // Id and code have one length each, so no two inputs are one text.
        let purpose = purpose.map_or("", |purpose| purpose.code());
        let salted = [challenge_id.as_bytes(), self.0.as_bytes(), purpose.as_bytes()].concat();
        hmac::sign(key, &salted).as_ref().to_vec()
    }

    /// The ASCII digits.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// The message that brings the code; `minutes` is how long it is valid. Whoever asks for it
    /// names the language, and may be a thief: so whatever they name, what the code does and never
    /// to tell it stand in Chinese and in English.
    pub(crate) fn message(
        &self,
        purpose: Option<CodePurpose>,
        language: Language,
        minutes: u64,
    ) -> String {
        let code = &self.0;
        let what = |language| CodePurpose::words(purpose, language);
        let english = what(Language::English);
        match language {
            Language::English => format!(
                "Your PayMe code is {code} ({minutes} minutes). {english} \
                 Tell no one, even PayMe.\n{}切勿告訴任何人。",
                what(Language::TraditionalChinese)
            ),
            Language::TraditionalChinese => format!(
                "PayMe 驗證碼 {code}：{}{minutes} 分鐘內有效。\
                 職員不會索取，切勿告訴任何人。\n{english} Tell no one, even PayMe.",
                what(language)
            ),
            Language::SimplifiedChinese => format!(
                "PayMe 验证码 {code}：{}{minutes} 分钟内有效。\
                 职员不会索取，切勿告诉任何人。\n{english} Tell no one, even PayMe.",
                what(language)
            ),
        }
    }
}

impl TryFrom<String> for OtpCode {
    type Error = OtpCodeError;

    fn try_from(text: String) -> Result<Self, OtpCodeError> {
        let is_code =
            text.len() == Self::LENGTH && text.bytes().all(|digit| digit.is_ascii_digit());
        if is_code { Ok(Self(text)) } else { Err(OtpCodeError) }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn random_codes_are_codes_and_differ() {
        let codes: Vec<String> = (0..20).map(|_| OtpCode::random().unwrap().0).collect();
        assert!(codes.iter().all(|code| OtpCode::try_from(code.clone()).is_ok()));
        assert!(codes.iter().any(|code| *code != codes[0]));
    }

    #[test]
    fn each_message_warns_in_chinese_and_english_and_is_charged_as_two_at_most() {
        let code = OtpCode::try_from("428193".to_owned()).unwrap();
        let purposes = CodePurpose::ALL.iter().copied().map(Some).chain([None]);
        for (purpose, language) in
            purposes.flat_map(|one| Language::ALL.iter().map(move |language| (one, *language)))
        {
            let message = code.message(purpose, language, 5);
            // Of one that is sent in parts each has 67 characters of UCS-2.
            assert!(message.encode_utf16().count() <= 2 * 67, "{message}");
            assert!(message.contains("428193"), "{message}");
            let says = |what: &str| message.contains(what);
            assert!(says(CodePurpose::words(purpose, Language::English)), "{message}");
            assert!(says("Tell no one"), "{message}");
            let is_chinese =
                |language, never| says(CodePurpose::words(purpose, language)) && says(never);
            assert!(
                is_chinese(Language::TraditionalChinese, "切勿告訴任何人")
                    || is_chinese(Language::SimplifiedChinese, "切勿告诉任何人"),
                "{message}"
            );
        }
    }

    #[test]
    fn what_is_not_six_digits_is_no_code() {
        for text in ["", "12345", "1234567", "12345a", "１２３４５６"] {
            assert!(OtpCode::try_from(text.to_owned()).is_err(), "{text}");
        }
    }

    #[test]
    fn one_code_has_another_digest_in_each_challenge_for_each_purpose_and_under_each_key() {
        let [key, another] = [1, 2].map(|byte| hmac::Key::new(hmac::HMAC_SHA256, &[byte; 32]));
        let code = OtpCode::try_from("428193".to_owned()).unwrap();
        let (one, other) = (Uuid::new_v4(), Uuid::new_v4());
        let digest = code.digest(&key, one, None);
        assert_eq!(code.digest(&key, one, None), digest);
        assert_ne!(code.digest(&key, other, None), digest);
        assert_ne!(code.digest(&another, one, None), digest);
        let of_purpose = |purpose: &CodePurpose| code.digest(&key, one, Some(*purpose));
        let different: HashSet<_> =
            CodePurpose::ALL.iter().map(of_purpose).chain([digest]).collect();
        assert_eq!(different.len(), CodePurpose::ALL.len() + 1);
    }
}
