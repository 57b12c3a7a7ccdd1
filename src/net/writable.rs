//! The writable side: write, cork, drain, end, finish.
//!
//! Open → Ending (end() was called) → Finalizing (all is out, the end is being sent) → Prefinished (it is sent) → Finished. One
//! request at a time is with the handle; what is written meanwhile waits in a queue and then goes out as one.
use super::accept::RETRY;
use super::error::{ErrorRef, NetError};
use super::events::{SocketEvent, SocketEventName};
use super::gathering::NOBODY;
use super::socket::{ClosePhase, Condition, ConnectPhase, Flags, ReadPhase, Reading, Socket, WritePhase, Writing};
use super::socket_listeners::Reaction;
use super::state::{Due, Fed, State};
use super::tick::Tick;
use super::tracing::{Note, NoteKind};
use super::write_request::{Ended, Pieces, Queued, Request, Waiting, WriteData, WriteStatus};
use super::{Loop, SocketId};
use crate::core::mutation::mutated;
use crate::sys::callback::Callback;
use crate::sys::code::{Code, Result};
use crate::sys::errno::Errno;
use crate::sys::stream::{Instead, Writer};
use std::collections::VecDeque;

/// Everything about writing but the fast way.
#[derive(Debug, Default)]
pub struct WriteSide {
    /// Written and not handed over.
    pub queue: VecDeque<Queued>,
    /// Their bytes.
    pub queued_len: usize,
    /// With the handle, or waiting for the connection.
    pub request: Option<Request>,
    /// Bytes that wait for the connection, or did when it failed (Node's `_pendingData`).
    pub pending_len: usize,
    /// cork() calls not undone.
    pub corked: usize,
    /// writableLength
    pub length: usize,
    /// Callbacks of end().
    pub end_callbacks: Vec<Callback>,
    /// The tick that will run completions, if one is waiting: equal ones share it, as in Node.
    pub after_write_tick: Option<u64>,
    /// What the queue of the handle was when an asynchronous write began (Node's `kLastWriteQueueSize`).
    pub last_queue_size: usize,
}

/// Connected and open, and no write before it is under way.
pub const WRITES: Condition =
    Condition::NONE.connect(ConnectPhase::Connected).write(WritePhase::Open).close(ClosePhase::Alive).without(
        Writing::REQUEST.union(Writing::PROCESSING).union(Writing::NEED_DRAIN),
        Flags::ERRORED.union(Flags::TRACED),
    );

impl WriteSide {
    /// Bytes accepted that the handle does not count.
    pub fn not_dispatched(&self) -> usize {
        self.queued_len * usize::from(!mutated!(QueueUncounted)) + self.pending_len
    }
}

impl Socket {
    /// `end` is about to be emitted: with half-open off, writes after the own end are EPIPE from now on.
    pub fn peer_ended(&mut self) {
        if !self.flags.contains(Flags::ALLOW_HALF_OPEN) {
            self.writing.insert(Writing::AFTER_FIN);
        }
    }

    /// Nothing will be written any more.
    pub fn write_is_over(&self) -> bool {
        self.write == WritePhase::Finished || self.writing.contains(Writing::NOT_WRITABLE)
    }

    /// A request waits for room.
    pub fn writes_wait(&self) -> bool {
        self.writing.contains(Writing::REQUEST) && !self.connecting()
    }

    /// The end is with the handle.
    pub fn shutting_down(&self) -> bool {
        self.writing.contains(Writing::SHUTDOWN)
    }

    /// After both ends, with half-open off, a write is EPIPE.
    fn refuses_after_end(&self) -> bool {
        self.writing.contains(Writing::AFTER_FIN) && self.ending()
    }

    /// Whether what is next is offered again at a time that is set.
    pub fn rests(&self) -> bool {
        self.cold.as_ref().and_then(|cold| cold.writes.request.as_ref()).is_some_and(|request| request.rests)
    }

    /// What is under way.
    fn request(&mut self) -> Option<&mut Request> {
        self.cold.as_mut()?.writes.request.as_mut()
    }

    fn queue_is_empty(&self) -> bool {
        self.cold.as_ref().is_none_or(|cold| cold.writes.queue.is_empty())
    }

    fn needs_finish(&self) -> bool {
        self.ending()
            && self.write != WritePhase::Finished
            && self.close == ClosePhase::Alive
            && !self.writing.intersects(Writing::REQUEST | Writing::PROCESSING)
            && !self.flags.intersects(Flags::ERRORED | Flags::ERROR_EMITTED)
            && self.queue_is_empty()
            && self.write_len() == 0
    }

    /// Nothing is in the way of the next bytes, and nothing has to be told of them.
    #[inline]
    fn writes_freely(&self) -> bool {
        self.meets(WRITES) && self.cold.is_none()
    }

