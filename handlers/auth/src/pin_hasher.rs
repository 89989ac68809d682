//! Hashes PINs, mixed with a secret of ours, with argon2id: a few at a time, in memory that is kept
//! and reused.
//!
//! A hash must not take so much memory from the allocator: the allocator keeps what is freed, once
//! for each thread that ever hashed, and a busy hour would leave hundreds of megabytes behind.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use argon2::password_hash::Error as HashError;
use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use service::Error;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::domain::Pin;
use crate::pin_peppers::{Pepper, Peppers};

/// Hashes computed at once by one instance; each takes a core and [`MEMORY_KIB`].
const HASHES_AT_ONCE: usize = 4;
/// How long a request waits for its turn.
const TURN_TIMEOUT: Duration = Duration::from_secs(5);

/// Parameters of argon2id, as OWASP recommends them. A stored hash carries its own.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// A hash of nobody's PIN, of the same cost as a new one.
const OF_NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5J3Mgc2FsdC4uLg$\
    bm9ib2R5J3MgUElOLCAzMiBieXRlcyBvZiBub3RoaW4";

/// Too many PINs are being checked.
const BUSY: Error = Error::Unavailable("The service is busy; try again.");

/// Hashes PINs.
#[derive(Clone)]
pub(crate) struct PinHasher {
    peppers: Arc<Peppers>,
    turns: Arc<Semaphore>,
    /// The memory that no hash is using; never more than [`HASHES_AT_ONCE`] pieces.
    idle: Arc<Mutex<Vec<Memory>>>,
}

/// The memory that one hash works in.
type Memory = Vec<Block>;

/// The right to compute one hash.
pub(crate) struct Turn {
    peppers: Arc<Peppers>,
    permit: OwnedSemaphorePermit,
    idle: Arc<Mutex<Vec<Memory>>>,
}

impl PinHasher {
    pub(crate) fn new(peppers: Peppers) -> Self {
        let turns = Arc::new(Semaphore::new(HASHES_AT_ONCE));
        Self { peppers: Arc::new(peppers), turns, idle: Arc::default() }
    }

    /// Whether a new hash would be made as this one was: with the first pepper, at today's cost.
    pub(crate) fn is_current(&self, stored: &str) -> bool {
        let cost = format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}$");
        let pepper = self.peppers.first().map_or("", Pepper::id);
        stored.strip_prefix(pepper).is_some_and(|phc| phc.starts_with(&cost))
    }

    /// Waits for a turn, no longer than [`TURN_TIMEOUT`].
    pub(crate) async fn turn(&self) -> Result<Turn, Error> {
        let permit = tokio::time::timeout(TURN_TIMEOUT, Arc::clone(&self.turns).acquire_owned());
        let permit = permit.await.ok().and_then(Result::ok).ok_or(BUSY)?;
        Ok(Turn { peppers: Arc::clone(&self.peppers), permit, idle: Arc::clone(&self.idle) })
    }
}

impl Turn {
    /// The salted hash of a new PIN, in PHC form, after the id of its pepper.
    pub(crate) async fn hash(self, pin: Pin) -> Result<String, Error> {
        let mut salt = [0; Salt::RECOMMENDED_LENGTH];
        aws_lc_rs::rand::fill(&mut salt).map_err(Error::internal)?;
        let peppers = Arc::clone(&self.peppers);
        let hash = self.work(move |memory| {
            let kind = (Algorithm::Argon2id, Version::V0x13);
            let params = Params::new(MEMORY_KIB, PASSES, LANES, None)?;
            let (id, secret) = mixed(peppers.first(), &pin);
            let hash = compute(&secret, Salt::new(&salt)?, kind, &params, memory)?;
            Ok::<_, HashError>(format!("{id}{hash}"))
        });
        hash.await?.map_err(Error::internal)
    }

