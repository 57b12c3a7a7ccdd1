//! PLACEHOLDER: every call that abi makes, in the order of the header. Signatures are the contract.
#![allow(unused_variables)]
use super::address::Address;
use super::error::NetError;
use super::events::*;
use super::options::*;
use super::*;
use crate::sys::callback::{Callback, ForeignBytes};
use crate::sys::code::{Code, Result};

/// What `net_socket_write` answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WriteStatus {
    /// 1
    GoOn,
    /// 0
    WaitForDrain,
}

/// What a write sends. Borrowed bytes are copied only as far as the kernel does not take them at once.
pub enum WriteData<'a> {
    /// One piece.
    Bytes(&'a [u8]),
    /// Gathered pieces: one write, one completion.
    Gathered(&'a [&'a [u8]]),
    /// Owned by the program until released.
    Owned(ForeignBytes),
}

/// Readable flowing: Node's null, false, true.
#[allow(missing_docs)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Flowing {
    Null,
    Paused,
    Flowing,
}

/// Node's readyState.
#[allow(missing_docs)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReadyState {
    Opening,
    Open,
    ReadOnly,
    WriteOnly,
    Closed,
}

/// Figures of a loop.
#[allow(missing_docs)]
#[derive(Clone, Copy, Default, Debug)]
pub struct Metrics {
    pub turns: u64,
    pub events: u64,
    pub handles: u64,
    pub bytes_read: u64,
    pub bytes_written: u64,
}

// ---- free functions: any thread ----
/// Makes a loop owned by the calling thread and registers it.
pub fn loop_new(dispatch: Dispatch) -> Result<LoopId> {
    todo!()
}
/// The calling thread's default loop, made at the first call.
pub fn loop_default(dispatch: Dispatch) -> Result<LoopId> {
    todo!()
}
/// Stops run and poll; async-signal-safe.
pub fn loop_stop(id: LoopId) -> Result {
    todo!()
}
/// Queues a call into the loop. The callback's drop runs on every path (also on Err, before returning).
pub fn loop_post(id: LoopId, callback: Callback) -> Result {
    todo!()
}
/// Takes a detached loop over.
pub fn loop_attach(id: LoopId) -> Result {
    todo!()
}
/// Frees the loop. EBADF, EWRONGTHREAD.
pub fn loop_free(id: LoopId) -> Result {
    todo!()
}
/// Runs `call` with the loop if it is alive and the calling thread's, and not poisoned (EPANIC).
pub fn with_loop<R>(id: LoopId, call: impl FnOnce(&Loop) -> Result<R>) -> Result<R> {
    todo!()
}
/// The slot's present generation: for handles of sockets, which carry only the slot. None if no loop lives there.
pub fn loop_in_slot(slot: u16) -> Option<LoopId> {
    todo!()
}
/// A panic was caught at the border while this loop was in use.
pub fn poison(id: LoopId) {
    todo!()
}
/// Answers a custom lookup from any thread. The id's loop may be dead: then EBADF.
pub fn lookup_answer(loop_id: LoopId, id: LookupId, addresses: Vec<Address>) -> Result {
    todo!()
}
/// Fails a custom lookup.
pub fn lookup_fail(loop_id: LoopId, id: LookupId, error: NetError) -> Result {
    todo!()
}
#[allow(missing_docs)]
pub fn default_auto_select_family() -> bool {
    todo!()
}
#[allow(missing_docs)]
pub fn set_default_auto_select_family(on: bool) {
    todo!()
}
#[allow(missing_docs)]
pub fn default_auto_select_family_attempt_timeout() -> u64 {
    todo!()
}
/// Below 10 counts as 10; 0 is refused by abi.
pub fn set_default_auto_select_family_attempt_timeout(ms: u64) {
    todo!()
}
/// 0, 4 or 6, by Node's rules (zone ids included).
pub fn is_ip(text: &[u8]) -> u8 {
    todo!()
}

#[allow(missing_docs)]
impl Loop {
    pub fn id(&self) -> LoopId {
        todo!()
    }
    pub fn run(&self) -> Result {
        todo!()
    }
    pub fn poll(&self, timeout_ms: Option<u64>) -> Result {
        todo!()
    }
    pub fn fd(&self) -> Result<i32> {
        todo!()
    }
    /// None: nothing to wait for.
    pub fn timeout(&self) -> Result<Option<u64>> {
        todo!()
    }
    pub fn run_deferred(&self) -> Result {
        todo!()
    }
    pub fn alive(&self) -> Result<bool> {
        todo!()
    }
    /// func None in the callback clears it. The old one's drop runs.
    pub fn set_wake_hook(&self, hook: Option<Callback>) -> Result {
        todo!()
    }
    /// Runs `look` with the unheard error, if there is one.
    pub fn with_error<R>(&self, look: impl FnOnce(Option<&NetError>) -> R) -> R {
        todo!()
    }
    pub fn detach(&self) -> Result {
        todo!()
    }
    pub fn now(&self) -> u64 {
        todo!()
    }
    pub fn metrics(&self) -> Metrics {
        todo!()
    }

