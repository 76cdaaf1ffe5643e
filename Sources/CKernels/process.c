#define _GNU_SOURCE
#include <sched.h>
#include <unistd.h>

#include "ckernels.h"

// Swift can't see sched_getaffinity: it needs _GNU_SOURCE.
int ft_processor_count(void) {
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) {
        int count = CPU_COUNT(&allowed);
        if (count > 0) return count;
    }
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (int)online : 1;
}
