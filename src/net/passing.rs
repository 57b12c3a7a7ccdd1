//! Handles to and from other processes, over local sockets with the option `ipc`.
//!
//! Out: here → with its bytes, as this process's own descriptor, in the queue of writes ([`WriteData::With`]) → with the system,
//! along with the first of these bytes. Whatever ends a write that waits closes what would have gone with it.
//!
//! In: read with the last of some bytes → waiting in [`Inbound`] → offered, while its event is told → taken, or closed. All
//! that came with a read is told before its bytes are. Bytes can wait for a reader, and so does a handle, with the system:
//! where other sockets read ahead, one that was paused and may be sent handles reads nothing.
use super::bound_sockets::{bound_socket_of, copy_of_bound_socket};
use super::listen_handle::NO_PORT;
use super::options::{DEFAULT_BACKLOG, ServerOptions, SocketOptions};
use super::socket::{ConnectPhase, Flags, Reading, Socket, WritePhase};
use super::state::State;
use super::write_request::{Going, WriteData, WriteStatus};
use super::{BoundSocketId, Loop, ServerId, SocketId};
use crate::net::events::SocketEvent;
use crate::sys::callback::Callback;
use crate::sys::code::{Code, Result};
use crate::sys::errno::Errno;
use crate::sys::listener::Listener;
use crate::sys::passing::{Passed, PassedKind, Received};
use crate::sys::stream::{self, Stream};

/// What is sent.
#[allow(missing_docs)]
#[derive(Clone, Copy, Debug)]
pub enum Sent {
    /// A connection; whether the sender keeps it too.
    Socket {
        id: SocketId,
        keep_open: bool,
    },
    Server(ServerId),
    Bound(BoundSocketId),
    /// A descriptor of the program's, which keeps it.
    Fd(i32),
}

/// What came with what was read, and has not been taken.
#[derive(Debug, Default)]
pub struct Inbound {
    waiting: Received,
    /// The one whose event is told.
    offered: Option<Passed>,
    /// pause() was called, and nobody has asked since.
    is_held: bool,
}

impl Socket {
    /// Reads, with the handles that came along if there may be any.
    #[inline]
    pub fn read_with_handles(&mut self, buffer: &mut [u8]) -> std::result::Result<usize, Errno> {
        if !self.passes() {
            return self.stream.read(buffer);
        }
        let inbound = self.cold.get_or_insert_default().inbound.get_or_insert_default();
        self.stream.read_with(buffer, &mut inbound.waiting)
    }

    /// Whether no read follows, whatever the stream asks for.
    #[inline]
    pub fn is_held(&self) -> bool {
        self.passes()
            && self.cold.as_ref().and_then(|cold| cold.inbound.as_ref()).is_some_and(|inbound| inbound.is_held)
    }

    /// Whether handles come and go with its bytes.
    #[inline]
    pub fn passes(&self) -> bool {
        self.flags.contains(Flags::READS_APART | Flags::LOCAL) && self.has_ipc()
    }

    /// The option `ipc`.
    pub fn has_ipc(&self) -> bool {
        self.cold.as_ref().is_some_and(|cold| cold.ipc)
    }

    /// Sets the option.
    pub fn set_ipc(&mut self) {
        self.flags.insert(Flags::READS_APART);
        self.cold().ipc = true;
    }

    fn inbound(&mut self) -> Option<&mut Inbound> {
        self.cold.as_mut()?.inbound.as_deref_mut()
    }

    /// Whether there is a connection that another process can have too.
    fn can_be_shared(&self) -> bool {
        self.connect == ConnectPhase::Connected && self.stream.is_open()
    }

    /// Whether it can go away from here: what was read has been told, and what was written is with the system.
    fn can_be_given_away(&self) -> bool {
        self.can_be_shared()
            && self.write == WritePhase::Open
            && !self.flags.contains(Flags::ERRORED)
            && self.unread_len() == 0
            && self.write_len() == 0
            && !self.is_piped()
    }
}

