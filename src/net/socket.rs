//! net.Socket: what one socket is, and what can be asked of it.
use super::address::Address;
use super::block_list::BlockList;
use super::bound_sockets::{Adopted, adopt_bound_socket};
pub use super::condition::Condition;
use super::connect::ConnectPlan;
use super::error::{ErrorRef, NetError};
use super::onread::OnRead;
use super::options::SocketOptions;
use super::passing::Inbound;
use super::pipe::Outlets;
use super::server::Server;
use super::state::{State, Token};
use super::timeout::IdleTimeout;
use super::writable::WriteSide;
use super::{Loop, ServerId, SocketId};
use crate::core::listeners::Listeners;
use crate::core::mutation::mutated;
use crate::core::order::Stamp;
use crate::core::table::Key;
use crate::sys::bound::SocketFile;
use crate::sys::callback::Callback;
use crate::sys::code::{Code, Result};
use crate::sys::stream::{Credentials, Probes, Stream};
use bitflags::bitflags;
use std::collections::VecDeque;
use std::sync::Arc;

/// Readable flowing: Node's null, false, true.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Flowing {
    /// Nobody asked for data yet.
    Null,
    /// Paused, or read by `read`.
    Paused,
    /// Data comes as events.
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

/// The connect side: Idle → Waiting → Attempting → Connected, and Idle again when the handle is gone.
/// An accepted or adopted socket begins Connected, one that adopts a bound socket Bound.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ConnectPhase {
    /// No handle: never connected, failed or destroyed.
    Idle,
    /// A handle, but the address is still looked up or the attempt put off by a tick.
    Waiting,
    /// The system is connecting.
    Attempting,
    /// There is a peer.
    Connected,
    /// A bound socket was adopted and has not been connected.
    Bound,
}

/// The readable side: Open → Ended → EndScheduled → EndEmitted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Debug)]
pub enum ReadPhase {
    /// More may come.
    Open,
    /// The peer has ended; what is buffered is still to be read.
    Ended,
    /// All is read; `end` comes on a tick.
    EndScheduled,
    /// `end` was emitted.
    EndEmitted,
}

/// The writable side: Open → Ending → Finalizing → Prefinished → Finished.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Debug)]
pub enum WritePhase {
    /// Takes writes.
    Open,
    /// end() was called; what is queued goes out first.
    Ending,
    /// The end is being sent.
    Finalizing,
    /// It was sent; `finish` comes on a tick.
    Prefinished,
    /// `finish` was emitted, or is being.
    Finished,
}

/// Close: Alive → Destroyed → CloseEmitted; connect leads back to Alive.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Debug)]
pub enum ClosePhase {
    /// Not destroyed.
    Alive,
    /// destroy() was called; no handle any more.
    Destroyed,
    /// The tick after it has run.
    CloseEmitted,
}

bitflags! {
    /// What the readable side is waiting for or has been asked.
    #[derive(Clone, Copy, PartialEq, Eq, Debug)]
    pub struct Reading: u16 {
        /// The next bytes are to be told by `readable`.
        const NEED_READABLE = 1 << 0;
        /// A `readable` is on its way.
        const EMITTED_READABLE = 1 << 1;
        /// More was asked of the handle and has not come.
        const ASKED = 1 << 2;
        /// The handle reads from the system.
        const HANDLE = 1 << 3;
        /// A tick will make it flow.
        const RESUME_SCHEDULED = 1 << 4;
        /// A tick will ask the handle for more.
        const MORE_SCHEDULED = 1 << 5;
        /// Somebody listens for `data`.
        const DATA_LISTENING = 1 << 6;
        /// Somebody listens for `readable`.
        const READABLE_LISTENING = 1 << 7;
        /// pause() or resume() was called.
        const PAUSE_KNOWN = 1 << 8;
        /// The last of them was pause().
        const PAUSED = 1 << 9;
        /// The system may have bytes: an edge came and no short read since.
        const MAY_READ = 1 << 10;
        /// A short read does not mean that nothing is left.
        const STICKY = 1 << 11;
        /// The peer's end was read.
        const EOF = 1 << 12;
        /// Made without a readable side.
        const NOT_READABLE = 1 << 13;
        /// The socket waits among those that are read again.
        const QUEUED_AGAIN = 1 << 14;
        /// The handle has read before: Node's goes on being watched while it does not.
        const WATCHED = 1 << 15;
    }
}

