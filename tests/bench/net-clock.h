/* SPDX-License-Identifier: MIT */
#pragma once

#include <dlfcn.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

/* When bytes became readable: the instant at which the last poll() of the process returned, which
 * is the same for whoever reads. So a server's own pace does not count. */

static double last_poll_us;

static inline double
now_us (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (double) now.tv_sec * 1e6 + (double) now.tv_nsec / 1e3;
}

int
poll (struct pollfd *fds, nfds_t n, int timeout)
{
  static int (*real) (struct pollfd *, nfds_t, int);
  int ready;

  if (real == NULL)
    *(void **) &real = dlsym (RTLD_NEXT, "poll");
  ready = real (fds, n, timeout);
  if (ready > 0)
    last_poll_us = now_us ();
  return ready;
}

static inline double
cpu_seconds (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
         + (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* A field of /proc/self/status: "VmRSS:" now, "VmHWM:" ever. */
static inline long
memory_kb (const char *name)
{
  FILE *file = fopen ("/proc/self/status", "r");
  char line[256];
  long kb = 0;

  while (file != NULL && fgets (line, sizeof line, file) != NULL)
    if (strncmp (line, name, strlen (name)) == 0)
      kb = strtol (line + strlen (name), NULL, 10);
  if (file != NULL)
    fclose (file);
  return kb;
}