impl State {
    /// pause()
    pub fn hold_handles(&mut self, id: SocketId) {
        let Some(socket) = self.sockets.get_mut(id.0) else { return };
        if socket.has_ipc() && !socket.destroyed() {
            socket.cold().inbound.get_or_insert_default().is_held = true;
            if socket.passes() {
                socket.reading.remove(Reading::HANDLE);
                self.sync_hold(id);
            }
        }
    }

    /// Somebody asks for what comes: resume(), read(), a listener of `readable`.
    #[inline]
    pub fn let_handles_come(&mut self, id: SocketId) {
        if self.sockets.get(id.0).is_some_and(Socket::has_ipc) {
            self.end_hold(id);
        }
    }

    fn end_hold(&mut self, id: SocketId) {
        let inbound = self.sockets.get_mut(id.0).and_then(Socket::inbound);
        if inbound.is_some_and(|inbound| std::mem::take(&mut inbound.is_held)) {
            let asks = self.sockets.get(id.0).is_some_and(|socket| socket.reading.contains(Reading::ASKED));
            if asks {
                self.ask_handle(id);
            }
        }
    }

    fn share_socket(&mut self, id: SocketId) -> Result<Passed> {
        let socket = self.socket_mut(id)?;
        if !socket.can_be_shared() {
            return Err(Code::ERR_WORKER_HANDLE_NOT_TRANSFERABLE);
        }
        let passed = Passed::copy_of(socket.stream.fd()).map_err(Errno::code)?;
        socket.cold().is_shared = true;
        Ok(passed)
    }

    /// The socket has lost its connection, and is to be destroyed.
    fn give_socket_away(&mut self, id: SocketId) -> Result<Passed> {
        self.send_gathered(id);
        let socket = self.sockets.get_mut(id.0).ok_or(Code::EBADF)?;
        if !socket.can_be_given_away() {
            return Err(Code::ERR_WORKER_HANDLE_NOT_TRANSFERABLE);
        }
        socket.stream.unregister(&self.poller).map_err(Errno::code)?;
        Ok(Passed::of_stream(std::mem::replace(&mut socket.stream, Stream::NONE)))
    }

    fn share_server(&self, id: ServerId) -> Result<Passed> {
        self.server(id)?;
        let holder = self.holder(id).and_then(|holder| self.servers.get(holder.0));
        let listener = holder.and_then(|holder| holder.listener.as_ref()).ok_or(Code::ERR_SERVER_NOT_RUNNING)?;
        Passed::copy_of(listener.fd()).map_err(Errno::code)
    }

    fn send_handle(
        &mut self,
        id: SocketId,
        bytes: &[u8],
        sent: Sent,
        completion: Option<Callback>,
    ) -> Result<WriteStatus> {
        let socket = self.socket(id)?;
        let to_itself = matches!(sent, Sent::Socket { id: other, keep_open: false } if other == id);
        if !socket.passes() || bytes.is_empty() || to_itself {
            return Err(Code::EINVAL);
        }
        WriteData::Bytes(bytes).check()?;
        if !socket.is_writable() {
            // Told as of any write; what was to go stays.
            return Ok(self.write_message(id, WriteData::Bytes(bytes), completion));
        }
        let (passed, goes) = match sent {
            Sent::Socket { id, keep_open: true } => (self.share_socket(id)?, None),
            Sent::Socket { id, keep_open: false } => (self.give_socket_away(id)?, Some(id)),
            Sent::Server(id) => (self.share_server(id)?, None),
            Sent::Bound(id) => (copy_of_bound_socket(id)?, None),
            Sent::Fd(fd) => (Passed::copy_of(fd).map_err(Errno::code)?, None),
        };
        let status = self.write_message(id, WriteData::With(bytes, Some(Going::new(passed))), completion);
        goes.into_iter().for_each(|id| self.destroy(id, None));
        Ok(status)
    }

    /// The next that came becomes the one that is offered. Its kind; None in its place for those that were lost.
    fn offer_next(&mut self, id: SocketId) -> Option<Option<PassedKind>> {
        let inbound = self.sockets.get_mut(id.0)?.inbound()?;
        inbound.offered = inbound.waiting.list.pop_front();
        match &inbound.offered {
            Some(passed) => Some(Some(passed.kind())),
            None => std::mem::take(&mut inbound.waiting.lost).then_some(None),
        }
    }

