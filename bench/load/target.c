#include "target.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

enum { SOURCES = 8 };

_Noreturn void fail(const char *what) {
    fprintf(stderr, "load: %s%s%s\n", what, errno != 0 ? ": " : "", errno != 0 ? strerror(errno) : "");
    exit(1);
}

target target_of(const char *text) {
    target found = {.length = 0};
    char *end = NULL;
    unsigned long port = strtoul(text, &end, 10);
    if (*end == '\0' && port > 0 && port <= UINT16_MAX) {
        struct sockaddr_in *address = (struct sockaddr_in *)&found.address;
        address->sin_family = AF_INET;
        address->sin_port = htons((uint16_t)port);
        address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        found.length = sizeof *address;
        return found;
    }
    struct sockaddr_un *address = (struct sockaddr_un *)&found.address;
    errno = 0;
    if (strlen(text) == 0 || strlen(text) >= sizeof address->sun_path) {
        fail("neither a port nor a path");
    }
    address->sun_family = AF_UNIX;
    strcpy(address->sun_path, text);
    found.length = sizeof *address;
    return found;
}

static void bind_source(int fd) {
    static uint32_t count;
    struct sockaddr_in source = {.sin_family = AF_INET};
    int on = 1;
    source.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + count++ % SOURCES);
    /* The port is chosen when the connection is made, so that each target has all of them. */
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&source, sizeof source) != 0) {
        fail("bind");
    }
}

int target_connect(const target *to) {
    int family = to->address.ss_family;
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        fail("socket");
    }
    if (family == AF_INET) {
        int on = 1;
        bind_source(fd);
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    if (connect(fd, (const struct sockaddr *)&to->address, to->length) != 0) {
        fail("connect");
    }
    if (fcntl(fd, F_SETFL, O_NONBLOCK) != 0) {
        fail("fcntl");
    }
    return fd;
}

void target_reset(int fd) {
    struct linger linger = {.l_onoff = 1, .l_linger = 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    close(fd);
}
