//! Where bytes cannot go from one socket to another inside the kernel: nothing is ever taken up.
use super::errno::Errno;
use super::stream::Stream;

/// Of nothing.
#[derive(Debug, Default)]
pub struct Pool;

impl Pool {
    /// None: no pipe is to be had.
    pub fn read(&self, _from: &Stream, _most: usize) -> Option<Result<InKernel, Errno>> {
        None
    }
}

/// Bytes on their way, in the kernel: here there are none.
#[derive(Debug)]
pub enum InKernel {}

impl InKernel {
    /// How many bytes it took up.
    pub fn count(&self) -> usize {
        match *self {}
    }

    /// Writes as much as the system takes.
    pub fn write(&mut self, _to: &Stream) -> Result<usize, Errno> {
        match *self {}
    }
}
