//! Addresses of sockets, as Node shows them.
use crate::sys::sockaddr::Endpoint;
use std::net::SocketAddr;

/// The family of an address.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Family {
    /// A path.
    Local,
    /// `IPv4`
    Ipv4,
    /// `IPv6`
    Ipv6,
}

/// One address: text (or path bytes) and port.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Address {
    /// None is known.
    Absent,
    /// An IP address with its port.
    Ip(SocketAddr),
    /// The path of a local socket, its leading NUL included if it is abstract.
    Path(Vec<u8>),
    /// What a lookup of the program's answered that is no address to connect to: as it was given.
    Other {
        /// The text, which may be anything.
        text: Vec<u8>,
        /// The family, which may be anything.
        family: i32,
    },
}

impl Address {
    /// What an end of a TCP socket shows; local sockets show nothing, as in Node.
    pub fn of_tcp(endpoint: Endpoint) -> Address {
        match endpoint {
            Endpoint::Ip(address) => Address::Ip(address),
            Endpoint::Path(_) | Endpoint::Other => Address::Absent,
        }
    }
}
