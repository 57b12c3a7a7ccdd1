/* What an idle connection costs in resident memory. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "peer.h"
#include "plain_process.h"
#include "scene.h"

enum { MOST = 8000, BATCH = 100, LIMIT = 300 };

static int peers[MOST];
static int connections;

/* Without the C library's streams, whose buffers would be part of what is measured. */
static long resident_bytes(void) {
    static char content[4096];
    int fd = open("/proc/self/smaps_rollup", O_RDONLY | O_CLOEXEC);
    CHECK(fd >= 0);
    ssize_t length = read(fd, content, sizeof content - 1);
    close(fd);
    CHECK(length > 0);
    content[length] = 0;
    const char *line = strstr(content, "\nRss:");
    CHECK(line != NULL);
    return strtol(line + 5, NULL, 10) * 1024;
}

static void do_nothing_in_close(net_socket *socket, int had_error, void *user) {
    (void)socket;
    (void)had_error;
    (void)user;
}

static void welcome(net_server *server, net_socket *socket, void *user) {
    (void)server;
    (void)user;
    connections++;
    ON(socket, data, ignore_data);
    ON(socket, end, do_nothing);
    ON(socket, error, ignore_error);
    ON(socket, close, do_nothing_in_close);
}

static int room_for_connections(void) {
    struct rlimit limit;
    CHECK_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = limit.rlim_max;
    CHECK_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
    long room = ((long)limit.rlim_cur - 64) / 2;
    return room < MOST ? (int)room : MOST;
}

static void connect_all(net_loop *loop, uint16_t port, int from, int to) {
    while (from < to) {
        int end = from + BATCH < to ? from + BATCH : to;
        for (int i = from; i < end; i++) {
            peers[i] = peer_connect("127.0.0.1", port);
        }
        from = end;
        while (connections < end) {
            CHECK_EQ(net_loop_poll(loop, 1000), 0);
        }
    }
}

CASE(memory_of_an_idle_connection) {
    if (!is_plain_process()) {
        case_skip("the memory would be the sanitizer's");
    }
    int count = room_for_connections();
    if (count < 2000) {
        case_skip("too few descriptors");
    }
    memset(peers, 1, sizeof peers);
    net_server *server = server_on(loop, NULL);
    CHECK_EQ(net_server_on_connection(server, welcome, NULL, NULL), 0);
    uint16_t port = listen_local(server);
    connect_all(loop, port, 0, 1);
    long before = resident_bytes();
    connect_all(loop, port, 1, count);
    long each = (resident_bytes() - before) / (count - 1);
    printf("%d connections, %ld bytes each\n", count, each);
    CHECK(each <= LIMIT);
    for (int i = 0; i < count; i++) {
        peer_reset(peers[i]);
    }
    CHECK_EQ(net_server_close(server), 0);
    run(loop);
}

/* Connections that came and went leave nothing behind. */
CASE(memory_of_connections_that_are_gone) {
    if (!is_plain_process()) {
        case_skip("the memory would be the sanitizer's");
    }
    net_server *server = server_on(loop, NULL);
    CHECK_EQ(net_server_on_connection(server, welcome, NULL, NULL), 0);
    uint16_t port = listen_local(server);
    long before = 0;
    for (int round = 0; round < 60; round++) {
        connections = 0;
        connect_all(loop, port, 0, BATCH);
        for (int i = 0; i < BATCH; i++) {
            peer_close(peers[i]);
        }
        net_loop_metrics metrics = NET_LOOP_METRICS_INIT;
        do {
            CHECK_EQ(net_loop_poll(loop, 1000), 0);
            CHECK_EQ(net_loop_get_metrics(loop, &metrics), 0);
        } while (metrics.handles > 1);
        if (round == 10) {
            before = resident_bytes();
        }
    }
    long grown = resident_bytes() - before;
    printf("%ld bytes more after 4900 connections\n", grown);
    CHECK(grown < 200000);
    CHECK_EQ(net_server_close(server), 0);
    run(loop);
}