    // Callbacks given here are dropped by the loop on every path, also when Err is returned.
    pub fn timer_new(&self) -> Result<TimerId> {
        todo!()
    }
    pub fn timer_start(&self, id: TimerId, delay: u64, repeat: u64, callback: Callback) -> Result {
        todo!()
    }
    pub fn timer_stop(&self, id: TimerId) -> Result {
        todo!()
    }
    pub fn timer_active(&self, id: TimerId) -> Result<bool> {
        todo!()
    }
    pub fn timer_ref(&self, id: TimerId) -> Result {
        todo!()
    }
    pub fn timer_unref(&self, id: TimerId) -> Result {
        todo!()
    }
    pub fn timer_free(&self, id: TimerId) -> Result {
        todo!()
    }

    pub fn server_new(&self, options: ServerOptions) -> Result<ServerId> {
        todo!()
    }
    pub fn server_free(&self, id: ServerId) -> Result {
        todo!()
    }
    pub fn server_listen(&self, id: ServerId, options: &ListenOptions<'_>) -> Result {
        todo!()
    }
    pub fn server_close(&self, id: ServerId, completion: Option<Callback>) -> Result {
        todo!()
    }
    pub fn server_listening(&self, id: ServerId) -> Result<bool> {
        todo!()
    }
    pub fn server_address(&self, id: ServerId) -> Result<Address> {
        todo!()
    }
    pub fn server_get_connections(&self, id: ServerId, completion: Callback) -> Result {
        todo!()
    }
    pub fn server_set_max_connections(&self, id: ServerId, max: Option<u64>) -> Result {
        todo!()
    }
    pub fn server_max_connections(&self, id: ServerId) -> Result<Option<u64>> {
        todo!()
    }
    pub fn server_ref(&self, id: ServerId) -> Result {
        todo!()
    }
    pub fn server_unref(&self, id: ServerId) -> Result {
        todo!()
    }
    pub fn server_fd(&self, id: ServerId) -> Result<Option<i32>> {
        todo!()
    }
    pub fn server_set_data(&self, id: ServerId, data: Callback) -> Result {
        todo!()
    }
    /// The user pointer of the data slot.
    pub fn server_data(&self, id: ServerId) -> Result<*mut core::ffi::c_void> {
        todo!()
    }
    pub fn server_on(&self, id: ServerId, event: ServerEventName, once: bool, callback: Callback) -> Result {
        todo!()
    }
    pub fn server_off(&self, id: ServerId, event: ServerEventName, callback: Callback) -> Result {
        todo!()
    }
    pub fn server_listener_count(&self, id: ServerId, event: ServerEventName) -> Result<usize> {
        todo!()
    }

