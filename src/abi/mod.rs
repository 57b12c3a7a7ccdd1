//! The C border: one file per noun of the header, in the header's order.
//!
//! Types and functions carry the names that C sees, and their doc comments are the manual: cbindgen copies them into
//! `include/nodenet.h` (`scripts/header.sh`). What C promises for a pointer is said there, not in `# Safety` sections.
#![allow(non_camel_case_types)]
#![allow(clippy::missing_safety_doc)]

use crate::net::api as net;

mod border;
mod dispatch;
mod error_in;
mod error_kept;
mod error_out;
mod given;
mod handle;
mod sized;
mod text;

pub mod version;

pub mod address;
pub mod block_list;
pub mod bound_socket;
pub mod callbacks;
pub mod codes;
pub mod connect_options;
pub mod error;
pub mod listen_options;
pub mod loop_group_options;
pub mod onread;
pub mod server_options;
pub mod sockaddr;
pub mod socket_options;

pub mod event_loop;

pub mod timer;

pub mod trace;

pub mod server;
pub mod server_events;

pub mod socket;
pub mod socket_events;
pub mod socket_io;
pub mod socket_state;

pub mod passing;

pub mod lookup;

pub mod loop_group;

/// What the INIT macros of the header stand for, by the name of the struct: for the test that compares them.
#[doc(hidden)]
pub fn inits() -> Vec<(&'static str, Box<dyn core::fmt::Debug>)> {
    use sized::Versioned;
    vec![
        ("net_address", Box::new(address::net_address::INIT)),
        ("net_error", Box::new(error::net_error::INIT)),
        ("net_sockaddr", Box::new(sockaddr::net_sockaddr::INIT)),
        ("net_bound_socket_options", Box::new(bound_socket::net_bound_socket_options::INIT)),
        ("net_server_options", Box::new(server_options::net_server_options::INIT)),
        ("net_listen_options", Box::new(listen_options::net_listen_options::INIT)),
        ("net_onread", Box::new(onread::net_onread::INIT)),
        ("net_socket_options", Box::new(socket_options::net_socket_options::INIT)),
        ("net_connect_options", Box::new(connect_options::net_connect_options::INIT)),
        ("net_peer_credentials", Box::new(socket::net_peer_credentials::INIT)),
        ("net_loop_group_options", Box::new(loop_group_options::net_loop_group_options::INIT)),
        ("net_drop_info", Box::new(server::net_drop_info::INIT)),
        ("net_trace", Box::new(trace::net_trace::INIT)),
        ("net_loop_metrics", Box::new(event_loop::net_loop_metrics::INIT)),
    ]
}
