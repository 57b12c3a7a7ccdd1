// Forwards TCP connections to another server, with C++20 coroutines: one for each direction of each connection.
//
//     forward HOST PORT [LISTEN_PORT]
//
// Port 0, the default, lets the system choose. Ends cleanly on Ctrl-C.
#include <nodenet.hpp>

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>

namespace co = nodenet::co;

namespace {

struct Target {
    std::string host;
    std::uint16_t port;
};

struct Pair {
    co::Socket client, server;
};

nodenet::LoopRef running;

void on_signal(int) { running.stop(); }

// Reads no faster than the other side takes it, and passes the end on: the other direction goes on by itself. The pair
// goes with the second of its two directions.
co::Task<> pump([[maybe_unused]] std::shared_ptr<Pair> pair, co::Socket &from, co::Socket &to) {
    for (;;) {
        const auto data = co_await from.read();
        if (!data || (!data->empty() && co_await to.write(*data))) {
            from->destroy();
            to->destroy();
            break;
        }
        if (data->empty()) {
            co_await to.end();
            break;
        }
    }
}

co::Task<> forward(nodenet::LoopRef loop, co::Socket client, const Target &target) {
    auto server = co_await co::connect(loop, {.port = target.port, .host = target.host}, {.allow_half_open = true});
    if (!server) {
        std::cerr << server.error().message() << '\n';
        co_return; // the client's socket ends with this coroutine
    }
    auto pair = std::make_shared<Pair>(Pair{std::move(client), *std::move(server)});
    co::spawn(pump(pair, pair->client, pair->server));
    co::spawn(pump(pair, pair->server, pair->client));
}

co::Task<> serve(nodenet::LoopRef loop, std::uint16_t port, const Target &target) {
    co::Server server(loop, {.allow_half_open = true});
    if (const nodenet::Error error = co_await server.listen({.port = port})) {
        std::cerr << error.message() << '\n';
        co_return;
    }
    std::cout << "listening on " << server->address()->to_string() << std::endl;
    while (auto client = co_await server.accept()) {
        co::spawn(forward(loop, *std::move(client), target));
    }
}

} // namespace

int main(int argc, char **argv) {
    if (argc < 3 || argc > 4) {
        std::cerr << "usage: " << argv[0] << " HOST PORT [LISTEN_PORT]\n";
        return 2;
    }
    const Target target{argv[1], static_cast<std::uint16_t>(std::atoi(argv[2]))};
    nodenet::Loop loop;
    running = loop;
    std::signal(SIGINT, on_signal);
    std::signal(SIGTERM, on_signal);
    co::spawn(serve(loop, static_cast<std::uint16_t>(argc > 3 ? std::atoi(argv[3]) : 0), target));
    return loop.run() ? 1 : 0; // what still waits then is destroyed with the loop
}
