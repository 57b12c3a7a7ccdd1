//! The buffers that the system has for a socket: kept until there is a stream, and for each one after it.
use super::socket::Socket;
use super::{Loop, SocketId};
use crate::sys::code::Result;
use crate::sys::errno::Errno;
use crate::sys::stream::Buffer;

const BOTH: [Buffer; 2] = [Buffer::Send, Buffer::Receive];

impl Socket {
    /// Before it connects, since the window of a connection is settled then.
    pub fn apply_buffer_sizes(&self) {
        let Some(cold) = &self.cold else { return };
        for (buffer, size) in BOTH.into_iter().zip(cold.buffer_sizes) {
            if let Some(bytes) = size {
                // The system takes what it can; what it took can be asked.
                let _ = self.stream.set_buffer_size(buffer, bytes);
            }
        }
    }
}

#[allow(missing_docs)]
impl Loop {
    pub fn socket_set_buffer_size(&self, id: SocketId, buffer: Buffer, bytes: u32) -> Result {
        let mut state = self.state();
        let socket = state.socket_mut(id)?;
        if socket.stream.is_open() {
            socket.stream.set_buffer_size(buffer, bytes).map_err(Errno::code)?;
        }
        socket.cold().buffer_sizes[buffer as usize] = Some(bytes);
        Ok(())
    }

    pub fn socket_buffer_size_of(&self, id: SocketId, buffer: Buffer) -> Result<Option<u32>> {
        let state = self.state();
        let socket = state.socket(id)?;
        if socket.stream.is_open() {
            return socket.stream.buffer_size(buffer).map(Some).map_err(Errno::code);
        }
        Ok(socket.cold.as_ref().and_then(|cold| cold.buffer_sizes[buffer as usize]))
    }
}
