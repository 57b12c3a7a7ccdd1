/* The lines of a case and the file they are compared with. */
#ifndef TRACE_H
#define TRACE_H

#include <stdarg.h>

void trace_compare(const char *case_name);
void trace_free(void);

#endif
