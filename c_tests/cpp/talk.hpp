// What the cases in C++ share: a conversation between a server and a client in one loop, and callables that are
// counted.
#ifndef TALK_HPP
#define TALK_HPP

#include <harness.h>
#include <nodenet.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

inline void check_ok(const char *file, int line, const char *call, const nodenet::Error &error) {
    if (error) {
        check_failed(file, line, "%s: %s", call, std::string(error.message()).c_str());
    }
}
#define CHECK_OK(call) check_ok(__FILE__, __LINE__, #call, (call))
#define CHECK_ERROR(call, code) CHECK_EQ(nodenet::Error(call).number(), static_cast<int>(nodenet::Errc::code))
#define CHECK_TEXT(left, right) CHECK_STR(std::string(left).c_str(), std::string(right).c_str())

/// Counts how often the tokens it gave were destroyed. A token can only be moved.
class Dropped {
  public:
    struct Count {
        int *count;
        void operator()(int *) const { ++*count; }
    };
    using Token = std::unique_ptr<int, Count>;

    Token token() { return Token(&count, Count{&count}); }
    int count = 0;
};

/// A server that takes one connection and a client that is connected to it.
class Talk {
  public:
    explicit Talk(net_loop *native, const nodenet::SocketOptions &options = {})
        : loop(native), server(loop), client(loop, options) {
        CHECK_OK(server.listen(0));
        port = server.address()->port();
        server.on_connection([this](nodenet::SocketRef socket) {
            peer = socket;
            socket.on_error([] {});
            server.close();
            if (on_peer) {
                on_peer(socket);
            }
        });
        client.on_error([] {});
    }

    void connect() { CHECK_OK(client.connect(port, "127.0.0.1")); }
    void run() { CHECK_OK(loop.run()); }

    nodenet::LoopRef loop;
    nodenet::Server server;
    nodenet::Socket client;
    nodenet::SocketRef peer;
    std::uint16_t port = 0;
    std::function<void(nodenet::SocketRef)> on_peer;
};

#endif