bitflags! {
    /// What the writable side is waiting for.
    #[derive(Clone, Copy, PartialEq, Eq, Debug)]
    pub struct Writing: u8 {
        /// write() said to wait.
        const NEED_DRAIN = 1 << 0;
        /// A request is with the handle, or waits for the connection.
        const REQUEST = 1 << 1;
        /// A tick will look after what an uncalled-for write left.
        const AFTER_WRITE_PENDING = 1 << 2;
        /// Made without a writable side.
        const NOT_WRITABLE = 1 << 3;
        /// The end is with the handle.
        const SHUTDOWN = 1 << 4;
        /// The queue is being handed to the handle.
        const PROCESSING = 1 << 5;
        /// `end` was seen with half-open off: a write after the own end is EPIPE.
        const AFTER_FIN = 1 << 6;
        /// Writes of the present callback wait until it returns.
        const GATHERS = 1 << 7;
    }
}

bitflags! {
    /// The rest of a socket's state and options.
    #[derive(Clone, Copy, PartialEq, Eq, Debug)]
    pub struct Flags: u16 {
        /// There is a handle (Node's `_handle`).
        const HANDLE = 1 << 0;
        /// A local socket, not TCP.
        const LOCAL = 1 << 1;
        /// allowHalfOpen
        const ALLOW_HALF_OPEN = 1 << 2;
        /// noDelay
        const NO_DELAY = 1 << 3;
        /// keepAlive
        const KEEP_ALIVE = 1 << 4;
        /// The handle does not hold the loop.
        const UNREF = 1 << 5;
        /// Made by a server.
        const ACCEPTED = 1 << 6;
        /// The program frees it itself.
        const KEPT = 1 << 7;
        /// An error was met; it is in the cold part.
        const ERRORED = 1 << 8;
        /// `error` was emitted.
        const ERROR_EMITTED = 1 << 9;
        /// Closing sends a reset.
        const RESET = 1 << 10;
        /// Counted in the loop's holds.
        const HOLDS = 1 << 11;
        /// A connection attempt is counted in the loop's requests.
        const CONNECT_REQUEST = 1 << 12;
        /// It has written in the present callback, though not as the first.
        const WROTE = 1 << 13;
        /// Its bytes do not go straight to who listens: it reads into a buffer of the program's, see [`super::onread`], or handles
        /// may come with them, see [`super::passing`].
        const READS_APART = 1 << 14;
        /// What it does is noted; see [`super::tracing`].
        const TRACED = 1 << 15;
    }
}

/// A socket: what every event touches. The rest is made when needed.
///
/// The fields are in this order so that [`Condition`] finds its eight bytes side by side.
#[repr(C)]
#[derive(Debug)]
pub struct Socket {
    /// The connect side.
    pub connect: ConnectPhase,
    /// The readable side.
    pub read: ReadPhase,
    /// The writable side.
    pub write: WritePhase,
    /// Close.
    pub close: ClosePhase,
    /// null, paused or flowing.
    pub flowing: Flowing,
    /// What the writable side waits for.
    pub writing: Writing,
    /// Options and odd state.
    pub flags: Flags,
    /// What the readable side waits for.
    pub reading: Reading,
    /// The peer has hung up, which is seen once; Node sees it whenever it reads.
    pub hung_up: bool,
    /// The system's stream; none while idle or waiting.
    pub stream: Stream,
    /// Writable and readable high water mark.
    pub write_mark: u32,
    /// The readable one, raised by read(n).
    pub read_mark: u32,
    /// Who listens.
    pub listeners: Listeners,
    /// The rest.
    pub cold: Option<Box<Cold>>,
    /// The first error it met; here, because connections usually end with one, and need nothing else that is cold.
    pub error: Option<ErrorRef>,
    /// Bytes read from the present handle, or from the last one.
    pub bytes_read: u64,
    /// Bytes handed to the present handle, or to the last one.
    pub bytes_dispatched: u64,
    /// Counts its handles: what was put off in an earlier life is void.
    pub life: u32,
    /// When it was served, or began to be watched.
    pub stamp: Stamp,
    /// The server that accepted it, or no name of any.
    pub server: ServerId,
}

