// Sends a message to a server of its own over loopback and takes it back, by the header for C++. Exit status 0: it came
// back whole.
#include <nodenet.hpp>

#include <cstdint>
#include <iostream>
#include <string>

#if defined(__cpp_impl_coroutine)

namespace co = nodenet::co;

co::Task<> echo(co::Server &server) {
    co::Socket socket = (co_await server.accept()).value();
    while (true) {
        const auto data = co_await socket.read();
        if (!data || data->empty() || co_await socket.write(*data)) {
            break;
        }
    }
    co_await server.close();
}

co::Task<> exchange(nodenet::LoopRef loop, const std::string &message, std::string &got) {
    co::Server server(loop);
    if (co_await server.listen({.host = "127.0.0.1"})) {
        co_return;
    }
    co::spawn(echo(server));
    const std::uint16_t port = server->address()->port();
    {
        co::Socket client = (co_await co::connect(loop, {.port = port, .host = "127.0.0.1"})).value();
        co_await client.write(message);
        got.resize(message.size());
        got.resize((co_await client.read_exactly(got.data(), got.size())).value());
        co_await client.end();
    }
    co_await server.close();
}

nodenet::Error talk(nodenet::LoopRef loop, const std::string &message, std::string &got) {
    co::spawn(exchange(loop, message, got));
    return loop.run();
}

#else

nodenet::Error talk(nodenet::LoopRef loop, const std::string &message, std::string &got) {
    nodenet::Server server(loop);
    nodenet::Socket client(loop);
    server.on_connection([&](nodenet::SocketRef socket) {
        socket.on_data([socket](nodenet::Bytes data) { socket.write(data); });
        server.close();
    });
    server.on_listening([&] { client.connect(server.address()->port(), "127.0.0.1"); });
    client.on_connect([&] { client.write(message); });
    client.on_data([&](nodenet::Bytes data) {
        got += data.text();
        if (got.size() >= message.size()) {
            client.end();
        }
    });
    if (nodenet::Error refused = server.listen(0, "127.0.0.1")) {
        return refused;
    }
    return loop.run();
}

#endif

// In a translation unit of its own, which includes the header too.
nodenet::Address here();

int main() {
    const std::string message = "carried by nodenet.hpp";
    std::string got;
    nodenet::Loop loop;
    const nodenet::Error error = talk(loop, message, got);
    std::cout << "nodenet " << nodenet::version() << ": \"" << got << "\", " << error.message() << '\n';
    return error || got != message || here().family() != nodenet::Family::ipv4;
}
