/* behaviours.md section 1: a server's life cycle. */
#include "harness.h"

static void close_and_trace(net_server *server, void *user) {
    (void)user;
    CHECK_EQ(net_server_close(server), 0);
    trace_server_state("after close", server);
}

static void trace_in_close(net_server *server, void *user) {
    (void)user;
    trace_server_state("in close", server);
}

CASE(s1_1_listening_flag_and_listen_callback) {
    net_server *server = server_on(loop, NULL);
    watch_server(server, "server", "listening close error");
    trace_server_state("before", server);
    listen_local(server);
    trace_server_state("after listen", server);
    CHECK_EQ(net_server_on_listening(server, close_and_trace, NULL, NULL), 0);
    CHECK_EQ(net_server_on_close(server, trace_in_close, NULL, NULL), 0);
    trace("main done");
    run(loop);
}
