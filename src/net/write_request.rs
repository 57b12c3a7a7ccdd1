//! What is written: one request with its pieces and who waits for it.
use super::error::ErrorRef;
use crate::sys::callback::{Callback, ForeignBytes};
use crate::sys::code::Code;
use crate::sys::errno::Errno;
use crate::sys::passing::Passed;
use crate::sys::splice::InKernel;
use crate::sys::stream::{MAX_GATHERED, Stream};
use std::collections::VecDeque;
use std::io::IoSlice;

/// From here on it is asked first whether there is memory for a copy: a failed allocation would end the process.
pub const LARGE: usize = 64 * 1024 * 1024;

/// What `net_socket_write` answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WriteStatus {
    /// 1
    GoOn = 1,
    /// 0
    WaitForDrain = 0,
}

/// What a write sends. Borrowed bytes are copied only as far as the kernel does not take them at once.
pub enum WriteData<'a> {
    /// One piece.
    Bytes(&'a [u8]),
    /// Gathered pieces: one write, one completion.
    Gathered(&'a [&'a [u8]]),
    /// Owned by the program until released.
    Owned(ForeignBytes),
    /// Read from another socket of the loop, and still in the kernel.
    InKernel(InKernel),
    /// One piece, and what goes with its first byte to another process; None once that has gone.
    With(&'a [u8], Option<Going>),
}

/// What goes to another process.
#[derive(Debug)]
pub struct Going {
    passed: Passed,
    /// It has to wait until others have arrived, of which the socket is not told.
    rests: bool,
}

impl Going {
    /// Begins its way.
    pub fn new(passed: Passed) -> Going {
        Going { passed, rests: false }
    }
}

impl WriteData<'_> {
    /// Bytes in all; more than can be said counts as all that can be.
    pub fn len(&self) -> usize {
        match self {
            WriteData::Bytes(bytes) | WriteData::With(bytes, _) => bytes.len(),
            WriteData::Gathered(pieces) => pieces.iter().fold(0, |sum, piece| piece.len().saturating_add(sum)),
            WriteData::Owned(bytes) => bytes.as_slice().len(),
            WriteData::InKernel(bytes) => bytes.count(),
        }
    }

    /// EINVAL for more than memory can have, ENOMEM for more than this process can copy.
    #[inline]
    pub fn check(&self) -> Result<(), Code> {
        match self {
            WriteData::Bytes(bytes) if bytes.len() < LARGE => Ok(()),
            _ => self.check_large(),
        }
    }

    fn check_large(&self) -> Result<(), Code> {
        let len = self.len();
        if len > isize::MAX as usize {
            return Err(Code::EINVAL);
        }
        if len >= LARGE && !matches!(self, WriteData::Owned(_) | WriteData::InKernel(_)) {
            Vec::<u8>::new().try_reserve_exact(len).map_err(|_| Code::ENOMEM)?;
        }
        Ok(())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Offers all to the system; how much it took. The first piece that it did not take ends the offer.
    pub fn offer(&mut self, stream: &Stream) -> Result<usize, Errno> {
        match self {
            WriteData::Bytes(bytes) => offer_one(stream, bytes),
            WriteData::Owned(bytes) => offer_one(stream, bytes.as_slice()),
            WriteData::Gathered(pieces) => offer_gathered(stream, pieces.iter().copied(), 0),
            WriteData::InKernel(bytes) => bytes.write(stream),
            WriteData::With(bytes, going) => offer_with(stream, bytes, going),
        }
    }

    /// What has to be kept after so many bytes went out; owned bytes come along to be released.
    pub fn keep_from(self, taken: usize) -> Pieces {
        match self {
            WriteData::Bytes(bytes) => Pieces::of(Piece::Copied(bytes[taken..].into()), 0),
            WriteData::Owned(bytes) => Pieces::of(Piece::Foreign(bytes), taken),
            WriteData::InKernel(bytes) => Pieces::of(Piece::InKernel(bytes), taken),
            WriteData::With(bytes, going) => Pieces::of(Piece::With(bytes[taken..].into(), going), 0),
            WriteData::Gathered(pieces) => {
                let mut rest = Vec::with_capacity(pieces.iter().map(|piece| piece.len()).sum::<usize>() - taken);
                let mut skip = taken;
                for piece in pieces {
                    let from = skip.min(piece.len());
                    skip -= from;
                    rest.extend_from_slice(&piece[from..]);
                }
                Pieces::of(Piece::Copied(rest.into()), 0)
            }
        }
    }
}

/// Offers bytes to the system; how much it took.
pub fn offer_one(stream: &Stream, bytes: &[u8]) -> Result<usize, Errno> {
    match stream.write(bytes) {
        Err(errno) if errno.would_block() => Ok(0),
        other => other,
    }
}