    /// The usual case: a connected stream with nothing in the way of the next bytes.
    #[inline]
    pub fn writes_at_once(&self) -> bool {
        self.meets(WRITES)
            && self.cold.as_ref().is_none_or(|cold| cold.writes.corked == 0 && cold.writes.queue.is_empty())
    }
}

impl State {
    /// write(): what is wrong with the stream comes back as an error and is told later.
    fn write(
        &mut self,
        id: SocketId,
        data: WriteData<'_>,
        completion: Option<Callback>,
    ) -> std::result::Result<bool, ErrorRef> {
        let Some(socket) = self.sockets.get_mut(id.0) else { return Ok(false) };
        let error = if socket.ending() {
            NetError::library(Code::ERR_STREAM_WRITE_AFTER_END)
        } else if socket.destroyed() {
            NetError::stream_destroyed("write")
        } else {
            return Ok(self.write_or_queue(id, data, completion));
        };
        Err(self.refuse_write(id, data, completion, error.into()))
    }

    /// What a pipe writes where nothing is in the way; whether to go on.
    pub fn write_piped(&mut self, id: SocketId, data: WriteData<'_>) -> bool {
        self.write_or_queue(id, data, None)
    }

    fn refuse_write(
        &mut self,
        id: SocketId,
        data: WriteData<'_>,
        completion: Option<Callback>,
        error: ErrorRef,
    ) -> ErrorRef {
        self.release(data);
        if let Some(completion) = completion {
            self.tick(Tick::Complete(id, completion, Some(error.clone())));
            if mutated!(ErrorSwallowed) {
                return error;
            }
        }
        self.destroy(id, Some(error.clone()));
        error
    }

    /// The program gets its bytes back.
    pub fn release(&mut self, data: WriteData<'_>) {
        if let WriteData::Owned(bytes) = data {
            self.releases.push(bytes);
        }
    }

    fn write_or_queue(&mut self, id: SocketId, data: WriteData<'_>, completion: Option<Callback>) -> bool {
        let len = data.len();
        if self.gathers(id, len) {
            self.gather(id, data, completion);
            return true;
        }
        self.send_gathered(id);
        let Some(socket) = self.sockets.get_mut(id.0) else { return false };
        let busy = socket.writing.contains(Writing::REQUEST) || socket.flags.contains(Flags::ERRORED);
        let writes = &mut socket.cold().writes;
        writes.length += len;
        if busy || writes.corked > 0 {
            writes.queued_len += len;
            writes.queue.push_back(Queued { pieces: data.keep_from(0), len, completion });
        } else {
            self.hand_over(id, len, Outgoing::Now(data), Waiting::of(completion));
        }
        let Some(socket) = self.sockets.get_mut(id.0) else { return false };
        let length = socket.write_len();
        let mark = socket.write_mark as usize + usize::from(mutated!(MarkOffByOne));
        let go_on = length < mark || length == 0;
        if !(go_on || busy && mutated!(DrainLost)) {
            socket.writing.insert(Writing::NEED_DRAIN);
        }
        go_on && !socket.destroyed() && !socket.flags.contains(Flags::ERRORED)
    }

    /// Gives the handle a request; its end, if it comes at once, is told on a tick.
    fn hand_over(&mut self, id: SocketId, len: usize, data: Outgoing<'_>, waiting: Waiting) {
        match self.begin_request(id, len, data, waiting) {
            None => {}
            Some(ended) => self.ended_at_once(id, len, ended),
        }
    }

    /// Begins a request; Some if it has ended already.
    fn begin_request(&mut self, id: SocketId, len: usize, data: Outgoing<'_>, waiting: Waiting) -> Option<Ended> {
        let socket = self.sockets.get_mut(id.0)?;
        socket.writing.insert(Writing::REQUEST);
        if socket.connecting() {
            let request = Request { for_connection: true, ..Request::begun(data.keep(), len, waiting) };
            let writes = &mut socket.cold().writes;
            writes.pending_len = len;
            writes.request = Some(request);
            socket.react_once(SocketEventName::Connect, Reaction::WritePending);
            socket.react_once(SocketEventName::Close, Reaction::WriteClosed);
            return None;
        }
        if !socket.has_handle() {
            socket.cold().writes.pending_len = 0;
            data.keep().release(&mut self.releases);
            return Some(Ended { waiting, error: Some(NetError::library(Code::ERR_SOCKET_CLOSED).into()) });
        }
        self.send(id, len, data, waiting)
    }

