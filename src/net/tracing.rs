//! The trace of a loop: what NODE_DEBUG=net makes Node print, told to a function of the program's.
//!
//! Whoever does something notes it, with nothing borrowed to the program; what was noted is told before the next event is,
//! or on a tick. The busiest ways know nothing of it: the sockets of a loop that is traced do not take them.
use super::address::Address;
use super::error::NetError;
use super::event_loop::Loop;
use super::socket::Flags;
use super::state::State;
use super::tick::Tick;
use super::{ServerId, SocketId};
use crate::sys::callback::Callback;
use crate::sys::code::{Code, Result};
use std::cell::RefMut;

/// What happened.
#[allow(missing_docs)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NoteKind {
    Connect,
    Lookup,
    Attempt,
    AttemptFailed,
    Connected,
    ReadStart,
    ReadStop,
    Read,
    ReadEnd,
    Write,
    End,
    Timeout,
    Destroy,
    Close,
    Listen,
    Accept,
    Drop,
    ServerClose,
}

/// One thing that happened, and to whom. Both of them: a connection that a server accepted.
#[derive(Clone, Debug)]
pub struct Note {
    /// What it was.
    pub kind: NoteKind,
    /// To which socket.
    pub socket: Option<SocketId>,
    /// To which server.
    pub server: Option<ServerId>,
    /// How many were read or written.
    pub bytes: u64,
    /// What went wrong, if anything did.
    pub code: Option<Code>,
    /// All of it, to be read.
    pub text: String,
}

impl Note {
    /// A socket does something.
    pub fn of(id: SocketId, kind: NoteKind, text: impl Into<String>) -> Note {
        Note { kind, socket: Some(id), server: None, bytes: 0, code: None, text: text.into() }
    }

    /// A server does.
    pub fn of_server(id: ServerId, kind: NoteKind, text: impl Into<String>) -> Note {
        Note { kind, socket: None, server: Some(id), bytes: 0, code: None, text: text.into() }
    }

    /// It has to do with this one too.
    pub fn and_socket(self, id: SocketId) -> Note {
        Note { socket: Some(id), ..self }
    }

    /// So many bytes.
    pub fn with_bytes(self, bytes: usize) -> Note {
        let text = format!("{} {bytes} bytes", self.text);
        Note { bytes: bytes as u64, text, ..self }
    }

    /// It went wrong, if there is an error.
    pub fn with_error(self, error: Option<&NetError>) -> Note {
        match error {
            Some(error) => Note { code: Some(error.code), text: format!("{}: {}", self.text, error.message), ..self },
            None => self,
        }
    }
}

/// Where it goes, and what has not gone there.
#[derive(Debug)]
pub struct Tracing {
    callback: Callback,
    notes: Vec<Note>,
}

impl Tracing {
    /// What is to be dropped with the loop.
    pub fn callback(&self) -> Callback {
        self.callback
    }
}

impl State {
    /// Notes something, if anybody wants to know.
    #[inline]
    pub fn note(&mut self, make: impl FnOnce(&State) -> Note) {
        if self.tracing.is_some() {
            self.note_now(make);
        }
    }

    #[cold]
    #[inline(never)]
    fn note_now(&mut self, make: impl FnOnce(&State) -> Note) {
        let note = make(self);
        let Some(tracing) = self.tracing.as_mut() else { return };
        if tracing.notes.is_empty() {
            self.ticks.push(Tick::Trace);
        }
        tracing.notes.push(note);
    }

    /// Notes how many bytes went one way or the other, if any did.
    #[cold]
    #[inline(never)]
    pub fn note_bytes(&mut self, id: SocketId, kind: NoteKind, text: &str, bytes: usize) {
        let note = Note::of(id, kind, text);
        self.note(|_| if bytes > 0 { note.with_bytes(bytes) } else { note });
    }

    fn set_trace(&mut self, callback: Option<Callback>) {
        let traced = callback.is_some();
        let old = std::mem::replace(
            &mut self.tracing,
            callback.map(|callback| Box::new(Tracing { callback, notes: Vec::new() })),
        );
        old.into_iter().for_each(|old| self.drop_later(old.callback));
        for key in self.sockets.keys() {
            if let Some(socket) = self.sockets.get_mut(key) {
                socket.flags.set(Flags::TRACED, traced);
            }
        }
    }
}

impl Loop {
    /// The state, when something is about to be told: after what was noted before it.
    #[inline]
    pub fn state_traced(&self) -> RefMut<'_, State> {
        let state = self.state();
        if state.tracing.is_none() {
            return state;
        }
        drop(state);
        self.tell_trace();
        self.state()
    }

    /// Tells what was noted.
    #[cold]
    #[inline(never)]
    pub fn tell_trace(&self) {
        let taken = {
            let mut state = self.state();
            state.tracing.as_mut().map(|tracing| (tracing.callback, std::mem::take(&mut tracing.notes)))
        };
        let Some((callback, notes)) = taken else { return };
        for note in notes {
            // It may have been taken away by itself.
            let stays = self.state().tracing.as_ref().is_some_and(|tracing| tracing.callback.same_as(&callback));
            if !stays || self.is_freeing() {
                return;
            }
            self.calling(|| (self.dispatch().trace)(&callback, self.id(), &note));
        }
    }
}

/// An address as a trace shows it.
pub fn shown(address: &Address) -> String {
    match address {
        Address::Ip(ip) => ip.to_string(),
        Address::Path(path) => String::from_utf8_lossy(path).replace('\0', "@"),
        Address::Other { text, .. } => String::from_utf8_lossy(text).into_owned(),
        Address::Absent => "an unknown address".to_owned(),
    }
}

/// net_loop_set_trace
#[allow(missing_docs)]
impl Loop {
    pub fn set_trace(&self, callback: Option<Callback>) -> Result {
        self.state().set_trace(callback);
        Ok(())
    }
}
