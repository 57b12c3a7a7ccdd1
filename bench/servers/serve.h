/* What the servers here have in common: TARGET is a port, 0 for any, or a path; they end on SIGINT. */
#ifndef BENCH_SERVE_H
#define BENCH_SERVE_H

#include <nodenet.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BACKLOG = 4096 };

static net_loop *serve_loop;

static void serve_on_signal(int number) {
    (void)number;
    net_loop_stop(serve_loop);
}

/* A client that vanishes is no news to a server. */
static inline void serve_on_error(net_socket *socket, const net_error *error, void *user) {
    (void)socket;
    (void)error;
    (void)user;
}

static inline void serve_announce(const net_address *at) {
    if (at->family == NET_FAMILY_LOCAL) {
        printf("listening on %s\n", at->address);
    } else {
        printf("listening on %s:%d\n", at->address, at->port);
    }
    fflush(stdout);
}

static inline net_listen_options serve_where(const char *target) {
    net_listen_options where = NET_LISTEN_OPTIONS_INIT;
    where.backlog = BACKLOG;
    if (strchr(target, '/') != NULL) {
        where.path = target;
    } else {
        where.host = "127.0.0.1";
        where.port = (uint16_t)strtol(target, NULL, 10);
    }
    return where;
}

static void serve_on_listening(net_server *server, void *user) {
    net_address at = NET_ADDRESS_INIT;
    (void)user;
    net_server_address(server, &at);
    serve_announce(&at);
}

/* The exit status of the program. */
static inline int serve(const char *target, net_server_connection_fn on_connection) {
    net_server_options options = NET_SERVER_OPTIONS_INIT;
    net_listen_options where = serve_where(target);
    serve_loop = net_loop_new();
    options.no_delay = 1;
    net_server *server = net_server_new(serve_loop, &options);
    net_server_on_listening(server, serve_on_listening, NULL, NULL);
    net_server_on_connection(server, on_connection, NULL, NULL);
    signal(SIGINT, serve_on_signal);
    int status = net_server_listen(server, &where);
    if (status >= 0) {
        status = net_loop_run(serve_loop);
    }
    if (status < 0) {
        fprintf(stderr, "%s\n", net_error_text(status));
    }
    net_loop_free(serve_loop);
    return status < 0;
}

#endif
