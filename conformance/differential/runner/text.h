/* Text that grows. */
#ifndef TEXT_H
#define TEXT_H

#include <stddef.h>

typedef struct text {
    char *chars;
    size_t length;
    size_t capacity;
} text;

/* Empty, and still a NUL-terminated string. */
void text_clear(text *text);
void text_free(text *text);
/* Bytes that may be anything, NUL too. */
void text_add_bytes(text *text, const char *bytes, size_t length);
void text_add(text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Prints to stderr and ends the program: what was given is not of the language. */
void refuse(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

void *memory(size_t size);
void *more_memory(void *old, size_t size);
char *copied(const char *text);

#endif
