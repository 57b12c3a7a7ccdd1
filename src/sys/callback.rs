//! A function of the program's with its user pointer: stored, moved and compared by the safe layers, built and called by abi.
use core::ffi::c_void;
use std::sync::{Arc, Mutex, PoisonError};

/// A C function whose real type only abi knows.
pub type ErasedFn = unsafe extern "C" fn();
/// Tells the program that a user pointer is no longer held.
pub type DropFn = unsafe extern "C" fn(user: *mut c_void);
/// Gives owned bytes back to the program.
pub type ReleaseFn = unsafe extern "C" fn(data: *mut c_void, len: usize, user: *mut c_void);

/// (function, user, drop) as rule 10 of the header has it. Never runs anything by itself: the loop calls it, and hands
/// it to the drop queue when it ends.
#[derive(Clone, Copy, Debug)]
pub struct Callback {
    func: Option<ErasedFn>,
    user: *mut c_void,
    drop: Option<DropFn>,
}

/// What is called of a callback: its function and its user pointer.
#[derive(Clone, Copy, Debug)]
pub struct Heard {
    /// The program's. Before the function, so that it travels in the register in which the function wants it.
    pub user: *mut c_void,
    /// The function.
    pub func: ErasedFn,
}

/// A user pointer, to be carried and compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct User(*mut c_void);

impl User {
    /// A number in its place, for what the library itself listens to.
    pub fn of_number(number: usize) -> User {
        User(std::ptr::without_provenance_mut(number))
    }

    /// The number.
    pub fn number(self) -> usize {
        self.0.addr()
    }
}

// SAFETY: the pointers are only carried; what they mean to other threads is the program's promise for those calls
// that document "any thread" (net_loop_post, net_lookup_answer).
unsafe impl Send for Callback {}

impl Callback {
    /// Only abi calls this; `func` None is a pure user pointer with a drop.
    pub fn new(func: Option<ErasedFn>, user: *mut c_void, drop: Option<DropFn>) -> Callback {
        Callback { func, user, drop }
    }

    /// Nothing to call and nothing to drop.
    pub const NONE: Callback = Callback { func: None, user: std::ptr::null_mut(), drop: None };

    /// The erased function.
    #[inline]
    pub fn func(&self) -> Option<ErasedFn> {
        self.func
    }

    /// The user pointer.
    #[inline]
    pub fn user(&self) -> *mut c_void {
        self.user
    }

    /// The drop function.
    pub fn drop_fn(&self) -> Option<DropFn> {
        self.drop
    }

    /// What is called; None if there is nothing to call.
    #[inline]
    pub fn heard(&self) -> Option<Heard> {
        self.func.map(|func| Heard { func, user: self.user })
    }

    /// The user pointer, to be carried.
    #[inline]
    pub fn user_pointer(&self) -> User {
        User(self.user)
    }

    /// The same functions for another user pointer.
    #[inline]
    pub fn with_user(self, user: User) -> Callback {
        Callback { user: user.0, ..self }
    }

    /// Of function and drop, to be compared; 0 for none.
    #[inline]
    pub fn addresses(&self) -> (usize, usize) {
        (self.func.map_or(0, |f| f as usize), self.drop.map_or(0, |f| f as usize))
    }

    /// The same, dropped by somebody else.
    pub fn without_drop(self) -> Callback {
        Callback { drop: None, ..self }
    }

    /// Whether dropping it would call anything.
    pub fn has_drop(&self) -> bool {
        self.drop.is_some()
    }

    /// Tells the program that the user pointer is no longer held.
    pub fn run_drop(&self) {
        if let Some(drop) = self.drop {
            // SAFETY: the program gave this function for exactly this call.
            unsafe { drop(self.user) }
        }
    }

    /// The same in everything: calling one is calling the other.
    pub fn same_as(&self, other: &Callback) -> bool {
        self.user == other.user && self.addresses() == other.addresses()
    }

    /// Same function and same user pointer: what `net_X_off_E` looks for.
    pub fn matches(&self, other: &Callback) -> bool {
        self.func.map(|f| f as usize) == other.func.map(|f| f as usize) && self.user == other.user
    }
}

/// A user pointer that several hold: the last one who lets go drops it.
#[derive(Clone, Debug)]
pub struct SharedUser(Arc<Mutex<Callback>>);

impl SharedUser {
    /// Held once.
    pub fn new(callback: Callback) -> SharedUser {
        SharedUser(Arc::new(Mutex::new(callback)))
    }

    /// Holds it no longer; what is to be dropped if that was the last.
    pub fn let_go(self) -> Option<Callback> {
        let last = Arc::into_inner(self.0)?;
        Some(last.into_inner().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Room of the program's, for bytes that are read.
#[derive(Clone, Copy, Debug)]
pub struct ForeignRoom {
    data: *mut c_void,
    len: usize,
}

// SAFETY: the pointer is only carried; the thread of the loop whose socket has it is the one that reads into it.
unsafe impl Send for ForeignRoom {}

impl ForeignRoom {
    /// No room at all.
    pub const NONE: ForeignRoom = ForeignRoom { data: std::ptr::null_mut(), len: 0 };

    /// # Safety
    /// `data` must be writable for `len` bytes, by nobody else, whenever a socket reads into it.
    pub unsafe fn new(data: *mut c_void, len: usize) -> ForeignRoom {
        ForeignRoom { data, len }
    }

    /// Where it is, for the program, which knows it.
    pub fn data(&self) -> *mut c_void {
        self.data
    }

    /// How much of it there is.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The room, for one read. The program gets it back before it is called.
    pub fn bytes(&mut self) -> &mut [u8] {
        if self.len == 0 {
            return &mut [];
        }
        // SAFETY: promised to `new`; the loop's thread is in no callback while it reads.
        unsafe { core::slice::from_raw_parts_mut(self.data.cast(), self.len) }
    }
}

/// Bytes of the program's, held until they are written, then released exactly once by the loop.
#[derive(Debug)]
pub struct ForeignBytes {
    data: *mut c_void,
    len: usize,
    release: ReleaseFn,
    user: *mut c_void,
}

impl ForeignBytes {
    /// # Safety
    /// `data` must be readable for `len` bytes until `release` is called.
    pub unsafe fn new(data: *mut c_void, len: usize, release: ReleaseFn, user: *mut c_void) -> ForeignBytes {
        ForeignBytes { data, len, release, user }
    }

    /// The bytes.
    pub fn as_slice(&self) -> &[u8] {
        if self.len == 0 {
            return &[];
        }
        // SAFETY: promised to `new`, and release consumes self.
        unsafe { core::slice::from_raw_parts(self.data.cast(), self.len) }
    }

    /// Calls the program's release function.
    pub fn release(self) {
        // SAFETY: the function pointer came from the program for exactly this call.
        unsafe { (self.release)(self.data, self.len, self.user) }
    }
}