    /// Whether `pin` is the one behind `hash`.
    pub(crate) async fn verify(self, pin: Pin, hash: String) -> Result<bool, Error> {
        let (pepper, phc) = self.peppers.of(&hash).map_err(Error::internal)?;
        let ((_, secret), phc) = (mixed(pepper, &pin), phc.to_owned());
        let is_right = self.work(move |memory| {
            let stored = PasswordHash::new(&phc)?;
            let salt = stored.salt.ok_or(HashError::SaltInvalid)?;
            let algorithm = Algorithm::try_from(stored.algorithm.as_str())?;
            let version = stored.version.map(Version::try_from).transpose()?.unwrap_or_default();
            let params = Params::try_from(&stored)?;
            let computed = compute(&secret, salt, (algorithm, version), &params, memory)?;
            // Compares in constant time.
            Ok::<_, HashError>(computed.hash.is_some() && computed.hash == stored.hash)
        });
        is_right.await?.map_err(Error::internal)
    }

    /// The same; without a hash it takes as long, and is false.
    pub(crate) async fn verify_or_pretend(
        self,
        pin: Pin,
        hash: Option<String>,
    ) -> Result<bool, Error> {
        let is_of_somebody = hash.is_some();
        let hash = hash.unwrap_or_else(|| OF_NOBODY.to_owned());
        Ok(self.verify(pin, hash).await? && is_of_somebody)
    }

    /// Does `work` off the async threads, in memory of the pool. The turn ends with the work, even
    /// if nobody waits for it any more.
    async fn work<T: Send + 'static>(
        self,
        work: impl FnOnce(&mut Memory) -> T + Send + 'static,
    ) -> Result<T, Error> {
        let Self { permit, idle, .. } = self;
        let done = tokio::task::spawn_blocking(move || {
            let mut memory = lock(&idle).pop().unwrap_or_default();
            let result = work(&mut memory);
            lock(&idle).push(memory);
            drop(permit);
            result
        });
        done.await.map_err(Error::internal)
    }
}

fn lock(idle: &Mutex<Vec<Memory>>) -> MutexGuard<'_, Vec<Memory>> {
    idle.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is hashed in place of a PIN, and the id of the pepper in it.
fn mixed<'a>(pepper: Option<&'a Pepper>, pin: &Pin) -> (&'a str, Vec<u8>) {
    match pepper {
        Some(pepper) => (pepper.id(), pepper.mix(pin).as_ref().to_vec()),
        None => ("", pin.as_bytes().to_vec()),
    }
}

fn compute(
    secret: &[u8],
    salt: Salt,
    (algorithm, version): (Algorithm, Version),
    params: &Params,
    memory: &mut Memory,
) -> Result<PasswordHash, HashError> {
    let blocks = params.block_count();
    if memory.len() < blocks {
        memory.resize(blocks, Block::new());
    }
    let mut buffer = [0; Output::MAX_LENGTH];
    let length = params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
    let output = buffer.get_mut(..length).ok_or(HashError::OutputSize)?;
    Argon2::new(algorithm, version, params.clone()).hash_password_into_with_memory(
        secret,
        &salt,
        output,
        &mut memory[..blocks],
    )?;
    Ok(PasswordHash {
        algorithm: algorithm.ident(),
        version: Some(version.into()),
        params: ParamsString::try_from(params)?,
        salt: Some(salt),
        hash: Some(Output::new(output)?),
    })
}

#[cfg(test)]
mod tests {
    use argon2::{CustomizedPasswordHasher, PasswordHasher, PasswordVerifier};
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    /// What the process may keep on top of the pool's memory, since other tests hash meanwhile.
    /// Two hundred hashes, each in memory of its own, kept twenty times as much.
    const KEPT_KIB_MAX: u64 = 64 * 1_024;

    fn pin(text: &str) -> Pin {
        Pin::try_from(text.to_owned()).unwrap()
    }

