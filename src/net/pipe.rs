//! pipe and unpipe: what one socket reads is written to others.
//!
//! A pipe is nothing but listeners of the library at both sockets, each of which carries its name, as Node's pipe is nothing
//! but listeners of the stream. Open → Undone (unpiped; who is in the middle of telling an event may still come by) → gone.
//! Beside it [`Outlets`] is what a source knows of all its pipes: the slowest of them rules.
use super::error::{ErrorRef, NetError};
use super::events::{SocketEvent, SocketEventName};
use super::socket::{Flowing, ReadPhase, Reading, Socket};
use super::socket_listeners::Reaction;
use super::state::{READ_SIZE, State};
use super::tick::Tick;
use super::write_request::{WriteData, WriteStatus};
use super::{Loop, PipeId, SocketId};
use crate::core::listeners::Listener;
use crate::core::mutation::mutated;
use crate::core::table::Key;
use crate::sys::callback::{Callback, User};
use crate::sys::code::{Code, Result};

/// Where a pipe is in its life.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Phase {
    Open,
    Undone,
}

/// How bytes have come lately.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pace {
    /// In small pieces: they are read and written.
    Pieces,
    /// More than one read takes: they may stay in the kernel.
    Bulk,
}

/// From one socket to another.
#[derive(Debug)]
pub struct Pipe {
    /// Who is read.
    pub source: SocketId,
    /// Who is written.
    pub destination: SocketId,
    /// How bytes come.
    pub pace: Pace,
    phase: Phase,
    /// It was full once, and from then on hears every `drain`.
    hears_drain: bool,
}

/// Whose `drain` a source waits for: Node's `awaitDrainWriters`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
enum Awaited {
    #[default]
    Nobody,
    /// Of a single pipe.
    One(SocketId),
    /// Since there was a second pipe; possibly of none.
    Several(Vec<SocketId>),
}

/// The pipes of a source, in the order in which they were made.
#[derive(Debug, Default)]
pub struct Outlets {
    pipes: Vec<PipeId>,
    awaited: Awaited,
}

impl Outlets {
    /// The one pipe, if it is the only one.
    pub fn only(&self) -> Option<PipeId> {
        match self.pipes[..] {
            [only] => Some(only),
            _ => None,
        }
    }

    fn leave(&mut self, pipe: PipeId) -> bool {
        let before = self.pipes.len();
        self.pipes.retain(|other| *other != pipe);
        self.pipes.len() < before
    }

    fn drained(&mut self, destination: SocketId) {
        match &mut self.awaited {
            Awaited::One(one) if *one == destination => self.awaited = Awaited::Nobody,
            Awaited::Several(several) => several.retain(|other| *other != destination),
            _ => {}
        }
    }

    fn awaits_nobody(&self) -> bool {
        match &self.awaited {
            Awaited::Nobody => true,
            Awaited::One(_) => false,
            Awaited::Several(several) => several.is_empty(),
        }
    }
}

impl Socket {
    /// Whether it is the source or the destination of a pipe.
    pub fn is_piped(&self) -> bool {
        let outlets = self.cold.as_ref().and_then(|cold| cold.outlets.as_ref());
        outlets.is_some_and(|outlets| !outlets.pipes.is_empty())
            || self.listeners.reactions(SocketEventName::Error as u8, Reaction::PipeError as u8) > 0
    }
}

impl PipeId {
    fn hears(self, event: SocketEventName, once: bool, reaction: Reaction) -> Listener {
        let named = Callback::NONE.with_user(User::of_number(self.0.bits()));
        Listener::new(event as u8, once, reaction as u8, named)
    }

    /// The pipe whose reaction this is.
    pub fn of(listener: &Listener) -> PipeId {
        PipeId(Key::from_bits(listener.callback.user_pointer().number()))
    }
}

impl State {
    fn outlets(&mut self, source: SocketId) -> Option<&mut Outlets> {
        self.sockets.get_mut(source.0)?.cold.as_mut()?.outlets.as_deref_mut()
    }

