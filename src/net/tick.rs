//! What runs later, before anything else of the loop: Node's nextTick queue.
use super::error::ErrorRef;
use super::events::{ServerEvent, SocketEvent};
use super::listen::ListenPlan;
use super::lookup::LookupAnswer;
use super::{Loop, PipeId, ServerId, SocketId};
use crate::sys::callback::Callback;
use std::collections::VecDeque;

/// One deferred task.
#[derive(Debug)]
pub enum Tick {
    /// `listening`
    Listening(ServerId),
    /// Listen on the address of a host.
    ListenNow(ServerId, Box<ListenPlan>, Box<LookupAnswer>),
    /// `error` of a server
    ServerError(ServerId, ErrorRef),
    /// `close` of a server
    ServerClose(ServerId),
    /// The answer of getConnections.
    Connections(ServerId, Callback, usize),
    /// Connect to an address that needed no lookup.
    ConnectNow(SocketId, u32),
    /// `connectionAttempt` for an attempt that was begun inside the call.
    AttemptBegun(SocketId, Box<super::address::Address>),
    /// Connecting failed before there was an attempt.
    ConnectError(SocketId, u32, ErrorRef),
    /// The program's lookup was answered.
    Lookup(SocketId, u32, Box<LookupAnswer>),
    /// One completion.
    Complete(SocketId, Callback, Option<ErrorRef>),
    /// Look after a write for which nobody waits.
    AfterWrite(SocketId),
    /// Completions of the same function and user pointer.
    AfterWriteTick(SocketId, Callback, u32),
    /// Completions of writes that went out as one.
    AfterWrites(SocketId, Vec<Callback>),
    /// A write failed inside the call.
    WriteError(SocketId, Vec<Callback>, ErrorRef),
    /// Writes that wait have lost their stream.
    FailQueue(SocketId, u32),
    /// `finish`
    Finish(SocketId, u32),
    /// `readable`
    EmitReadable(SocketId),
    /// `pipe` of a destination, from a source
    Piped(SocketId, SocketId),
    /// `unpipe` of a destination, from a source
    Unpiped(SocketId, SocketId),
    /// The source of a pipe had ended before it was made; whether that ends the destination.
    PipeEnded(PipeId, bool),
    /// A pipe was undone.
    ForgetPipe(PipeId),
    /// Ask the handle for more.
    ReadMore(SocketId),
    /// Ask the handle, for a `readable` listener.
    ReadNothing(SocketId),
    /// A `readable` listener has gone.
    ReadableListening(SocketId),
    /// resume()
    Resume(SocketId),
    /// `pause`
    Pause(SocketId),
    /// `end`
    EndReadable(SocketId, u32),
    /// End after the peer's end.
    EndWritable(SocketId, u32),
    /// destroy(): tell the error.
    Destroyed(SocketId, u32, Option<ErrorRef>),
    /// `close` of a socket that had no handle.
    CloseWithoutHandle(SocketId, u32),
    /// An accepted socket has told its `close`.
    FreeAccepted(SocketId),
    /// A completion of a socket that was freed.
    Orphan(SocketId, Callback),
    /// A question about a server that was freed.
    ServerOrphan(ServerId, Callback),
    /// Something was noted for the trace.
    Trace,
    /// A user pointer of something that was freed.
    Drop(Callback),
}

/// First in, first out; each has a number, so that a later write can join a tick that waits.
#[derive(Debug, Default)]
pub struct Ticks {
    queue: VecDeque<Tick>,
    /// The number of the first in the queue.
    first: u64,
}

impl Ticks {
    /// Adds one and returns its number.
    pub fn push(&mut self, tick: Tick) -> u64 {
        self.queue.push_back(tick);
        self.first + self.queue.len() as u64 - 1
    }

    /// The next.
    #[inline]
    pub fn pop(&mut self) -> Option<Tick> {
        let tick = self.queue.pop_front()?;
        self.first += 1;
        Some(tick)
    }

    /// Whether none waits.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// How many wait.
    #[inline]
    pub fn len(&self) -> usize {
        self.queue.len()
    }

    /// One that waits, by its number.
    pub fn get_mut(&mut self, number: u64) -> Option<&mut Tick> {
        self.queue.get_mut(usize::try_from(number.checked_sub(self.first)?).ok()?)
    }