    fn send(&mut self, id: SocketId, len: usize, mut data: Outgoing<'_>, waiting: Waiting) -> Option<Ended> {
        self.touch(id);
        let socket = self.sockets.get_mut(id.0)?;
        if let Some(cold) = socket.cold.as_mut() {
            cold.writes.pending_len = 0;
        }
        socket.bytes_dispatched += len as u64;
        let left_before = data.left();
        match data.offer(&socket.stream) {
            Err(errno) => {
                data.keep().release(&mut self.releases);
                Some(Ended { waiting, error: Some(self.refusal(id, errno)) })
            }
            Ok(left) => {
                self.has_written(id, left_before - left);
                if left == 0 {
                    data.keep().release(&mut self.releases);
                    return Some(Ended { waiting, error: None });
                }
                let writes = &mut self.sockets.get_mut(id.0)?.cold().writes;
                writes.last_queue_size = len;
                writes.request = Some(Request::begun(data.keep(), len, waiting));
                self.requests += 1;
                if left < left_before {
                    self.send_rest(id);
                } else {
                    self.rest_from_sending(id);
                }
                None
            }
        }
    }

    /// Offers at once what the system did not take of the first offer: what came back of that may be that the peer is gone,
    /// which is told before the peer's end then. How it goes is told after I/O.
    pub fn send_rest(&mut self, id: SocketId) {
        let Some(socket) = self.sockets.get_mut(id.0) else { return };
        let stream = &socket.stream;
        let Some(request) = socket.cold.as_mut().and_then(|cold| cold.writes.request.as_mut()) else { return };
        let left = request.pieces.left();
        match request.pieces.offer(stream) {
            Ok(false) => {}
            Ok(true) => self.fed.push_back(Fed::Written(id)),
            Err(errno) => {
                request.failed = Some(errno);
                self.fed.push_back(Fed::Written(id));
            }
        }
        let taken = left - request.pieces.left();
        self.has_written(id, taken);
        self.rest_from_sending(id);
    }

    /// The system took so many bytes.
    fn has_written(&mut self, id: SocketId, bytes: usize) {
        self.bytes_written += bytes as u64;
        if bytes > 0 {
            self.note(|_| Note::of(id, NoteKind::Write, "write").with_bytes(bytes));
        }
    }

    /// What was not taken is offered again when some time has passed, if nobody tells when it may be.
    fn rest_from_sending(&mut self, id: SocketId) {
        let request = self.sockets.get_mut(id.0).and_then(Socket::request);
        let Some(request) = request.filter(|request| request.pieces.rests() && !request.rests) else { return };
        request.rests = true;
        let due = self.now() + RETRY;
        self.due.set(due, |_| Due::SendAgain(id));
    }

    fn ended_at_once(&mut self, id: SocketId, len: usize, ended: Ended) {
        let Some(socket) = self.sockets.get_mut(id.0) else { return };
        socket.writing.remove(Writing::REQUEST);
        socket.cold().writes.length -= len;
        if let Some(error) = ended.error {
            socket.set_error(&error);
            self.tick(Tick::WriteError(id, ended.waiting.into_list(), error));
            return;
        }
        self.flush_queue(id);
        let Some(socket) = self.sockets.get_mut(id.0) else { return };
        let drained = socket.writing.contains(Writing::NEED_DRAIN) && socket.write_len() == 0;
        match ended.waiting {
            Waiting::Nobody if drained && !socket.writing.contains(Writing::AFTER_WRITE_PENDING) => {
                socket.writing.insert(Writing::AFTER_WRITE_PENDING);
                self.tick(Tick::AfterWrite(id));
            }
            Waiting::Nobody => {
                if socket.ending() {
                    self.finish_maybe(id);
                }
            }
            Waiting::One(completion) => {
                self.complete_after_write(id, completion);
            }
            Waiting::Many(completions) => {
                socket.writing.insert(Writing::AFTER_WRITE_PENDING);
                socket.cold().writes.after_write_tick = None;
                self.tick(Tick::AfterWrites(id, completions));
            }
        }
    }

    /// Completions with the same function and user pointer in a row share a tick, as equal callbacks do in Node. The number of
    /// that tick.
    pub fn complete_after_write(&mut self, id: SocketId, completion: Callback) -> Option<u64> {
        let socket = self.sockets.get_mut(id.0)?;
        socket.writing.insert(Writing::AFTER_WRITE_PENDING);
        let writes = &mut socket.cold().writes;
        if let Some(Tick::AfterWriteTick(_, waiting, count)) =
            writes.after_write_tick.and_then(|at| self.ticks.get_mut(at))
        {
            if waiting.same_as(&completion) {
                *count += 1;
                return writes.after_write_tick;
            }
        }
        writes.after_write_tick = Some(self.ticks.push(Tick::AfterWriteTick(id, completion, 1)));
        writes.after_write_tick
    }

