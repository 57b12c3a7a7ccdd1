// Sends every client back what it said: echo_server.c in C++.
//
//     echo_server_cpp [--port N] [--host H] [--path P]
//
// Port 0, the default, lets the system choose. Ends cleanly on Ctrl-C.
#include <nodenet.hpp>

#include <charconv>
#include <csignal>
#include <iostream>
#include <optional>
#include <string_view>

namespace {

struct Tally {
    unsigned long accepted = 0, ended = 0, failed = 0, open = 0;
};

nodenet::LoopRef running;

void on_signal(int) { running.stop(); }

void serve(nodenet::SocketRef socket, Tally &tally) {
    tally.accepted++;
    tally.open++;
    socket.on_data([](nodenet::SocketRef client, nodenet::Bytes data) {
        if (!client.write(data)) {
            // The client reads slower than it writes: take no more from it until it has caught up.
            client.pause();
            client.once_drain([client] { client.resume(); });
        }
    });
    // Our own end follows by itself, after all that is still to be sent.
    socket.on_end([&tally] { tally.ended++; });
    // A client that vanishes is no news to a server; close follows by itself.
    socket.on_error([&tally] { tally.failed++; });
    socket.on_close([&tally] { tally.open--; });
}

std::optional<nodenet::ListenOptions> read_arguments(int argc, char **argv) {
    nodenet::ListenOptions listen;
    listen.backlog = 4096;
    for (int i = 1; i < argc; i += 2) {
        if (i + 1 == argc) {
            return std::nullopt;
        }
        const std::string_view name = argv[i], value = argv[i + 1];
        if (name == "--port") {
            const auto [rest, error] = std::from_chars(value.begin(), value.end(), listen.port);
            if (error != std::errc() || rest != value.end()) {
                return std::nullopt;
            }
        } else if (name == "--host") {
            listen.host = value;
        } else if (name == "--path") {
            listen.path = value;
        } else {
            return std::nullopt;
        }
    }
    return listen;
}

} // namespace

int main(int argc, char **argv) {
    const auto listen = read_arguments(argc, argv);
    if (!listen) {
        std::cerr << "usage: " << argv[0] << " [--port N] [--host H] [--path P]\n";
        return 2;
    }
    Tally tally;
    nodenet::Loop loop;
    nodenet::ServerOptions options;
    options.no_delay = true;
    nodenet::Server server(loop, options);
    server.on_listening(
        [](nodenet::ServerRef self) { std::cout << "listening on " << self.address()->to_string() << std::endl; });
    server.on_connection([&tally](nodenet::SocketRef socket) { serve(socket, tally); });

    running = loop;
    std::signal(SIGINT, on_signal);
    std::signal(SIGTERM, on_signal);
    nodenet::Error error = server.listen(*listen);
    if (!error) {
        error = loop.run(); // an error event without a listener ends it; here it is the server's
    }
    if (error) {
        std::cerr << error.message() << '\n';
    }
    std::cout << tally.accepted << " connections: " << tally.ended << " ended, " << tally.failed << " failed, "
              << tally.open << " still open\n";
    return error ? 1 : 0;
}
