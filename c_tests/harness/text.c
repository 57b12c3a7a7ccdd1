#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "harness.h"

enum { RING = 64, WIDTH = 2048 };

static char *next_buffer(void) {
    static char buffers[RING][WIDTH];
    static unsigned next;
    char *buffer = buffers[next++ % RING];
    buffer[0] = 0;
    return buffer;
}

const char *text(const char *format, ...) {
    char *buffer = next_buffer();
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(buffer, WIDTH, format, arguments);
    va_end(arguments);
    CHECK(length >= 0 && length < WIDTH);
    return buffer;
}

const char *text_bool(int value) {
    CHECK(value == 0 || value == 1);
    return value ? "true" : "false";
}

static void add(char *buffer, const char *key, const char *value) {
    if (value) {
        size_t used = strlen(buffer);
        CHECK((size_t)snprintf(buffer + used, WIDTH - used, " %s=%s", key, value) < WIDTH - used);
    }
}

const char *text_error(const net_error *error) {
    if (!error) {
        return "null";
    }
    CHECK(error->size >= sizeof *error);
    char *buffer = next_buffer();
    snprintf(buffer, WIDTH, "%s %s", error->name, error->code ? error->code : "undefined");
    add(buffer, "errno", error->sys_errno ? text("%d", error->sys_errno) : NULL);
    add(buffer, "syscall", error->syscall);
    add(buffer, "address", error->address);
    add(buffer, "port", error->present & NET_ERROR_HAS_PORT ? text("%d", error->port) : NULL);
    add(buffer, "localAddress", error->local_address);
    add(buffer, "localPort", error->present & NET_ERROR_HAS_LOCAL_PORT ? text("%d", error->local_port) : NULL);
    add(buffer, "hostname", error->hostname);
    add(buffer, "host", error->host);
    add(buffer, "message", text("\"%s\"", error->message));
    for (size_t i = 0; i < error->error_count; i++) {
        add(buffer, text("errors[%zu]", i), text("{%s}", text_error(error->errors[i])));
    }
    return buffer;
}

const char *text_address(int found, const net_address *address) {
    CHECK(found == 0 || found == 1);
    if (!found || address->family == NET_FAMILY_NONE) {
        return "undefined";
    }
    CHECK_EQ(address->address[address->address_len], 0);
    if (address->family == NET_FAMILY_LOCAL) {
        return text("path %s", text_data(address->address, address->address_len));
    }
    CHECK(address->family == NET_FAMILY_IPV4 || address->family == NET_FAMILY_IPV6);
    return text("%s %u IPv%d", address->address, address->port, address->family);
}

const char *text_data(const void *data, size_t length) {
    const unsigned char *bytes = data;
    char *buffer = next_buffer();
    size_t used = 0;
    if (length > 64) {
        snprintf(buffer, WIDTH, "%zu bytes", length);
        return buffer;
    }
    for (size_t i = 0; i < length; i++) {
        bool plain = isprint(bytes[i]) && bytes[i] != '\\';
        used += (size_t)snprintf(buffer + used, WIDTH - used, plain ? "%c" : "\\x%02x", bytes[i]);
    }
    return buffer;
}

void trace_socket_state(const char *name, net_socket *socket) {
    trace("%s state %s connecting=%s pending=%s destroyed=%s closed=%s readable=%s writable=%s", name,
          net_ready_state_name(net_socket_ready_state(socket)), text_bool(net_socket_connecting(socket)),
          text_bool(net_socket_pending(socket)), text_bool(net_socket_destroyed(socket)),
          text_bool(net_socket_closed(socket)), text_bool(net_socket_readable(socket)),
          text_bool(net_socket_writable(socket)));
}

void trace_server_state(const char *name, net_server *server) {
    net_address address = {.size = sizeof address};
    int found = net_server_address(server, &address);
    trace("%s listening=%s address=%s", name, text_bool(net_server_listening(server)),
          found ? text_address(found, &address) : "null");
}