    /// Hands the queue over if nothing is in the way: one write as it is, several as one.
    pub fn flush_queue(&mut self, id: SocketId) {
        let Some(socket) = self.sockets.get_mut(id.0) else { return };
        if socket.destroyed() || socket.writing.intersects(Writing::PROCESSING) || socket.queue_is_empty() {
            return;
        }
        let writes = &mut socket.cold().writes;
        if writes.corked > 0 {
            return;
        }
        let mut queue = std::mem::take(&mut writes.queue);
        writes.queued_len = 0;
        // Not what was counted: as long as a queue fails it counts with those that have failed already, as in Node.
        let len = queue.iter().map(|queued| queued.len).sum();
        socket.writing.insert(Writing::PROCESSING);
        let (pieces, waiting) = if queue.len() == 1 {
            match queue.pop_front() {
                Some(one) => (one.pieces, Waiting::of(one.completion)),
                None => return,
            }
        } else {
            let mut pieces = Pieces::default();
            let mut completions = Vec::new();
            for mut queued in queue.drain(..) {
                pieces.append(&mut queued.pieces);
                completions.extend(queued.completion);
            }
            if mutated!(GatheredBackwards) {
                completions.reverse();
            }
            (pieces, if completions.is_empty() { Waiting::Nobody } else { Waiting::Many(completions) })
        };
        self.hand_over(id, len, Outgoing::Kept(pieces), waiting);
        let Some(socket) = self.sockets.get_mut(id.0) else { return };
        socket.writing.remove(Writing::PROCESSING);
        if socket.queue_is_empty() {
            // Keep the room that was there: the queue fills again in the same way.
            let writes = &mut socket.cold().writes;
            if writes.queue.capacity() < queue.capacity() {
                writes.queue = queue;
            }
        }
    }

    fn cork(&mut self, id: SocketId) {
        if let Some(socket) = self.sockets.get_mut(id.0) {
            socket.cold().writes.corked += 1;
        }
    }

    fn uncork(&mut self, id: SocketId) {
        self.send_gathered(id);
        let Some(socket) = self.sockets.get_mut(id.0) else { return };
        let Some(cold) = socket.cold.as_mut() else { return };
        if cold.writes.corked > 0 {
            cold.writes.corked -= if mutated!(UncorkAll) { cold.writes.corked } else { 1 };
            if !socket.writing.contains(Writing::REQUEST) {
                self.flush_queue(id);
            }
        }
    }

    /// end() without a completion.
    pub fn end(&mut self, id: SocketId) {
        self.end_with(id, None, None);
    }

    fn end_with(&mut self, id: SocketId, data: Option<&[u8]>, completion: Option<Callback>) {
        let mut refused = None;
        if let Some(bytes) = data {
            refused = self.write(id, WriteData::Bytes(bytes), None).err();
        }
        self.send_gathered(id);
        let Some(socket) = self.sockets.get_mut(id.0) else { return };
        if socket.cold.as_ref().is_some_and(|cold| cold.writes.corked > 0) {
            socket.cold().writes.corked = 1;
            self.uncork(id);
        }
        let Some(socket) = self.sockets.get_mut(id.0) else { return };
        if refused.is_none() {
            if !socket.ending() && !socket.flags.contains(Flags::ERRORED) {
                socket.write = WritePhase::Ending;
                self.finish_maybe(id);
            } else if socket.write == WritePhase::Finished {
                refused = Some(NetError::library(Code::ERR_STREAM_ALREADY_FINISHED).into());
            } else if socket.destroyed() {
                refused = Some(NetError::stream_destroyed("end").into());
            }
        }
        let Some(completion) = completion else { return };
        let Some(socket) = self.sockets.get_mut(id.0) else { return };
        let outcome = if refused.is_some() {
            refused
        } else if socket.flags.contains(Flags::ERRORED) {
            socket.error().cloned()
        } else if socket.write == WritePhase::Finished {
            None
        } else if socket.destroyed() && !socket.writing.contains(Writing::REQUEST) {
            // Node never calls this one back; here every accepted request has its completion.
            Some(NetError::stream_destroyed("end").into())
        } else {
            socket.cold().writes.end_callbacks.push(completion);
            return;
        };
        self.tick(Tick::Complete(id, completion, outcome));
    }

    /// Sends the end if all that was written is out.
    pub fn finish_maybe(&mut self, id: SocketId) {
        let Some(socket) = self.sockets.get_mut(id.0) else { return };
        if !socket.needs_finish() || socket.write != WritePhase::Ending {
            return;
        }
        socket.write = WritePhase::Finalizing;
        if socket.connecting() {
            socket.react_once(SocketEventName::Connect, Reaction::Final);
        } else {
            self.shut_down(id);
        }
    }

    /// Asks the handle to send the end.
    pub fn shut_down(&mut self, id: SocketId) {
        let Some(socket) = self.sockets.get_mut(id.0) else { return };
        if !socket.has_handle() || socket.connecting() || socket.is_no_stream() {
            self.shut_down_done(id);
            return;
        }
        if !socket.writing.contains(Writing::SHUTDOWN) {
            socket.writing.insert(Writing::SHUTDOWN);
            self.requests += 1;
            self.fed.push_back(Fed::Shutdown(id));
        }
    }

