#include "trace.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "peer.h"

typedef struct hidden {
    char *value;
    char *label;
    struct hidden *next;
} hidden;

static char *lines;
static size_t used;
static size_t capacity;
static hidden *hiddens;

const char *trace_text(void) { return lines ? lines : ""; }

static void append(const char *data, size_t length) {
    if (used + length + 1 > capacity) {
        capacity = (used + length + 1) * 2;
        lines = realloc(lines, capacity);
        CHECK(lines != NULL);
    }
    memcpy(lines + used, data, length);
    used += length;
    lines[used] = 0;
}

void trace_hide(const char *value, const char *label) {
    hidden *entry = malloc(sizeof *entry);
    CHECK(entry != NULL);
    entry->value = strdup(value);
    entry->label = strdup(label);
    CHECK(entry->value != NULL && entry->label != NULL);
    entry->next = hiddens;
    hiddens = entry;
}

void trace_hide_port(uint16_t port, const char *label) {
    char value[8];
    snprintf(value, sizeof value, "%u", port);
    trace_hide(value, label);
}

/* Port 4321 must not be found in 54321. */
static bool is_whole(const char *line, const char *found, const char *value) {
    size_t length = strlen(value);
    if (!isdigit((unsigned char)value[0])) {
        return true;
    }
    bool before = found > line && isdigit((unsigned char)found[-1]);
    return !before && !isdigit((unsigned char)found[length]);
}

static const hidden *hidden_at(const char *line, const char *position) {
    for (const hidden *entry = hiddens; entry; entry = entry->next) {
        if (strncmp(position, entry->value, strlen(entry->value)) == 0 && is_whole(line, position, entry->value)) {
            return entry;
        }
    }
    return NULL;
}

void trace(const char *format, ...) {
    va_list arguments;
    char *line = NULL;
    va_start(arguments, format);
    int length = vasprintf(&line, format, arguments);
    va_end(arguments);
    CHECK(length >= 0);
    for (const char *position = line; *position;) {
        const hidden *entry = hidden_at(line, position);
        if (entry) {
            append(entry->label, strlen(entry->label));
            position += strlen(entry->value);
        } else {
            append(position++, 1);
        }
    }
    append("\n", 1);
    free(line);
}

bool trace_has(const char *line) {
    size_t length = strlen(line);
    for (const char *position = trace_text(); *position;) {
        const char *end = strchr(position, '\n');
        if ((size_t)(end - position) == length && strncmp(position, line, length) == 0) {
            return true;
        }
        position = end + 1;
    }
    return false;
}

static char *read_file(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file) {
        return NULL;
    }
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    char *content = calloc(1, (size_t)size + 1);
    CHECK(content != NULL);
    CHECK_EQ(fread(content, 1, (size_t)size, file), size);
    fclose(file);
    return content;
}

static int first_different_line(const char *left, const char *right) {
    int line = 1;
    for (; *left && *left == *right; left++, right++) {
        line += *left == '\n';
    }
    return line;
}

void trace_compare(const char *case_name) {
    char *expected = read_file(text("%s/%s.trace", TRACES_DIR, case_name));
    if (!expected) {
        return;
    }
    if (strcmp(expected, trace_text()) != 0) {
        if (strstr(expected, "::") && !peer_can_bind("::")) {
            case_skip("no IPv6 here");
        }
        fprintf(stderr, "--- trace of Node\n%s", expected);
        FAIL("the traces differ from line %d on", first_different_line(expected, trace_text()));
    }
    free(expected);
    printf("same trace as Node's\n");
}

void trace_free(void) {
    free(lines);
    while (hiddens) {
        hidden *next = hiddens->next;
        free(hiddens->value);
        free(hiddens->label);
        free(hiddens);
        hiddens = next;
    }
}
