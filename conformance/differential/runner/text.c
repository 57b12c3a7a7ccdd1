#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NOT_OF_THE_LANGUAGE = 2 };

void refuse(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(NOT_OF_THE_LANGUAGE);
}

void *more_memory(void *old, size_t size) {
    void *found = realloc(old, size);
    if (found == NULL) {
        fputs("out of memory\n", stderr);
        abort();
    }
    return found;
}

void *memory(size_t size) { return more_memory(NULL, size); }

char *copied(const char *text) {
    size_t size = strlen(text) + 1;
    return memcpy(memory(size), text, size);
}

static void text_reserve(text *text, size_t length) {
    if (length + 1 > text->capacity) {
        text->capacity = (length + 1) * 2;
        text->chars = more_memory(text->chars, text->capacity);
    }
}

void text_clear(text *text) {
    text_reserve(text, 0);
    text->length = 0;
    text->chars[0] = '\0';
}

void text_free(text *text) {
    free(text->chars);
    text->chars = NULL;
    text->length = text->capacity = 0;
}

void text_add_bytes(text *text, const char *bytes, size_t length) {
    text_reserve(text, text->length + length);
    memcpy(text->chars + text->length, bytes, length);
    text->length += length;
    text->chars[text->length] = '\0';
}

void text_add(text *text, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    text_reserve(text, text->length + (size_t)length);
    vsnprintf(text->chars + text->length, (size_t)length + 1, format, again);
    va_end(again);
    text->length += (size_t)length;
}