    /// The end was sent, or there was nobody to send it to.
    pub fn shut_down_done(&mut self, id: SocketId) {
        let Some(socket) = self.sockets.get_mut(id.0) else { return };
        if socket.needs_finish() && socket.write == WritePhase::Finalizing {
            socket.write = WritePhase::Prefinished;
            let life = socket.life;
            self.tick(Tick::Finish(id, life));
        }
    }

    /// What the system has to send the end with: after I/O, outside any callback.
    pub fn shut_down_now(&mut self, id: SocketId) {
        let Some(socket) = self.sockets.get_mut(id.0) else { return };
        if !socket.writing.contains(Writing::SHUTDOWN) {
            return;
        }
        socket.writing.remove(Writing::SHUTDOWN);
        self.requests -= 1;
        // A peer that has reset the connection makes this fail; Node finishes all the same.
        let _ = socket.stream.shutdown_write();
        self.note(|_| Note::of(id, NoteKind::End, "end"));
        self.shut_down_done(id);
    }
}

enum Outgoing<'a> {
    Now(WriteData<'a>),
    Kept(Pieces),
    /// Some of it has gone out.
    Rest(Pieces),
}

impl Outgoing<'_> {
    fn left(&self) -> usize {
        match self {
            Outgoing::Now(data) => data.len(),
            Outgoing::Kept(pieces) | Outgoing::Rest(pieces) => pieces.left(),
        }
    }

    /// How much is left after the system took what it would.
    fn offer(&mut self, stream: &crate::sys::stream::Stream) -> std::result::Result<usize, Errno> {
        match self {
            Outgoing::Now(data) => {
                let len = data.len();
                let taken = data.offer(stream)?;
                let data = std::mem::replace(data, WriteData::Bytes(&[]));
                *self = Outgoing::Rest(if taken == len {
                    match data {
                        WriteData::Owned(_) => data.keep_from(taken),
                        _ => Pieces::default(),
                    }
                } else {
                    data.keep_from(taken)
                });
                Ok(len - taken)
            }
            Outgoing::Kept(pieces) | Outgoing::Rest(pieces) => {
                pieces.offer(stream)?;
                Ok(pieces.left())
            }
        }
    }

    fn keep(self) -> Pieces {
        match self {
            Outgoing::Now(data) => data.keep_from(0),
            Outgoing::Kept(pieces) | Outgoing::Rest(pieces) => pieces,
        }
    }
}

impl Loop {
    /// There is room to write.
    pub fn on_writable(&self, id: SocketId) {
        let ended = {
            let mut state = self.state();
            let state = &mut *state;
            let Some(socket) = state.sockets.get_mut(id.0) else { return };
            let Some(cold) = socket.cold.as_mut() else { return };
            let Some(request) = cold.writes.request.as_mut().filter(|request| !request.for_connection) else { return };
            if request.failed.is_none() {
                let before = request.pieces.left();
                let offered = request.pieces.offer(&socket.stream);
                let taken = before - request.pieces.left();
                if let Err(errno) = offered {
                    request.failed = Some(errno);
                }
                state.has_written(id, taken);
                if offered == Ok(false) {
                    state.rest_from_sending(id);
                    return;
                }
            }
            state.take_request(id, None)
        };
        if let Some((len, ended)) = ended {
            self.ended_later(id, len, ended, true);
        }
    }

    /// The time to offer again has come.
    pub fn send_due(&self, id: SocketId) {
        let rested = {
            let mut state = self.state();
            let request = state.sockets.get_mut(id.0).and_then(Socket::request);
            request.is_some_and(|request| std::mem::take(&mut request.rests))
        };
        if rested {
            self.on_writable(id);
            self.drain_ticks();
        }
    }

    /// The second offer of a request took the rest, or failed.
    pub fn written(&self, id: SocketId) {
        let ended = {
            let mut state = self.state();
            let cold = state.sockets.get(id.0).and_then(|socket| socket.cold.as_ref());
            // It may have been told since, as the socket was ready or closed; then another may be under way.
            if !cold.and_then(|cold| cold.writes.request.as_ref()).is_some_and(Request::is_over) {
                return;
            }
            state.take_request(id, None)
        };
        if let Some((len, ended)) = ended {
            self.ended_later(id, len, ended, true);
        }
    }

    /// A request that was begun ended: not inside the call that began it, so its completions may run now.
    pub fn ended_later(&self, id: SocketId, len: usize, ended: Ended, by_handle: bool) {
        if let Some(error) = ended.error {
            {
                let mut state = self.state();
                if let Some(socket) = state.sockets.get_mut(id.0) {
                    socket.writing.remove(Writing::REQUEST);
                    socket.cold().writes.length -= len;
                    socket.set_error(&error);
                }
            }
            self.write_failed(id, ended.waiting.into_list(), &error);
            return;
        }
        {
            let mut state = self.state();
            if by_handle {
                state.touch(id);
            }
            if let Some(socket) = state.sockets.get_mut(id.0) {
                socket.writing.remove(Writing::REQUEST);
                let writes = &mut socket.cold().writes;
                writes.length -= len;
                if by_handle {
                    writes.last_queue_size = 0;
                }
            }
            state.flush_queue(id);
        }
        self.after_write(id, ended.waiting.into_list());
    }

