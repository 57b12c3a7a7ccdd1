//! Gathering: of the writes that a callback makes on a socket, the first goes out at once and those after it together, when the
//! callback returns.
//!
//! The program cannot tell. A gathered write counts as taken by the system, as it nearly always would have been: its return value,
//! the counters and the place of its completion are those of a write that goes out whole. Should the system then take less, or
//! refuse, it is taken back and all is as if each write had been offered when it was made: see [`State::not_taken`]. That works
//! as long as nobody has looked: so what is gathered stays below the high water mark, where every answer is 1, and goes out before
//! anything else that depends on what the system took. One answer differs: a write that the system refuses would have returned 0.
use super::SocketId;
use super::error::ErrorRef;
use super::event_loop::Loop;
use super::socket::{Flags, Reading, Writing};
use super::state::State;
use super::tick::Tick;
use super::write_request::{Queued, Request, Waiting, WriteData, offer_gathered, offer_one};
use crate::core::table::Key;
use crate::sys::callback::Callback;
use crate::sys::code::Result;
use crate::sys::errno::Errno;
use std::cell::RefMut;

/// A longer write is not worth a copy.
const LONGEST: usize = 16 * 1024;
/// Of all sockets together.
const MOST_BYTES: usize = 256 * 1024;
/// Sockets of one callback that may gather.
const MOST_SOCKETS: usize = 1024;

/// Nothing has been written in this callback. The name of no socket, as [`Key::NONE`] is not.
pub const NOBODY: SocketId = SocketId(Key::NONE);

/// A write that is gathered: where its bytes are.
#[derive(Clone, Copy, Debug)]
struct Gathered {
    at: usize,
    len: usize,
    /// The tick of its completion.
    tick: Option<u64>,
    /// The one of the same socket after it, if it is not the last.
    next: usize,
}

/// What one socket has gathered.
#[derive(Clone, Copy, Debug)]
struct Gatherer {
    /// `NOBODY` when it has gone out.
    id: SocketId,
    first: usize,
    last: usize,
    len: usize,
}

/// What a loop has gathered. The room is kept: gathering needs no memory once it has been needed.
#[derive(Debug, Default)]
pub struct Gathering {
    off: bool,
    bytes: Vec<u8>,
    writes: Vec<Gathered>,
    sockets: Vec<Gatherer>,
    /// How many of those have something.
    open: usize,
    /// Who was looked for last: the next is nearly always the same, or the one behind it.
    found: usize,
    /// Who else has written but the first, each with a flag.
    others: Vec<SocketId>,
    /// The write that is being made belongs to what is gathered.
    joins: bool,
    /// A socket of this loop was closed since the last wait.
    has_closed: bool,
}

impl Gathering {
    /// Where it is, if it has gathered something.
    fn place(&mut self, id: SocketId) -> Option<usize> {
        let len = self.sockets.len();
        let at = (self.found..len).chain(0..self.found.min(len)).find(|&at| self.sockets[at].id == id)?;
        self.found = at;
        Some(at)
    }

    /// A socket of this loop was closed. It may have been the peer of any other, whose writes are refused from now on: as long
    /// as no wait has told of it, nothing is gathered.
    #[inline]
    pub fn socket_closed(&mut self) {
        self.has_closed = true;
    }

    /// A wait has told of everything.
    #[inline]
    pub fn all_is_told(&mut self) {
        self.has_closed = false;
    }

    fn add(&mut self, id: SocketId, place: Option<usize>, data: &WriteData<'_>, tick: Option<u64>) {
        let (at, number) = (self.bytes.len(), self.writes.len());
        match data {
            WriteData::Bytes(bytes) => self.bytes.extend_from_slice(bytes),
            WriteData::Gathered(pieces) => pieces.iter().for_each(|piece| self.bytes.extend_from_slice(piece)),
            WriteData::Owned(bytes) => self.bytes.extend_from_slice(bytes.as_slice()),
            // Only the usual calls ask for it.
            WriteData::InKernel(_) | WriteData::With(..) => debug_assert!(false, "only plain bytes are gathered"),
        }
        let len = self.bytes.len() - at;
        self.writes.push(Gathered { at, len, tick, next: number });
        if let Some(place) = place {
            let gatherer = &mut self.sockets[place];
            self.writes[gatherer.last].next = number;
            gatherer.last = number;
            gatherer.len += len;
        } else {
            self.found = self.sockets.len();
            self.open += 1;
            self.sockets.push(Gatherer { id, first: number, last: number, len });
        }
    }

    fn list(&self, gatherer: Gatherer) -> impl Iterator<Item = Gathered> + '_ {
        let mut next = Some(gatherer.first);
        std::iter::from_fn(move || {
            let number = next?;
            let write = self.writes[number];
            next = (number != gatherer.last).then_some(write.next);
            Some(write)
        })
    }

    fn bytes_of(&self, write: Gathered) -> &[u8] {
        &self.bytes[write.at..write.at + write.len]
    }

    fn offer(&self, gatherer: Gatherer, stream: &crate::sys::stream::Stream) -> std::result::Result<usize, Errno> {
        let (first, last) = (self.writes[gatherer.first], self.writes[gatherer.last]);
        let end = last.at + last.len;
        // Where only one socket gathers, its bytes lie side by side.
        if end - first.at == gatherer.len {
            return offer_one(stream, &self.bytes[first.at..end]);
        }
        offer_gathered(stream, self.list(gatherer).map(|write| self.bytes_of(write)), 0)
    }
}

