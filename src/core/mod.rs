//! The loop's own machinery, which knows nothing of TCP, pipes or Node.
pub mod table;
