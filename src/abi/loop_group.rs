//! Groups of loops, each in a thread of its own.
use super::address::net_address;
use super::border::{Out, call, number, pointer, pointer_or};
use super::callbacks::{net_drop_fn, net_server_connection_fn};
use super::dispatch::DISPATCH;
use super::event_loop::net_loop;
use super::given::Given;
use super::handle::{Free, KIND_FREE, Object, pack_free, pack_loop, unpack_free};
use super::listen_options::{self, net_listen_options};
use super::loop_group_options::{self, net_loop_group_options};
use super::net;
use super::server_options::{self, net_server_options};
use super::sized::Place;
use crate::core::table::Key;
use crate::net::LoopGroupId;
use crate::net::api::Share;
use crate::sys::code::{Code, Result};
use core::ffi::{c_int, c_void};
use std::time::Duration;

/// Loops that serve together, each in a thread of its own. Opaque, never dereferenced. Node: the workers of a cluster,
/// but threads of one process.
///
/// The group belongs to no loop: any thread may use it. Its loops belong to its threads, which run them until the group ends,
/// also while there is nothing to wait for; what happens in them is called there, at the same time as in the others.
/// In these threads all signals are blocked.
///
/// @since 0.1
pub struct net_loop_group {
    _opaque: [u8; 0],
}

impl Object for net_loop_group {
    const KIND: usize = KIND_FREE;
    type Id = LoopGroupId;

    #[inline]
    fn id(key: Key) -> LoopGroupId {
        LoopGroupId(key)
    }

    #[inline]
    fn key(id: LoopGroupId) -> Key {
        id.0
    }
}

impl Free for net_loop_group {
    const TABLE: u16 = 1;
}

/// `net_loop_group_listen`: by `NET_SHARE_REUSE_PORT` for a port, where the system shares connections out (Linux), else by
/// `NET_SHARE_HAND_OVER`. @since 0.1
pub const NET_SHARE_AUTO: i32 = 0;
/// `net_loop_group_listen`: every loop listens on the port for itself, and the system chooses among them for each
/// connection, by its addresses. Nothing is shared between the threads. Not for paths and descriptors. @since 0.1
pub const NET_SHARE_REUSE_PORT: i32 = 1;
/// `net_loop_group_listen`: one loop accepts, and hands each connection to the next loop in turn; if it stops listening,
/// another one accepts. Spreads few connections evenly, and costs a message between threads for each. Node: the
/// round-robin of a cluster. @since 0.1
pub const NET_SHARE_HAND_OVER: i32 = 2;

fn share(number: c_int) -> Result<Share> {
    match number {
        NET_SHARE_AUTO => Ok(Share::Auto),
        NET_SHARE_REUSE_PORT => Ok(Share::ReusePort),
        NET_SHARE_HAND_OVER => Ok(Share::HandOver),
        _ => Err(Code::EINVAL),
    }
}

fn on<T>(group: *const net_loop_group, body: impl FnOnce(LoopGroupId) -> Result<T>) -> Result<T> {
    call(|| body(unpack_free(group)?))
}

/// Makes a group and starts its threads. `options` NULL: the defaults, as many loops as the machine can run at a time. Node:
/// `cluster.fork`, once for each core.
///
/// Returns NULL on failure, with the reason in `error` (which may be NULL): `NET_EINVAL` for options that cannot be,
/// `NET_ENOMEM` without memory or descriptors, `NET_EAGAIN` without threads. Free it with `net_loop_group_free`.
///
/// Thread: any. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_loop_group_new(
    options: *const net_loop_group_options,
    error: *mut c_int,
) -> *mut net_loop_group {
    // SAFETY: what the header asks of the program.
    let mut lent = unsafe { loop_group_options::lent(options) };
    let made = call(|| {
        // SAFETY: as above.
        let options = unsafe { loop_group_options::take(options) }?;
        net::loop_group_new(options, lent.take_anyway(), DISPATCH).map(pack_free)
    });
    // SAFETY: as above.
    unsafe { pointer_or(made, error) }
}

/// Ends a group: each thread leaves its loop after the callback that runs now, calls `on_stop` and frees the loop with all
/// that is in it, as `net_loop_free` does. Returns when all threads have ended. To let connections come to their end first,
/// call `net_loop_group_close` and `net_loop_group_wait` before.
///
/// Returns 0, or `NET_EBUSY` in one of the group's own threads.
///
/// Thread: any. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_loop_group_free(group: *mut net_loop_group) -> c_int {
    number(on(group, net::loop_group_free))
}

