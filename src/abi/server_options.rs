//! Options of a server.
use super::block_list::{self, net_block_list};
use super::sized::{self, Versioned};
use super::text::flag;
use crate::net::options::{DEFAULT_HIGH_WATER_MARK, ServerOptions};
use crate::sys::code::Result;
use core::ptr::null_mut;

/// Options of `net_server_new`. Begin with `NET_SERVER_OPTIONS_INIT`. They concern each accepted socket.
///
/// Node: the options of `net.createServer`. Flags are 0 or 1.
///
/// @since 0.1
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct net_server_options {
    /// `sizeof(net_server_options)`.
    pub size: usize,
    /// Node: `allowHalfOpen`. 1: an accepted socket does not end by itself when its peer ends. Default 0.
    pub allow_half_open: i32,
    /// Node: `pauseOnConnect`. 1: an accepted socket reads nothing until `net_socket_resume`. Default 0.
    pub pause_on_connect: i32,
    /// Node: `noDelay`. 1: small writes are sent at once (TCP_NODELAY). Default 0.
    pub no_delay: i32,
    /// Node: `keepAlive`. 1: the system probes idle connections. Default 0.
    pub keep_alive: i32,
    /// Node: `keepAliveInitialDelay`. Milliseconds of idleness before the first probe, taken in whole seconds; 0
    /// leaves it to the system. Default 0.
    pub keep_alive_initial_delay: u64,
    /// Node: `highWaterMark`. Bytes that a socket holds in each direction before it asks to wait. Default 65536.
    pub high_water_mark: usize,
    /// Node: `blockList`. A connection whose peer is on it is closed without an event, after the limit of
    /// `net_server_set_max_connections` has been looked at. The server keeps the list; it may be freed. NULL for none.
    /// Default NULL.
    pub block_list: *mut net_block_list,
    /// 1: handles may come and go over each accepted socket, if it is local: see `net_socket_options.ipc`. Default 0.
    pub ipc: i32,
}

// SAFETY: integers and a handle, size first.
unsafe impl Versioned for net_server_options {
    const FIRST: usize = size_of::<net_server_options>();
    const INIT: net_server_options = net_server_options {
        size: size_of::<net_server_options>(),
        allow_half_open: 0,
        pause_on_connect: 0,
        no_delay: 0,
        keep_alive: 0,
        keep_alive_initial_delay: 0,
        high_water_mark: DEFAULT_HIGH_WATER_MARK,
        block_list: null_mut(),
        ipc: 0,
    };
}

/// # Safety
/// `options` is NULL or readable for the size it says.
pub(super) unsafe fn take(options: *const net_server_options) -> Result<ServerOptions> {
    // SAFETY: passed on.
    let given = unsafe { sized::read(options) }?;
    Ok(ServerOptions {
        allow_half_open: flag(given.allow_half_open)?,
        pause_on_connect: flag(given.pause_on_connect)?,
        no_delay: flag(given.no_delay)?,
        keep_alive: flag(given.keep_alive)?,
        keep_alive_initial_delay: given.keep_alive_initial_delay,
        high_water_mark: given.high_water_mark,
        block_list: block_list::given(given.block_list)?,
        ipc: flag(given.ipc)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::code::Code;

    #[test]
    fn null_and_init_are_the_defaults_of_the_net_layer() {
        let default = format!("{:?}", ServerOptions::default());
        let init = net_server_options::INIT;
        // SAFETY: NULL, and a whole struct.
        let taken = unsafe { [take(core::ptr::null()), take(&raw const init)] };
        for options in taken {
            assert_eq!(format!("{:?}", options.unwrap()), default);
        }
    }

    #[test]
    fn every_flag_is_checked_and_carried() {
        let bad = [
            net_server_options { allow_half_open: 2, ..net_server_options::INIT },
            net_server_options { pause_on_connect: -1, ..net_server_options::INIT },
            net_server_options { no_delay: 2, ..net_server_options::INIT },
            net_server_options { keep_alive: 2, ..net_server_options::INIT },
            net_server_options { ipc: 2, ..net_server_options::INIT },
        ];
        for options in bad {
            // SAFETY: a whole struct.
            assert_eq!(unsafe { take(&raw const options) }.unwrap_err(), Code::EINVAL, "{options:?}");
        }
        let all = net_server_options {
            allow_half_open: 1,
            pause_on_connect: 1,
            no_delay: 1,
            keep_alive: 1,
            keep_alive_initial_delay: 5,
            high_water_mark: 0,
            ipc: 1,
            ..net_server_options::INIT
        };
        // SAFETY: a whole struct.
        let taken = unsafe { take(&raw const all) }.unwrap();
        assert!(taken.allow_half_open && taken.pause_on_connect && taken.no_delay && taken.keep_alive && taken.ipc);
        assert_eq!((taken.keep_alive_initial_delay, taken.high_water_mark), (5, 0));
    }
}