/// What an idle accepted socket does without.
#[derive(Debug, Default)]
pub struct Cold {
    /// Read and not yet taken.
    pub unread: VecDeque<Box<[u8]>>,
    /// Its length.
    pub unread_len: usize,
    /// What it reads into instead of the loop's buffer.
    pub onread: Option<Box<OnRead>>,
    /// The option `ipc`.
    pub ipc: bool,
    /// Handles that came from another process.
    pub inbound: Option<Box<Inbound>>,
    /// Another process has the connection too: closing the descriptor does not end that, nor being told of it.
    pub is_shared: bool,
    /// Where it is piped to.
    pub outlets: Option<Box<Outlets>>,
    /// Everything about writing but the fast way.
    pub writes: WriteSide,
    /// setTimeout
    pub timeout: IdleTimeout,
    /// Where it is connecting, or tried to.
    pub plan: Option<Box<ConnectPlan>>,
    /// The far end, once it was asked for.
    pub peer: Option<Address>,
    /// The near end, asked for while connecting: as in Node that answer stays until the attempt is decided.
    pub near: Option<Address>,
    /// typeOfService before there is a handle.
    pub type_of_service: Option<u8>,
    /// What setKeepAlive said of the probes.
    pub probes: Probes,
    /// The program's data.
    pub data: Option<Callback>,
    /// The bound socket that it adopted.
    pub bound: Option<Box<BoundSource>>,
    /// Sizes of the system's buffers that were asked for, of what is sent and of what is received.
    pub buffer_sizes: [Option<u32>; 2],
    /// What it may not connect to.
    pub block_list: Option<Arc<BlockList>>,
    /// Addresses that were attempted.
    pub attempted: Option<Vec<std::net::SocketAddr>>,
}

/// Where a socket comes from that adopted a bound socket. It stays, as in Node, when the handle is gone.
#[derive(Debug)]
pub struct BoundSource {
    /// The path of a local one.
    pub path: Option<Vec<u8>>,
    /// Its file, which goes with the handle.
    pub file: Option<SocketFile>,
}

