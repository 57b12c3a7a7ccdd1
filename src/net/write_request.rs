//! What is written: one request with its pieces and who waits for it.
use super::error::ErrorRef;
use crate::sys::callback::{Callback, ForeignBytes};
use crate::sys::errno::Errno;
use crate::sys::stream::{MAX_GATHERED, Stream};
use std::collections::VecDeque;
use std::io::IoSlice;

/// What `net_socket_write` answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WriteStatus {
    /// 1
    GoOn,
    /// 0
    WaitForDrain,
}

/// What a write sends. Borrowed bytes are copied only as far as the kernel does not take them at once.
pub enum WriteData<'a> {
    /// One piece.
    Bytes(&'a [u8]),
    /// Gathered pieces: one write, one completion.
    Gathered(&'a [&'a [u8]]),
    /// Owned by the program until released.
    Owned(ForeignBytes),
}

impl WriteData<'_> {
    /// Bytes in all.
    pub fn len(&self) -> usize {
        match self {
            WriteData::Bytes(bytes) => bytes.len(),
            WriteData::Gathered(pieces) => pieces.iter().map(|piece| piece.len()).sum(),
            WriteData::Owned(bytes) => bytes.as_slice().len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Offers all to the system; how much it took. The first piece that it did not take ends the offer.
    pub fn offer(&self, stream: &Stream) -> Result<usize, Errno> {
        match self {
            WriteData::Bytes(bytes) => offer_one(stream, bytes),
            WriteData::Owned(bytes) => offer_one(stream, bytes.as_slice()),
            WriteData::Gathered(pieces) => offer_gathered(stream, pieces.iter().copied(), 0),
        }
    }

    /// What has to be kept after so many bytes went out; owned bytes come along to be released.
    pub fn keep_from(self, taken: usize) -> Pieces {
        match self {
            WriteData::Bytes(bytes) => Pieces::of(Piece::Copied(bytes[taken..].into()), 0),
            WriteData::Owned(bytes) => Pieces::of(Piece::Foreign(bytes), taken),
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

fn offer_one(stream: &Stream, bytes: &[u8]) -> Result<usize, Errno> {
    if bytes.is_empty() {
        return Ok(0);
    }
    match stream.write(bytes) {
        Err(errno) if errno.would_block() => Ok(0),
        other => other,
    }
}

fn offer_gathered<'a>(
    stream: &Stream,
    pieces: impl Iterator<Item = &'a [u8]> + Clone,
    skip: usize,
) -> Result<usize, Errno> {
    let mut taken = 0;
    let mut skip = skip;
    let mut pieces = pieces.filter(|piece| !piece.is_empty());
    loop {
        let mut room = [IoSlice::new(&[]); MAX_GATHERED];
        let mut offered = 0;
        let mut used = 0;
        for (slot, piece) in room.iter_mut().zip(pieces.by_ref()) {
            let piece = &piece[skip.min(piece.len())..];
            skip = 0;
            *slot = IoSlice::new(piece);
            offered += piece.len();
            used += 1;
        }
        if used == 0 {
            return Ok(taken);
        }
        match stream.write_gathered(&room[..used]) {
            Ok(n) => {
                taken += n;
                if n < offered {
                    return Ok(taken);
                }
            }
            Err(errno) if errno.would_block() => return Ok(taken),
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
}

impl Piece {
    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Piece::Copied(bytes) => bytes,
            Piece::Foreign(bytes) => bytes.as_slice(),
        }
    }
}

/// Kept bytes, of which the first few may be out.
#[derive(Debug, Default)]
pub struct Pieces {
    list: VecDeque<Piece>,
    /// Bytes of the first piece that are out.
    offset: usize,
}

impl Pieces {
    fn of(piece: Piece, offset: usize) -> Pieces {
        Pieces { list: VecDeque::from([piece]), offset }
    }

    /// Adds those of a later write.
    pub fn append(&mut self, later: &mut Pieces) {
        self.list.append(&mut later.list);
    }

    /// Bytes that are not out.
    pub fn left(&self) -> usize {
        self.list.iter().map(|piece| piece.bytes().len()).sum::<usize>() - self.offset
    }

    /// Offers what is left to the system; true if all is out.
    pub fn offer(&mut self, stream: &Stream) -> Result<bool, Errno> {
        let taken = match self.list.len() {
            0 => 0,
            1 => offer_one(stream, &self.list[0].bytes()[self.offset..])?,
            _ => offer_gathered(stream, self.list.iter().map(Piece::bytes), self.offset)?,
        };
        self.offset += taken;
        Ok(self.left() == 0)
    }

    /// Gives up what is kept; owned bytes are to be released.
    pub fn release(&mut self, releases: &mut Vec<ForeignBytes>) {
        self.offset = 0;
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
}

/// A request that ended, and how.
#[derive(Debug)]
pub struct Ended {
    /// Who waits.
    pub waiting: Waiting,
    /// How it failed.
    pub error: Option<ErrorRef>,
}
