//! Who the calling thread is.
use std::cell::RefCell;

/// A number no other live thread has; never 0 or 1. Costs no thread-local access.
#[inline]
#[cfg(not(all(target_arch = "x86_64", target_os = "linux", target_pointer_width = "64")))]
pub fn current() -> usize {
    // SAFETY: pthread_self has no preconditions.
    unsafe { libc::pthread_self() as usize }
}

/// A number no other live thread has; never 0 or 1. Every call on a handle asks for it, so it is worth one instruction
/// rather than a call that saves registers: the ABI of this platform keeps the address of the thread's control block there.
#[inline]
#[cfg(all(target_arch = "x86_64", target_os = "linux", target_pointer_width = "64"))]
pub fn current() -> usize {
    let thread: usize;
    // SAFETY: only reads a word that every thread has.
    unsafe {
        std::arch::asm!("mov {}, fs:0", out(reg) thread, options(pure, readonly, nostack, preserves_flags));
    }
    thread
}

type Hook = Box<dyn FnOnce()>;

struct AtEnd(Vec<(usize, Hook)>);

impl Drop for AtEnd {
    fn drop(&mut self) {
        for (_, hook) in self.0.drain(..) {
            hook();
        }
    }
}

thread_local! {
    static AT_END: RefCell<AtEnd> = const { RefCell::new(AtEnd(Vec::new())) };
}

/// Runs `hook` when the calling thread ends: thread numbers are used again, what they own must not be. One for each
/// `key` is enough: the first stays.
pub fn at_end(key: usize, hook: Hook) {
    let _ = AT_END.try_with(|hooks| {
        let hooks = &mut hooks.borrow_mut().0;
        if hooks.iter().all(|(known, _)| *known != key) {
            hooks.push((key, hook));
        }
    });
}

/// The program's signal handlers belong on the program's own threads: the calling one is none of them.
pub fn block_signals() {
    // SAFETY: sigfillset initialises the set before pthread_sigmask reads it.
    unsafe {
        let mut all = std::mem::zeroed();
        libc::sigfillset(&raw mut all);
        libc::pthread_sigmask(libc::SIG_BLOCK, &raw const all, std::ptr::null_mut());
    }
}
