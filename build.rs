//! Gives the shared library its SONAME and keeps it loaded once it is.
//! It is done here so that a plain `cargo build` yields the same file as CMake does.
use std::env;

/// libnodenet.so.MAJOR, and .so.0.MINOR while the major version is 0: each 0.x may change the ABI.
fn soname(major: &str, minor: &str) -> String {
    if major == "0" { format!("libnodenet.so.0.{minor}") } else { format!("libnodenet.so.{major}") }
}

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let var = |name: &str| env::var(name).unwrap_or_default();
    if var("CARGO_CFG_TARGET_OS") != "linux" {
        return;
    }
    let soname = soname(&var("CARGO_PKG_VERSION_MAJOR"), &var("CARGO_PKG_VERSION_MINOR"));
    println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,{soname}");
    // A lookup thread may still be inside the library when the last dlclose comes.
    println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete");
}
