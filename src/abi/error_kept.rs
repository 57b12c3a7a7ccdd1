//! Errors that C may look at after the call that asked for them: one of a loop's and one of its sockets'.
//!
//! They are kept by the thread that asked, since only the loop's own thread may ask.
use super::error::net_error;
use super::error_out::ErrorOut;
use crate::net::error::NetError;
use crate::net::events::LoopId;
use core::ptr::null;
use std::cell::RefCell;

struct Kept {
    owner: LoopId,
    of_loop: Option<Box<ErrorOut>>,
    of_socket: Option<Box<ErrorOut>>,
}

thread_local! {
    static KEPT: RefCell<Vec<Kept>> = const { RefCell::new(Vec::new()) };
}

fn with<R>(owner: LoopId, look: impl FnOnce(&mut Kept) -> R) -> R {
    KEPT.with_borrow_mut(|all| {
        let found = all.iter().position(|kept| kept.owner == owner).unwrap_or_else(|| {
            all.push(Kept { owner, of_loop: None, of_socket: None });
            all.len() - 1
        });
        look(&mut all[found])
    })
}

/// The loop's error for C. Asked again, it is the same pointer, until [`forget_of_loop`].
pub(super) fn keep_of_loop(owner: LoopId, error: Option<&NetError>) -> *const net_error {
    match error {
        None => null(),
        Some(error) => with(owner, |kept| kept.of_loop.get_or_insert_with(|| Box::new(ErrorOut::new(error))).seen()),
    }
}

/// A socket's error for C, until the next one of the same loop.
pub(super) fn keep_of_socket(owner: LoopId, error: Option<&NetError>) -> *const net_error {
    match error {
        None => null(),
        Some(error) => with(owner, |kept| kept.of_socket.insert(Box::new(ErrorOut::new(error))).seen()),
    }
}

/// The loop goes on: its error is told, and the next one is another.
pub(super) fn forget_of_loop(owner: LoopId) {
    KEPT.with_borrow_mut(|all| {
        if let Some(kept) = all.iter_mut().find(|kept| kept.owner == owner) {
            kept.of_loop = None;
        }
    });
}

/// The loop is no more.
pub(super) fn forget(owner: LoopId) {
    KEPT.with_borrow_mut(|all| all.retain(|kept| kept.owner != owner));
}

#[cfg(test)]
mod tests {
    use super::super::error_out::tests::refused;
    use super::*;

    fn port(error: *const net_error) -> i32 {
        // SAFETY: kept by this thread and not forgotten yet.
        unsafe { (*error).port }
    }

    #[test]
    fn a_loop_error_stays_until_the_loop_goes_on() {
        let owner = LoopId { slot: 1, generation: 1 };
        let other = LoopId { slot: 2, generation: 1 };
        let first = keep_of_loop(owner, Some(&refused(1)));
        let of_other = keep_of_loop(other, Some(&refused(2)));
        assert_eq!(keep_of_loop(owner, Some(&refused(3))), first);
        assert_eq!((port(first), port(of_other)), (1, 2));
        forget_of_loop(owner);
        assert_eq!(port(keep_of_loop(owner, Some(&refused(3)))), 3);
        assert_eq!(port(of_other), 2);
    }

    #[test]
    fn a_socket_error_is_replaced_by_the_next_and_leaves_the_loop_s_alone() {
        let owner = LoopId { slot: 3, generation: 1 };
        let of_loop = keep_of_loop(owner, Some(&refused(1)));
        keep_of_socket(owner, Some(&refused(2)));
        assert_eq!(port(keep_of_socket(owner, Some(&refused(3)))), 3);
        assert_eq!(port(of_loop), 1);
        assert!(keep_of_socket(owner, None).is_null());
        forget(owner);
        assert_eq!(port(keep_of_loop(owner, Some(&refused(4)))), 4);
    }
}
