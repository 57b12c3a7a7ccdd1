//! Options of a socket.
use super::block_list::{self, net_block_list};
use super::bound_socket::{self, net_bound_socket};
use super::onread::{GivenOnRead, net_onread};
use super::sized::{self, Versioned};
use super::text::{descriptor, flag};
use crate::net::options::{DEFAULT_HIGH_WATER_MARK, SocketOptions};
use crate::sys::code::{Code, Result};
use core::ptr::{null, null_mut};

/// Options of `net_socket_new` and `net_connect`. Begin with `NET_SOCKET_OPTIONS_INIT`.
///
/// Node: the options of `new net.Socket`. Flags are 0 or 1.
///
/// @since 0.1
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct net_socket_options {
    /// `sizeof(net_socket_options)`.
    pub size: usize,
    /// Node: `allowHalfOpen`. 1: the socket does not end by itself when its peer ends. Default 0.
    pub allow_half_open: i32,
    /// Node: `noDelay`. 1: small writes are sent at once (TCP_NODELAY). Default 0.
    pub no_delay: i32,
    /// Node: `keepAlive`. 1: the system probes an idle connection. Default 0.
    pub keep_alive: i32,
    /// Node: `typeOfService`. 0 to 255 for the IP header's TOS or traffic class; -1 leaves it alone. Default -1.
    pub type_of_service: i32,
    /// Node: `keepAliveInitialDelay`. Milliseconds of idleness before the first probe, taken in whole seconds; 0
    /// leaves it to the system. Default 0.
    pub keep_alive_initial_delay: u64,
    /// Node: `highWaterMark`. Bytes that the socket holds in each direction before it asks to wait. Default 65536.
    pub high_water_mark: usize,
    /// Node: `fd`. A connected stream socket to take over, or a pipe, perhaps of one direction: the library closes it. What
    /// is neither is `NET_ERR_INVALID_FD_TYPE`, and what the loop has already `NET_EEXIST`; they stay the program's. -1
    /// for none. Default -1.
    pub fd: i32,
    /// Node: `readable`. With `fd` only: 0 if nothing is to be read from it. Default 1.
    pub readable: i32,
    /// Node: `writable`. With `fd` only: 0 if nothing is to be written to it. Default 1.
    pub writable: i32,
    /// Node: `blockList`. The socket connects to no address that is on it: that is `NET_ERR_IP_BLOCKED`, as its error
    /// or, of one address among several, as that of a failed attempt. The socket keeps the list; it may be freed. NULL
    /// for none. Default NULL.
    pub block_list: *mut net_block_list,
    /// Node: `handle`. A bound socket to adopt: the socket connects from its address, over TCP or to a path as it is
    /// bound; other options of where to connect from are `NET_ERR_INVALID_ARG_VALUE` then. To an address, which needs no
    /// lookup, the attempt is made inside the call. Not together with `fd`. NULL for none. Default NULL.
    pub handle: *mut net_bound_socket,
    /// Node: `onread`. What is read goes into a buffer of the program's, and there is no event `data`; see `net_onread`. Only
    /// looked at inside the call. NULL for none. Default NULL.
    pub onread: *const net_onread,
    /// 1: if the socket is local, servers and sockets may be sent over it to another process (`net_socket_send_socket` and its
    /// kin), and received (`net_socket_on_handle`). Only for a peer that is trusted to send descriptors. What is sent over a
    /// socket without this option is closed by the system. Default 0.
    pub ipc: i32,
}

// SAFETY: integers and a handle, size first.
unsafe impl Versioned for net_socket_options {
    const FIRST: usize = size_of::<net_socket_options>();
    const INIT: net_socket_options = net_socket_options {
        size: size_of::<net_socket_options>(),
        allow_half_open: 0,
        no_delay: 0,
        keep_alive: 0,
        type_of_service: -1,
        keep_alive_initial_delay: 0,
        high_water_mark: DEFAULT_HIGH_WATER_MARK,
        fd: -1,
        readable: 1,
        writable: 1,
        block_list: null_mut(),
        handle: null_mut(),
        onread: null(),
        ipc: 0,
    };
}

/// A type of service: 0 to 255.
pub(super) fn type_of_service(value: i32) -> Result<u8> {
    u8::try_from(value).map_err(|_| Code::ERR_OUT_OF_RANGE)
}

/// What `onread` has, before anything can refuse the call.
///
/// # Safety
/// `options` is NULL or readable for the size it says, and so is its `onread`.
pub(super) unsafe fn onread(options: *const net_socket_options) -> GivenOnRead {
    // SAFETY: passed on.
    unsafe {
        let given = sized::read(options).unwrap_or(net_socket_options::INIT);
        GivenOnRead::new(given.onread)
    }
}

/// All but `onread`, which [`onread`] takes.
///
/// # Safety
/// `options` is NULL or readable for the size it says.
pub(super) unsafe fn take(options: *const net_socket_options) -> Result<SocketOptions> {
    // SAFETY: passed on.
    let given = unsafe { sized::read(options) }?;
    let (fd, handle) = (descriptor(given.fd)?, bound_socket::given(given.handle)?);
    if fd.is_some() && handle.is_some() {
        return Err(Code::EINVAL);
    }
    let tos = if given.type_of_service == -1 { None } else { Some(type_of_service(given.type_of_service)?) };
    Ok(SocketOptions {
        allow_half_open: flag(given.allow_half_open)?,
        no_delay: flag(given.no_delay)?,
        keep_alive: flag(given.keep_alive)?,
        keep_alive_initial_delay: given.keep_alive_initial_delay,
        type_of_service: tos,
        high_water_mark: given.high_water_mark,
        fd,
        readable: flag(given.readable)?,
        writable: flag(given.writable)?,
        block_list: block_list::given(given.block_list)?,
        handle,
        onread: None,
        ipc: flag(given.ipc)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(options: &net_socket_options) -> Result<SocketOptions> {
        // SAFETY: a whole struct.
        unsafe { take(options) }
    }

    #[test]
    fn null_and_init_are_the_defaults_of_the_net_layer() {
        let default = format!("{:?}", SocketOptions::default());
        assert_eq!(format!("{:?}", taken(&net_socket_options::INIT).unwrap()), default);
        // SAFETY: NULL is allowed.
        assert_eq!(format!("{:?}", unsafe { take(core::ptr::null()) }.unwrap()), default);
    }

    #[test]
    fn every_flag_and_number_is_checked() {
        let bad = [
            net_socket_options { allow_half_open: 2, ..net_socket_options::INIT },
            net_socket_options { no_delay: -1, ..net_socket_options::INIT },
            net_socket_options { keep_alive: 3, ..net_socket_options::INIT },
            net_socket_options { readable: -1, ..net_socket_options::INIT },
            net_socket_options { writable: 2, ..net_socket_options::INIT },
            net_socket_options { ipc: 2, ..net_socket_options::INIT },
            net_socket_options { fd: -2, ..net_socket_options::INIT },
        ];
        for options in bad {
            assert_eq!(taken(&options).unwrap_err(), Code::EINVAL, "{options:?}");
        }
        for tos in [-2, 256] {
            let options = net_socket_options { type_of_service: tos, ..net_socket_options::INIT };
            assert_eq!(taken(&options).unwrap_err(), Code::ERR_OUT_OF_RANGE);
        }
    }

    #[test]
    fn descriptor_zero_and_service_zero_are_values() {
        let options = taken(&net_socket_options { fd: 0, type_of_service: 0, ..net_socket_options::INIT }).unwrap();
        assert_eq!((options.fd, options.type_of_service), (Some(0), Some(0)));
    }
}
