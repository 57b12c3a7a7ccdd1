//! The platform, behind one contract.
pub mod callback;
pub mod code;