    fn peppers(bytes: &[u8]) -> Peppers {
        let texts: Vec<String> = bytes.iter().map(|byte| STANDARD.encode([*byte; 32])).collect();
        Peppers::new(&texts.join(",")).unwrap()
    }

    fn hasher() -> PinHasher {
        PinHasher::new(peppers(&[1]))
    }

    async fn verify(hasher: &PinHasher, text: &str, stored: &str) -> bool {
        hasher.turn().await.unwrap().verify(pin(text), stored.to_owned()).await.unwrap()
    }

    #[tokio::test]
    async fn a_new_hash_is_what_any_argon2id_verifies_that_has_the_pepper_and_no_other() {
        let stored = hasher().turn().await.unwrap().hash(pin("739164")).await.unwrap();
        let ours = peppers(&[1]);
        let (pepper, phc) = ours.of(&stored).unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        let mixed = |text| pepper.unwrap().mix(&pin(text));
        assert!(Argon2::default().verify_password(mixed("739164").as_ref(), phc).is_ok());
        assert!(Argon2::default().verify_password(mixed("739165").as_ref(), phc).is_err());
        assert!(Argon2::default().verify_password(b"739164", phc).is_err());
    }

    #[tokio::test]
    async fn a_hash_without_a_pepper_or_with_an_earlier_one_stays_good_and_is_not_current() {
        let plain = Argon2::default().hash_password(b"739164").unwrap().to_string();
        let earlier = hasher().turn().await.unwrap().hash(pin("739164")).await.unwrap();
        let rotated = PinHasher::new(peppers(&[2, 1]));
        let current = rotated.turn().await.unwrap().hash(pin("739164")).await.unwrap();
        for (stored, is_current) in [(&plain, false), (&earlier, false), (&current, true)] {
            assert!(verify(&rotated, "739164", stored).await, "{stored}");
            assert!(!verify(&rotated, "739165", stored).await, "{stored}");
            assert_eq!(rotated.is_current(stored), is_current, "{stored}");
        }
        assert!(hasher().is_current(&earlier));
        assert!(!hasher().is_current(&earlier.replace("t=2", "t=1")));
        // A pepper that is gone is a failure and not a wrong PIN.
        assert!(hasher().turn().await.unwrap().verify(pin("739164"), current).await.is_err());
    }

    #[tokio::test]
    async fn stored_hashes_of_any_parameters_verify_in_memory_that_others_used() {
        let hasher = hasher();
        for (algorithm, version, memory_kib, passes, lanes) in [
            ("argon2id", 19, 19_456, 2, 1),
            ("argon2id", 19, 64, 3, 2),
            ("argon2i", 19, 24_000, 1, 1),
            ("argon2id", 16, 1_024, 2, 1),
        ] {
            let params = Params::new(memory_kib, passes, lanes, None).unwrap();
            let (algorithm, version) = (Some(algorithm), Some(version));
            let stored = Argon2::default().hash_password_customized(
                b"739164",
                b"salt of the test",
                algorithm,
                version,
                params,
            );
            let stored = stored.unwrap().to_string();
            for (text, is_right) in [("739164", true), ("739165", false)] {
                let turn = hasher.turn().await.unwrap();
                let answer = turn.verify(pin(text), stored.clone()).await.unwrap();
                assert_eq!(answer, is_right, "{stored}");
            }
        }
        assert_eq!(lock(&hasher.idle).len(), 1);
    }

    #[tokio::test]
    async fn nobodys_pin_takes_as_long_as_somebodys_and_is_wrong() {
        let hasher = hasher();
        let new = hasher.turn().await.unwrap().hash(pin("739164")).await.unwrap();
        let cost = |hash: &str| hash.rsplitn(3, '$').last().unwrap().to_owned();
        assert!(cost(&new).ends_with(&cost(OF_NOBODY)));
        let turn = hasher.turn().await.unwrap();
        assert!(!turn.verify_or_pretend(pin("739164"), None).await.unwrap());
        let turn = hasher.turn().await.unwrap();
        assert!(turn.verify_or_pretend(pin("739164"), Some(new)).await.unwrap());
    }

