#include "properties.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char *family_name(int32_t family) {
    return family == NET_FAMILY_IPV6 ? "IPv6" : family == NET_FAMILY_IPV4 ? "IPv4" : "-";
}

void text_add_address(text *line, int found, const net_address *address) {
    if (found != 1) {
        text_add(line, "-");
    } else if (address->family == NET_FAMILY_LOCAL) {
        text_add(line, "%s", address->address);
    } else {
        text_add(line, "%s:%u/%s", address->address, address->port, family_name(address->family));
    }
}

static void add_message(text *line, const char *message) {
    text_add(line, "message=\"");
    for (; *message != '\0'; message++) {
        if (*message == '\\' || *message == '"') {
            text_add(line, "\\");
        }
        text_add(line, "%c", *message == '\n' ? ' ' : *message);
    }
    text_add(line, "\"");
}

static void add_field(text *line, const char *name, const char *value) {
    if (value != NULL) {
        text_add(line, "%s=%s ", name, value);
    }
}

void text_add_error(text *line, const net_error *error) {
    if (error->name != NULL && strcmp(error->name, "Error") != 0) {
        text_add(line, "name=%s ", error->name);
    }
    add_field(line, "code", error->code);
    if (error->sys_errno != 0) {
        text_add(line, "errno=%" PRId32 " ", error->sys_errno);
    }
    add_field(line, "syscall", error->syscall);
    add_field(line, "address", error->address);
    if (error->present & NET_ERROR_HAS_PORT) {
        text_add(line, "port=%" PRId32 " ", error->port);
    }
    add_field(line, "localAddress", error->local_address);
    if (error->present & NET_ERROR_HAS_LOCAL_PORT) {
        text_add(line, "localPort=%" PRId32 " ", error->local_port);
    }
    add_field(line, "hostname", error->hostname);
    add_message(line, error->message);
    if (error->error_count > 0) {
        text_add(line, " errors=[");
        for (size_t i = 0; i < error->error_count; i++) {
            text_add(line, i == 0 ? "" : ", ");
            text_add_error(line, error->errors[i]);
        }
        text_add(line, "]");
    }
}

/* Appends the value of each property to `values`, a NUL behind each, and its name to `names`. */
typedef struct values {
    const char *names[MOST_PROPERTIES];
    size_t starts[MOST_PROPERTIES];
    size_t count;
    text chars;
} values;

static void begin(values *values, const char *name) {
    values->names[values->count] = name;
    values->starts[values->count++] = values->chars.length;
}

static void end(values *values) { text_add(&values->chars, "%c", '\0'); }

static void add_text(values *values, const char *name, const char *value) {
    begin(values, name);
    text_add(&values->chars, "%s", value == NULL ? "-" : value);
    end(values);
}

static void add_bool(values *values, const char *name, int value) {
    add_text(values, name, value == 1 ? "true" : value == 0 ? "false" : net_error_name(value));
}

static void add_number(values *values, const char *name, int result, uint64_t value) {
    begin(values, name);
    if (result < 0) {
        text_add(&values->chars, "%s", net_error_name(result));
    } else {
        text_add(&values->chars, "%" PRIu64, value);
    }
    end(values);
}

typedef int (*size_getter)(net_socket *socket, size_t *out);
typedef int (*count_getter)(net_socket *socket, uint64_t *out);

static void add_size(values *values, const char *name, net_socket *socket, size_getter get) {
    size_t value = 0;
    int result = get(socket, &value);
    add_number(values, name, result, value);
}

static void add_count(values *values, const char *name, net_socket *socket, count_getter get) {
    uint64_t value = 0;
    int result = get(socket, &value);
    add_number(values, name, result, value);
}

static void add_flowing(values *values, net_socket *socket) {
    int flowing = 0;
    net_socket_readable_flowing(socket, &flowing);
    add_text(values, "readableFlowing", flowing < 0 ? "-" : flowing == 0 ? "false" : "true");
}

static void add_buffer_size(values *values, net_socket *socket) {
    size_t size = 0;
    if (net_socket_buffer_size(socket, &size) == 1) {
        add_number(values, "bufferSize", 1, size);
    } else {
        add_text(values, "bufferSize", NULL);
    }
}

static void add_address(values *values, const char *address_name, const char *port_name, const char *name, int found,
                        const net_address *address) {
    if (found == 1) {
        add_text(values, address_name, address->address);
        if (address->family == NET_FAMILY_LOCAL) {
            add_text(values, port_name, NULL);
        } else {
            add_number(values, port_name, 1, address->port);
        }
        add_text(values, name, family_name(address->family));
    } else {
        add_text(values, address_name, NULL);
        add_text(values, port_name, NULL);
        add_text(values, name, NULL);
    }
}

