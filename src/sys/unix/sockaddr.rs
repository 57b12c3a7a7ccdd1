//! Socket addresses between the kernel's form and Rust's.
use crate::sys::errno::Errno;
use std::mem;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

/// What the kernel says about one end of a socket.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Endpoint {
    /// An IP address with its port.
    Ip(SocketAddr),
    /// A path; empty if the socket has no name, with its leading NUL if it is abstract.
    Path(Vec<u8>),
    /// Of another family.
    Other,
}

/// An address in the kernel's form.
pub struct SockAddr {
    storage: libc::sockaddr_storage,
    len: libc::socklen_t,
}

impl SockAddr {
    /// Room for the kernel to fill in.
    pub fn empty() -> SockAddr {
        // SAFETY: all bytes zero is a valid sockaddr_storage.
        let storage = unsafe { mem::zeroed() };
        SockAddr { storage, len: mem::size_of::<libc::sockaddr_storage>() as libc::socklen_t }
    }

    /// From an IP address.
    pub fn from_ip(address: &SocketAddr) -> SockAddr {
        let mut out = SockAddr::empty();
        match address {
            SocketAddr::V4(v4) => {
                let raw = (&raw mut out.storage).cast::<libc::sockaddr_in>();
                // SAFETY: sockaddr_storage is large and aligned enough for every address family.
                let raw = unsafe { &mut *raw };
                raw.sin_family = libc::AF_INET as libc::sa_family_t;
                raw.sin_port = v4.port().to_be();
                raw.sin_addr.s_addr = u32::from_ne_bytes(v4.ip().octets());
                out.len = mem::size_of::<libc::sockaddr_in>() as libc::socklen_t;
            }
            SocketAddr::V6(v6) => {
                let raw = (&raw mut out.storage).cast::<libc::sockaddr_in6>();
                // SAFETY: as above.
                let raw = unsafe { &mut *raw };
                raw.sin6_family = libc::AF_INET6 as libc::sa_family_t;
                raw.sin6_port = v6.port().to_be();
                raw.sin6_flowinfo = v6.flowinfo();
                raw.sin6_addr.s6_addr = v6.ip().octets();
                raw.sin6_scope_id = v6.scope_id();
                out.len = mem::size_of::<libc::sockaddr_in6>() as libc::socklen_t;
            }
        }
        out
    }

    /// From a path, or an abstract name with its leading NUL. EINVAL if it is empty or does not fit: never a truncated path.
    pub fn from_path(path: &[u8]) -> Result<SockAddr, Errno> {
        let mut out = SockAddr::empty();
        let raw = (&raw mut out.storage).cast::<libc::sockaddr_un>();
        // SAFETY: as above.
        let raw = unsafe { &mut *raw };
        raw.sun_family = libc::AF_UNIX as libc::sa_family_t;
        let is_abstract = path.first() == Some(&0);
        let room = raw.sun_path.len();
        if path.is_empty() || path.len() > room || (!is_abstract && path.contains(&0)) {
            return Err(Errno::EINVAL);
        }
        for (to, from) in raw.sun_path.iter_mut().zip(path) {
            *to = *from as libc::c_char;
        }
        // The longest path has no room for its NUL, and needs none: the length says where it ends.
        let used = (path.len() + usize::from(!is_abstract)).min(room);
        out.len = (mem::offset_of!(libc::sockaddr_un, sun_path) + used) as libc::socklen_t;
        Ok(out)
    }

    /// For calls that read an address.
    pub fn as_ptr(&self) -> *const libc::sockaddr {
        (&raw const self.storage).cast()
    }

    /// For calls that fill an address in.
    pub fn as_mut(&mut self) -> (*mut libc::sockaddr, *mut libc::socklen_t) {
        ((&raw mut self.storage).cast(), &raw mut self.len)
    }

    /// How much of the storage is used.
    pub fn size(&self) -> libc::socklen_t {
        self.len
    }

    /// In Rust's form.
    pub fn endpoint(&self) -> Endpoint {
        match i32::from(self.storage.ss_family) {
            libc::AF_INET => {
                // SAFETY: the family says that this is a sockaddr_in.
                let raw = unsafe { &*(&raw const self.storage).cast::<libc::sockaddr_in>() };
                let ip = Ipv4Addr::from(raw.sin_addr.s_addr.to_ne_bytes());
                Endpoint::Ip(SocketAddr::V4(SocketAddrV4::new(ip, u16::from_be(raw.sin_port))))
            }
            libc::AF_INET6 => {
                // SAFETY: the family says that this is a sockaddr_in6.
                let raw = unsafe { &*(&raw const self.storage).cast::<libc::sockaddr_in6>() };
                let ip = Ipv6Addr::from(raw.sin6_addr.s6_addr);
                let port = u16::from_be(raw.sin6_port);
                Endpoint::Ip(SocketAddr::V6(SocketAddrV6::new(ip, port, raw.sin6_flowinfo, raw.sin6_scope_id)))
            }
            libc::AF_UNIX => {
                // SAFETY: the family says that this is a sockaddr_un.
                let raw = unsafe { &*(&raw const self.storage).cast::<libc::sockaddr_un>() };
                let used = (self.len as usize).saturating_sub(mem::offset_of!(libc::sockaddr_un, sun_path));
                let mut path: Vec<u8> = raw.sun_path.iter().take(used).map(|c| *c as u8).collect();
                if path.first() != Some(&0) {
                    path.truncate(path.iter().position(|b| *b == 0).unwrap_or(path.len()));
                }
                Endpoint::Path(path)
            }
            _ => Endpoint::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ip_addresses_survive_the_round_trip() {
        for text in ["127.0.0.1:80", "[::1]:65535", "[fe80::1%3]:9"] {
            let address: SocketAddr = text.parse().unwrap();
            assert_eq!(SockAddr::from_ip(&address).endpoint(), Endpoint::Ip(address));
        }
    }

    #[test]
    fn a_path_is_kept_whole_or_refused() {
        let longest = vec![b'p'; 108];
        assert_eq!(SockAddr::from_path(&longest).unwrap().endpoint(), Endpoint::Path(longest.clone()));
        assert!(SockAddr::from_path(&[b'p'; 109]).is_err());
        assert!(SockAddr::from_path(b"a\0b").is_err());
        assert!(SockAddr::from_path(b"").is_err());
        let name = b"\0name\0x".to_vec();
        assert_eq!(SockAddr::from_path(&name).unwrap().endpoint(), Endpoint::Path(name));
    }
}
