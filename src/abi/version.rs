//! The version, from Cargo.toml.
use core::ffi::{CStr, c_char};

const TEXT: &CStr = match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
    Ok(text) => text,
    Err(_) => panic!("the version holds a NUL"),
};

const fn digits(text: &str) -> u32 {
    match u32::from_str_radix(text, 10) {
        Ok(number) => number,
        Err(_) => panic!("a part of the version is no number"),
    }
}

const NUMBER: u32 = digits(env!("CARGO_PKG_VERSION_MAJOR")) * 10_000
    + digits(env!("CARGO_PKG_VERSION_MINOR")) * 100
    + digits(env!("CARGO_PKG_VERSION_PATCH"));

/// The version of the library that is running, as text: `"0.1.0"`. Compare `NET_VERSION`, that of the header.
///
/// Returns a static text.
///
/// Thread: any. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_version() -> *const c_char {
    TEXT.as_ptr()
}

/// The version of the library that is running, as a number: major * 10000 + minor * 100 + patch. Compare
/// `NET_VERSION_NUMBER`, that of the header.
///
/// Thread: any. @since 0.1
#[unsafe(no_mangle)]
pub extern "C" fn net_version_number() -> u32 {
    NUMBER
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_number_say_the_same() {
        // SAFETY: a static C string.
        let text = unsafe { CStr::from_ptr(net_version()) }.to_str().unwrap();
        assert_eq!(text, env!("CARGO_PKG_VERSION"));
        let number = net_version_number();
        assert_eq!(format!("{}.{}.{}", number / 10_000, number / 100 % 100, number % 100), text);
    }
}