/// Offers bytes, with what goes with the first of them unless that has gone; how much the system took.
fn offer_with(stream: &Stream, bytes: &[u8], going: &mut Option<Going>) -> Result<usize, Errno> {
    let Some(Going { passed, rests }) = going else { return offer_one(stream, bytes) };
    let offered = stream.write_with(bytes, passed);
    *rests = offered.is_err_and(Errno::too_many_on_their_way);
    match offered {
        Err(errno) if *rests || errno.would_block() => Ok(0),
        Ok(taken) if taken > 0 => {
            *going = None;
            Ok(taken)
        }
        other => other,
    }
}

/// Offers pieces until one is not taken whole; the first begins `skip` bytes in.
pub fn offer_gathered<'a>(
    stream: &Stream,
    pieces: impl Iterator<Item = &'a [u8]>,
    skip: usize,
) -> Result<usize, Errno> {
    let mut skip = skip;
    let mut pieces = pieces.map(|piece| &piece[std::mem::take(&mut skip)..]).filter(|piece| !piece.is_empty());
    let mut taken = 0;
    loop {
        let mut room = [IoSlice::new(&[]); MAX_GATHERED];
        let mut used = 0;
        let mut offered = 0;
        for (slot, piece) in room.iter_mut().zip(pieces.by_ref()) {
            *slot = IoSlice::new(piece);
            used += 1;
            offered += piece.len();
        }
        if used == 0 {
            return Ok(taken);
        }
        match stream.write_gathered(&room[..used]) {
            Ok(n) if n == offered => taken += n,
            Ok(n) => return Ok(taken + n),
            // The next offer meets the error again, after what is out has been counted.
            Err(errno) if errno.would_block() || taken > 0 => return Ok(taken),
            Err(errno) => return Err(errno),
        }
    }
}

/// Bytes that are kept.
#[derive(Debug)]
pub enum Piece {
    /// The library's copy.
    Copied(Box<[u8]>),
    /// The program's, to be released.
    Foreign(ForeignBytes),
    /// In the kernel, where nobody can look at them.
    InKernel(InKernel),
    /// The library's copy, and what goes to another process with its first byte, if that has not gone.
    With(Box<[u8]>, Option<Going>),
}

impl Piece {
    /// The bytes, if they are in memory and nothing goes with them.
    fn bytes(&self) -> Option<&[u8]> {
        match self {
            Piece::Copied(bytes) | Piece::With(bytes, None) => Some(bytes),
            Piece::Foreign(bytes) => Some(bytes.as_slice()),
            Piece::InKernel(_) | Piece::With(_, Some(_)) => None,
        }
    }

    fn len(&self) -> usize {
        match self {
            Piece::InKernel(bytes) => bytes.count(),
            Piece::With(bytes, _) => bytes.len(),
            _ => self.bytes().map_or(0, <[u8]>::len),
        }
    }
}

/// Kept bytes that are not out, and what is to be released of those that are.
#[derive(Debug, Default)]
pub struct Pieces {
    list: VecDeque<Piece>,
    /// Bytes of the first piece that are out.
    offset: usize,
    /// Bytes that are not out.
    left: usize,
    out: Vec<ForeignBytes>,
}

impl Pieces {
    fn of(piece: Piece, offset: usize) -> Pieces {
        let left = piece.len() - offset;
        Pieces { list: VecDeque::from([piece]), offset, left, out: Vec::new() }
    }

    /// Adds those of a later write, of which nothing is out.
    pub fn append(&mut self, later: &mut Pieces) {
        self.left += std::mem::take(&mut later.left);
        self.list.append(&mut later.list);
    }

    /// Bytes that are not out.
    pub fn left(&self) -> usize {
        self.left
    }

    /// Whether what is next has to be offered again when some time has passed.
    pub fn rests(&self) -> bool {
        matches!(self.list.front(), Some(Piece::With(_, Some(Going { rests: true, .. }))))
    }

    /// Offers what is left to the system; true if all is out.
    pub fn offer(&mut self, stream: &Stream) -> Result<bool, Errno> {
        let mut any = 0;
        loop {
            let (offered, taken) = self.offer_alike(stream);
            let taken = match taken {
                // The next offer meets the error again, after what is out has been counted.
                Err(_) if any > 0 => return Ok(false),
                taken => taken?,
            };
            any += taken;
            self.take_out(taken);
            if taken < offered || self.left == 0 {
                return Ok(self.left == 0);
            }
        }
    }