    /// Nobody has taken it: it is closed.
    fn end_offer(&mut self, id: SocketId) {
        if let Some(inbound) = self.sockets.get_mut(id.0).and_then(Socket::inbound) {
            inbound.offered = None;
        }
    }

    /// Takes what is offered, if it is what `wanted` says.
    fn take_offered(&mut self, id: SocketId, wanted: impl FnOnce(&Passed) -> bool) -> Result<Passed> {
        let inbound = self.socket_mut(id)?.inbound().ok_or(Code::ENOENT)?;
        let offered = inbound.offered.take().ok_or(Code::ENOENT)?;
        if wanted(&offered) {
            return Ok(offered);
        }
        inbound.offered = Some(offered);
        Err(Code::ERR_INVALID_HANDLE_TYPE)
    }
}

fn is_socket(passed: &Passed) -> bool {
    matches!(passed.kind(), PassedKind::TcpSocket | PassedKind::LocalSocket)
}

fn is_bound(passed: &Passed) -> bool {
    is_socket(passed) && !passed.is_connected()
}

fn may_listen(passed: &Passed) -> bool {
    matches!(passed.kind(), PassedKind::TcpServer | PassedKind::LocalServer) || is_bound(passed)
}

impl Loop {
    /// Tells what came with the bytes that were read, one after the other.
    pub fn tell_handles(&self, id: SocketId) {
        loop {
            let Some(kind) = self.state().offer_next(id) else { return };
            self.emit(id, &SocketEvent::Handle(kind));
            self.state().end_offer(id);
            self.drain_ticks();
        }
    }
}

/// send, and taking what came.
#[allow(missing_docs)]
impl Loop {
    pub fn socket_send(
        &self,
        id: SocketId,
        bytes: &[u8],
        sent: Sent,
        completion: Option<Callback>,
    ) -> Result<WriteStatus> {
        let mut state = self.state();
        let status = state.send_handle(id, bytes, sent, completion);
        if status.is_err() {
            completion.into_iter().for_each(|completion| state.drop_later(completion));
        }
        status
    }

    pub fn socket_take_socket(&self, id: SocketId, options: &SocketOptions) -> Result<SocketId> {
        if options.fd.is_some() || options.handle.is_some() {
            return Err(Code::EINVAL);
        }
        let passed = self.state().take_offered(id, is_socket)?;
        let local = passed.kind() == PassedKind::LocalSocket;
        let stream = passed.into_stream().map_err(Errno::code)?;
        let taken = self.socket_of_stream(options, stream, local).map_err(|(_, code)| code)?;
        let mut state = self.state();
        let socket = state.socket_mut(taken)?;
        socket.flags.insert(Flags::ACCEPTED);
        socket.apply_options();
        Ok(taken)
    }

    pub fn socket_take_server(&self, id: SocketId, options: ServerOptions) -> Result<ServerId> {
        let passed = self.state().take_offered(id, may_listen)?;
        let listener: Listener = passed.into_listener().map_err(Errno::code)?;
        let server = self.server_new(options)?;
        self.state().listen_with(server, Ok(listener), DEFAULT_BACKLOG, None, NO_PORT);
        Ok(server)
    }

    pub fn socket_take_bound_socket(&self, id: SocketId) -> Result<BoundSocketId> {
        let passed = self.state().take_offered(id, is_bound)?;
        let (bound, path) = passed.into_bound().map_err(Errno::code)?;
        bound_socket_of(bound, path)
    }

    pub fn socket_take_fd(&self, id: SocketId) -> Result<i32> {
        self.state().take_offered(id, |_| true).map(Passed::into_fd)
    }

    /// A socket that is connected to a descriptor, which is the program's.
    pub fn socket_pair(&self, options: &SocketOptions) -> Result<(SocketId, i32)> {
        if options.fd.is_some() || options.handle.is_some() {
            return Err(Code::EINVAL);
        }
        let (near, far) = stream::pair().map_err(Errno::code)?;
        far.set_blocking().map_err(Errno::code)?;
        let id = self.socket_of_stream(options, near, true).map_err(|(_, code)| code)?;
        Ok((id, far.release()))
    }
}
