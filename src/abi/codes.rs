//! The numbers of errors, as C sees them. The same on every system, only ever appended to: -1 to -99 are general,
//! from -100 the codes that Node has of its own, from -200 those of the system, from -300 those of name lookup.
use core::ffi::c_int;

/// No error. @since 0.1
pub const NET_OK: c_int = 0;
/// An argument is wrong: a NULL handle, a value that means nothing, a text that is no UTF-8. Also the system's
/// EINVAL. @since 0.1
pub const NET_EINVAL: c_int = -1;
/// The handle names nothing that lives: freed, of another kind, of a freed loop, or no handle at all. Also the
/// system's EBADF. @since 0.1
pub const NET_EBADF: c_int = -2;
/// The loop belongs to another thread, or to none since it was detached. @since 0.1
pub const NET_EWRONGTHREAD: c_int = -3;
/// Not now: `net_loop_run` or `net_loop_poll` inside a callback of the same loop, and the like. @since 0.1
pub const NET_EBUSY: c_int = -4;
/// There is no such thing: no such listener, no such path. @since 0.1
pub const NET_ENOENT: c_int = -5;
/// No memory, or no room in a table. @since 0.1
pub const NET_ENOMEM: c_int = -6;
/// A bug of the library was caught at its border. The loop is poisoned: it can only be freed, every other call on it
/// gives this code. @since 0.1
pub const NET_EPANIC: c_int = -7;
/// The platform cannot do that. @since 0.1
pub const NET_ENOTSUP: c_int = -8;
/// What was asked for will not happen any more: its handle or loop was destroyed or freed first. @since 0.1
pub const NET_ECANCELED: c_int = -9;
/// A system error that has no number of its own here: see `net_error.sys_errno` and `net_error.code`. @since 0.1
pub const NET_EUNKNOWN: c_int = -10;
/// The error was given to `net_socket_destroy` or `net_lookup_fail` without a number. @since 0.1
pub const NET_EUSER: c_int = -11;
/// Write after one's own end. @since 0.1
pub const NET_ERR_STREAM_WRITE_AFTER_END: c_int = -100;
/// Write or end after destroy. @since 0.1
pub const NET_ERR_STREAM_DESTROYED: c_int = -101;
/// End with a completion after the stream was finished. @since 0.1
pub const NET_ERR_STREAM_ALREADY_FINISHED: c_int = -102;
/// The server listens already. @since 0.1
pub const NET_ERR_SERVER_ALREADY_LISTEN: c_int = -103;
/// The server that is to be closed does not listen. @since 0.1
pub const NET_ERR_SERVER_NOT_RUNNING: c_int = -104;
/// The socket is not connected, and not connecting. @since 0.1
pub const NET_ERR_SOCKET_CLOSED: c_int = -105;
/// The socket was destroyed while it was connecting. @since 0.1
pub const NET_ERR_SOCKET_CLOSED_BEFORE_CONNECTION: c_int = -106;
/// A text that had to be an IP address is none. @since 0.1
pub const NET_ERR_INVALID_IP_ADDRESS: c_int = -107;
/// A lookup answered with a family that is neither 4 nor 6. @since 0.1
pub const NET_ERR_INVALID_ADDRESS_FAMILY: c_int = -108;
/// This kind of handle cannot be used for that. @since 0.1
pub const NET_ERR_INVALID_HANDLE_TYPE: c_int = -109;
/// Options are missing that say where to connect. @since 0.1
pub const NET_ERR_MISSING_ARGS: c_int = -110;
/// A number is outside of what it may be. @since 0.1
pub const NET_ERR_OUT_OF_RANGE: c_int = -111;
/// A text that had to be an address of the given family is none. @since 0.1
pub const NET_ERR_INVALID_ADDRESS: c_int = -112;
/// Arguments contradict each other or say nothing: a range that ends before it starts, a CIDR text without its prefix.
/// @since 0.1
pub const NET_ERR_INVALID_ARG_VALUE: c_int = -113;
/// The block list of the socket has the address that it was to connect to. @since 0.1
pub const NET_ERR_IP_BLOCKED: c_int = -114;
/// The socket or server cannot be moved to another loop as it is now: see `net_socket_move` and `net_server_move`.
/// @since 0.1
pub const NET_ERR_WORKER_HANDLE_NOT_TRANSFERABLE: c_int = -115;
/// The bound socket belongs to the server or the socket that has adopted it, or was closed. @since 0.1
pub const NET_ERR_SOCKET_HANDLE_ADOPTED: c_int = -117;
/// The descriptor is no stream: a file, a terminal, a datagram socket, or closed. @since 0.1
pub const NET_ERR_INVALID_FD_TYPE: c_int = -118;
/// Permission denied. @since 0.1
pub const NET_EACCES: c_int = -200;
/// The address is in use. @since 0.1
pub const NET_EADDRINUSE: c_int = -201;
/// The address is not one of this machine's, or no port is free. @since 0.1
pub const NET_EADDRNOTAVAIL: c_int = -202;
/// The address family is not supported. @since 0.1
pub const NET_EAFNOSUPPORT: c_int = -203;
/// The connection was aborted by this side's system. @since 0.1
pub const NET_ECONNABORTED: c_int = -204;
/// Nobody listens there. @since 0.1
pub const NET_ECONNREFUSED: c_int = -205;
/// The peer reset the connection. @since 0.1
pub const NET_ECONNRESET: c_int = -206;
/// No route to the host. @since 0.1
pub const NET_EHOSTUNREACH: c_int = -207;
/// The process has no file descriptor left. @since 0.1
pub const NET_EMFILE: c_int = -208;
/// The path is too long for a local socket. A path is never cut short. @since 0.1
pub const NET_ENAMETOOLONG: c_int = -209;
/// No route to the network. @since 0.1
pub const NET_ENETUNREACH: c_int = -210;
/// The system has no file descriptor left. @since 0.1
pub const NET_ENFILE: c_int = -211;
/// The system has no buffer left. @since 0.1
pub const NET_ENOBUFS: c_int = -212;
/// The socket is not connected. @since 0.1
pub const NET_ENOTCONN: c_int = -213;
/// The descriptor is no socket. @since 0.1
pub const NET_ENOTSOCK: c_int = -214;
/// Operation not permitted. @since 0.1
pub const NET_EPERM: c_int = -215;
/// The peer reads no more, or has ended the connection. @since 0.1
pub const NET_EPIPE: c_int = -216;
/// The socket is of another type. @since 0.1
pub const NET_EPROTOTYPE: c_int = -217;
/// The peer did not answer in time. @since 0.1
pub const NET_ETIMEDOUT: c_int = -218;
/// A part of the path is no directory. @since 0.1
pub const NET_ENOTDIR: c_int = -219;
/// Try again: the system is short of something for the moment. @since 0.1
pub const NET_EAGAIN: c_int = -220;
/// Input or output failed. @since 0.1
pub const NET_EIO: c_int = -221;
/// The socket is connected already. @since 0.1
pub const NET_EISCONN: c_int = -222;
/// Too many symbolic links in the path. @since 0.1
pub const NET_ELOOP: c_int = -223;
/// The socket is connecting already. @since 0.1
pub const NET_EALREADY: c_int = -224;
/// It is there already: the loop has the descriptor. @since 0.1
pub const NET_EEXIST: c_int = -226;
/// No such host. @since 0.1
pub const NET_ENOTFOUND: c_int = -300;
/// The name server did not answer for now. @since 0.1
pub const NET_EAI_AGAIN: c_int = -301;
/// The name server failed for good. @since 0.1
pub const NET_EAI_FAIL: c_int = -302;
/// A missing path is `NET_ENOENT`: the same number. @since 0.1
pub const NET_ENOENT_PATH: c_int = NET_ENOENT;
