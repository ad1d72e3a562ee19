/* Kills its process just before the Nth call that changes anything outside of it.
 *
 * KILL_TOLD names a file that gets a line for each such call; KILL_AT is N, and without it the calls are
 * told only. Pipes, eventfds and terminals are left out: nothing of what goes there outlives the process
 * or reaches another one. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static int told = -1;
static long at;
static atomic_long passed;

__attribute__((constructor)) static void start(void) {
    const char *file = getenv("KILL_TOLD"), *number = getenv("KILL_AT");
    at = number ? atol(number) : 0;
    told = file ? open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
}

static void point(const char *call, const char *what) {
    char line[400];
    if (told < 0)
        return;
    long number = atomic_fetch_add(&passed, 1) + 1;
    /* Threads that come after the Nth point while the signal is on its way must not get through. */
    if (at > 0 && number > at)
        for (;;)
            pause();
    int length = snprintf(line, sizeof line, "%s %s\n", call, what);
    syscall(SYS_write, told, line, (size_t)length);
    if (at > 0 && number == at) {
        kill(getpid(), SIGKILL);
        for (;;)
            pause();
    }
}

/* A point if the descriptor is a file's or a socket's; what goes through a socket is told up to the end
 * of its first line. */
static void point_on(const char *call, int fd, const void *bytes, size_t count) {
    struct stat stat;
    char link[40], what[300] = "";
    if (told < 0 || fstat(fd, &stat) != 0)
        return;
    if (S_ISREG(stat.st_mode)) {
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        ssize_t length = readlink(link, what, sizeof what - 1);
        what[length > 0 ? length : 0] = 0;
        char *name = strrchr(what, '/');
        point(call, name ? name + 1 : what);
    } else if (S_ISSOCK(stat.st_mode)) {
        const char *said = bytes;
        size_t end = 0;
        while (said && end < count && end < sizeof what - 1 && said[end] >= ' ' && said[end] <= '~') {
            what[end] = said[end];
            end++;
        }
        what[end] = 0;
        point(call, what);
    }
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define FIRST(list, count) ((count) > 0 ? (list)[0].iov_base : NULL)
#define LENGTH(list, count) ((count) > 0 ? (list)[0].iov_len : 0)

ssize_t write(int fd, const void *bytes, size_t count) {
    point_on("write", fd, bytes, count);
    return NEXT(write)(fd, bytes, count);
}

ssize_t writev(int fd, const struct iovec *list, int count) {
    point_on("writev", fd, FIRST(list, count), LENGTH(list, count));
    return NEXT(writev)(fd, list, count);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) {
    point_on("pwrite", fd, bytes, count);
    return NEXT(pwrite)(fd, bytes, count, offset);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset) {
    point_on("pwrite", fd, bytes, count);
    return NEXT(pwrite64)(fd, bytes, count, offset);
}

ssize_t send(int fd, const void *bytes, size_t count, int flags) {
    point_on("send", fd, bytes, count);
    return NEXT(send)(fd, bytes, count, flags);
}

ssize_t sendto(int fd, const void *bytes, size_t count, int flags, const struct sockaddr *to, socklen_t size) {
    point_on("sendto", fd, bytes, count);
    return NEXT(sendto)(fd, bytes, count, flags, to, size);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
    point_on("sendmsg", fd, FIRST(message->msg_iov, message->msg_iovlen), LENGTH(message->msg_iov, message->msg_iovlen));
    return NEXT(sendmsg)(fd, message, flags);
}

int fsync(int fd) {
    point_on("fsync", fd, NULL, 0);
    return NEXT(fsync)(fd);
}

int fdatasync(int fd) {
    point_on("fdatasync", fd, NULL, 0);
    return NEXT(fdatasync)(fd);
}

int ftruncate(int fd, off_t length) {
    point_on("ftruncate", fd, NULL, 0);
    return NEXT(ftruncate)(fd, length);
}

int ftruncate64(int fd, off64_t length) {
    point_on("ftruncate", fd, NULL, 0);
    return NEXT(ftruncate64)(fd, length);
}

int unlink(const char *path) {
    point("unlink", path);
    return NEXT(unlink)(path);
}

int rename(const char *from, const char *to) {
    point("rename", to);
    return NEXT(rename)(from, to);
}

int mkdir(const char *path, mode_t mode) {
    point("mkdir", path);
    return NEXT(mkdir)(path, mode);
}
