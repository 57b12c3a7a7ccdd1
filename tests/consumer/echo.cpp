// Sends a message to a server of its own over loopback and takes it back. Exit status 0: it came back whole.
#include <nodenet.h>

#include <cstddef>
#include <cstdint>
#include <iostream>
#include <memory>
#include <string>

namespace {

struct LoopFree {
    void operator()(net_loop *loop) const { net_loop_free(loop); }
};

struct Exchange {
    std::unique_ptr<net_loop, LoopFree> loop{net_loop_new()};
    std::string message{"carried by a C++ program"};
    std::string got;
};

void connect_to(net_server *server, void *user) {
    auto *exchange = static_cast<Exchange *>(user);
    net_address address = NET_ADDRESS_INIT;
    if (net_server_address(server, &address) != 1) {
        return;
    }
    net_connect_options options = NET_CONNECT_OPTIONS_INIT;
    options.port = address.port;
    options.host = "127.0.0.1";
    net_socket *socket = net_connect(exchange->loop.get(), &options, nullptr, nullptr);
    net_socket_on_connect(
        socket,
        [](net_socket *self, void *data) {
            const std::string &message = static_cast<Exchange *>(data)->message;
            net_socket_write(self, message.data(), message.size());
        },
        exchange, nullptr);
    net_socket_on_data(
        socket,
        [](net_socket *self, const std::uint8_t *bytes, std::size_t len, void *data) {
            auto *target = static_cast<Exchange *>(data);
            target->got.append(reinterpret_cast<const char *>(bytes), len);
            if (target->got.size() >= target->message.size()) {
                net_socket_end(self);
            }
        },
        exchange, nullptr);
}

void accept(net_server *server, net_socket *socket, void *) {
    net_socket_on_data(
        socket,
        [](net_socket *self, const std::uint8_t *bytes, std::size_t len, void *) {
            net_socket_write(self, bytes, len);
        },
        nullptr, nullptr);
    net_server_close(server);
}

} // namespace

int main() {
    Exchange exchange;
    net_server *server = net_server_new(exchange.loop.get(), nullptr);
    net_server_on_listening(server, connect_to, &exchange, nullptr);
    net_server_on_connection(server, accept, nullptr, nullptr);
    int status = net_server_listen_tcp(server, 0, "127.0.0.1");
    if (status == NET_OK) {
        status = net_loop_run(exchange.loop.get());
    }
    std::cout << "nodenet " << net_version() << ": \"" << exchange.got << "\", status " << status << " ("
              << net_error_name(status) << ")\n";
    return status != NET_OK || exchange.got != exchange.message;
}
