//! Writing to where nobody reads, by calls that raise a signal then.

/// While it lives SIGPIPE is held back from this thread: some calls have no flag against it.
pub struct WithoutSigpipe {
    before: libc::sigset_t,
    pending_before: bool,
}

fn sigpipe() -> libc::sigset_t {
    // SAFETY: a set is plain bytes, filled in by the two calls.
    unsafe {
        let mut set = std::mem::zeroed();
        libc::sigemptyset(&raw mut set);
        libc::sigaddset(&raw mut set, libc::SIGPIPE);
        set
    }
}

fn has_sigpipe(set: &libc::sigset_t) -> bool {
    // SAFETY: a set that a call has filled in.
    unsafe { libc::sigismember(set, libc::SIGPIPE) == 1 }
}

impl WithoutSigpipe {
    /// From now on.
    pub fn begin() -> WithoutSigpipe {
        let held = sigpipe();
        // SAFETY: two sets that live as long as the calls.
        unsafe {
            let mut before = std::mem::zeroed();
            libc::pthread_sigmask(libc::SIG_BLOCK, &raw const held, &raw mut before);
            // Only where the program holds it back itself can one wait that is the program's.
            let mut pending = std::mem::zeroed();
            let pending_before =
                has_sigpipe(&before) && libc::sigpending(&raw mut pending) == 0 && has_sigpipe(&pending);
            WithoutSigpipe { before, pending_before }
        }
    }

    /// Takes the signal that was raised.
    pub fn take_signal(&self) {
        if self.pending_before {
            return;
        }
        // SAFETY: sets and a number that live as long as the calls. It waits for what is there already.
        unsafe {
            let (set, mut pending, mut number) = (sigpipe(), std::mem::zeroed(), 0);
            if libc::sigpending(&raw mut pending) == 0 && has_sigpipe(&pending) {
                libc::sigwait(&raw const set, &raw mut number);
            }
        }
    }
}

impl Drop for WithoutSigpipe {
    fn drop(&mut self) {
        if !has_sigpipe(&self.before) {
            // SAFETY: the set that was there before.
            unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &raw const self.before, std::ptr::null_mut()) };
        }
    }
}