    pub fn socket_new(&self, options: SocketOptions) -> Result<SocketId> {
        todo!()
    }
    pub fn socket_free(&self, id: SocketId) -> Result {
        todo!()
    }
    pub fn socket_keep(&self, id: SocketId) -> Result {
        todo!()
    }
    pub fn socket_connect(&self, id: SocketId, options: &ConnectOptions<'_>) -> Result {
        todo!()
    }
    pub fn socket_write(&self, id: SocketId, data: WriteData<'_>, completion: Option<Callback>) -> Result<WriteStatus> {
        todo!()
    }
    pub fn socket_end(&self, id: SocketId, data: Option<&[u8]>, completion: Option<Callback>) -> Result {
        todo!()
    }
    pub fn socket_destroy(&self, id: SocketId, error: Option<NetError>) -> Result {
        todo!()
    }
    pub fn socket_destroy_soon(&self, id: SocketId) -> Result {
        todo!()
    }
    pub fn socket_reset_and_destroy(&self, id: SocketId) -> Result {
        todo!()
    }
    pub fn socket_cork(&self, id: SocketId) -> Result {
        todo!()
    }
    pub fn socket_uncork(&self, id: SocketId) -> Result {
        todo!()
    }
    pub fn socket_pause(&self, id: SocketId) -> Result {
        todo!()
    }
    pub fn socket_resume(&self, id: SocketId) -> Result {
        todo!()
    }
    pub fn socket_is_paused(&self, id: SocketId) -> Result<bool> {
        todo!()
    }
    /// Node's read(n) into `out` (out.len() == n); None: nothing.
    pub fn socket_read(&self, id: SocketId, out: &mut [u8]) -> Result<Option<usize>> {
        todo!()
    }
    /// Node's read(), at most out.len() bytes.
    pub fn socket_read_some(&self, id: SocketId, out: &mut [u8]) -> Result<Option<usize>> {
        todo!()
    }
    pub fn socket_set_timeout(&self, id: SocketId, ms: u64) -> Result {
        todo!()
    }
    pub fn socket_timeout(&self, id: SocketId) -> Result<Option<u64>> {
        todo!()
    }
    pub fn socket_set_no_delay(&self, id: SocketId, on: bool) -> Result {
        todo!()
    }
    pub fn socket_set_keep_alive(&self, id: SocketId, on: bool, initial_delay_ms: u64) -> Result {
        todo!()
    }
    pub fn socket_set_type_of_service(&self, id: SocketId, tos: u8) -> Result {
        todo!()
    }
    pub fn socket_type_of_service(&self, id: SocketId) -> Result<u8> {
        todo!()
    }
    pub fn socket_ref(&self, id: SocketId) -> Result {
        todo!()
    }
    pub fn socket_unref(&self, id: SocketId) -> Result {
        todo!()
    }
    pub fn socket_local_address(&self, id: SocketId) -> Result<Address> {
        todo!()
    }
    pub fn socket_remote_address(&self, id: SocketId) -> Result<Address> {
        todo!()
    }
    pub fn socket_bytes_read(&self, id: SocketId) -> Result<u64> {
        todo!()
    }
    pub fn socket_bytes_written(&self, id: SocketId) -> Result<u64> {
        todo!()
    }
    pub fn socket_buffer_size(&self, id: SocketId) -> Result<Option<usize>> {
        todo!()
    }
    pub fn socket_writable_length(&self, id: SocketId) -> Result<usize> {
        todo!()
    }
    pub fn socket_readable_length(&self, id: SocketId) -> Result<usize> {
        todo!()
    }
    pub fn socket_writable_high_water_mark(&self, id: SocketId) -> Result<usize> {
        todo!()
    }
    pub fn socket_readable_high_water_mark(&self, id: SocketId) -> Result<usize> {
        todo!()
    }
    pub fn socket_writable_need_drain(&self, id: SocketId) -> Result<bool> {
        todo!()
    }
    pub fn socket_writable_corked(&self, id: SocketId) -> Result<usize> {
        todo!()
    }
    pub fn socket_connecting(&self, id: SocketId) -> Result<bool> {
        todo!()
    }
    pub fn socket_pending(&self, id: SocketId) -> Result<bool> {
        todo!()
    }
    pub fn socket_destroyed(&self, id: SocketId) -> Result<bool> {
        todo!()
    }
    pub fn socket_closed(&self, id: SocketId) -> Result<bool> {
        todo!()
    }
    pub fn socket_readable(&self, id: SocketId) -> Result<bool> {
        todo!()
    }
    pub fn socket_writable(&self, id: SocketId) -> Result<bool> {
        todo!()
    }
    pub fn socket_readable_ended(&self, id: SocketId) -> Result<bool> {
        todo!()
    }
    pub fn socket_writable_ended(&self, id: SocketId) -> Result<bool> {
        todo!()
    }
    pub fn socket_writable_finished(&self, id: SocketId) -> Result<bool> {
        todo!()
    }
    pub fn socket_readable_flowing(&self, id: SocketId) -> Result<Flowing> {
        todo!()
    }
    pub fn socket_ready_state(&self, id: SocketId) -> Result<ReadyState> {
        todo!()
    }
    /// Runs `look` with the error the socket met, if any.
    pub fn socket_with_errored<R>(&self, id: SocketId, look: impl FnOnce(Option<&NetError>) -> R) -> Result<R> {
        todo!()
    }
    pub fn socket_allow_half_open(&self, id: SocketId) -> Result<bool> {
        todo!()
    }
    pub fn socket_set_allow_half_open(&self, id: SocketId, on: bool) -> Result {
        todo!()
    }
    /// None: not used.
    pub fn socket_attempted_addresses(&self, id: SocketId) -> Result<Option<Vec<Address>>> {
        todo!()
    }
    pub fn socket_server(&self, id: SocketId) -> Result<Option<ServerId>> {
        todo!()
    }
    pub fn socket_fd(&self, id: SocketId) -> Result<Option<i32>> {
        todo!()
    }
    pub fn socket_set_data(&self, id: SocketId, data: Callback) -> Result {
        todo!()
    }
    pub fn socket_data(&self, id: SocketId) -> Result<*mut core::ffi::c_void> {
        todo!()
    }
    pub fn socket_on(&self, id: SocketId, event: SocketEventName, once: bool, callback: Callback) -> Result {
        todo!()
    }
    pub fn socket_off(&self, id: SocketId, event: SocketEventName, callback: Callback) -> Result {
        todo!()
    }
    pub fn socket_listener_count(&self, id: SocketId, event: SocketEventName) -> Result<usize> {
        todo!()
    }
}
