//! Several questions about a socket's phases at once: the busiest ways through the library are open if all answers are
//! right, and one comparison tells that.
use super::socket::{ClosePhase, ConnectPhase, Flags, Flowing, ReadPhase, Socket, WritePhase, Writing};

/// What has to hold: these bits of the word of phases have these values.
#[derive(Clone, Copy, Debug)]
pub struct Condition {
    mask: u64,
    value: u64,
}

const CONNECT: u32 = 0;
const READ: u32 = 8;
const WRITE: u32 = 16;
const CLOSE: u32 = 24;
const FLOWING: u32 = 32;
const WRITING: u32 = 40;
const FLAGS: u32 = 48;

impl Condition {
    /// Nothing has to hold.
    pub const NONE: Condition = Condition { mask: 0, value: 0 };

    const fn byte(self, shift: u32, value: u8) -> Condition {
        Condition { mask: self.mask | 0xff << shift, value: self.value | (value as u64) << shift }
    }

    /// The connect side is there.
    pub const fn connect(self, phase: ConnectPhase) -> Condition {
        self.byte(CONNECT, phase as u8)
    }

    /// The readable side is there.
    pub const fn read(self, phase: ReadPhase) -> Condition {
        self.byte(READ, phase as u8)
    }

    /// The writable side is there.
    pub const fn write(self, phase: WritePhase) -> Condition {
        self.byte(WRITE, phase as u8)
    }

    /// Close is there.
    pub const fn close(self, phase: ClosePhase) -> Condition {
        self.byte(CLOSE, phase as u8)
    }

    /// It flows, or does not.
    pub const fn flowing(self, flowing: Flowing) -> Condition {
        self.byte(FLOWING, flowing as u8)
    }

    /// Both, which have to go together.
    pub const fn and(self, other: Condition) -> Condition {
        assert!(self.value & other.mask == other.value & self.mask);
        Condition { mask: self.mask | other.mask, value: self.value | other.value }
    }

    /// None of these is set.
    pub const fn without(self, writing: Writing, flags: Flags) -> Condition {
        let unset = (writing.bits() as u64) << WRITING | (flags.bits() as u64) << FLAGS;
        Condition { mask: self.mask | unset, value: self.value }
    }
}

impl Socket {
    /// Whether it all holds.
    #[inline]
    pub fn meets(&self, condition: Condition) -> bool {
        self.phases() & condition.mask == condition.value
    }

    /// Phases and flags in one word: a single load, since the fields lie side by side.
    #[inline]
    fn phases(&self) -> u64 {
        (self.connect as u64) << CONNECT
            | (self.read as u64) << READ
            | (self.write as u64) << WRITE
            | (self.close as u64) << CLOSE
            | (self.flowing as u64) << FLOWING
            | u64::from(self.writing.bits()) << WRITING
            | u64::from(self.flags.bits()) << FLAGS
    }
}

#[cfg(test)]
mod tests {
    use super::super::options::SocketOptions;
    use super::*;
    use crate::core::listeners::Listeners;

    #[test]
    fn every_part_of_a_condition_counts() {
        let whole = Condition::NONE
            .connect(ConnectPhase::Connected)
            .read(ReadPhase::Open)
            .write(WritePhase::Open)
            .close(ClosePhase::Alive)
            .flowing(Flowing::Flowing)
            .without(Writing::REQUEST, Flags::ERRORED);
        let breaks: [fn(&mut Socket); 7] = [
            |socket| socket.connect = ConnectPhase::Attempting,
            |socket| socket.read = ReadPhase::Ended,
            |socket| socket.write = WritePhase::Ending,
            |socket| socket.close = ClosePhase::Destroyed,
            |socket| socket.flowing = Flowing::Paused,
            |socket| socket.writing.insert(Writing::REQUEST),
            |socket| socket.flags.insert(Flags::ERRORED),
        ];
        for one in breaks {
            let mut socket = Socket::new(&SocketOptions::default(), Listeners::default());
            socket.connect = ConnectPhase::Connected;
            socket.flowing = Flowing::Flowing;
            socket.writing.insert(Writing::PROCESSING);
            socket.flags.insert(Flags::ACCEPTED);
            assert!(socket.meets(whole));
            one(&mut socket);
            assert!(!socket.meets(whole));
        }
    }
}