    /// All that wait.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Tick> {
        self.queue.iter_mut()
    }
}

impl Loop {
    /// Runs what was deferred to the end; nothing if the turn is halted.
    #[inline]
    pub fn drain_ticks(&self) {
        while !self.is_halted() {
            let Some(tick) = self.state().ticks.pop() else { return };
            self.run_tick(tick);
        }
    }

    fn run_tick(&self, tick: Tick) {
        match tick {
            Tick::Listening(id) => self.listening_now(id),
            Tick::ListenNow(id, plan, answer) => self.listen_looked_up(id, &plan, *answer),
            Tick::ServerError(id, error) => self.emit_server(id, &ServerEvent::Error(&error)),
            Tick::ServerClose(id) => self.emit_server(id, &ServerEvent::Close),
            Tick::Connections(id, callback, count) => {
                self.complete_server(id, callback, &ServerEvent::Connections(None, count));
            }
            Tick::ConnectNow(id, life) => self.connect_now(id, life),
            Tick::AttemptBegun(id, address) => self.emit(id, &SocketEvent::ConnectionAttempt(&address)),
            Tick::ConnectError(id, life, error) => self.connect_failed_early(id, life, error),
            Tick::Lookup(id, life, answer) => self.looked_up(id, life, *answer),
            Tick::Complete(id, callback, error) => self.complete(id, callback, error.as_ref()),
            Tick::AfterWrite(id) => self.after_write(id, Vec::new()),
            Tick::AfterWriteTick(id, callback, count) => self.after_write_tick(id, callback, count),
            Tick::AfterWrites(id, callbacks) => self.after_write(id, callbacks),
            Tick::WriteError(id, callbacks, error) => self.write_failed(id, callbacks, &error),
            Tick::FailQueue(id, life) => self.in_life(id, life, || self.fail_queue(id)),
            Tick::Finish(id, life) => self.in_life(id, life, || self.finish_now(id)),
            Tick::EmitReadable(id) => self.emit_readable_now(id),
            Tick::Piped(destination, source) => self.emit(destination, &SocketEvent::Pipe(source)),
            Tick::Unpiped(destination, source) => self.emit(destination, &SocketEvent::Unpipe(source)),
            Tick::PipeEnded(id, ends) => self.pipe_ended(id, ends),
            Tick::ForgetPipe(id) => self.state().forget_pipe(id),
            Tick::ReadMore(id) => self.state().read_more(id),
            Tick::ReadNothing(id) => self.state().read_nothing(id),
            Tick::ReadableListening(id) => self.state().update_readable_listening(id),
            Tick::Resume(id) => self.resume_now(id),
            Tick::Pause(id) => self.emit(id, &SocketEvent::Pause),
            Tick::EndReadable(id, life) => self.in_life(id, life, || self.end_readable_now(id)),
            Tick::EndWritable(id, life) => self.in_life(id, life, || self.end_writable_now(id)),
            Tick::Destroyed(id, life, error) => self.destroyed_now(id, life, error),
            Tick::CloseWithoutHandle(id, life) => self.emit_close(id, life, false),
            Tick::FreeAccepted(id) => self.state().free_accepted(id),
            Tick::Orphan(id, callback) => self.complete_orphan(id, callback),
            Tick::ServerOrphan(id, callback) => self.complete_server_orphan(id, callback),
            Tick::Trace => self.tell_trace(),
            Tick::Drop(callback) => self.drop_now(callback),
        }
    }

    /// What belongs to a life of the socket that has been left is not done.
    fn in_life(&self, id: SocketId, life: u32, task: impl FnOnce()) {
        let present = self.state().sockets.get(id.0).is_some_and(|socket| socket.life == life);
        if present {
            task();
        }
    }

    fn end_writable_now(&self, id: SocketId) {
        let mut state = self.state();
        if state.sockets.get(id.0).is_some_and(|socket| socket.is_writable()) {
            state.end(id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every tick is moved into the queue and out of it.
    #[test]
    fn a_tick_is_small() {
        assert!(size_of::<Tick>() <= 56, "{}", size_of::<Tick>());
    }
}
