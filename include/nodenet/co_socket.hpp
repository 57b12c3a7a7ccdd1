// A socket for coroutines.
// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef NODENET_CO_SOCKET_HPP
#define NODENET_CO_SOCKET_HPP

#include "awaiting.hpp"
#include "socket.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace nodenet {
namespace co {
namespace detail {

/// The listeners of one socket, and what they have heard.
class Stream final : public Source {
  public:
    explicit Stream(SocketRef of) noexcept : Source(of.loop().native()), socket(of) {}

    void listen() {
        net_socket *handle = socket.native();
        void *user = held_by_library();
        net_socket_on_connect(handle, &Stream::on<&Stream::connected>, user, nullptr);
        net_socket_on_readable(handle, &Stream::on<nullptr>, user, nullptr);
        net_socket_on_end(handle, &Stream::on<&Stream::ended>, user, nullptr);
        net_socket_on_drain(handle, &Stream::on<nullptr>, user, nullptr);
        net_socket_on_finish(handle, &Stream::on<&Stream::finished>, user, nullptr);
        net_socket_on_error(handle, &Stream::on_error, user, nullptr);
        net_socket_on_close(handle, &Stream::on_close, user, &Source::drop);
    }

    /// Nothing will happen any more.
    bool over() const noexcept { return closed || gone(); }
    /// Why something that is waited for will not happen.
    Error reason() const noexcept { return error ? error : Error(Errc::canceled); }

    const SocketRef socket;
    bool connected = false;
    bool ended = false;
    bool finished = false;
    bool closed = false;
    Error error;
    std::vector<std::uint8_t> buffer;

  private:
    template <bool Stream::*Told> static void on(net_socket *of_socket, void *user) noexcept {
        auto &stream = static_cast<Stream &>(of(of_socket, user));
        if constexpr (Told != nullptr) {
            stream.*Told = true;
        }
        stream.check();
    }
    static void on_error(net_socket *of_socket, const net_error *error, void *user) noexcept {
        static_cast<Stream &>(of(of_socket, user)).error = Error(error);
    }
    static void on_close(net_socket *of_socket, int, void *user) noexcept {
        auto &stream = static_cast<Stream &>(of(of_socket, user));
        stream.closed = true;
        stream.check();
    }
};

/// Waits for one of the things that a stream is told.
class Until final : public Operation<Stream> {
  public:
    Until(std::shared_ptr<Stream> stream, bool Stream::*told, int status = NET_OK) noexcept
        : Operation(std::move(stream)), told_(told), status_(status) {}

    bool ready() override { return (*source_).*told_ || source_->over(); }
    bool await_ready() { return status_ < 0 || ready(); }
    Error await_resume() const noexcept {
        return status_ < 0 ? Error(status_) : (*source_).*told_ ? Error() : source_->reason();
    }

  private:
    bool Stream::*told_;
    int status_;
};

class Close final : public Operation<Stream> {
  public:
    explicit Close(std::shared_ptr<Stream> stream) noexcept : Operation(std::move(stream)) {}
    bool ready() override { return source_->over(); }
    bool await_ready() { return ready(); }
    /// The error that closed it.
    Error await_resume() const noexcept { return source_->closed ? source_->error : source_->reason(); }
};

class Drain final : public Operation<Stream> {
  public:
    Drain(std::shared_ptr<Stream> stream, WriteResult written, bool drains) noexcept
        : Operation(std::move(stream)), written_(written), drains_(drains) {}

    bool ready() override {
        const SocketRef socket = source_->socket;
        const bool drained = source_->finished || (!socket.writable_need_drain() && !socket.destroyed());
        return source_->over() || (drains_ && drained);
    }
    bool await_ready() { return written_ || written_.error() || ready(); }
    Error await_resume() const noexcept {
        if (written_ || written_.error()) {
            return written_.error();
        }
        return source_->over() ? source_->reason() : Error();
    }

  private:
    WriteResult written_;
    /// A write that returned 0 and needs no `drain` has failed: `error` and `close` follow.
    bool drains_;
};

/// Reads into what it is given; `exactly` waits for all of it.
class ReadInto final : public Operation<Stream> {
  public:
    ReadInto(std::shared_ptr<Stream> stream, void *buffer, std::size_t size, bool exactly) noexcept
        : Operation(std::move(stream)), buffer_(buffer), size_(size), exactly_(exactly) {}