    /// Tells drain and completions, then goes on to the end if that is what is left.
    pub fn after_write(&self, id: SocketId, completions: Vec<Callback>) {
        if !mutated!(DrainLast) {
            self.drain_if_due(id);
        }
        for completion in completions {
            self.complete(id, completion, None);
        }
        if mutated!(DrainLast) {
            self.drain_if_due(id);
        }
        self.after_completions(id);
    }

    /// The tick of completions that share one.
    pub fn after_write_tick(&self, id: SocketId, completion: Callback, count: u32) {
        {
            let mut state = self.state();
            if let Some(socket) = state.sockets.get_mut(id.0) {
                socket.cold().writes.after_write_tick = None;
            }
        }
        self.drain_if_due(id);
        for _ in 0..count {
            self.complete(id, completion, None);
        }
        self.after_completions(id);
    }

    fn drain_if_due(&self, id: SocketId) {
        let due = {
            let mut state = self.state();
            let Some(socket) = state.sockets.get_mut(id.0) else { return };
            socket.writing.remove(Writing::AFTER_WRITE_PENDING);
            let due = socket.writing.contains(Writing::NEED_DRAIN)
                && !socket.ending()
                && !socket.destroyed()
                && socket.write_len() == 0;
            if due {
                socket.writing.remove(Writing::NEED_DRAIN);
            }
            due
        };
        if due {
            self.emit(id, &SocketEvent::Drain);
        }
    }

    fn after_completions(&self, id: SocketId) {
        let destroyed = self.state().sockets.get(id.0).is_some_and(Socket::destroyed);
        if destroyed {
            self.fail_queue(id);
        }
        let mut state = self.state();
        if state.sockets.get(id.0).is_some_and(Socket::ending) {
            state.finish_maybe(id);
        }
    }

    /// The tick of a failed write, or its end outside a call.
    pub fn write_failed(&self, id: SocketId, completions: Vec<Callback>, error: &ErrorRef) {
        for completion in completions {
            self.complete(id, completion, Some(error));
        }
        self.fail_queue(id);
        self.state().destroy(id, Some(error.clone()));
    }

    /// Ends everything that waits to be written, with the error that was met or because the stream is destroyed.
    pub fn fail_queue(&self, id: SocketId) {
        let (error, end_error) = {
            let state = self.state();
            let Some(socket) = state.sockets.get(id.0) else { return };
            if socket.writing.contains(Writing::REQUEST) {
                return;
            }
            let met = socket.error().filter(|_| socket.flags.contains(Flags::ERRORED)).cloned();
            let error = met.clone().unwrap_or_else(|| NetError::stream_destroyed("write").into());
            (error, met.unwrap_or_else(|| NetError::stream_destroyed("end").into()))
        };
        loop {
            let completion = {
                let mut state = self.state();
                let state = &mut *state;
                let Some(cold) = state.sockets.get_mut(id.0).and_then(|socket| socket.cold.as_mut()) else { return };
                let Some(mut queued) = cold.writes.queue.pop_front() else { break };
                cold.writes.length -= queued.len;
                queued.pieces.release(&mut state.releases);
                queued.completion
            };
            if let Some(completion) = completion {
                self.complete(id, completion, Some(&error));
            }
        }
        self.complete_ends(id, Some(&end_error));
        if let Some(cold) = self.state().sockets.get_mut(id.0).and_then(|socket| socket.cold.as_mut()) {
            cold.writes.queued_len = 0;
        }
    }

    fn complete_ends(&self, id: SocketId, error: Option<&ErrorRef>) {
        let callbacks = match self.state().sockets.get_mut(id.0).and_then(|socket| socket.cold.as_mut()) {
            Some(cold) => std::mem::take(&mut cold.writes.end_callbacks),
            None => return,
        };
        for callback in callbacks {
            self.complete(id, callback, error);
        }
    }

    /// The tick of `finish`.
    pub fn finish_now(&self, id: SocketId) {
        match self.state().sockets.get_mut(id.0) {
            Some(socket) => socket.write = WritePhase::Finished,
            None => return,
        }
        if !mutated!(FinishFirst) {
            self.complete_ends(id, None);
        }
        self.emit(id, &SocketEvent::Finish);
        if mutated!(FinishFirst) {
            self.complete_ends(id, None);
        }
        let mut state = self.state();
        let Some(socket) = state.sockets.get(id.0) else { return };
        let told = socket.read == ReadPhase::EndEmitted || (mutated!(CloseEarly) && socket.read != ReadPhase::Open);
        if told || socket.reading.contains(Reading::NOT_READABLE) {
            state.destroy(id, None);
        }
    }

