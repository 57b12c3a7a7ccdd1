//! nodenet: the networking of Node.js as a C library. The C surface is in `abi`; ARCHITECTURE.md says where to look for what.
pub mod abi;
pub mod core;
pub mod net;
pub mod sys;