    /// Offers the first piece and those after it that go the same way; how much that is, and how much was taken.
    fn offer_alike(&mut self, stream: &Stream) -> (usize, Result<usize, Errno>) {
        let offset = self.offset;
        match self.list.front_mut() {
            Some(Piece::InKernel(bytes)) => return (bytes.count() - offset, bytes.write(stream)),
            Some(Piece::With(bytes, going @ Some(_))) => return (bytes.len(), offer_with(stream, bytes, going)),
            _ => {}
        }
        // Who has asked until there is none asks again.
        let in_memory = self.list.iter().map_while(Piece::bytes).fuse();
        match self.list.len() {
            0 => (0, Ok(0)),
            1 => (self.left, in_memory.map(|bytes| offer_one(stream, &bytes[offset..])).next().unwrap_or(Ok(0))),
            _ => {
                let offered = in_memory.clone().map(<[u8]>::len).sum::<usize>() - offset;
                (offered, offer_gathered(stream, in_memory, offset))
            }
        }
    }

    fn take_out(&mut self, taken: usize) {
        self.left -= taken;
        self.offset += taken;
        while let Some(first) = self.list.front().map(Piece::len) {
            if self.offset < first {
                return;
            }
            self.offset -= first;
            if let Some(Piece::Foreign(bytes)) = self.list.pop_front() {
                self.out.push(bytes);
            }
        }
    }

    /// Gives up what is kept; owned bytes are to be released.
    pub fn release(&mut self, releases: &mut Vec<ForeignBytes>) {
        self.offset = 0;
        self.left = 0;
        releases.append(&mut self.out);
        for piece in self.list.drain(..) {
            if let Piece::Foreign(bytes) = piece {
                releases.push(bytes);
            }
        }
    }
}

/// Who waits for a request.
#[derive(Debug)]
pub enum Waiting {
    /// Nobody.
    Nobody,
    /// One completion.
    One(Callback),
    /// Those of several writes that went out as one, in order.
    Many(Vec<Callback>),
}

impl Waiting {
    /// For an optional completion.
    pub fn of(completion: Option<Callback>) -> Waiting {
        completion.map_or(Waiting::Nobody, Waiting::One)
    }

    /// All of them, in order.
    pub fn into_list(self) -> Vec<Callback> {
        match self {
            Waiting::Nobody => Vec::new(),
            Waiting::One(one) => vec![one],
            Waiting::Many(many) => many,
        }
    }
}

/// A write that waits in the queue.
#[derive(Debug)]
pub struct Queued {
    /// Its bytes.
    pub pieces: Pieces,
    /// How many.
    pub len: usize,
    /// Who waits.
    pub completion: Option<Callback>,
}

/// The request that is with the handle, or waits for the connection. Node hands over one at a time.
#[derive(Debug)]
pub struct Request {
    /// Bytes that are not out.
    pub pieces: Pieces,
    /// Bytes in all.
    pub len: usize,
    /// Who waits.
    pub waiting: Waiting,
    /// It goes out when the connection is there.
    pub for_connection: bool,
    /// The system refused the rest.
    pub failed: Option<Errno>,
    /// It is offered again at a time that is set.
    pub rests: bool,
}

impl Request {
    /// One of which the rest waits for room.
    pub fn begun(pieces: Pieces, len: usize, waiting: Waiting) -> Request {
        Request { pieces, len, waiting, for_connection: false, failed: None, rests: false }
    }

    /// Nothing more will go out; it has yet to be told.
    pub fn is_over(&self) -> bool {
        !self.for_connection && (self.failed.is_some() || self.pieces.left() == 0)
    }
}

/// A request that ended, and how.
#[derive(Debug)]
pub struct Ended {
    /// Who waits.
    pub waiting: Waiting,
    /// How it failed.
    pub error: Option<ErrorRef>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::stream::pair;

    /// Kept bytes of many pieces go out once each, in order, however little the system takes at a time.
    #[test]
    fn what_is_kept_goes_out_once_and_in_order() {
        let (near, far) = pair().unwrap();
        let mut kept = Pieces::default();
        let mut expected = Vec::new();
        for i in 0..200_usize {
            let bytes = vec![i as u8; (i * 977) % 20_000];
            expected.extend_from_slice(&bytes);
            kept.append(&mut WriteData::Bytes(&bytes).keep_from(0));
        }
        let mut got = Vec::new();
        let mut room = vec![0; 4096];
        loop {
            let done = kept.offer(&near).unwrap();
            assert!(got.len() + kept.left() <= expected.len());
            match far.read(&mut room) {
                Ok(n) => got.extend_from_slice(&room[..n]),
                Err(errno) => assert!(errno.would_block() && done),
            }
            if done && got.len() == expected.len() {
                break;
            }
        }
        assert!(got == expected);
    }
}
