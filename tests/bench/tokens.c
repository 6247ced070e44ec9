/* SPDX-License-Identifier: MIT */
/* tokens [--encoding E] [--json] FILE…: how fast each file is counted. MB are 10^6 bytes; times are
 * of this thread's CPU, the first pass with the vocabulary open but none of it touched yet by that
 * file, the warm one the best of WARM_PASSES. */
#include "libtokenwise/tokenwise.h"

#include <locale.h>
#include <time.h>

#define WARM_PASSES 5

static char *encoding = NULL;
static gboolean as_json = FALSE;
static char **files = NULL;

static const GOptionEntry entries[] = {
  { "encoding", 'e', 0, G_OPTION_ARG_STRING, &encoding, "o200k_base unless said", "E" },
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
measure (const char *path, GError **error)
{
  g_autofree char *text = NULL;
  gsize bytes;
  gint64 best = G_MAXINT64;
  gint64 start;
  gint64 first;
  gint64 tokens;

  if (!g_file_get_contents (path, &text, &bytes, error))
    return FALSE;
  start = cpu_ns ();
  tokens = tw_encoding_count (encoding, text, (gssize) bytes, error);
  first = cpu_ns () - start;
  if (tokens < 0)
    return FALSE;
  for (guint i = 0; i < WARM_PASSES; i++)
    {
      start = cpu_ns ();
      tw_encoding_count (encoding, text, (gssize) bytes, NULL);
      best = MIN (best, cpu_ns () - start);
    }
  report (path, bytes, tokens, megabytes_per_second (bytes, first),
          megabytes_per_second (bytes, best));
  return TRUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("- speed of counting tokens");
  g_autoptr (GError) error = NULL;

  setlocale (LC_ALL, "");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || files == NULL)
    {
      g_printerr ("tokens: %s\n", error != NULL ? error->message : "name at least one file.");
      return 2;
    }
  if (encoding == NULL)
    encoding = g_strdup ("o200k_base");
  if (tw_encoding_count (encoding, "", 0, &error) == 0)
    for (guint i = 0; files[i] != NULL && measure (files[i], &error); i++)
      ;
  if (error == NULL)
    return 0;
  g_printerr ("tokens: %s\n", error->message);
  return 1;
}
