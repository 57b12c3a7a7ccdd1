// A server for coroutines.
// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef NODENET_CO_SERVER_HPP
#define NODENET_CO_SERVER_HPP

#include "co_socket.hpp"
#include "server.hpp"

#include <deque>
#include <memory>
#include <utility>

namespace nodenet {
namespace co {
namespace detail {

/// The listeners of one server, and what they have heard.
class Acceptor final : public Source {
  public:
    explicit Acceptor(ServerRef of) noexcept : Source(of.loop().native()), server(of) {}

    void attach() {
        net_server *handle = server.native();
        void *user = held_by_library();
        net_server_on_listening(handle, &Acceptor::on_listening, user, nullptr);
        net_server_on_connection(handle, &Acceptor::on_connection, user, nullptr);
        net_server_on_error(handle, &Acceptor::on_error, user, nullptr);
        net_server_on_close(handle, &Acceptor::on_close, user, &Source::drop);
    }

    /// What was heard belongs to the last listen.
    void begin() noexcept {
        listening = closed = false;
        error = Error();
    }
    bool over() const noexcept { return closed || error || gone(); }
    Error reason() const noexcept { return error ? error : Error(gone() ? Errc::canceled : Errc::server_not_running); }

    const ServerRef server;
    bool listening = false;
    bool closed = false;
    Error error;
    std::deque<Socket> accepted;

  private:
    static void on_listening(net_server *of_server, void *user) noexcept {
        auto &acceptor = static_cast<Acceptor &>(of(of_server, user));
        acceptor.listening = true;
        acceptor.check();
    }
    static void on_connection(net_server *of_server, net_socket *socket, void *user) noexcept {
        auto &acceptor = static_cast<Acceptor &>(of(of_server, user));
        nodenet::detail::at_the_border([&] { acceptor.accepted.emplace_back(SocketRef(socket).keep()); });
        acceptor.check();
    }
    static void on_error(net_server *of_server, const net_error *error, void *user) noexcept {
        auto &acceptor = static_cast<Acceptor &>(of(of_server, user));
        acceptor.error = Error(error);
        acceptor.check();
    }
    static void on_close(net_server *of_server, void *user) noexcept {
        auto &acceptor = static_cast<Acceptor &>(of(of_server, user));
        acceptor.closed = true;
        acceptor.check();
    }
};

class Listening final : public Operation<Acceptor> {
  public:
    Listening(std::shared_ptr<Acceptor> acceptor, Error refused) noexcept
        : Operation(std::move(acceptor)), refused_(std::move(refused)) {}
    bool ready() override { return source_->listening || source_->over(); }
    bool await_ready() { return refused_ || ready(); }
    Error await_resume() const noexcept {
        return refused_ ? refused_ : source_->listening ? Error() : source_->reason();
    }

  private:
    Error refused_;
};

class Accept final : public Operation<Acceptor> {
  public:
    explicit Accept(std::shared_ptr<Acceptor> acceptor) noexcept : Operation(std::move(acceptor)) {}
    bool ready() override {
        if (!source_->accepted.empty()) {
            // Taken here, so that nobody else takes it before the coroutine runs.
            socket_.emplace(std::move(source_->accepted.front()));
            source_->accepted.pop_front();
            return true;
        }
        return source_->over();
    }
    bool await_ready() { return ready(); }
    Result<Socket> await_resume() {
        return socket_ ? Result<Socket>(*std::move(socket_)) : Result<Socket>(source_->reason());
    }

  private:
    std::optional<Socket> socket_;
};

class ServerClose final : public Operation<Acceptor> {
  public:
    ServerClose(std::shared_ptr<Acceptor> acceptor, Error refused) noexcept
        : Operation(std::move(acceptor)), refused_(std::move(refused)) {}
    bool ready() override { return source_->closed || source_->gone(); }
    bool await_ready() { return refused_ || ready(); }
    Error await_resume() const noexcept {
        return refused_ ? refused_ : source_->closed ? Error() : Error(Errc::canceled);
    }

  private:
    Error refused_;
};

} // namespace detail

/// A server whose connections are awaited. It owns it, and frees it when this ends. Connections that come while nobody
/// waits are kept for the next accept. The rest of a server is behind `->`.
class Server {
  public:
    /// NULL if it is refused.
    explicit Server(LoopRef loop, const ServerOptions &options = {})
        : server_(loop, options), acceptor_(std::make_shared<detail::Acceptor>(server_)) {
        if (server_) {
            acceptor_->attach();
        }
    }

    explicit operator bool() const noexcept { return static_cast<bool>(server_); }
    const nodenet::Server *operator->() const noexcept { return &server_; }
    const nodenet::Server &operator*() const noexcept { return server_; }

    /// Begins to listen at once; awaiting it waits for `listening` or the error.
    detail::Listening listen(const ListenOptions &options) const {
        acceptor_->begin();
        return detail::Listening(acceptor_, server_.listen(options));
    }
    /// The next connection. Errc::server_not_running when the server has closed, the error if listening failed.
    detail::Accept accept() const noexcept { return detail::Accept(acceptor_); }
    /// Stops accepting at once; awaiting it waits until its sockets are closed too.
    detail::ServerClose close() const { return detail::ServerClose(acceptor_, server_.close()); }

  private:
    nodenet::Server server_;
    std::shared_ptr<detail::Acceptor> acceptor_;
};

} // namespace co
} // namespace nodenet

#endif
