/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Loaded with LD_PRELOAD: counts the calls that change files below ZF_FAIL_DIR (with ZF_FAIL_READS those that read them) and lets the ZF_FAIL_AT-th (1 = first) fail with ZF_FAIL_ERRNO; with
 * ZF_FAIL_STICKY all later ones too. ZF_FAIL_WHEN (a file): calls count only while it is there. ZF_FAIL_COUNT (a file): the number of calls is written there at the end.
 * ZF_FAIL_ROOM: so many bytes are free on every disk, while ZF_FAIL_WHEN is there. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_long calls;

static int
is_below (const char *path)
{
  const char *dir = getenv ("ZF_FAIL_DIR");

  return dir != NULL && strncmp (path, dir, strlen (dir)) == 0 && path[strlen (dir)] == '/';
}

static int
fd_is_below (int fd)
{
  char link[64], path[PATH_MAX];
  ssize_t n;

  snprintf (link, sizeof link, "/proc/self/fd/%d", fd);
  n = readlink (link, path, sizeof path - 1);
  if (n <= 0)
    return 0;
  path[n] = '\0';
  return is_below (path);
}

static int
is_time (void)
{
  const char *when = getenv ("ZF_FAIL_WHEN");

  return when == NULL || access (when, F_OK) == 0;
}

/* Whether this call fails; errno is set. */
static int
fails_as (int reads, int concerned)
{
  const char *at = getenv ("ZF_FAIL_AT");
  long n, k;

  if (!concerned || reads != (getenv ("ZF_FAIL_READS") != NULL) || !is_time ())
    return 0;
  n = atomic_fetch_add (&calls, 1) + 1;
  k = at != NULL ? atol (at) : 0;
  if (k == 0 || n < k || (n > k && getenv ("ZF_FAIL_STICKY") == NULL))
    return 0;
  errno = atoi (getenv ("ZF_FAIL_ERRNO"));
  return 1;
}

static int
fails (int concerned)
{
  return fails_as (0, concerned);
}

__attribute__ ((destructor)) static void
report (void)
{
  const char *path = getenv ("ZF_FAIL_COUNT");
  FILE *f = path != NULL ? fopen (path, "w") : NULL;

  if (f == NULL)
    return;
  fprintf (f, "%ld\n", atomic_load (&calls));
  fclose (f);
}

#define NEXT(name) static __typeof__ (name) *next; if (next == NULL) next = dlsym (RTLD_NEXT, #name)

ssize_t
write (int fd, const void *data, size_t n)
{
  NEXT (write);
  return fails (fd > 2 && fd_is_below (fd)) ? -1 : next (fd, data, n);
}

ssize_t
pwrite64 (int fd, const void *data, size_t n, off64_t offset)
{
  NEXT (pwrite64);
  return fails (fd_is_below (fd)) ? -1 : next (fd, data, n, offset);
}

int
fsync (int fd)
{
  NEXT (fsync);
  return fails (fd_is_below (fd)) ? -1 : next (fd);
}

int
fdatasync (int fd)
{
  NEXT (fdatasync);
  return fails (fd_is_below (fd)) ? -1 : next (fd);
}

int
ftruncate64 (int fd, off64_t size)
{
  NEXT (ftruncate64);
  return fails (fd_is_below (fd)) ? -1 : next (fd, size);
}

int
rename (const char *from, const char *to)
{
  NEXT (rename);
  return fails (is_below (to)) ? -1 : next (from, to);
}

int
unlink (const char *path)
{
  NEXT (unlink);
  return fails (is_below (path)) ? -1 : next (path);
}

int
mkdir (const char *path, mode_t mode)
{
  NEXT (mkdir);
  return fails (is_below (path)) ? -1 : next (path, mode);
}

/* A new file needs room in its folder; one that is there does not. */
int
open64 (const char *path, int flags, ...)
{
  mode_t mode = 0;
  va_list more;
  NEXT (open64);

  va_start (more, flags);
  if ((flags & O_CREAT) != 0)
    mode = (mode_t) va_arg (more, int);
  va_end (more);
  return fails ((flags & O_CREAT) != 0 && is_below (path) && access (path, F_OK) != 0) ? -1 : next (path, flags, mode);
}

int
open (const char *path, int flags, ...)
{
  mode_t mode = 0;
  va_list more;
  NEXT (open);

  va_start (more, flags);
  if ((flags & O_CREAT) != 0)
    mode = (mode_t) va_arg (more, int);
  va_end (more);
  return fails ((flags & O_CREAT) != 0 && is_below (path) && access (path, F_OK) != 0) ? -1 : next (path, flags, mode);
}

ssize_t
read (int fd, void *data, size_t n)
{
  NEXT (read);
  return fails_as (1, fd > 2 && fd_is_below (fd)) ? -1 : next (fd, data, n);
}

ssize_t
pread64 (int fd, void *data, size_t n, off64_t offset)
{
  NEXT (pread64);
  return fails_as (1, fd_is_below (fd)) ? -1 : next (fd, data, n, offset);
}

int
statvfs64 (const char *path, struct statvfs64 *fs)
{
  const char *room = getenv ("ZF_FAIL_ROOM");
  int rc;
  NEXT (statvfs64);

  rc = next (path, fs);
  if (rc == 0 && room != NULL && is_time ())
    {
      fs->f_frsize = 1;
      fs->f_bavail = strtoull (room, NULL, 10);
    }
  return rc;
}
