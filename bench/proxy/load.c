/* Both ends of a proxy: sends so many MiB through it on one connection and throws them away at the other end.
 *
 *     load LISTEN_PORT PROXY_PORT MIB
 *
 * Prints seconds and bytes. What is received is not copied out of the kernel, so that this is no slower than a proxy.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PIECE = 256 * 1024 };

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static struct sockaddr_in local(int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
    static char bytes[PIECE];
    if (argc != 4) {
        fprintf(stderr, "usage: %s LISTEN_PORT PROXY_PORT MIB\n", argv[0]);
        return 2;
    }
    struct sockaddr_in to = local(atoi(argv[1])), proxy = local(atoi(argv[2]));
    unsigned long long total = strtoull(argv[3], NULL, 10) << 20, sent = 0, received = 0;
    int on = 1, listener = socket(AF_INET, SOCK_STREAM, 0), near = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (struct sockaddr *)&to, sizeof to) < 0 || listen(listener, 16) < 0) {
        fail("listen");
    }
    printf("ready\n");
    fflush(stdout);
    if (getchar() == EOF || connect(near, (struct sockaddr *)&proxy, sizeof proxy) < 0) {
        fail("connect");
    }
    int far = accept(listener, NULL, NULL);
    if (far < 0) {
        fail("accept");
    }
    double began = now();
    while (received < total) {
        struct pollfd both[2] = {{.fd = sent < total ? near : -1, .events = POLLOUT}, {.fd = far, .events = POLLIN}};
        if (poll(both, 2, 10000) <= 0) {
            fail("poll");
        }
        if (both[0].revents) {
            unsigned long long left = total - sent;
            ssize_t n = send(near, bytes, left < PIECE ? (size_t)left : PIECE, MSG_DONTWAIT | MSG_NOSIGNAL);
            if (n < 0) {
                fail("send");
            }
            sent += (unsigned long long)n;
        }
        if (both[1].revents) {
            ssize_t n = recv(far, bytes, (size_t)1 << 24, MSG_DONTWAIT | MSG_TRUNC);
            if (n <= 0) {
                fail("recv");
            }
            received += (unsigned long long)n;
        }
    }
    printf("%.6f %llu\n", now() - began, received);
    return 0;
}
