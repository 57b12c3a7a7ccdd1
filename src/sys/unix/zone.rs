//! Zones of link-local addresses: network interfaces by number and name.
use std::ffi::{CStr, CString};

/// The number of a network interface named in an address's zone; 0 if there is none.
pub fn index(zone: &str) -> u32 {
    if let Ok(number) = zone.parse() {
        return number;
    }
    let Ok(name) = CString::new(zone) else { return 0 };
    // SAFETY: the name is a C string.
    unsafe { libc::if_nametoindex(name.as_ptr()) }
}

/// The name of an interface, as an address's zone shows it; its number if it has none any more.
pub fn name(index: u32) -> String {
    let mut name: [libc::c_char; libc::IF_NAMESIZE] = [0; libc::IF_NAMESIZE];
    // SAFETY: room for the longest name there can be.
    if unsafe { libc::if_indextoname(index, name.as_mut_ptr()) }.is_null() {
        return index.to_string();
    }
    // SAFETY: if_indextoname ended it with a NUL.
    unsafe { CStr::from_ptr(name.as_ptr()) }.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loopback_interface_by_name_and_number() {
        let number = index("lo");
        assert!(number > 0);
        assert_eq!(name(number), "lo");
        assert_eq!(index(&number.to_string()), number);
        assert_eq!(name(u32::MAX), u32::MAX.to_string());
    }
}
