//! Defaults of the process for choosing among several addresses.
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// The shortest time an attempt is given, in milliseconds.
pub const MIN_ATTEMPT_TIMEOUT: u64 = 10;

static AUTO_SELECT_FAMILY: AtomicBool = AtomicBool::new(true);
static ATTEMPT_TIMEOUT: AtomicU64 = AtomicU64::new(500);

/// Whether connects that do not say try several addresses.
pub fn default_auto_select_family() -> bool {
    AUTO_SELECT_FAMILY.load(Ordering::Relaxed)
}

/// Sets it for connects to come.
pub fn set_default_auto_select_family(on: bool) {
    AUTO_SELECT_FAMILY.store(on, Ordering::Relaxed);
}

/// How long an attempt is given before the next is made, in milliseconds.
pub fn default_auto_select_family_attempt_timeout() -> u64 {
    ATTEMPT_TIMEOUT.load(Ordering::Relaxed)
}

/// Sets it for connects to come; less than 10 counts as 10.
pub fn set_default_auto_select_family_attempt_timeout(ms: u64) {
    ATTEMPT_TIMEOUT.store(ms.max(MIN_ATTEMPT_TIMEOUT), Ordering::Relaxed);
}