    /// The connection is there: what waited for it goes out.
    pub fn write_pending(&self, id: SocketId) {
        let ended = {
            let mut state = self.state();
            let Some(socket) = state.sockets.get_mut(id.0) else { return };
            socket.listeners.remove_reaction(SocketEventName::Close as u8, Reaction::WriteClosed as u8);
            let Some(request) = socket.cold().writes.request.take() else { return };
            let len = request.len;
            state.begin_request(id, len, Outgoing::Kept(request.pieces), request.waiting).map(|ended| (len, ended))
        };
        if let Some((len, ended)) = ended {
            self.ended_later(id, len, ended, false);
        }
    }

    /// The socket closed before the connection was there.
    pub fn write_closed(&self, id: SocketId) {
        let error = NetError::library(Code::ERR_SOCKET_CLOSED_BEFORE_CONNECTION);
        let ended = {
            let mut state = self.state();
            if let Some(socket) = state.sockets.get_mut(id.0) {
                socket.listeners.remove_reaction(SocketEventName::Connect as u8, Reaction::WritePending as u8);
            }
            state.take_request(id, Some(error.into()))
        };
        if let Some((len, ended)) = ended {
            self.ended_later(id, len, ended, false);
        }
    }
}

impl State {
    /// Takes the request out; its bytes are released. The error is that of one that is not over.
    pub fn take_request(&mut self, id: SocketId, error: Option<ErrorRef>) -> Option<(usize, Ended)> {
        let request = self.sockets.get_mut(id.0)?.cold.as_mut()?.writes.request.take()?;
        if !request.for_connection {
            self.requests -= 1;
        }
        let error = match request.failed {
            Some(errno) => Some(self.refusal(id, errno)),
            None => error.filter(|_| !request.is_over()),
        };
        let mut pieces = request.pieces;
        pieces.release(&mut self.releases);
        Some((request.len, Ended { waiting: request.waiting, error }))
    }
}

/// write, end, cork, uncork.
#[allow(missing_docs)]
impl Loop {
    /// The busiest way, its first half: a short write without completion that may go out at once, the first in a callback.
    /// It is counted as taken whole, as it nearly always is; what is left to do is to write it, with nothing borrowed and
    /// nothing to be remembered for after. None if it is anything else: then nothing has been done.
    #[inline]
    pub fn socket_writer(&self, id: SocketId, len: usize) -> Option<Writer> {
        let mut state = self.state();
        let state = &mut *state;
        let socket = state.sockets.get_mut(id.0)?;
        if !(self.is_free_writer(id) || socket.writes_freely() && self.first_writer() == NOBODY) {
            return None;
        }
        self.set_first_writer(id);
        socket.bytes_dispatched += len as u64;
        state.bytes_written += len as u64;
        Some(socket.stream.writer())
    }

    /// The second half, where the system did not take all of it.
    pub fn socket_not_written_whole(&self, id: SocketId, bytes: &[u8], instead: Instead) -> Result<WriteStatus> {
        let mut state = self.state();
        let state = &mut *state;
        let socket = state.sockets.get_mut(id.0).ok_or(Code::EBADF)?;
        socket.bytes_dispatched -= bytes.len() as u64;
        state.bytes_written -= bytes.len() as u64;
        let written = instead.written(&socket.stream, bytes);
        Ok(state.write_partly(id, bytes, written))
    }

    #[inline(never)]
    pub fn socket_write(&self, id: SocketId, data: WriteData<'_>, completion: Option<Callback>) -> Result<WriteStatus> {
        let mut state = self.state();
        let state = &mut *state;
        let Some(socket) = state.sockets.get_mut(id.0) else {
            state.release(data);
            completion.into_iter().for_each(|completion| state.drop_later(completion));
            return Err(Code::EBADF);
        };
        if let Err(code) = data.check() {
            state.release(data);
            completion.into_iter().for_each(|completion| state.drop_later(completion));
            return Err(code);
        }
        let at_once = socket.writes_at_once();
        if socket.refuses_after_end() {
            state.refuse_write(id, data, completion, NetError::ended_by_peer().into());
            return Ok(WriteStatus::WaitForDrain);
        }
        let first = self.replace_first_writer(id);
        Ok(self.write_after(first, state, id, |state| match (data, completion) {
            (WriteData::Bytes(bytes), None) if at_once => state.write_bytes(id, bytes),
            (data, completion) => state.write_any(id, data, completion),
        }))
    }

    pub fn socket_end(&self, id: SocketId, data: Option<&[u8]>, completion: Option<Callback>) -> Result {
        let mut state = self.state();
        if state.sockets.get(id.0).is_none() {
            completion.into_iter().for_each(|completion| state.drop_later(completion));
            return Err(Code::EBADF);
        }
        if let Err(code) = data.map_or(Ok(()), |bytes| WriteData::Bytes(bytes).check()) {
            completion.into_iter().for_each(|completion| state.drop_later(completion));
            return Err(code);
        }
        let first = self.replace_first_writer(id);
        self.write_after(first, &mut state, id, |state| state.end_with(id, data, completion));
        Ok(())
    }

