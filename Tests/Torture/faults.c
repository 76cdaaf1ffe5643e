// Stands between a program and the C library (LD_PRELOAD) and counts the calls that it makes on
// files below FAULT_ROOT. Call number FAULT_AT is the last one (FAULT_KIND=kill), fails with an
// error number (FAULT_KIND=5) or does half of what it should (FAULT_KIND=short). FAULT_COUNT names
// a file of eight bytes that the number of calls is kept in.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

enum { files = 1024, kill_kind = -1, short_kind = -2 };
static _Atomic char tracked[files];
static _Atomic long own_count;
static _Atomic long *count = &own_count;
static long at = -1;
static int kind = kill_kind;
static const char *root = "";

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void start(void) {
    const char *text = getenv("FAULT_AT");
    if (text) at = atol(text);
    if ((text = getenv("FAULT_KIND")) && strcmp(text, "kill") != 0)
        kind = strcmp(text, "short") == 0 ? short_kind : atoi(text);
    if ((text = getenv("FAULT_ROOT"))) root = text;
    if ((text = getenv("FAULT_COUNT"))) {
        int fd = REAL(open)(text, O_RDWR);
        void *page = mmap(NULL, 8, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (page != MAP_FAILED) count = page;
        if (fd >= 0) REAL(close)(fd);
    }
}

// Whether this call is the one.
static int meets(void) { return atomic_fetch_add(count, 1) + 1 == at; }
static void end(void) { kill(getpid(), SIGKILL); pause(); }
static int is_ours(const char *path) {
    return *root && (path[0] != '/' || strncmp(path, root, strlen(root)) == 0);
}
static int is_open(int fd) { return fd >= 0 && fd < files && tracked[fd]; }

// Ends or fails a call that can't be done by half.
#define WHOLE(failure)                                                                             \
    if (meets()) {                                                                                 \
        if (kind == kill_kind) end();                                                              \
        if (kind > 0) { errno = kind; return failure; }                                            \
    }

static int opened(const char *path, int fd) {
    if (fd >= 0 && fd < files) tracked[fd] = is_ours(path);
    return fd;
}

#define OPEN(name)                                                                                 \
    int name(const char *path, int flags, ...) {                                                   \
        va_list list;                                                                              \
        va_start(list, flags);                                                                     \
        mode_t mode = va_arg(list, mode_t);                                                        \
        va_end(list);                                                                              \
        if (is_ours(path)) WHOLE(-1)                                                               \
        return opened(path, REAL(name)(path, flags, mode));                                        \
    }
OPEN(open)
OPEN(open64)

int close(int fd) {
    if (is_open(fd)) {
        tracked[fd] = 0;
        // What fails to close is closed all the same.
        if (meets()) {
            if (kind == kill_kind) end();
            REAL(close)(fd);
            if (kind > 0) { errno = kind; return -1; }
            return 0;
        }
    }
    return REAL(close)(fd);
}

#define TRANSFER(name, buffer_type, call, half)                                                    \
    if (is_open(fd) && meets()) {                                                                  \
        if (kind > 0) { errno = kind; return -1; }                                                 \
        ssize_t done = half;                                                                       \
        if (kind == kill_kind) end();                                                              \
        return done;                                                                               \
    }                                                                                              \
    return call;

ssize_t write(int fd, const void *b, size_t n) {
    TRANSFER(write, const void *, REAL(write)(fd, b, n), REAL(write)(fd, b, (n + 1) / 2))
}
ssize_t pwrite(int fd, const void *b, size_t n, off_t o) {
    TRANSFER(pwrite, const void *, REAL(pwrite)(fd, b, n, o), REAL(pwrite)(fd, b, (n + 1) / 2, o))
}
ssize_t pwrite64(int fd, const void *b, size_t n, off64_t o) {
    TRANSFER(pwrite64, const void *, REAL(pwrite64)(fd, b, n, o),
             REAL(pwrite64)(fd, b, (n + 1) / 2, o))
}
ssize_t read(int fd, void *b, size_t n) {
    TRANSFER(read, void *, REAL(read)(fd, b, n), REAL(read)(fd, b, (n + 1) / 2))
}
ssize_t pread(int fd, void *b, size_t n, off_t o) {
    TRANSFER(pread, void *, REAL(pread)(fd, b, n, o), REAL(pread)(fd, b, (n + 1) / 2, o))
}
ssize_t pread64(int fd, void *b, size_t n, off64_t o) {
    TRANSFER(pread64, void *, REAL(pread64)(fd, b, n, o), REAL(pread64)(fd, b, (n + 1) / 2, o))
}
int fsync(int fd) {
    if (is_open(fd)) WHOLE(-1)
    return REAL(fsync)(fd);
}
int ftruncate(int fd, off_t size) {
    if (is_open(fd)) WHOLE(-1)
    return REAL(ftruncate)(fd, size);
}
int ftruncate64(int fd, off64_t size) {
    if (is_open(fd)) WHOLE(-1)
    return REAL(ftruncate64)(fd, size);
}
#define MAP(name)                                                                                  \
    void *name(void *address, size_t size, int rights, int flags, int fd, off_t offset) {          \
        if (is_open(fd)) WHOLE(MAP_FAILED)                                                         \
        return REAL(name)(address, size, rights, flags, fd, offset);                               \
    }
MAP(mmap)
MAP(mmap64)
int rename(const char *old, const char *new) {
    if (is_ours(new)) WHOLE(-1)
    return REAL(rename)(old, new);
}
int unlink(const char *path) {
    if (is_ours(path)) WHOLE(-1)
    return REAL(unlink)(path);
}
int mkdir(const char *path, mode_t mode) {
    if (is_ours(path)) WHOLE(-1)
    return REAL(mkdir)(path, mode);
}
