//! Addresses of sockets, as Node shows them.

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
    Ip(core::net::SocketAddr),
    /// The path of a local socket, its leading NUL included if it is abstract.
    Path(Vec<u8>),
}