    pub fn socket_cork(&self, id: SocketId) -> Result {
        let mut state = self.state();
        state.socket(id)?;
        state.cork(id);
        Ok(())
    }

    pub fn socket_uncork(&self, id: SocketId) -> Result {
        let mut state = self.state();
        state.socket(id)?;
        state.uncork(id);
        Ok(())
    }
}

impl State {
    fn write_any(&mut self, id: SocketId, data: WriteData<'_>, completion: Option<Callback>) -> WriteStatus {
        match self.write(id, data, completion) {
            Ok(true) => WriteStatus::GoOn,
            Ok(false) | Err(_) => WriteStatus::WaitForDrain,
        }
    }

    /// write() with something that goes along, or may have gone.
    pub fn write_message(&mut self, id: SocketId, data: WriteData<'_>, completion: Option<Callback>) -> WriteStatus {
        if self.sockets.get(id.0).is_some_and(Socket::refuses_after_end) {
            self.refuse_write(id, data, completion, NetError::ended_by_peer().into());
            return WriteStatus::WaitForDrain;
        }
        self.write_any(id, data, completion)
    }

    /// Writes where nothing is in the way, but what was gathered before.
    fn write_bytes(&mut self, id: SocketId, bytes: &[u8]) -> WriteStatus {
        if self.gathers(id, bytes.len()) {
            self.gather(id, WriteData::Bytes(bytes), None);
            return WriteStatus::GoOn;
        }
        self.send_gathered(id);
        match self.sockets.get_mut(id.0) {
            Some(socket) if socket.writes_at_once() => {
                let written = socket.stream.write(bytes);
                self.write_partly(id, bytes, written)
            }
            _ => self.write_any(id, WriteData::Bytes(bytes), None),
        }
    }

    /// The system did not take all of it at once, or it was large.
    #[inline(never)]
    fn write_partly(&mut self, id: SocketId, bytes: &[u8], written: std::result::Result<usize, Errno>) -> WriteStatus {
        match written {
            Ok(taken) if taken == bytes.len() => self.write_whole(id, taken),
            Ok(taken) => self.write_rest(id, bytes, taken),
            Err(errno) if errno.would_block() => self.write_rest(id, bytes, 0),
            Err(errno) => self.write_refused(id, bytes.len(), errno),
        }
    }

    fn write_whole(&mut self, id: SocketId, taken: usize) -> WriteStatus {
        self.touch(id);
        self.bytes_written += taken as u64;
        if let Some(socket) = self.sockets.get_mut(id.0) {
            socket.bytes_dispatched += taken as u64;
        }
        WriteStatus::GoOn
    }

    /// The system took a part at once: the rest waits for room.
    fn write_rest(&mut self, id: SocketId, bytes: &[u8], taken: usize) -> WriteStatus {
        self.touch(id);
        self.bytes_written += taken as u64;
        self.requests += 1;
        let Some(socket) = self.sockets.get_mut(id.0) else { return WriteStatus::WaitForDrain };
        socket.bytes_dispatched += bytes.len() as u64;
        socket.writing.insert(Writing::REQUEST);
        let mark = socket.write_mark as usize;
        let writes = &mut socket.cold().writes;
        writes.length = bytes.len();
        writes.last_queue_size = bytes.len();
        let pieces = WriteData::Bytes(bytes).keep_from(taken);
        writes.request = Some(Request::begun(pieces, bytes.len(), Waiting::Nobody));
        let go_on = bytes.len() < mark;
        socket.writing.set(Writing::NEED_DRAIN, !go_on);
        if taken > 0 {
            self.send_rest(id);
        }
        if go_on { WriteStatus::GoOn } else { WriteStatus::WaitForDrain }
    }

    /// The error of a write that the system refuses. A local socket without a peer is a broken pipe as TCP's is, where
    /// the system calls it not connected; only one that is bound and was never connected is that in Node too.
    pub fn refusal(&mut self, id: SocketId, errno: Errno) -> ErrorRef {
        let bound = self.sockets.get(id.0).is_some_and(|socket| socket.connect == ConnectPhase::Bound);
        let errno =
            if errno == Errno::ENOTCONN && (!bound || mutated!(BoundPathBroken)) { Errno::EPIPE } else { errno };
        self.errors.system("write", errno)
    }

    /// The system refused: told on a tick.
    fn write_refused(&mut self, id: SocketId, len: usize, errno: Errno) -> WriteStatus {
        self.touch(id);
        let error = self.refusal(id, errno);
        if let Some(socket) = self.sockets.get_mut(id.0) {
            socket.bytes_dispatched += len as u64;
            socket.set_error(&error);
        }
        self.tick(Tick::WriteError(id, Vec::new(), error));
        WriteStatus::WaitForDrain
    }
}
