// A conversation written down as it goes: co_await where a listener would be.
#include <iostream>
#include <nodenet.hpp>

using namespace std::chrono_literals;
namespace co = nodenet::co;

co::Task<> serve(co::Socket socket) {
    for (;;) {
        auto data = co_await socket.read();
        if (!data || data->empty() || co_await socket.write(*data)) // an error, the end, an error
            break;
    }
    std::cout << "server: the client has ended\n";
} // the socket is freed here

co::Task<std::size_t> talk(nodenet::LoopRef loop, std::uint16_t port) {
    co::Socket socket = (co_await co::connect(loop, {.port = port, .host = "127.0.0.1"})).value();
    co_await socket.write("hello");
    char answer[5];
    std::size_t count = (co_await socket.read_exactly(answer, 5)).value();
    std::cout << "client: " << std::string_view(answer, count) << '\n';
    co_await socket.end();
    co_return count;
}

co::Task<> client(nodenet::LoopRef loop, co::Server &server) {
    std::size_t count = co_await talk(loop, server->address()->port());
    std::cout << "client: " << count << " bytes\n";
    co_await co::sleep(loop, 10ms);
    auto nobody = co_await co::connect(loop, {.path = "no-such.sock"});
    std::cout << "client: " << nobody.error().message() << '\n';
    co_await server.close();
}

co::Task<> run(nodenet::LoopRef loop) {
    co::Server server(loop);
    if (co_await server.listen({.host = "127.0.0.1"}))
        co_return;
    co::spawn(client(loop, server));
    while (auto socket = co_await server.accept())
        co::spawn(serve(*std::move(socket)));
    std::cout << "server: closed\n";
}

int main() {
    nodenet::Loop loop;
    co::spawn(run(loop));
    return loop.run() ? 1 : 0;
}
