//! The loop's own machinery, which knows nothing of TCP, pipes or Node.
pub mod inbox;
pub mod listeners;
pub mod mutation;
pub mod order;
pub mod shape;
pub mod table;
pub mod timers;
pub mod turn;
