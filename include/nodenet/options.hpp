// Options: plain structs with the library's defaults, for designated initialisers: server.listen({.port = 7000}).
// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef NODENET_OPTIONS_HPP
#define NODENET_OPTIONS_HPP

#include "block_list.hpp"
#include "bound_socket.hpp"
#include "lookup.hpp"
#include "onread.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace nodenet {

/// net_server_options.
struct ServerOptions {
    bool allow_half_open = false;
    bool pause_on_connect = false;
    bool no_delay = false;
    bool keep_alive = false;
    std::chrono::milliseconds keep_alive_initial_delay{0};
    std::size_t high_water_mark = 65536;
    BlockListRef block_list{};
    bool ipc = false;

    net_server_options raw() const noexcept {
        net_server_options raw = NET_SERVER_OPTIONS_INIT;
        raw.allow_half_open = allow_half_open;
        raw.pause_on_connect = pause_on_connect;
        raw.no_delay = no_delay;
        raw.keep_alive = keep_alive;
        raw.keep_alive_initial_delay = detail::milliseconds(keep_alive_initial_delay);
        raw.high_water_mark = high_water_mark;
        raw.block_list = block_list.native();
        raw.ipc = ipc;
        return raw;
    }
};

/// net_listen_options. A text without data() is absent; an abstract name begins with NUL, so it needs a length: use
/// ""sv.
struct ListenOptions {
    std::uint16_t port = 0;
    std::string_view host{};
    std::string_view path{};
    int fd = -1;
    int backlog = 511;
    bool ipv6_only = false;
    bool reuse_port = false;
    bool exclusive = false;
    bool readable_all = false;
    bool writable_all = false;
    Lookup lookup{};
    ListenHandle handle{};

    /// For one call, which takes the lookup.
    net_listen_options raw() const {
        net_listen_options raw = NET_LISTEN_OPTIONS_INIT;
        raw.port = port;
        raw.backlog = backlog;
        raw.host = host.data();
        raw.host_len = host.size();
        raw.path = path.data();
        raw.path_len = path.size();
        raw.fd = fd;
        raw.ipv6_only = ipv6_only;
        raw.reuse_port = reuse_port;
        raw.exclusive = exclusive;
        raw.readable_all = readable_all;
        raw.writable_all = writable_all;
        raw.handle = handle.native();
        if (lookup) {
            raw.lookup_user = lookup.for_c();
            raw.lookup = &Lookup::call;
            raw.lookup_drop = &Lookup::drop;
        }
        return raw;
    }
};

/// net_socket_options.
struct SocketOptions {
    bool allow_half_open = false;
    bool no_delay = false;
    bool keep_alive = false;
    std::chrono::milliseconds keep_alive_initial_delay{0};
    int type_of_service = -1;
    std::size_t high_water_mark = 65536;
    int fd = -1;
    bool readable = true;
    bool writable = true;
    BlockListRef block_list{};
    BoundSocketRef handle{};
    OnRead onread{};
    bool ipc = false;

    /// For one call, which takes onread.
    net_socket_options raw() const {
        net_socket_options raw = NET_SOCKET_OPTIONS_INIT;
        raw.allow_half_open = allow_half_open;
        raw.no_delay = no_delay;
        raw.keep_alive = keep_alive;
        raw.type_of_service = type_of_service;
        raw.keep_alive_initial_delay = detail::milliseconds(keep_alive_initial_delay);
        raw.high_water_mark = high_water_mark;
        raw.fd = fd;
        raw.readable = readable;
        raw.writable = writable;
        raw.block_list = block_list.native();
        raw.handle = handle.native();
        raw.onread = onread.for_c();
        raw.ipc = ipc;
        return raw;
    }
};

/// net_connect_options. Texts as in ListenOptions; they are not needed any more when connect has returned.
struct ConnectOptions {
    std::uint16_t port = 0;
    std::string_view host{};
    std::string_view path{};
    std::string_view local_address{};
    std::uint16_t local_port = 0;
    int family = 0;
    /// hint_... bits.
    int hints = 0;
    std::optional<bool> auto_select_family{};
    std::chrono::milliseconds auto_select_family_attempt_timeout{0};
    std::chrono::milliseconds timeout{0};
    Lookup lookup{};

    /// For one call, which takes the lookup.
    net_connect_options raw() const {
        net_connect_options raw = NET_CONNECT_OPTIONS_INIT;
        raw.port = port;
        raw.local_port = local_port;
        raw.host = host.data();
        raw.host_len = host.size();
        raw.path = path.data();
        raw.path_len = path.size();
        raw.local_address = local_address.data();
        raw.local_address_len = local_address.size();
        raw.family = family;
        raw.hints = hints;
        raw.auto_select_family = auto_select_family ? *auto_select_family : -1;
        raw.auto_select_family_attempt_timeout = detail::milliseconds(auto_select_family_attempt_timeout);
        raw.timeout = detail::milliseconds(timeout);
        if (lookup) {
            raw.lookup_user = lookup.for_c();
            raw.lookup = &Lookup::call;
            raw.lookup_drop = &Lookup::drop;
        }
        return raw;
    }
};

} // namespace nodenet

#endif
