/* behaviours.md 2.2 on a machine whose kernel has no IPv6: this program takes the place of the C library's socket(). */
#include <errno.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "harness.h"
#include "peer.h"

static int refused;

int socket(int domain, int type, int protocol) {
    if (domain == AF_INET6) {
        refused++;
        errno = EAFNOSUPPORT;
        return -1;
    }
    return (int)syscall(SYS_socket, domain, type, protocol);
}

static void trace_remote_and_close(net_server *server, net_socket *socket, void *user) {
    net_address remote = {.size = sizeof remote};
    (void)user;
    CHECK_EQ(net_socket_remote_address(socket, &remote), 1);
    trace("from %s IPv%d", remote.address, remote.family);
    CHECK_EQ(net_socket_destroy(socket, NULL), 0);
    CHECK_EQ(net_server_close(server), 0);
}

CASE(s2_2_without_ipv6_the_address_is_0_0_0_0) {
    net_server *server = server_on(loop, NULL);
    watch_server(server, "server", "listening error close");
    CHECK_EQ(net_server_on_connection(server, trace_remote_and_close, NULL, NULL), 0);
    uint16_t port = listen_local(server);
    trace_server_state("server", server);
    int peer = peer_connect("127.0.0.1", port);
    run(loop);
    peer_close(peer);
    CHECK(refused > 0);
    CHECK_STR(trace_text(), "server listening=true address=0.0.0.0 PORT IPv4\nserver listening\n"
                            "from 127.0.0.1 IPv4\nserver close\n");
}
