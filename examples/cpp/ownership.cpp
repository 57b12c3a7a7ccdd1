// What owns, what only names, and when a lambda is destroyed.
#include <iostream>
#include <nodenet.hpp>

struct Session {
    ~Session() { std::cout << "session destroyed after " << bytes << " bytes\n"; }
    std::size_t bytes = 0;
};

int main() {
    nodenet::Loop loop;
    nodenet::Server server(loop);
    nodenet::SocketRef accepted;
    server.on_connection([&](nodenet::SocketRef socket) {
        accepted = socket;
        auto session = std::make_shared<Session>(); // owned by the listeners, and gone with the last of them
        socket.on_data([session](nodenet::Bytes data) { session->bytes += data.size(); });
        socket.on_close([session] { std::cout << "closed\n"; });
        server.close();
    });
    if (server.listen(0, "127.0.0.1"))
        return 1;
    nodenet::Socket client;
    server.on_listening([&] {
        nodenet::ConnectOptions to;
        to.host = "127.0.0.1";
        to.port = server.address()->port();
        client = nodenet::connect(loop, to).value();
        client.end("four");
    });
    if (loop.run())
        return 1;

    // The accepted socket was the library's; its name is told apart and refused.
    std::cout << "a name of what is gone: " << accepted.write("anyone there?").error().code_name() << '\n';
    // The client is ours: closed, and there until it is freed.
    nodenet::SocketRef name = client;
    std::cout << "our own: closed " << client.closed() << ", valid " << name.valid() << '\n';
    client.reset();
    std::cout << "and after reset: valid " << name.valid() << '\n';
}