    bool ready() override {
        const SocketRef socket = source_->socket;
        const auto read = exactly_ ? socket.read(buffer_, size_) : socket.read_some(buffer_, size_);
        count_ = read ? *read : 0;
        return count_ > 0 || source_->ended || source_->over();
    }
    bool await_ready() { return size_ == 0 || ready(); }
    Result<std::size_t> await_resume() const noexcept {
        return count_ > 0 || size_ == 0 || source_->ended ? Result<std::size_t>(count_)
                                                          : Result<std::size_t>(source_->reason());
    }

  private:
    void *buffer_;
    std::size_t size_;
    bool exactly_;
    std::size_t count_ = 0;
};

/// Reads into the stream's own buffer.
class Read final : public Operation<Stream> {
  public:
    explicit Read(std::shared_ptr<Stream> stream) noexcept : Operation(std::move(stream)) {}

    bool ready() override {
        auto &buffer = source_->buffer;
        buffer.resize(std::clamp<std::size_t>(source_->socket.readable_length(), least, most));
        count_ = source_->socket.read_some(buffer.data(), buffer.size()).value_or(0);
        return count_ > 0 || source_->ended || source_->over();
    }
    bool await_ready() { return ready(); }
    Result<Bytes> await_resume() const noexcept {
        return count_ > 0 || source_->ended ? Result<Bytes>(Bytes(source_->buffer.data(), count_))
                                            : Result<Bytes>(source_->reason());
    }

  private:
    static constexpr std::size_t least = 1024;
    static constexpr std::size_t most = 65536;
    std::size_t count_ = 0;
};

class Connecting;

} // namespace detail

/// A socket whose reading, writing and ending is awaited. It owns it, and frees it when this ends. Several coroutines
/// may wait for it; they are resumed in the order in which they came. The rest of a socket is behind `->`.
class Socket {
  public:
    /// Takes over a socket that nobody reads yet: it listens to its events, `readable` and `error` among them.
    explicit Socket(nodenet::Socket socket)
        : socket_(std::move(socket)), stream_(std::make_shared<detail::Stream>(socket_)) {
        if (socket_) {
            stream_->listen();
        }
    }

    explicit operator bool() const noexcept { return static_cast<bool>(socket_); }
    const nodenet::Socket *operator->() const noexcept { return &socket_; }
    const nodenet::Socket &operator*() const noexcept { return socket_; }

    /// What there is, at least one byte; none at the peer's end. The bytes lie in the socket's own buffer until the
    /// next read() or the socket's end.
    detail::Read read() const noexcept { return detail::Read(stream_); }
    /// At most `size` bytes; 0 at the peer's end.
    detail::ReadInto read_some(void *buffer, std::size_t size) const noexcept {
        return detail::ReadInto(stream_, buffer, size, false);
    }
    /// Exactly `size` bytes; less only at the peer's end.
    detail::ReadInto read_exactly(void *buffer, std::size_t size) const noexcept {
        return detail::ReadInto(stream_, buffer, size, true);
    }
    /// Writes at once; awaiting it waits for `drain` if that is called for.
    detail::Drain write(Bytes data) const noexcept {
        const WriteResult written = socket_.write(data);
        return detail::Drain(stream_, written, socket_.writable_need_drain());
    }
    /// Waits until there is room to write.
    detail::Drain drain() const noexcept { return detail::Drain(stream_, WriteResult(0), true); }
    /// Ends the writing side at once; awaiting it waits until all is sent.
    detail::Until end(Bytes data = {}) const noexcept {
        return detail::Until(stream_, &detail::Stream::finished, socket_.end(data).number());
    }
    /// Waits until it is closed; gives the error that closed it.
    detail::Close closed() const noexcept { return detail::Close(stream_); }

  private:
    friend class detail::Connecting;

    nodenet::Socket socket_;
    std::shared_ptr<detail::Stream> stream_;
};

namespace detail {

class Connecting final : public Operation<Stream> {
  public:
    explicit Connecting(Result<nodenet::Socket> made) : Operation(nullptr), refused_(made.error()) {
        if (made) {
            socket_.emplace(*std::move(made));
            source_ = socket_->stream_;
        }
    }

    bool ready() override { return source_->connected || source_->over(); }
    bool await_ready() { return refused_ || ready(); }
    Result<Socket> await_resume() {
        if (refused_) {
            return refused_;
        }
        return source_->connected ? Result<Socket>(*std::move(socket_)) : Result<Socket>(source_->reason());
    }

  private:
    Error refused_;
    std::optional<Socket> socket_;
};

} // namespace detail

/// Connects at once; awaiting it waits for the connection and gives it, or the error.
inline detail::Connecting connect(LoopRef loop, const ConnectOptions &options, const SocketOptions &with = {}) {
    return detail::Connecting(nodenet::connect(loop, options, with));
}

} // namespace co
} // namespace nodenet

#endif
