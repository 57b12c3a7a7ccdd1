#include <cstdlib>
#include <iostream>
#include <nodenet.hpp>

int main(int argc, char **argv) {
    nodenet::Loop loop;
    nodenet::Server server(loop);
    server.on_connection([](nodenet::SocketRef socket) {
        socket.on_data([socket](nodenet::Bytes data) {
            if (!socket.write(data)) // false: wait for drain
                socket.pause();
        });
        socket.on_drain([socket] { socket.resume(); });
        socket.on_error([](const nodenet::Error &error) { std::cerr << error.message() << '\n'; });
    });
    if (nodenet::Error refused = server.listen(static_cast<std::uint16_t>(argc > 1 ? std::atoi(argv[1]) : 7000)))
        std::cerr << refused.message() << '\n';
    if (auto at = server.address())
        std::cout << "listening on port " << at->port() << std::endl;
    return loop.run() ? 1 : 0; // until nothing is left, or an error that nobody listens for
}
