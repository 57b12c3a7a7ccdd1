/* libevent's bufferevents. */
#include "peer.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <netinet/tcp.h>

static peer_mode mode;

static void on_read(struct bufferevent *client, void *user) {
    (void)user;
    struct evbuffer *in = bufferevent_get_input(client);
    if (mode != PEER_REQUESTS) {
        bufferevent_write_buffer(client, in);
        return;
    }
    char request[REQUEST];
    for (int length = 0; (length = evbuffer_remove(in, request, sizeof request)) > 0;) {
        bufferevent_write(client, request, (size_t)length);
    }
}

static void on_event(struct bufferevent *client, short events, void *user) {
    (void)user;
    if (events & (BEV_EVENT_EOF | BEV_EVENT_ERROR)) {
        bufferevent_free(client);
    }
}

static void on_connection(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *from, int length,
                          void *user) {
    (void)from;
    (void)length;
    (void)user;
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct bufferevent *client = bufferevent_socket_new(evconnlistener_get_base(listener), fd, BEV_OPT_CLOSE_ON_FREE);
    peer_need(client != NULL, "bufferevent_socket_new");
    bufferevent_setcb(client, on_read, NULL, on_event, NULL);
    bufferevent_enable(client, EV_READ | EV_WRITE);
}

int main(int count, char **arguments) {
    mode = peer_mode_of(count, arguments);
    peer_address where = peer_address_of(arguments[1]);
    struct event_base *base = event_base_new();
    struct evconnlistener *listener =
        evconnlistener_new_bind(base, on_connection, NULL, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_REUSEABLE, PEER_BACKLOG,
                                &where.at.any, (int)where.length);
    peer_need(listener != NULL, "listen");
    peer_announce(evconnlistener_get_fd(listener));
    return event_base_dispatch(base);
}
