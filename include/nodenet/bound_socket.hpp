// Bound sockets: Node's net.BoundSocket.
// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef NODENET_BOUND_SOCKET_HPP
#define NODENET_BOUND_SOCKET_HPP

#include "address.hpp"
#include "handle.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace nodenet {

/// net_bound_socket_options. Texts as in ListenOptions.
struct BoundSocketOptions {
    std::uint16_t port = 0;
    std::string_view host{};
    std::string_view path{};
    bool ipv6_only = false;
    bool reuse_port = false;

    net_bound_socket_options raw() const noexcept {
        net_bound_socket_options raw = NET_BOUND_SOCKET_OPTIONS_INIT;
        raw.port = port;
        raw.host = host.data();
        raw.host_len = host.size();
        raw.path = path.data();
        raw.path_len = path.size();
        raw.ipv6_only = ipv6_only;
        raw.reuse_port = reuse_port;
        return raw;
    }
};

/// What BoundSocket and BoundSocketRef can do, from any thread.
class BoundSocketBase : public Handle<net_bound_socket> {
  public:
    /// None if it is adopted or closed.
    std::optional<Address> address() const noexcept {
        net_address raw = NET_ADDRESS_INIT;
        return net_bound_socket_address(native_, &raw) == 1 ? std::optional<Address>(raw) : std::nullopt;
    }
    bool is_pipe() const noexcept { return net_bound_socket_is_pipe(native_) == 1; }
    /// Errc::handle_adopted if it is adopted or closed.
    Result<int> fd() const noexcept {
        int fd = -1;
        const int status = net_bound_socket_fd(native_, &fd);
        return status < 0 ? Result<int>(Error(status)) : Result<int>(fd);
    }
    Error close() const noexcept { return Error(net_bound_socket_close(native_)); }

  protected:
    using Handle::Handle;
};

/// The name of a bound socket.
class BoundSocketRef final : public BoundSocketBase {
  public:
    explicit BoundSocketRef(net_bound_socket *native = nullptr) noexcept : BoundSocketBase(native) {}
    BoundSocketRef(const BoundSocketBase &bound) noexcept : BoundSocketBase(bound) {}
};

/// A bound socket, closed when this ends if no server or socket has adopted it.
class BoundSocket final : public detail::Owned<BoundSocketBase, net_bound_socket_free> {
  public:
    /// NULL if it is refused; `make` tells why.
    explicit BoundSocket(const BoundSocketOptions &options = {}) noexcept : Owned(raw(options)) {}
    using Owned::Owned;

    /// With all that Node's error has.
    static Result<BoundSocket> make(const BoundSocketOptions &options = {}) {
        BoundSocket made(options);
        return made ? Result<BoundSocket>(std::move(made)) : Result<BoundSocket>(Error(net_bound_socket_error()));
    }

  private:
    static net_bound_socket *raw(const BoundSocketOptions &options) noexcept {
        const net_bound_socket_options raw = options.raw();
        return net_bound_socket_new(&raw, nullptr);
    }
};

/// What a server can listen on that is there already: a bound socket, another server, a socket.
class ListenHandle {
  public:
    ListenHandle() noexcept = default;
    ListenHandle(const Handle<net_bound_socket> &bound) noexcept : native_(bound.native()) {}
    ListenHandle(const Handle<net_server> &server) noexcept : native_(server.native()) {}
    ListenHandle(const Handle<net_socket> &socket) noexcept : native_(socket.native()) {}
    const void *native() const noexcept { return native_; }

  private:
    const void *native_ = nullptr;
};

} // namespace nodenet

#endif