    /// How bytes have come this time.
    pub fn set_pace(&mut self, pipe: PipeId, pace: Pace) {
        if let Some(pipe) = self.pipes.get_mut(pipe.0) {
            pipe.pace = pace;
        }
    }

    fn is_open(&self, pipe: PipeId) -> bool {
        self.pipes.get(pipe.0).is_some_and(|pipe| pipe.phase == Phase::Open)
    }

    fn pipe(&mut self, source: SocketId, destination: SocketId, ends: bool) -> Result {
        self.socket(source)?;
        self.socket(destination)?;
        self.send_gathered(destination);
        let (pace, phase) = (Pace::Pieces, Phase::Open);
        let made = self.pipes.insert(|_| Pipe { source, destination, pace, phase, hears_drain: false });
        let pipe = PipeId(made.ok_or(Code::ENOMEM)?);
        let from = self.socket_mut(source)?;
        let outlets = from.cold().outlets.get_or_insert_default();
        if outlets.pipes.len() == 1 {
            outlets.awaited = match std::mem::take(&mut outlets.awaited) {
                Awaited::Nobody => Awaited::Several(Vec::new()),
                Awaited::One(one) => Awaited::Several(vec![one]),
                several => several,
            };
        }
        outlets.pipes.push(pipe);
        let at_end = if ends || mutated!(PipeEndsAll) { Reaction::PipeEnd } else { Reaction::PipeUndo };
        let has_ended = from.read == ReadPhase::EndEmitted;
        from.listeners.add(pipe.hears(SocketEventName::Data, false, Reaction::PipeData));
        if !has_ended {
            from.listeners.add(pipe.hears(SocketEventName::End, true, at_end));
        }
        if has_ended {
            self.tick(Tick::PipeEnded(pipe, ends));
        }
        self.data_listener_added(source);
        let to = self.socket_mut(destination)?;
        to.listeners.add_first(pipe.hears(SocketEventName::Error, false, Reaction::PipeError));
        to.listeners.add(pipe.hears(SocketEventName::Close, true, Reaction::PipeUndo));
        to.listeners.add(pipe.hears(SocketEventName::Finish, true, Reaction::PipeUndo));
        let full = to.needs_drain();
        self.tick(Tick::Piped(destination, source));
        if full {
            self.pipe_is_full(pipe);
            self.pause(source);
            self.hear_drain(pipe);
        } else if self.socket(source)?.flowing != Flowing::Flowing {
            self.resume(source);
        }
        Ok(())
    }

    /// Its destination wants no more until it has drained.
    fn pipe_is_full(&mut self, id: PipeId) {
        let Some(&Pipe { source, destination, .. }) = self.pipes.get(id.0) else { return };
        let Some(outlets) = self.outlets(source) else { return };
        if outlets.only() == Some(id) {
            outlets.awaited = Awaited::One(destination);
            return;
        }
        let Awaited::Several(several) = &mut outlets.awaited else { return };
        if !several.contains(&destination) {
            several.push(destination);
        }
    }

    fn hear_drain(&mut self, id: PipeId) {
        let Some(pipe) = self.pipes.get_mut(id.0) else { return };
        if std::mem::replace(&mut pipe.hears_drain, true) {
            return;
        }
        if let Some(to) = self.sockets.get_mut(pipe.destination.0) {
            to.listeners.add(id.hears(SocketEventName::Drain, false, Reaction::PipeDrain));
        }
    }

    /// The destination drained: the source flows again once nobody is awaited.
    fn pipe_drained(&mut self, id: PipeId) {
        let Some(&Pipe { source, destination, .. }) = self.pipes.get(id.0) else { return };
        let Some(outlets) = self.outlets(source) else { return };
        outlets.drained(destination);
        let free = outlets.awaits_nobody();
        if free
            && !mutated!(PipeStuck)
            && self.sockets.get(source.0).is_some_and(|from| from.reading.contains(Reading::DATA_LISTENING))
        {
            self.resume(source);
        }
    }