fn mark(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

impl Socket {
    /// One without a handle that has been asked for nothing.
    #[inline(always)]
    fn bare(high_water_mark: usize, flags: Flags, listeners: Listeners) -> Socket {
        Socket {
            connect: ConnectPhase::Idle,
            read: ReadPhase::Open,
            write: WritePhase::Open,
            close: ClosePhase::Alive,
            flowing: Flowing::Null,
            writing: Writing::empty(),
            flags,
            reading: Reading::empty(),
            stamp: Stamp::default(),
            hung_up: false,
            stream: Stream::NONE,
            write_mark: mark(high_water_mark),
            read_mark: mark(high_water_mark),
            listeners,
            cold: None,
            error: None,
            bytes_read: 0,
            bytes_dispatched: 0,
            life: 0,
            server: ServerId(Key::NONE),
        }
    }

    /// One that a server has accepted, and that reads at once unless it is to be paused.
    #[inline(always)]
    pub fn accepted(stream: Stream, id: ServerId, server: &Server, listeners: Listeners) -> Socket {
        let options = &server.options;
        let mut flags = Flags::HANDLE | Flags::ACCEPTED;
        flags.set(Flags::LOCAL, server.local);
        flags.set(Flags::ALLOW_HALF_OPEN, options.allow_half_open);
        flags.set(Flags::NO_DELAY, options.no_delay);
        flags.set(Flags::KEEP_ALIVE, options.keep_alive);
        let (flowing, reading) = if options.pause_on_connect {
            (Flowing::Paused, Reading::empty())
        } else {
            // What asking for the first bytes comes to, where nothing has come and nothing was asked before.
            (Flowing::Null, Reading::ASKED | Reading::NEED_READABLE | Reading::HANDLE)
        };
        let mut socket = Socket {
            connect: ConnectPhase::Connected,
            flowing,
            reading,
            stream,
            server: id,
            ..Socket::bare(options.high_water_mark, flags, listeners)
        };
        if options.keep_alive {
            socket.set_initial_delay(options.keep_alive_initial_delay);
        }
        if options.ipc {
            socket.set_ipc();
        }
        socket
    }

    fn set_initial_delay(&mut self, delay: u64) {
        if delay >= 1000 {
            self.cold().probes.delay = seconds(delay);
        }
    }

    /// A socket without a handle.
    pub fn new(options: &SocketOptions, listeners: Listeners) -> Socket {
        let mut flags = Flags::empty();
        flags.set(Flags::ALLOW_HALF_OPEN, options.allow_half_open);
        flags.set(Flags::NO_DELAY, options.no_delay);
        flags.set(Flags::KEEP_ALIVE, options.keep_alive);
        let mut socket = Socket::bare(options.high_water_mark, flags, listeners);
        if !options.readable {
            socket.read = ReadPhase::EndEmitted;
            socket.reading.insert(Reading::NOT_READABLE);
        }
        if !options.writable {
            socket.write = WritePhase::Finished;
            socket.writing.insert(Writing::NOT_WRITABLE);
        }
        socket.set_initial_delay(options.keep_alive_initial_delay);
        if options.ipc {
            socket.set_ipc();
        }
        if options.type_of_service.is_some() {
            socket.cold().type_of_service = options.type_of_service;
        }
        if let Some(list) = &options.block_list {
            socket.cold().block_list = Some(list.clone());
        }
        if let Some(onread) = &options.onread {
            socket.flags.insert(Flags::READS_APART);
            socket.cold().onread = Some(Box::new(OnRead::new(onread)));
        }
        socket
    }

    /// The cold part, made if need be.
    pub fn cold(&mut self) -> &mut Cold {
        self.cold.get_or_insert_default()
    }

    /// connecting
    pub fn connecting(&self) -> bool {
        matches!(self.connect, ConnectPhase::Waiting | ConnectPhase::Attempting)
    }

    /// destroyed
    pub fn destroyed(&self) -> bool {
        self.close != ClosePhase::Alive
    }

    /// Where it comes from, if it adopted a bound socket.
    pub fn bound_source(&self) -> Option<&BoundSource> {
        self.cold.as_ref()?.bound.as_deref()
    }

    /// Whether there is a handle.
    pub fn has_handle(&self) -> bool {
        self.flags.contains(Flags::HANDLE)
    }

    /// writableEnded
    pub fn ending(&self) -> bool {
        self.write != WritePhase::Open
    }

    /// Counts itself among what holds the loop, or no longer: what holds is reading, not the mere handle.
    pub fn sync_hold(&mut self, holds: &mut usize) {
        let reads = self.reading.contains(Reading::HANDLE) && !self.reading.contains(Reading::EOF);
        let held = self.has_handle() && reads && !self.flags.contains(Flags::UNREF);
        if held != self.flags.contains(Flags::HOLDS) {
            self.flags.set(Flags::HOLDS, held);
            if held {
                *holds += 1;
            } else {
                *holds -= 1;
            }
        }
    }

    /// A connection attempt no longer holds the loop.
    pub fn end_connect_request(&mut self, requests: &mut usize) {
        if self.flags.contains(Flags::CONNECT_REQUEST) {
            self.flags.remove(Flags::CONNECT_REQUEST);
            *requests -= 1;
        }
    }

    /// Bytes read and not taken.
    pub fn unread_len(&self) -> usize {
        self.cold.as_ref().map_or(0, |cold| cold.unread_len)
    }

    /// Bytes of writes that are not complete.
    pub fn write_len(&self) -> usize {
        self.cold.as_ref().map_or(0, |cold| cold.writes.length)
    }

    /// writable
    pub fn is_writable(&self) -> bool {
        !self.writing.contains(Writing::NOT_WRITABLE)
            && !self.ending()
            && !self.destroyed()
            && !self.flags.contains(Flags::ERRORED)
    }

    /// writableNeedDrain
    pub fn needs_drain(&self) -> bool {
        self.writing.contains(Writing::NEED_DRAIN) && !self.destroyed() && !self.ending()
    }

    /// readable
    pub fn is_readable(&self) -> bool {
        !self.reading.contains(Reading::NOT_READABLE)
            && !self.destroyed()
            && !self.flags.contains(Flags::ERROR_EMITTED)
            && self.read != ReadPhase::EndEmitted
    }

    fn ready_state(&self) -> ReadyState {
        match (self.connecting(), self.is_readable(), self.is_writable()) {
            (true, ..) => ReadyState::Opening,
            (_, true, true) => ReadyState::Open,
            (_, true, false) => ReadyState::ReadOnly,
            (_, false, true) => ReadyState::WriteOnly,
            (_, false, false) => ReadyState::Closed,
        }
    }

    /// isPaused()
    pub fn is_paused(&self) -> bool {
        self.reading.contains(Reading::PAUSED) || self.flowing == Flowing::Paused
    }

    /// A bound or local handle is no stream before it is connected, and whose attempt has failed has nobody to send the
    /// end to; one of TCP is a stream all the same, and its end is put off.
    pub fn is_no_stream(&self) -> bool {
        match self.connect {
            ConnectPhase::Connected => false,
            ConnectPhase::Bound => true,
            _ => self.flags.contains(Flags::LOCAL),
        }
    }

    /// The error it met first, kept until it connects again.
    pub fn error(&self) -> Option<&ErrorRef> {
        self.error.as_ref()
    }

    /// Keeps an error unless one is kept.
    pub fn set_error(&mut self, error: &ErrorRef) {
        if !self.flags.contains(Flags::ERRORED) {
            self.flags.insert(Flags::ERRORED);
            self.error = Some(error.clone());
        }
    }

    fn bytes_written(&self) -> u64 {
        let waiting = self.cold.as_ref().map_or(0, |cold| cold.writes.not_dispatched());
        self.bytes_dispatched + waiting as u64
    }

    fn adopt(&mut self, adopted: Adopted) {
        let (stream, file) = Stream::of_bound(adopted.bound);
        self.stream = stream;
        self.connect = ConnectPhase::Bound;
        self.flags.insert(Flags::HANDLE);
        self.flags.set(Flags::LOCAL, adopted.path.is_some());
        self.cold().bound = Some(Box::new(BoundSource { path: adopted.path, file }));
    }

    /// What has a type of service. As in Node there is none to ask, and that is an error, while a TCP socket has begun to
    /// connect but the system knows nothing of it.
    fn stream_to_be_marked(&self) -> Option<Result<&Stream>> {
        let tcp = self.has_handle() && !self.flags.contains(Flags::LOCAL);
        let known = self.stream.is_open() && self.connect != ConnectPhase::Waiting;
        tcp.then_some(if known { Ok(&self.stream) } else { Err(Code::EBADF) })
    }

    fn local_address(&mut self) -> Address {
        if let Some(path) =
            self.bound_source().and_then(|bound| bound.path.as_ref()).filter(|_| !mutated!(BoundPathLost))
        {
            return Address::Path(path.clone());
        }
        if !self.has_handle() || self.flags.contains(Flags::LOCAL) {
            return Address::Absent;
        }
        let keeps = self.connecting() || self.connect == ConnectPhase::Bound;
        if let Some(near) = self.cold.as_ref().filter(|_| keeps).and_then(|cold| cold.near.clone()) {
            return near;
        }
        let near = if self.stream.is_open() {
            match self.stream.local_endpoint().map_or(Address::Absent, Address::of_tcp) {
                // Before an attempt is made there is a descriptor here and none in Node: it has no port yet.
                Address::Ip(address) if address.port() == 0 => Address::Absent,
                near => near,
            }
        } else {
            Address::Absent
        };
        if keeps {
            self.cold().near = Some(near.clone());
        }
        near
    }

    fn remote_address(&mut self) -> Address {
        if let Some(peer) = self.cold.as_ref().and_then(|cold| cold.peer.clone()) {
            return peer;
        }
        if self.flags.contains(Flags::LOCAL) || self.connect != ConnectPhase::Connected {
            return Address::Absent;
        }
        let Ok(endpoint) = self.stream.peer_endpoint() else { return Address::Absent };
        let peer = Address::of_tcp(endpoint);
        self.cold().peer = Some(peer.clone());
        peer
    }
}

/// Whole seconds of a time in milliseconds, as the system's keep-alive wants them.
pub fn seconds(ms: u64) -> u32 {
    u32::try_from(ms / 1000).unwrap_or(u32::MAX)
}

impl State {
    /// Puts a socket among the loop's.
    pub fn insert_socket(&mut self, mut socket: Socket) -> Result<SocketId> {
        socket.flags.set(Flags::TRACED, self.tracing.is_some());
        self.sockets.insert(|_| socket).map(SocketId).ok_or(Code::ENOMEM)
    }

    /// Watches a socket's stream.
    pub fn watch(&mut self, id: SocketId) -> std::result::Result<(), crate::sys::errno::Errno> {
        match self.sockets.get_mut(id.0) {
            Some(socket) => {
                socket.stamp = self.order.begins();
                socket.stream.register(&self.poller, Token::Socket(id).number())
            }
            None => Ok(()),
        }
    }

    /// Counts the socket among what holds the loop, or no longer.
    pub fn sync_hold(&mut self, id: SocketId) {
        if let Some(socket) = self.sockets.get_mut(id.0) {
            socket.sync_hold(&mut self.holds);
        }
    }
}

/// new net.Socket, and the getters.
#[allow(missing_docs)]
impl Loop {
    pub fn socket_new(&self, options: SocketOptions) -> Result<SocketId> {
        let mut state = self.state();
        let listeners = Listeners::new(&state.shapes);
        if let Some(bound) = options.handle {
            let mut socket = Socket::new(&options, listeners);
            socket.adopt(adopt_bound_socket(bound)?);
            let id = state.insert_socket(socket)?;
            drop(state);
            self.ask_own_buffer(id);
            return Ok(id);
        }
        let Some(fd) = options.fd else { return state.insert_socket(Socket::new(&options, listeners)) };
        let (stream, local) = Stream::adopt(fd).ok_or(Code::ERR_INVALID_FD_TYPE)?;
        drop(state);
        let options = SocketOptions { ipc: options.ipc && !stream.is_pipe(), ..options };
        self.socket_of_stream(&options, stream, local).map_err(|(stream, code)| {
            // The descriptor stays the program's when it is refused.
            stream.map(Stream::release);
            code
        })
    }

    /// A connected socket, which reads at once. The stream comes back if it cannot be watched.
    pub fn socket_of_stream(
        &self,
        options: &SocketOptions,
        stream: Stream,
        local: bool,
    ) -> std::result::Result<SocketId, (Option<Stream>, Code)> {
        let mut state = self.state();
        let mut socket = Socket::new(options, Listeners::new(&state.shapes));
        socket.stream = stream;
        socket.connect = ConnectPhase::Connected;
        socket.flags.insert(Flags::HANDLE);
        socket.flags.set(Flags::LOCAL, local);
        socket.reading.insert(Reading::MAY_READ);
        // Whoever it came from may have kept it.
        socket.cold().is_shared = true;
        let id = state.insert_socket(socket).map_err(|code| (None, code))?;
        if let Err(errno) = state.watch(id) {
            return Err((state.sockets.remove(id.0).map(|socket| socket.stream), errno.code()));
        }
        drop(state);
        self.ask_own_buffer(id);
        if options.readable {
            self.state().read_nothing(id);
        }
        Ok(id)
    }

    pub fn socket_keep(&self, id: SocketId) -> Result {
        self.state().socket_mut(id)?.flags.insert(Flags::KEPT);
        Ok(())
    }

    pub fn socket_is_paused(&self, id: SocketId) -> Result<bool> {
        Ok(self.state().socket(id)?.is_paused())
    }

    pub fn socket_local_address(&self, id: SocketId) -> Result<Address> {
        Ok(self.state().socket_mut(id)?.local_address())
    }

    pub fn socket_remote_address(&self, id: SocketId) -> Result<Address> {
        Ok(self.state().socket_mut(id)?.remote_address())
    }

    pub fn socket_bytes_read(&self, id: SocketId) -> Result<u64> {
        Ok(self.state().socket(id)?.bytes_read)
    }

    pub fn socket_bytes_written(&self, id: SocketId) -> Result<u64> {
        Ok(self.state_sent(id).socket(id)?.bytes_written())
    }

    pub fn socket_buffer_size(&self, id: SocketId) -> Result<Option<usize>> {
        let state = self.state_sent(id);
        let socket = state.socket(id)?;
        Ok(socket.has_handle().then(|| socket.write_len()))
    }

    pub fn socket_writable_length(&self, id: SocketId) -> Result<usize> {
        Ok(self.state_sent(id).socket(id)?.write_len())
    }

    pub fn socket_readable_length(&self, id: SocketId) -> Result<usize> {
        Ok(self.state().socket(id)?.unread_len())
    }

    pub fn socket_writable_high_water_mark(&self, id: SocketId) -> Result<usize> {
        Ok(self.state().socket(id)?.write_mark as usize)
    }

    pub fn socket_readable_high_water_mark(&self, id: SocketId) -> Result<usize> {
        Ok(self.state().socket(id)?.read_mark as usize)
    }

    pub fn socket_writable_need_drain(&self, id: SocketId) -> Result<bool> {
        Ok(self.state().socket(id)?.needs_drain())
    }

    pub fn socket_writable_corked(&self, id: SocketId) -> Result<usize> {
        Ok(self.state().socket(id)?.cold.as_ref().map_or(0, |cold| cold.writes.corked))
    }

    pub fn socket_connecting(&self, id: SocketId) -> Result<bool> {
        Ok(self.state().socket(id)?.connecting())
    }

    pub fn socket_pending(&self, id: SocketId) -> Result<bool> {
        let state = self.state();
        let socket = state.socket(id)?;
        Ok(!socket.has_handle() || socket.connecting())
    }

    pub fn socket_destroyed(&self, id: SocketId) -> Result<bool> {
        Ok(self.state().socket(id)?.destroyed())
    }

    pub fn socket_closed(&self, id: SocketId) -> Result<bool> {
        Ok(self.state().socket(id)?.destroyed())
    }

    pub fn socket_readable(&self, id: SocketId) -> Result<bool> {
        Ok(self.state().socket(id)?.is_readable())
    }

    pub fn socket_writable(&self, id: SocketId) -> Result<bool> {
        Ok(self.state_sent(id).socket(id)?.is_writable())
    }

    pub fn socket_readable_ended(&self, id: SocketId) -> Result<bool> {
        Ok(self.state().socket(id)?.read == ReadPhase::EndEmitted)
    }

    pub fn socket_writable_ended(&self, id: SocketId) -> Result<bool> {
        Ok(self.state().socket(id)?.ending())
    }

    pub fn socket_writable_finished(&self, id: SocketId) -> Result<bool> {
        Ok(self.state().socket(id)?.write == WritePhase::Finished)
    }

    pub fn socket_readable_flowing(&self, id: SocketId) -> Result<Flowing> {
        Ok(self.state().socket(id)?.flowing)
    }

    pub fn socket_ready_state(&self, id: SocketId) -> Result<ReadyState> {
        Ok(self.state_sent(id).socket(id)?.ready_state())
    }

    pub fn socket_with_errored<R>(&self, id: SocketId, look: impl FnOnce(Option<&NetError>) -> R) -> Result<R> {
        let state = self.state_sent(id);
        let socket = state.socket(id)?;
        let errored = socket.flags.contains(Flags::ERRORED);
        Ok(look(socket.error().filter(|_| errored).map(std::ops::Deref::deref)))
    }

    pub fn socket_allow_half_open(&self, id: SocketId) -> Result<bool> {
        Ok(self.state().socket(id)?.flags.contains(Flags::ALLOW_HALF_OPEN))
    }

    pub fn socket_set_allow_half_open(&self, id: SocketId, on: bool) -> Result {
        self.state().socket_mut(id)?.flags.set(Flags::ALLOW_HALF_OPEN, on);
        Ok(())
    }

    pub fn socket_attempted_addresses(&self, id: SocketId) -> Result<Option<Vec<Address>>> {
        let state = self.state();
        let attempted = state.socket(id)?.cold.as_ref().and_then(|cold| cold.attempted.as_ref());
        Ok(attempted.map(|list| list.iter().copied().map(Address::Ip).collect()))
    }

    pub fn socket_server(&self, id: SocketId) -> Result<Option<ServerId>> {
        let state = self.state();
        let server = state.socket(id)?.server;
        Ok(state.servers.get(server.0).map(|_| server))
    }

    pub fn socket_fd(&self, id: SocketId) -> Result<Option<i32>> {
        let state = self.state_sent(id);
        let socket = state.socket(id)?;
        Ok(socket.stream.is_open().then(|| socket.stream.fd()))
    }

    pub fn socket_set_data(&self, id: SocketId, data: Callback) -> Result {
        let mut state = self.state();
        let old = match state.socket_mut(id) {
            Ok(socket) => socket.cold().data.replace(data),
            Err(code) => {
                state.drop_later(data);
                return Err(code);
            }
        };
        if let Some(old) = old {
            state.drop_later(old);
        }
        Ok(())
    }

    pub fn socket_data(&self, id: SocketId) -> Result<*mut core::ffi::c_void> {
        let state = self.state();
        let data = state.socket(id)?.cold.as_ref().and_then(|cold| cold.data);
        Ok(data.map_or(std::ptr::null_mut(), |data| data.user()))
    }

    pub fn socket_set_no_delay(&self, id: SocketId, on: bool) -> Result {
        let mut state = self.state_sent(id);
        let socket = state.socket_mut(id)?;
        if socket.has_handle() && (socket.flags.contains(Flags::LOCAL) || socket.flags.contains(Flags::NO_DELAY) == on)
        {
            return Ok(());
        }
        socket.flags.set(Flags::NO_DELAY, on);
        if socket.stream.is_open() {
            // A peer that has gone makes the system refuse; Node does not look at the answer either.
            let _ = socket.stream.set_no_delay(on);
        }
        Ok(())
    }

    pub fn socket_set_keep_alive(&self, id: SocketId, on: bool, probes: Probes) -> Result {
        let mut state = self.state();
        let socket = state.socket_mut(id)?;
        if socket.has_handle() && socket.flags.contains(Flags::LOCAL) {
            return Ok(());
        }
        let same = socket.flags.contains(Flags::KEEP_ALIVE) == on
            && (!on || socket.cold.as_ref().map_or_else(Probes::default, |cold| cold.probes) == probes);
        if socket.has_handle() && same {
            return Ok(());
        }
        socket.flags.set(Flags::KEEP_ALIVE, on);
        socket.cold().probes = probes;
        if socket.stream.is_open() {
            let _ = socket.stream.set_keep_alive(on, probes);
        }
        Ok(())
    }

    pub fn socket_peer_credentials(&self, id: SocketId) -> Result<Option<Credentials>> {
        let state = self.state();
        let socket = state.socket(id)?;
        let local = socket.flags.contains(Flags::LOCAL) && socket.connect == ConnectPhase::Connected;
        if !local || !socket.stream.is_open() {
            return Ok(None);
        }
        socket.stream.peer_credentials().map(Some).map_err(crate::sys::errno::Errno::code)
    }

    pub fn socket_set_type_of_service(&self, id: SocketId, tos: u8) -> Result {
        let mut state = self.state_sent(id);
        let socket = state.socket_mut(id)?;
        let changed = socket.cold.as_ref().and_then(|cold| cold.type_of_service) != Some(tos);
        socket.cold().type_of_service = Some(tos);
        match socket.stream_to_be_marked() {
            Some(stream) if changed => stream?.set_type_of_service(tos).map_err(crate::sys::errno::Errno::code),
            _ => Ok(()),
        }
    }

    pub fn socket_type_of_service(&self, id: SocketId) -> Result<u8> {
        let state = self.state();
        let socket = state.socket(id)?;
        match socket.stream_to_be_marked() {
            Some(stream) => stream?.type_of_service().map_err(crate::sys::errno::Errno::code),
            None => Ok(socket.cold.as_ref().and_then(|cold| cold.type_of_service).unwrap_or(0)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a program pays for each connection that does nothing.
    #[test]
    fn a_socket_is_small() {
        assert!(size_of::<Socket>() <= 88, "{}", size_of::<Socket>());
    }
}
