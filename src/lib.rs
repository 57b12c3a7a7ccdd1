//! nodenet: the networking of Node.js as a C library. The C surface is in `abi`; ARCHITECTURE.md says where to look for what.
pub mod abi;
/// cbindgen:ignore
pub mod core;
/// cbindgen:ignore
pub mod net;
/// cbindgen:ignore
pub mod sys;