    /// Takes a pipe from its source. None if it was taken before, else whether it was the last. A source that was freed has
    /// left that to whoever ends the pipe.
    fn take_from_source(&mut self, id: PipeId) -> Option<bool> {
        let source = self.pipes.get(id.0)?.source;
        if self.sockets.get(source.0).is_none() {
            return self.is_open(id).then_some(false);
        }
        let outlets = self.outlets(source)?;
        outlets.leave(id).then_some(outlets.pipes.is_empty())
    }

    /// Takes its listeners off.
    fn undo_pipe(&mut self, id: PipeId) {
        let Some(pipe) = self.pipes.get_mut(id.0) else { return };
        if std::mem::replace(&mut pipe.phase, Phase::Undone) == Phase::Undone {
            return;
        }
        let &mut Pipe { source, destination, hears_drain, .. } = pipe;
        if let Some(to) = self.sockets.get_mut(destination.0) {
            to.listeners.remove_equal(&id.hears(SocketEventName::Close, true, Reaction::PipeUndo));
            to.listeners.remove_equal(&id.hears(SocketEventName::Finish, true, Reaction::PipeUndo));
            to.listeners.remove_equal(&id.hears(SocketEventName::Drain, false, Reaction::PipeDrain));
            to.listeners.remove_equal(&id.hears(SocketEventName::Error, false, Reaction::PipeError));
        }
        if let Some(from) = self.sockets.get_mut(source.0) {
            from.listeners.remove_equal(&id.hears(SocketEventName::End, true, Reaction::PipeEnd));
            from.listeners.remove_equal(&id.hears(SocketEventName::End, true, Reaction::PipeUndo));
            from.listeners.remove_equal(&id.hears(SocketEventName::Data, false, Reaction::PipeData));
            self.reading_listener_removed(source, SocketEventName::Data);
        }
        // A source that waits for this very destination would wait for ever.
        if hears_drain && self.outlets(source).is_some_and(|outlets| outlets.awaited != Awaited::Nobody) {
            self.pipe_drained(id);
        }
        self.tick(Tick::ForgetPipe(id));
    }

    /// unpipe(): events are told later.
    fn unpipe(&mut self, source: SocketId, destination: Option<SocketId>) {
        let Some(outlets) = self.outlets(source) else { return };
        let all = outlets.pipes.clone();
        let of = |pipe: &PipeId| self.pipes.get(pipe.0).map(|pipe| pipe.destination);
        let undone: Vec<PipeId> = match destination {
            None => all,
            Some(_) => all.into_iter().find(|pipe| of(pipe) == destination).into_iter().collect(),
        };
        let mut last = false;
        for pipe in &undone {
            last |= self.take_from_source(*pipe) == Some(true);
        }
        if last && !mutated!(UnpipeFlows) {
            self.pause(source);
        }
        if mutated!(UnpipeLoses) {
            if let Some(cold) = self.sockets.get_mut(source.0).and_then(|from| from.cold.as_mut()) {
                cold.unread.clear();
                cold.unread_len = 0;
            }
        }
        for pipe in undone {
            if let Some(destination) = of_pipe(self, pipe) {
                self.tick(Tick::Unpiped(destination, source));
            }
            self.undo_pipe(pipe);
        }
    }

    /// A socket is being freed: what was piped into it stops. The destinations of what was piped from it tell `unpipe` when
    /// they end, as if it were only destroyed.
    pub fn leave_pipes(&mut self, id: SocketId) {
        if self.pipes.is_empty() {
            return;
        }
        let mut heard = Vec::new();
        if let Some(socket) = self.sockets.get(id.0) {
            socket.listeners.snapshot(SocketEventName::Error as u8, &mut heard);
        }
        let into = heard.iter().filter(|listener| listener.reaction == Reaction::PipeError as u8);
        for pipe in into.map(PipeId::of) {
            let source = self.pipes.get(pipe.0).map(|pipe| pipe.source);
            let was_last = self.take_from_source(pipe) == Some(true);
            if let Some(source) = source.filter(|_| was_last) {
                self.pause(source);
            }
            self.undo_pipe(pipe);
        }
    }