    #[tokio::test]
    async fn what_is_no_hash_is_a_failure_and_not_a_wrong_pin() {
        for stored in ["", "plain", "$argon2id$v=19$m=19456,t=2,p=1", "$scrypt$ln=1$c2FsdHNhbHQ"] {
            let turn = hasher().turn().await.unwrap();
            assert!(turn.verify(pin("739164"), stored.to_owned()).await.is_err(), "{stored}");
        }
    }

    #[tokio::test]
    async fn a_hash_that_nobody_waits_for_any_more_keeps_its_turn_to_the_end() {
        let hasher = hasher();
        let params = Params::new(MEMORY_KIB, 20, LANES, None).unwrap();
        let slow = Argon2::from(params).hash_password(b"739164").unwrap().to_string();
        let verify = hasher.turn().await.unwrap().verify(pin("739164"), slow);
        let hung_up = tokio::time::timeout(Duration::from_millis(1), verify).await;
        assert!(hung_up.is_err());
        assert_eq!(hasher.turns.available_permits(), HASHES_AT_ONCE - 1);
        while hasher.turns.available_permits() < HASHES_AT_ONCE {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert_eq!(lock(&hasher.idle).len(), 1);
    }

    #[tokio::test]
    async fn two_hundred_hashes_keep_the_memory_of_four() {
        let hasher = hasher();
        let before = resident_kib();
        for _ in 0..25 {
            let hashes = (0..8).map(async |_| {
                let turn = hasher.turn().await.unwrap();
                turn.hash(pin("739164")).await.unwrap();
            });
            futures_util::future::join_all(hashes).await;
        }
        assert!(lock(&hasher.idle).len() <= HASHES_AT_ONCE);
        let kept = resident_kib().saturating_sub(before);
        let of_the_pool = u64::from(MEMORY_KIB) * u64::try_from(HASHES_AT_ONCE).unwrap();
        assert!(kept <= of_the_pool + KEPT_KIB_MAX, "{kept} KiB");
    }

    #[tokio::test(flavor = "multi_thread")]
    #[expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test")]
    #[expect(clippy::print_stdout, reason = "it is what it is run for")]
    #[ignore = "prints figures: make auth-figures"]
    async fn figures_of_a_pin_check() {
        const CHECKS: u32 = 50;
        let hasher = hasher();
        let stored = hasher.turn().await.unwrap().hash(pin("739164")).await.unwrap();
        let before = cpu_time();
        for _ in 0..CHECKS {
            assert!(verify(&hasher, "739164", &stored).await);
        }
        println!("| a PIN check | {:.1?} of one core |", (cpu_time() - before) / CHECKS);
        let checks = (0..CHECKS).map(|_| verify(&hasher, "739164", &stored));
        let began = std::time::Instant::now();
        let (mut all, mut most) = (std::pin::pin!(futures_util::future::join_all(checks)), 0);
        loop {
            tokio::select! {
                _ = &mut all => break,
                () = tokio::time::sleep(Duration::from_millis(1)) => {
                    most = most.max(HASHES_AT_ONCE - hasher.turns.available_permits());
                }
            }
        }
        println!("| {CHECKS} PIN checks at once | {most} at a time, {:.1?} |", began.elapsed());
    }

    /// What this process has used, all threads together.
    fn cpu_time() -> Duration {
        const MS_PER_TICK: u64 = 10;
        let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
        let ticks: u64 = [11, 12].map(|at: usize| fields[at].parse::<u64>().unwrap()).iter().sum();
        Duration::from_millis(ticks.saturating_mul(MS_PER_TICK))
    }

    /// The process's memory (`VmRSS`).
    fn resident_kib() -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim_end_matches("kB").trim().parse().unwrap()
    }
}
