/* SPDX-License-Identifier: MIT */
/* tokens [--encoding E] [--json] FILE…: how fast each file is counted. MB are 10^6 bytes; times are
 * of this thread's CPU. Each file is counted by PROCESSES processes of its own, so that none finds
 * caches that another has filled: the first pass is the median of their first, with the vocabulary
 * open and none of it read; the warm one the best of their later ones. */
#include "libtokenwise/tokenwise.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PROCESSES 3
#define WARM_PASSES 5
#define SLOW_NS (2 * G_GINT64_CONSTANT (1000000000))

typedef struct
{
  gint64 tokens;
  gint64 first_ns;
  gint64 warm_ns;
} Passes;

static char *encoding = NULL;
static gboolean is_exact = FALSE;
static gboolean as_json = FALSE;
static char **files = NULL;

static const GOptionEntry entries[] = {
  { "encoding", 'e', 0, G_OPTION_ARG_STRING, &encoding,
    "o200k_base unless said; a family without a public vocabulary is estimated", "E" },
  { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, "One JSON object per file", NULL },
  { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &files, NULL, "FILE…" },
  G_OPTION_ENTRY_NULL,
};

static gint64
cpu_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (gint64) now.tv_sec * 1000000000 + now.tv_nsec;
}

/* The estimate's first member is its count. */
static gint64
count (const char *text, gsize bytes, GError **error)
{
  g_autofree char *estimate = NULL;
  const char *member;

  if (is_exact)
    return tw_encoding_count (encoding, text, (gssize) bytes, error);
  estimate = tw_counter_count_text_json (encoding, text, (gssize) bytes, error);
  member = estimate != NULL ? strstr (estimate, "\"tokens\":") : NULL;
  return member != NULL ? g_ascii_strtoll (member + strlen ("\"tokens\":"), NULL, 10) : -1;
}

static gboolean
time_passes (const char *text, gsize bytes, Passes *ret_passes, GError **error)
{
  gint64 start;
  gint64 spent;

  if (count ("", 0, error) < 0)
    return FALSE;
  start = cpu_ns ();
  ret_passes->tokens = count (text, bytes, error);
  ret_passes->first_ns = spent = cpu_ns () - start;
  ret_passes->warm_ns = ret_passes->first_ns;
  if (ret_passes->tokens < 0)
    return FALSE;
  for (guint i = 0; i < WARM_PASSES && spent < SLOW_NS; i++)
    {
      gint64 took;

      start = cpu_ns ();
      count (text, bytes, NULL);
      took = cpu_ns () - start;
      ret_passes->warm_ns = MIN (ret_passes->warm_ns, took);
      spent += took;
    }
  return TRUE;
}

G_NORETURN static void
time_in_child (const char *path, const char *text, gsize bytes, int pipe_end)
{
  Passes passes = { 0 };
  g_autoptr (GError) error = NULL;

  if (time_passes (text, bytes, &passes, &error)
      && write (pipe_end, &passes, sizeof passes) == (ssize_t) sizeof passes)
    _exit (0);
  g_printerr ("tokens: %s: %s\n", path, error != NULL ? error->message : "not measured.");
  _exit (1);
}

static gboolean
time_in_new_process (const char *path, const char *text, gsize bytes, Passes *ret_passes)
{
  int ends[2];
  int status = 1;
  gboolean complete;
  pid_t child;

  if (pipe (ends) != 0)
    return FALSE;
  child = fork ();
  if (child == 0)
    time_in_child (path, text, bytes, ends[1]);
  close (ends[1]);
  complete = child > 0 && read (ends[0], ret_passes, sizeof *ret_passes) == sizeof *ret_passes;
  close (ends[0]);
  return child > 0 && waitpid (child, &status, 0) == child && status == 0 && complete;
}

static int
compare_first (const void *a, const void *b)
{
  const Passes *x = a, *y = b;

  return (x->first_ns > y->first_ns) - (x->first_ns < y->first_ns);
}

static double
megabytes_per_second (gsize bytes, gint64 ns)
{
  return (double) bytes * 1000.0 / (double) MAX (ns, 1);
}

static void
report (const char *path, gsize bytes, gint64 tokens, double first, double warm)
{
  if (as_json)
    g_print ("{\"bytes\":%" G_GSIZE_FORMAT ",\"tokens\":%" G_GINT64_FORMAT
             ",\"first_pass_mb_s\":%.1f,\"warm_mb_s\":%.1f}\n",
             bytes, tokens, first, warm);
  else
    g_print ("%s: %" G_GSIZE_FORMAT " bytes, %" G_GINT64_FORMAT
             " tokens, first pass %.1f MB/s, warm %.1f MB/s\n",
             path, bytes, tokens, first, warm);
}

static gboolean
measure (const char *path)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  Passes passes[PROCESSES];
  gint64 warm = G_MAXINT64;
  gsize bytes;

  if (!g_file_get_contents (path, &text, &bytes, &error))
    {
      g_printerr ("tokens: %s\n", error->message);
      return FALSE;
    }
  for (guint i = 0; i < PROCESSES; i++)
    {
      if (!time_in_new_process (path, text, bytes, &passes[i]))
        return FALSE;
      warm = MIN (warm, passes[i].warm_ns);
    }
  qsort (passes, PROCESSES, sizeof *passes, compare_first);
  report (path, bytes, passes[0].tokens,
          megabytes_per_second (bytes, passes[PROCESSES / 2].first_ns),
          megabytes_per_second (bytes, warm));
  return TRUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("- speed of counting tokens");
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) known = tw_encoding_list ();
  gboolean measured = TRUE;

  setlocale (LC_ALL, "");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || files == NULL)
    {
      g_printerr ("tokens: %s\n", error != NULL ? error->message : "Name at least one file.");
      return 2;
    }
  if (encoding == NULL)
    encoding = g_strdup ("o200k_base");
  is_exact = g_strv_contains ((const char *const *) known, encoding);
  for (guint i = 0; files[i] != NULL && measured; i++)
    measured = measure (files[i]);
  return measured ? 0 : 1;
}