    /// Nobody can come by any more.
    pub fn forget_pipe(&mut self, id: PipeId) {
        self.pipes.remove(id.0);
    }
}

fn of_pipe(state: &State, pipe: PipeId) -> Option<SocketId> {
    state.pipes.get(pipe.0).map(|pipe| pipe.destination)
}

impl Loop {
    /// `data` of the source. Also of a pipe that was undone by a listener of the same `data`, as in Node.
    pub fn pipe_data(&self, id: PipeId, bytes: &[u8]) {
        let destination = {
            let mut state = self.state();
            let Some(pipe) = state.pipes.get_mut(id.0) else { return };
            pipe.pace = if bytes.len() < READ_SIZE { Pace::Pieces } else { Pace::Bulk };
            pipe.destination
        };
        match self.socket_write(destination, WriteData::Bytes(bytes), None) {
            Ok(WriteStatus::GoOn) => {}
            Ok(WriteStatus::WaitForDrain) if mutated!(PipeUnheld) => {}
            Ok(WriteStatus::WaitForDrain) => self.pipe_full(id),
            Err(code) => self.state().destroy(destination, Some(NetError::library(code).into())),
        }
    }

    /// The destination took the bytes and wants no more for now.
    pub fn pipe_full(&self, id: PipeId) {
        let source = {
            let mut state = self.state();
            if !state.is_open(id) {
                return;
            }
            state.pipe_is_full(id);
            state.pipes.get(id.0).map(|pipe| pipe.source)
        };
        source.into_iter().for_each(|source| self.pause_now(source));
        let mut state = self.state();
        if state.is_open(id) {
            state.hear_drain(id);
        }
    }

    /// `drain` of the destination.
    pub fn pipe_drain(&self, id: PipeId) {
        self.state().pipe_drained(id);
    }

    /// `end` of the source, or there was one before the pipe.
    pub fn pipe_end(&self, id: PipeId) {
        let mut state = self.state();
        if let Some(destination) = of_pipe(&state, id).filter(|_| !mutated!(PipeEndLost)) {
            state.end(destination);
        }
    }

    /// The tick of a pipe from a source that had ended.
    pub fn pipe_ended(&self, id: PipeId, ends: bool) {
        if ends { self.pipe_end(id) } else { self.pipe_undo(id) }
    }

    /// `close` or `finish` of the destination, or `end` of a source that does not end it.
    pub fn pipe_undo(&self, id: PipeId) {
        let (source, destination, last) = {
            let mut state = self.state();
            let Some(&Pipe { source, destination, .. }) = state.pipes.get(id.0) else { return };
            let Some(last) = state.take_from_source(id) else { return };
            (source, destination, last)
        };
        if last {
            self.pause_now(source);
        }
        // As in Node the pipe itself hears of that after the program, which so sees a source that still waits.
        self.emit(destination, &SocketEvent::Unpipe(source));
        self.state().undo_pipe(id);
    }

    /// `error` of the destination. Where only pipes listen it is an error that nobody heard.
    pub fn pipe_error(&self, id: PipeId, destination: SocketId, error: &ErrorRef) {
        self.pipe_undo(id);
        let heard = self
            .state()
            .sockets
            .get(destination.0)
            .is_none_or(|socket| socket.listeners.is_heard(SocketEventName::Error as u8));
        if !heard {
            self.unheard(error);
        }
    }
}

/// pipe, unpipe
#[allow(missing_docs)]
impl Loop {
    pub fn socket_pipe(&self, source: SocketId, destination: SocketId, ends: bool) -> Result {
        self.state().pipe(source, destination, ends)
    }

    pub fn socket_unpipe(&self, source: SocketId, destination: Option<SocketId>) -> Result {
        let mut state = self.state();
        state.socket(source)?;
        if let Some(destination) = destination {
            state.socket(destination)?;
        }
        state.unpipe(source, destination);
        Ok(())
    }
}
