/* How many descriptors the process has open: none may be left of a scenario that is over. */
#ifndef DESCRIPTORS_H
#define DESCRIPTORS_H

#include <stddef.h>

size_t descriptors_open(void);
/* Waits until no more than `wanted` are open, for a lookup may outlive its scenario by some time. Gives how many more
 * there still are after that time. */
size_t descriptors_left(size_t wanted);

#endif
