//! What is written: one request with its pieces and who waits for it.
use super::error::ErrorRef;
use crate::sys::callback::{Callback, ForeignBytes};
use crate::sys::code::Code;
use crate::sys::errno::Errno;
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
}

impl WriteData<'_> {
    /// Bytes in all; more than can be said counts as all that can be.
    pub fn len(&self) -> usize {
        match self {
            WriteData::Bytes(bytes) => bytes.len(),
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
        }
    }

    /// What has to be kept after so many bytes went out; owned bytes come along to be released.
    pub fn keep_from(self, taken: usize) -> Pieces {
        match self {
            WriteData::Bytes(bytes) => Pieces::of(Piece::Copied(bytes[taken..].into()), 0),
            WriteData::Owned(bytes) => Pieces::of(Piece::Foreign(bytes), taken),
            WriteData::InKernel(bytes) => Pieces::of(Piece::InKernel(bytes), taken),
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
}

impl Piece {
    /// The bytes, if they are in memory.
    fn bytes(&self) -> Option<&[u8]> {
        match self {
            Piece::Copied(bytes) => Some(bytes),
            Piece::Foreign(bytes) => Some(bytes.as_slice()),
            Piece::InKernel(_) => None,
        }
    }

    fn len(&self) -> usize {
        match self {
            Piece::InKernel(bytes) => bytes.count(),
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
        if let Some(Piece::InKernel(bytes)) = self.list.front_mut() {
            return (bytes.count() - offset, bytes.write(stream));
        }
        let in_memory = self.list.iter().map_while(Piece::bytes);
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
}

impl Request {
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