/// What became of a write that was gathered.
enum Fate {
    /// Offered, and so much of it was taken.
    Offered(usize),
    /// Offered, and refused.
    Refused(Errno),
    /// Not offered, because one before it was not taken whole.
    Behind,
}

impl State {
    /// Whether the write that is being made is gathered; what is in its way goes out first.
    pub fn gathers(&mut self, id: SocketId, len: usize) -> bool {
        if !self.gathering.joins || len == 0 || len > LONGEST {
            return false;
        }
        let Some(socket) = self.sockets.get(id.0) else { return false };
        // Whose peer has gone is likely to be refused, which the return value tells if it is known by then.
        if socket.reading.intersects(Reading::EOF | Reading::STICKY) {
            return false;
        }
        let mark = socket.write_mark as usize;
        let has_some = socket.writing.contains(Writing::GATHERS);
        let before = if has_some { self.gathering.place(id) } else { None };
        let before = before.map_or(0, |place| self.gathering.sockets[place].len);
        if before + len >= mark {
            self.send_gathered(id);
        } else if self.gathering.bytes.len() + len > MOST_BYTES || self.gathering.sockets.len() >= MOST_SOCKETS {
            self.send_all_gathered();
        }
        len < mark && self.sockets.get(id.0).is_some_and(|socket| socket.writes_at_once())
    }

    /// Makes a write that is gathered; its completion is due in its place.
    pub fn gather(&mut self, id: SocketId, data: WriteData<'_>, completion: Option<Callback>) {
        self.touch(id);
        let len = data.len();
        let Some(socket) = self.sockets.get_mut(id.0) else { return };
        let has_some = socket.writing.contains(Writing::GATHERS);
        socket.writing.insert(Writing::GATHERS);
        socket.bytes_dispatched += len as u64;
        let tick = completion.and_then(|completion| self.complete_after_write(id, completion));
        let place = if has_some { self.gathering.place(id) } else { None };
        self.gathering.add(id, place, &data, tick);
        self.release(data);
    }

    /// Sends what a socket has gathered, before anything that depends on what the system takes of it.
    #[inline]
    pub fn send_gathered(&mut self, id: SocketId) {
        if self.sockets.get(id.0).is_some_and(|socket| socket.writing.contains(Writing::GATHERS)) {
            self.send_gathered_of(id);
        }
    }

    #[inline(never)]
    fn send_gathered_of(&mut self, id: SocketId) {
        let Some(place) = self.gathering.place(id) else { return };
        let gatherer = self.gathering.sockets[place];
        self.gathering.sockets[place].id = NOBODY;
        self.send_what(gatherer);
        self.gathering.open -= 1;
        if self.gathering.open == 0 {
            self.gathering.sockets.clear();
            self.gathering.writes.clear();
            self.gathering.bytes.clear();
        }
    }

    fn send_what(&mut self, gatherer: Gatherer) {
        let Some(socket) = self.sockets.get_mut(gatherer.id.0) else { return };
        socket.writing.remove(Writing::GATHERS);
        match self.gathering.offer(gatherer, &socket.stream) {
            Ok(taken) if taken == gatherer.len => self.bytes_written += taken as u64,
            Ok(taken) => self.not_taken(gatherer, Fate::Offered(taken)),
            Err(errno) => self.not_taken(gatherer, Fate::Refused(errno)),
        }
    }

    /// Sends what all sockets have gathered.
    #[inline]
    pub fn send_all_gathered(&mut self) {
        if self.gathering.open > 0 {
            self.send_each_gathered();
        }
    }

    #[inline(never)]
    fn send_each_gathered(&mut self) {
        let mut at = 0;
        while let Some(gatherer) = self.gathering.sockets.get(at).copied() {
            if gatherer.id != NOBODY {
                self.send_gathered_of(gatherer.id);
            }
            at += 1;
        }
    }

    /// The callback has returned.
    fn end_gathering(&mut self) {
        self.send_all_gathered();
        while let Some(id) = self.gathering.others.pop() {
            if let Some(socket) = self.sockets.get_mut(id.0) {
                socket.flags.remove(Flags::WROTE);
            }
        }
    }

    /// Whether a socket that is not the first to write in this callback has written before; from now on it has.
    fn has_written_too(&mut self, id: SocketId) -> bool {
        let Some(socket) = self.sockets.get_mut(id.0) else { return false };
        if socket.flags.contains(Flags::WROTE) {
            return true;
        }
        if self.gathering.others.len() < MOST_SOCKETS {
            socket.flags.insert(Flags::WROTE);
            self.gathering.others.push(id);
        }
        false
    }