static void add_addresses(values *values, net_socket *socket) {
    net_address address = NET_ADDRESS_INIT;
    int found = net_socket_local_address(socket, &address);
    add_address(values, "localAddress", "localPort", "localFamily", found, &address);
    found = net_socket_remote_address(socket, &address);
    add_address(values, "remoteAddress", "remotePort", "remoteFamily", found, &address);
}

static void add_attempted(values *values, net_socket *socket) {
    begin(values, "attempted");
    size_t count = 0;
    net_socket_attempted_addresses(socket, &count);
    if (count == 0) {
        text_add(&values->chars, "-");
    }
    for (size_t i = 0; i < count; i++) {
        net_address address = NET_ADDRESS_INIT;
        net_socket_attempted_address(socket, i, &address);
        text_add(&values->chars, "%s%s:%u", i == 0 ? "" : ",", address.address, address.port);
    }
    end(values);
}

static void add_socket(values *values, net_socket *socket) {
    const net_error *errored = NULL;
    uint64_t timeout = 0;
    add_text(values, "readyState", net_ready_state_name(net_socket_ready_state(socket)));
    add_bool(values, "destroyed", net_socket_destroyed(socket));
    add_bool(values, "connecting", net_socket_connecting(socket));
    add_bool(values, "pending", net_socket_pending(socket));
    add_bool(values, "closed", net_socket_closed(socket));
    add_text(values, "errored", net_socket_errored(socket, &errored) == 1 ? errored->code : NULL);
    add_bool(values, "readable", net_socket_readable(socket));
    add_bool(values, "writable", net_socket_writable(socket));
    add_bool(values, "readableEnded", net_socket_readable_ended(socket));
    add_bool(values, "writableEnded", net_socket_writable_ended(socket));
    add_bool(values, "writableFinished", net_socket_writable_finished(socket));
    add_flowing(values, socket);
    add_bool(values, "isPaused", net_socket_is_paused(socket));
    add_size(values, "readableLength", socket, net_socket_readable_length);
    add_size(values, "writableLength", socket, net_socket_writable_length);
    add_buffer_size(values, socket);
    add_bool(values, "writableNeedDrain", net_socket_writable_need_drain(socket));
    add_size(values, "writableCorked", socket, net_socket_writable_corked);
    add_size(values, "readableHighWaterMark", socket, net_socket_readable_high_water_mark);
    add_size(values, "writableHighWaterMark", socket, net_socket_writable_high_water_mark);
    add_count(values, "bytesRead", socket, net_socket_bytes_read);
    add_count(values, "bytesWritten", socket, net_socket_bytes_written);
    add_bool(values, "allowHalfOpen", net_socket_allow_half_open(socket));
    int result = net_socket_timeout(socket, &timeout);
    add_number(values, "timeout", result, timeout);
    add_addresses(values, socket);
    add_attempted(values, socket);
}

static void add_server(values *values, net_server *server) {
    net_address address = NET_ADDRESS_INIT;
    int64_t limit = NET_NO_LIMIT;
    add_bool(values, "listening", net_server_listening(server));
    begin(values, "address");
    int found = net_server_address(server, &address);
    text_add_address(&values->chars, found, &address);
    end(values);
    net_server_max_connections(server, &limit);
    if (limit == NET_NO_LIMIT) {
        add_text(values, "maxConnections", NULL);
    } else {
        add_number(values, "maxConnections", 1, (uint64_t)limit);
    }
}

static void add_bound(values *values, net_bound_socket *bound) {
    net_address address = NET_ADDRESS_INIT;
    begin(values, "address");
    int found = net_bound_socket_address(bound, &address);
    text_add_address(&values->chars, found, &address);
    end(values);
    add_bool(values, "isPipe", net_bound_socket_is_pipe(bound));
}

static void add_list(values *values, net_block_list *list) {
    size_t size = 0;
    int result = net_block_list_size(list, &size);
    add_number(values, "size", result, size);
}

bool properties_add_changes(text *line, thing *thing) {
    static values found;
    found.count = 0;
    text_clear(&found.chars);
    if (thing->kind == THING_SERVER) {
        add_server(&found, thing->server);
    } else if (thing->kind == THING_BOUND) {
        add_bound(&found, thing->bound);
    } else if (thing->kind == THING_LIST) {
        add_list(&found, thing->list);
    } else {
        add_socket(&found, thing->socket);
    }
    bool any = false;
    for (size_t i = 0; i < found.count; i++) {
        const char *value = found.chars.chars + found.starts[i];
        if (thing->told[i] == NULL || strcmp(thing->told[i], value) != 0) {
            free(thing->told[i]);
            thing->told[i] = copied(value);
            text_add(line, "%s%s=%s", any ? " " : "", found.names[i], value);
            any = true;
        }
    }
    return any;
}
