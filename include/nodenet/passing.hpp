// Servers and sockets to and from other processes: Node's child.send(message, handle).
// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef NODENET_PASSING_HPP
#define NODENET_PASSING_HPP

#include "bound_socket.hpp"
#include "bytes.hpp"
#include "handle.hpp"
#include "options.hpp"
#include "server.hpp"
#include "socket.hpp"

#include <utility>

namespace nodenet {

inline WriteResult SocketBase::send(Bytes data, const Handle<net_socket> &socket, bool keep_open) const noexcept {
    return WriteResult(net_socket_send_socket(native_, data.data(), data.size(), socket.native(), keep_open, nullptr,
                                              nullptr, nullptr));
}
template <class F>
WriteResult SocketBase::send(Bytes data, const Handle<net_socket> &socket, bool keep_open, F &&done) const {
    using Func = std::decay_t<F>;
    return WriteResult(net_socket_send_socket(native_, data.data(), data.size(), socket.native(), keep_open,
                                              &detail::SocketEnter<Func>::call, detail::hold(std::forward<F>(done)),
                                              detail::drop_of<F>));
}

inline WriteResult SocketBase::send(Bytes data, const Handle<net_server> &server) const noexcept {
    return WriteResult(
        net_socket_send_server(native_, data.data(), data.size(), server.native(), nullptr, nullptr, nullptr));
}
template <class F> WriteResult SocketBase::send(Bytes data, const Handle<net_server> &server, F &&done) const {
    using Func = std::decay_t<F>;
    return WriteResult(net_socket_send_server(native_, data.data(), data.size(), server.native(),
                                              &detail::SocketEnter<Func>::call, detail::hold(std::forward<F>(done)),
                                              detail::drop_of<F>));
}

inline WriteResult SocketBase::send(Bytes data, const Handle<net_bound_socket> &bound) const noexcept {
    return WriteResult(
        net_socket_send_bound_socket(native_, data.data(), data.size(), bound.native(), nullptr, nullptr, nullptr));
}
template <class F> WriteResult SocketBase::send(Bytes data, const Handle<net_bound_socket> &bound, F &&done) const {
    using Func = std::decay_t<F>;
    return WriteResult(net_socket_send_bound_socket(native_, data.data(), data.size(), bound.native(),
                                                    &detail::SocketEnter<Func>::call,
                                                    detail::hold(std::forward<F>(done)), detail::drop_of<F>));
}

inline WriteResult SocketBase::send_fd(Bytes data, int fd) const noexcept {
    return WriteResult(net_socket_send_fd(native_, data.data(), data.size(), fd, nullptr, nullptr, nullptr));
}
template <class F> WriteResult SocketBase::send_fd(Bytes data, int fd, F &&done) const {
    using Func = std::decay_t<F>;
    return WriteResult(net_socket_send_fd(native_, data.data(), data.size(), fd, &detail::SocketEnter<Func>::call,
                                          detail::hold(std::forward<F>(done)), detail::drop_of<F>));
}

inline Result<SocketRef> SocketBase::take_socket(const SocketOptions &options) const {
    const net_socket_options raw = options.raw();
    int error = 0;
    net_socket *taken = net_socket_take_socket(native_, &raw, &error);
    return taken ? Result<SocketRef>(SocketRef(taken)) : Result<SocketRef>(Error(error));
}
inline Result<Server> SocketBase::take_server(const ServerOptions &options) const {
    const net_server_options raw = options.raw();
    int error = 0;
    net_server *taken = net_socket_take_server(native_, &raw, &error);
    return taken ? Result<Server>(Server(taken)) : Result<Server>(Error(error));
}
inline Result<BoundSocket> SocketBase::take_bound_socket() const {
    int error = 0;
    net_bound_socket *taken = net_socket_take_bound_socket(native_, &error);
    return taken ? Result<BoundSocket>(BoundSocket(taken)) : Result<BoundSocket>(Error(error));
}
inline Result<int> SocketBase::take_fd() const noexcept {
    int fd = -1;
    const int status = net_socket_take_fd(native_, &fd);
    return status < 0 ? Result<int>(Error(status)) : Result<int>(fd);
}

inline Result<std::pair<Socket, int>> Socket::pair(LoopRef loop, const SocketOptions &options) {
    const net_socket_options raw = options.raw();
    int fd = -1;
    int error = 0;
    net_socket *made = net_socket_pair(loop.native(), &raw, &fd, &error);
    using Pair = std::pair<Socket, int>;
    return made ? Result<Pair>(Pair(Socket(made), fd)) : Result<Pair>(Error(error));
}

} // namespace nodenet

#endif