    /// The system did not take all: the first that it did not take whole is under way or has failed, and those after it wait in the
    /// queue, as they would if each had been offered by itself.
    #[cold]
    fn not_taken(&mut self, gatherer: Gatherer, fate: Fate) {
        let id = gatherer.id;
        let (mut taken, mut fate) = match fate {
            Fate::Offered(taken) => (taken, Fate::Offered(taken)),
            other => (0, other),
        };
        self.bytes_written += taken as u64;
        let writes: Vec<Gathered> = self.gathering.list(gatherer).collect();
        for write in writes {
            if matches!(fate, Fate::Offered(_)) && write.len <= taken {
                taken -= write.len;
                continue;
            }
            match std::mem::replace(&mut fate, Fate::Behind) {
                Fate::Offered(_) => self.taken_in_part(id, write, taken),
                Fate::Refused(errno) => self.refused(id, write, errno),
                Fate::Behind => self.put_behind(id, write),
            }
        }
    }

    fn taken_in_part(&mut self, id: SocketId, write: Gathered, taken: usize) {
        let waiting = Waiting::of(self.take_back(id, write.tick));
        let pieces = WriteData::Bytes(self.gathering.bytes_of(write)).keep_from(taken);
        let Some(socket) = self.sockets.get_mut(id.0) else { return };
        socket.writing.insert(Writing::REQUEST);
        self.requests += 1;
        let writes = &mut socket.cold().writes;
        writes.length += write.len;
        writes.last_queue_size = write.len;
        writes.request = Some(Request::begun(pieces, write.len, waiting));
        if taken > 0 {
            self.send_rest(id);
        }
    }

    fn refused(&mut self, id: SocketId, write: Gathered, errno: Errno) {
        let error: ErrorRef = self.refusal(id, errno);
        let completion = self.take_back(id, write.tick);
        if let Some(socket) = self.sockets.get_mut(id.0) {
            socket.set_error(&error);
        }
        let failed = Tick::WriteError(id, completion.into_iter().collect(), error);
        // In its place, unless others share that.
        match write.tick.and_then(|tick| self.ticks.get_mut(tick)) {
            Some(place @ Tick::AfterWrite(_)) => *place = failed,
            _ => {
                self.tick(failed);
            }
        }
    }

    fn put_behind(&mut self, id: SocketId, write: Gathered) {
        let completion = self.take_back(id, write.tick);
        let pieces = WriteData::Bytes(self.gathering.bytes_of(write)).keep_from(0);
        let Some(socket) = self.sockets.get_mut(id.0) else { return };
        socket.bytes_dispatched -= write.len as u64;
        let writes = &mut socket.cold().writes;
        writes.length += write.len;
        writes.queued_len += write.len;
        writes.queue.push_back(Queued { pieces, len: write.len, completion });
    }

    /// The completion that was due on a tick. A tick that has none left only looks after the socket.
    fn take_back(&mut self, id: SocketId, tick: Option<u64>) -> Option<Callback> {
        let number = tick?;
        let place = self.ticks.get_mut(number)?;
        let Tick::AfterWriteTick(_, completion, count) = place else { return None };
        let completion = *completion;
        *count -= 1;
        if *count == 0 {
            *place = Tick::AfterWrite(id);
            let cold = self.sockets.get_mut(id.0).and_then(|socket| socket.cold.as_mut());
            if let Some(cold) = cold.filter(|cold| cold.writes.after_write_tick == Some(number)) {
                cold.writes.after_write_tick = None;
            }
        }
        Some(completion)
    }
}

impl Loop {
    /// Whether a write of this socket is not the first in this callback, where `first` was the first to write at all.
    fn joins(&self, state: &mut State, id: SocketId, first: SocketId) -> bool {
        if first == NOBODY || !self.is_in_callback() || state.gathering.off || state.gathering.has_closed {
            return false;
        }
        // The others have to be forgotten too when the callback returns.
        self.look_in_at(state);
        self.set_gathered();
        self.replace_first_writer(first);
        first == id || state.has_written_too(id)
    }

    /// Makes a write of the program's, which may be gathered; `first` was the first to write in this callback.
    #[inline]
    pub fn write_after<R>(
        &self,
        first: SocketId,
        state: &mut State,
        id: SocketId,
        write: impl FnOnce(&mut State) -> R,
    ) -> R {
        state.gathering.joins = self.joins(state, id, first);
        let answer = write(state);
        state.gathering.joins = false;
        answer
    }

    /// What the loop knows, with what this socket has written taken by the system or known not to be.
    pub fn state_sent(&self, id: SocketId) -> RefMut<'_, State> {
        let mut state = self.state();
        state.send_gathered(id);
        state
    }

    /// The callback has returned: sends what it left behind.
    #[cold]
    #[inline(never)]
    pub fn end_gathering(&self) {
        self.state().end_gathering();
    }

    /// Whether writes are gathered.
    pub fn gathers(&self) -> bool {
        !self.state().gathering.off
    }

    /// From now on they are, or are not.
    pub fn set_gathers(&self, on: bool) -> Result {
        let mut state = self.state();
        state.send_all_gathered();
        state.gathering.off = !on;
        Ok(())
    }
}