/// Ends a group gracefully: all servers of its loops close, and each thread ends when its loop has nothing left to wait for:
/// when the last connection has been closed, and the last timer has come. Does not wait for that, see
/// `net_loop_group_wait`. Node: `cluster.disconnect`.
///
/// Returns 0, the second time too.
///
/// Thread: any. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_loop_group_close(group: *mut net_loop_group) -> c_int {
    number(on(group, net::loop_group_close))
}

/// Waits until all threads of a group have ended, but no longer than `timeout_ms`; a negative one waits as long as
/// needed. The group is still to be freed then.
///
/// Returns 0; `NET_ETIMEDOUT` if the time was over first; the number of an `error` event that had no listener, if that
/// has ended the group (see `on_error` of `net_loop_group_options`); `NET_EBUSY` in one of the group's own threads.
///
/// Thread: any. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_loop_group_wait(group: *mut net_loop_group, timeout_ms: i64) -> c_int {
    let limit = u64::try_from(timeout_ms).ok().map(Duration::from_millis);
    number(on(group, |id| net::loop_group_wait(id, limit)))
}

/// How many loops a group has, in `out`.
///
/// Thread: any. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_loop_group_size(group: *mut net_loop_group, out: *mut usize) -> c_int {
    number(on(group, |id| {
        // SAFETY: what the header asks of the program.
        let out = unsafe { Out::new(out) }?;
        out.put(net::loop_group_size(id)?);
        Ok(())
    }))
}

/// One of the loops of a group, for `net_loop_post` and `net_socket_move`; `index` counts from 0. It belongs to its thread,
/// and is freed with the group. NULL on error.
///
/// Thread: any. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_loop_group_loop(group: *mut net_loop_group, index: usize) -> *mut net_loop {
    pointer(on(group, |id| net::loop_group_loop(id, index).map(pack_loop)))
}

/// Listens on all loops of a group: `func` is called with each connection, in the loop that has it. Node: `server.listen` in
/// each worker of a cluster.
///
/// `server_options` and `options` are as for `net_server_new` and `net_server_listen`, and may be NULL; `share` is a
/// `NET_SHARE_` value. The address is bound and connections come from the moment of this call; all loops have the same address, also
/// where the port was 0: it comes in `bound`, which may be NULL. A host name is looked up inside the call, which waits for it;
/// a lookup of the program's own is refused (`NET_EINVAL`). Each loop has a server of its own, which `func` is given, freed with the
/// loop; a limit of connections set for it concerns that loop. One that is closed leaves the others to serve.
///
/// `drop` runs once, when the last of these servers is gone, in whichever thread that is.
///
/// Returns 0, or what is wrong with the address: `NET_EADDRINUSE`, `NET_EACCES`, `NET_ENOTFOUND` and so on, and then no
/// loop listens; `NET_EINVAL` for options that cannot be; `NET_ECANCELED` if the group closes or has failed.
///
/// Thread: any. @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn net_loop_group_listen(
    group: *mut net_loop_group,
    server_options: *const net_server_options,
    options: *const net_listen_options,
    share: c_int,
    bound: *mut net_address,
    func: net_server_connection_fn,
    user: *mut c_void,
    drop: net_drop_fn,
) -> c_int {
    let mut given = Given::new(func, user, drop);
    // SAFETY: what the header asks of the program. Dropped at the end of the call.
    let lookup = unsafe { listen_options::lookup(options) };
    number(on(group, |id| {
        net::loop_group_size(id)?;
        // SAFETY: as above.
        let (server, listen) = unsafe { (server_options::take(server_options)?, listen_options::take(options, None)?) };
        // SAFETY: as above; NULL asks for nothing.
        let bound = if bound.is_null() { None } else { Some(unsafe { Place::new(bound) }?) };
        if lookup.has_function() {
            return Err(Code::EINVAL);
        }
        let address = net::loop_group_listen(id, &server, &listen, self::share(share)?, given.take()?)?;
        if let Some(bound) = bound {
            bound.fill(&net_address::of_event(&address));
        }
        Ok(())
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_ways_of_sharing_that_there_are() {
        assert_eq!((share(0), share(1), share(2)), (Ok(Share::Auto), Ok(Share::ReusePort), Ok(Share::HandOver)));
        assert_eq!((share(-1), share(3)), (Err(Code::EINVAL), Err(Code::EINVAL)));
    }
}
