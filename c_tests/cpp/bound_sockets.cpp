// Bound sockets, who adopts them, and what a server does with all of its sockets.
#include "talk.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace nodenet;
using namespace std::chrono_literals;
using namespace std::string_view_literals;

CASE(bound_socket_options_carry_what_was_set) {
    BoundSocketOptions options;
    options.port = 7;
    options.host = "::1"sv;
    options.path = "\0name"sv;
    options.ipv6_only = options.reuse_port = true;
    const net_bound_socket_options raw = options.raw();
    CHECK_EQ(raw.port, 7);
    CHECK(raw.host == options.host.data() && raw.path == options.path.data());
    CHECK_EQ(raw.host_len * 10 + raw.path_len, 35);
    CHECK(raw.ipv6_only && raw.reuse_port);
    static_cast<void>(loop);
}

CASE(bound_socket_is_owned_once) {
    BoundSocketOptions options;
    options.host = "127.0.0.1"sv;
    BoundSocket first = *BoundSocket::make(options);
    CHECK(first && !first.is_pipe());
    CHECK(first.address() && first.address()->port() != 0);
    CHECK(first.fd() && *first.fd() > 2);
    BoundSocket second = std::move(first);
    CHECK(!first && second);
    CHECK(!second.close());
    CHECK(second.close().code() == Errc::handle_adopted);
    CHECK(second.fd().error().code() == Errc::handle_adopted);
    CHECK(!second.address());
    static_cast<void>(loop);
}

CASE(bound_socket_tells_why_not) {
    BoundSocketOptions options;
    options.host = "192.0.2.1"sv;
    options.port = 5;
    const Result<BoundSocket> made = BoundSocket::make(options);
    CHECK(!made);
    CHECK(made.error().code() == std::errc::address_not_available);
    CHECK(made.error().message() == "bind EADDRNOTAVAIL 192.0.2.1:5");
    CHECK(made.error().syscall() == "bind" && made.error().address() == "192.0.2.1" && made.error().port() == 5);
    CHECK(!BoundSocket(options));
    static_cast<void>(loop);
}

// One bound socket listens, another one connects to it, and is seen there.
CASE(bound_sockets_talk) {
    const LoopRef on(loop);
    BoundSocketOptions local;
    local.host = "127.0.0.1"sv;
    BoundSocket near = *BoundSocket::make(local);
    BoundSocket far = *BoundSocket::make(local);
    const std::uint16_t near_port = near.address()->port();
    const std::uint16_t far_port = far.address()->port();
    Server server(on);
    ListenOptions listen;
    listen.handle = far;
    CHECK(!server.listen(listen));
    CHECK(far.close().code() == Errc::handle_adopted);
    CHECK(server.listen(listen).code() == Errc::server_already_listens);
    std::uint16_t seen = 0;
    std::size_t walked = 0;
    server.on_connection([&](ServerRef at, SocketRef socket) {
        seen = socket.remote_address()->port();
        at.each_socket([&](SocketRef each) {
            CHECK(each == socket);
            walked++;
        });
        CHECK(!at.next_socket(socket));
        CHECK(!at.shutdown(10s));
    });
    SocketOptions options;
    options.handle = near;
    Socket client = *Socket::make(on, options);
    CHECK_EQ(client.local_address()->port(), near_port);
    CHECK(!client.set_send_buffer_size(8192) && !client.set_receive_buffer_size(8192));
    CHECK(*client.send_buffer_size() >= 8192 && *client.receive_buffer_size() >= 8192);
    CHECK(!client.connect(far_port, "127.0.0.1"));
    CHECK(!client.resume());
    CHECK(!on.run());
    CHECK_EQ(seen, near_port);
    CHECK_EQ(walked, 1);
}

CASE(a_server_listens_on_another) {
    const LoopRef on(loop);
    Server first(on);
    Server second(on);
    CHECK(!first.listen());
    ListenOptions options;
    options.handle = first;
    CHECK(!second.listen(options));
    CHECK(second.address()->port() == first.address()->port());
    CHECK(!first.close());
    CHECK(second.listening() && !second.address());
    CHECK(!second.close());
    CHECK(!on.run());
    options.handle = Socket(on);
    CHECK(second.listen(options));
}
