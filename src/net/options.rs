//! Options of servers, sockets, listen and connect, checked and in Rust's types.
use super::block_list::BlockList;
use super::{BoundSocketId, ServerId, SocketId};
use crate::sys::callback::{Callback, ForeignRoom};
use std::sync::Arc;

/// Node's default mark for both directions of a socket.
pub const DEFAULT_HIGH_WATER_MARK: usize = 64 * 1024;
/// Node's default backlog.
pub const DEFAULT_BACKLOG: i32 = 511;

/// Options of `net.Server`.
#[allow(missing_docs)]
#[derive(Clone, Debug)]
pub struct ServerOptions {
    pub allow_half_open: bool,
    pub pause_on_connect: bool,
    pub no_delay: bool,
    pub keep_alive: bool,
    pub keep_alive_initial_delay: u64,
    pub high_water_mark: usize,
    pub block_list: Option<Arc<BlockList>>,
    /// As [`SocketOptions::ipc`].
    pub ipc: bool,
}

/// Options of `net.Socket`.
#[allow(missing_docs)]
#[derive(Clone, Debug)]
pub struct SocketOptions {
    pub allow_half_open: bool,
    pub no_delay: bool,
    pub keep_alive: bool,
    pub keep_alive_initial_delay: u64,
    pub type_of_service: Option<u8>,
    pub high_water_mark: usize,
    pub fd: Option<i32>,
    pub readable: bool,
    pub writable: bool,
    pub block_list: Option<Arc<BlockList>>,
    pub handle: Option<BoundSocketId>,
    pub onread: Option<OnReadOptions>,
    /// Handles may come and go with the bytes.
    pub ipc: bool,
}

/// The option `onread` of `net.Socket`.
#[derive(Clone, Copy, Debug)]
pub struct OnReadOptions {
    /// What is read into.
    pub buffer: OwnBuffer,
    /// Called with what was read; its user pointer is that of `buffer` too.
    pub callback: Callback,
}

/// What a socket reads into.
#[derive(Clone, Copy, Debug)]
pub enum OwnBuffer {
    /// The same buffer each time.
    Same(ForeignRoom),
    /// The one that this function gives for the next read.
    AskedFor(Callback),
}

/// What to bind.
#[allow(missing_docs)]
#[derive(Clone, Debug)]
pub enum BoundTarget<'a> {
    Tcp { host: Option<&'a str>, port: u16 },
    Path(&'a [u8]),
}

/// Options of `net.BoundSocket`.
#[allow(missing_docs)]
#[derive(Clone, Debug)]
pub struct BoundOptions<'a> {
    pub target: BoundTarget<'a>,
    pub ipv6_only: bool,
    pub reuse_port: bool,
}

/// What to listen on.
#[allow(missing_docs)]
#[derive(Clone, Debug)]
pub enum ListenTarget<'a> {
    Tcp { port: u16, host: Option<&'a str> },
    Path(&'a [u8]),
    Fd(i32),
    Bound(BoundSocketId),
    Server(ServerId),
    Socket(SocketId),
}

/// Options of `server.listen`.
#[allow(missing_docs)]
#[derive(Clone, Debug)]
pub struct ListenOptions<'a> {
    pub target: ListenTarget<'a>,
    pub backlog: i32,
    pub ipv6_only: bool,
    pub reuse_port: bool,
    pub exclusive: bool,
    pub readable_all: bool,
    pub writable_all: bool,
    /// The program's own lookup, as [`ConnectOptions::lookup`].
    pub lookup: Option<Callback>,
}

/// What to connect to.
#[allow(missing_docs)]
#[derive(Clone, Debug)]
pub enum ConnectTarget<'a> {
    Tcp { port: u16, host: Option<&'a str> },
    Path(&'a [u8]),
}

/// Options of `socket.connect`.
#[allow(missing_docs)]
#[derive(Clone, Debug)]
pub struct ConnectOptions<'a> {
    pub target: ConnectTarget<'a>,
    pub local_address: Option<&'a str>,
    pub local_port: u16,
    /// 0, 4 or 6.
    pub family: u8,
    /// Bits of [`crate::sys::resolve`].
    pub hints: i32,
    pub auto_select_family: Option<bool>,
    pub auto_select_family_attempt_timeout: Option<u64>,
    /// Milliseconds, 0 = none.
    pub timeout: u64,
    /// The program's own lookup; its function is called through [`super::events::Dispatch::lookup`].
    pub lookup: Option<Callback>,
}

impl Default for ServerOptions {
    fn default() -> Self {
        ServerOptions {
            allow_half_open: false,
            pause_on_connect: false,
            no_delay: false,
            keep_alive: false,
            keep_alive_initial_delay: 0,
            high_water_mark: DEFAULT_HIGH_WATER_MARK,
            block_list: None,
            ipc: false,
        }
    }
}

impl Default for SocketOptions {
    fn default() -> Self {
        SocketOptions {
            allow_half_open: false,
            no_delay: false,
            keep_alive: false,
            keep_alive_initial_delay: 0,
            type_of_service: None,
            high_water_mark: DEFAULT_HIGH_WATER_MARK,
            fd: None,
            readable: true,
            writable: true,
            block_list: None,
            handle: None,
            onread: None,
            ipc: false,
        }
    }
}
