/* SPDX-License-Identifier: MIT */
/* spawn RUNS PROGRAM [ARGUMENT…]: wall time of a whole process and the most memory it had, as one
 * JSON object. A program this small starts it, because the kernel counts the memory of who called
 * exec() as the new process's own. Linked with nothing, for the same reason. */
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#define MAX_RUNS 1000
/* The first ones fill the page cache. */
#define UNCOUNTED_RUNS 3

extern char **environ;

static double
now_us (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (double) now.tv_sec * 1e6 + (double) now.tv_nsec / 1e3;
}

static int
run (char **command, double *ret_us, long *ret_kib)
{
  struct rusage usage;
  double begin = now_us ();
  int status;
  pid_t child;

  if (posix_spawn (&child, command[0], NULL, NULL, command, environ) != 0
      || wait4 (child, &status, 0, &usage) != child)
    return -1;
  *ret_us = now_us () - begin;
  *ret_kib = usage.ru_maxrss;
  return status;
}

static int
compare (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

int
main (int argc, char **argv)
{
  static double times[MAX_RUNS];
  int runs = argc > 2 ? (int) strtol (argv[1], NULL, 10) : 0;
  long most = 0;
  long kib;

  if (runs < 1 || runs > MAX_RUNS)
    {
      fprintf (stderr, "spawn: say how many runs, up to %d, of which program.\n", MAX_RUNS);
      return 2;
    }
  for (int i = -UNCOUNTED_RUNS; i < runs; i++)
    {
      if (run (argv + 2, &times[i < 0 ? 0 : i], &kib) != 0)
        {
          fprintf (stderr, "spawn: %s failed.\n", argv[2]);
          return 1;
        }
      most = kib > most ? kib : most;
    }
  qsort (times, (size_t) runs, sizeof *times, compare);
  printf ("{\"min_ms\": %.3f, \"median_ms\": %.3f, \"max_rss_kib\": %ld}\n", times[0] / 1000,
          times[runs / 2] / 1000, most);
  return 0;
}
