// Asio without Boost, for one thread. It waits until there is something to read, so that an idle connection needs no
// buffer: all of them share one, and only what a write leaves over is copied.
#include "peer.h"

#include <asio.hpp>
#include <memory>
#include <vector>

static peer_mode mode;
static char room[PEER_ROOM];

template <class Protocol> class client : public std::enable_shared_from_this<client<Protocol>> {
  public:
    explicit client(typename Protocol::socket socket) : socket_(std::move(socket)) { socket_.non_blocking(true); }

    void wait() {
        socket_.async_wait(asio::socket_base::wait_read, [self = this->shared_from_this()](std::error_code error) {
            if (!error) {
                self->read();
            }
        });
    }

  private:
    void read() {
        std::error_code error;
        std::size_t length = socket_.read_some(asio::buffer(room), error);
        if (error == asio::error::would_block) {
            wait();
        } else if (!error) {
            answer(length);
        }
    }

    void answer(std::size_t length) {
        std::size_t step = mode == PEER_REQUESTS ? REQUEST : length;
        for (std::size_t from = 0; from < length;) {
            std::error_code error;
            from += socket_.write_some(asio::buffer(room + from, std::min(step, length - from)), error);
            if (error == asio::error::would_block) {
                answer_later(from, length);
                return;
            }
            if (error) {
                return;
            }
        }
        wait();
    }

    void answer_later(std::size_t from, std::size_t length) {
        left_.assign(room + from, room + length);
        asio::async_write(socket_, asio::buffer(left_),
                          [self = this->shared_from_this()](std::error_code error, std::size_t) {
                              if (!error) {
                                  std::vector<char>().swap(self->left_);
                                  self->wait();
                              }
                          });
    }

    typename Protocol::socket socket_;
    std::vector<char> left_;
};

template <class Protocol> static void accept(typename Protocol::acceptor &acceptor) {
    acceptor.async_accept([&acceptor](std::error_code error, typename Protocol::socket socket) {
        if (!error) {
            if constexpr (std::is_same_v<Protocol, asio::ip::tcp>) {
                socket.set_option(asio::ip::tcp::no_delay(true));
            }
            std::make_shared<client<Protocol>>(std::move(socket))->wait();
        }
        accept<Protocol>(acceptor);
    });
}

template <class Protocol> static int serve(const typename Protocol::endpoint &where) {
    asio::io_context context(ASIO_CONCURRENCY_HINT_UNSAFE);
    typename Protocol::acceptor acceptor(context);
    acceptor.open(where.protocol());
    acceptor.set_option(asio::socket_base::reuse_address(true));
    acceptor.bind(where);
    acceptor.listen(PEER_BACKLOG);
    peer_announce(acceptor.native_handle());
    accept<Protocol>(acceptor);
    context.run();
    return 0;
}

int main(int count, char **arguments) {
    mode = peer_mode_of(count, arguments);
    if (peer_address_of(arguments[1]).is_tcp) {
        auto port = static_cast<unsigned short>(std::atoi(arguments[1]));
        return serve<asio::ip::tcp>({asio::ip::address_v4::loopback(), port});
    }
    return serve<asio::local::stream_protocol>({arguments[1]});
}
