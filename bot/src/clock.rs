//! Time and randomness, passed in so that tests are exact. Ambient ones are banned in `clippy.toml`.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use rand::rngs::{StdRng, SysRng};
use rand::{Rng, SeedableRng};
use sha2::{Digest, Sha256};

/// Where the time comes from.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// Milliseconds since the epoch, moved by a test.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// Milliseconds since the Unix epoch, as every time is stored.
    pub fn now_ms(&self) -> i64 {
        match self {
            #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
            Self::System => Timestamp::now().as_millisecond(),
            Self::Manual(ms) => ms.load(Ordering::SeqCst),
        }
    }

    /// Today in Vietnam: fees and deadlines are in force by this date.
    pub fn today(&self) -> Date {
        local(self.now_ms()).date()
    }
}

/// Vietnam has one time zone, UTC+7, without daylight saving: no time-zone database is needed.
pub fn local(ms: i64) -> DateTime {
    let instant = Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH);
    Offset::constant(7).to_datetime(instant)
}

/// Where random identifiers, tokens and receipt codes come from.
#[derive(Clone, Debug)]
pub struct Randomness(Arc<Mutex<StdRng>>);

impl Randomness {
    /// Seeded by the operating system.
    ///
    /// # Errors
    /// When the operating system gives no randomness.
    pub fn from_system() -> anyhow::Result<Self> {
        Ok(Self(Arc::new(Mutex::new(StdRng::try_from_rng(&mut SysRng)?))))
    }

    /// The same sequence every time, for tests.
    pub fn seeded(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(StdRng::seed_from_u64(seed))))
    }

    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut bytes);
        bytes
    }

    /// A number from 0 to below `bound`; 0 where that is not positive.
    pub fn below(&self, bound: i64) -> i64 {
        let random = u64::from_le_bytes(self.bytes::<8>());
        u64::try_from(bound).ok().filter(|bound| *bound > 0).map_or(0, |bound| i64::try_from(random % bound).unwrap_or(0))
    }

    /// A new identifier for a row: 96 random bits in hexadecimal.
    pub fn id(&self) -> String {
        hex(&self.bytes::<12>())
    }

    /// A secret for a cookie or a link: 256 random bits in hexadecimal.
    pub fn token(&self) -> String {
        hex(&self.bytes::<32>())
    }
}

/// The form in which a secret token is stored: its SHA-256.
pub fn token_hash(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
