/* SPDX-License-Identifier: MIT */
/* Times the SDK's local steps: `estimate` prints one JSON object of milliseconds, medians. */
#include <libtokenwise/tokenwise.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RUNS 15

typedef void (*Step) (gpointer data);

typedef struct
{
  TwClient *client;
  TwRequest *request;
} EstimateStep;

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static double
median_ms (Step step, gpointer data)
{
  double times[RUNS];

  for (guint i = 0; i < RUNS; i++)
    {
      gint64 begin = g_get_monotonic_time ();

      step (data);
      times[i] = (double) (g_get_monotonic_time () - begin) / 1000.0;
    }
  qsort (times, RUNS, sizeof *times, compare_doubles);
  return times[RUNS / 2];
}

static void
load_catalog (gpointer data)
{
  g_autoptr (TwCatalog) catalog = tw_catalog_new (NULL);

  g_assert_nonnull (catalog);
}

static void
estimate (gpointer data)
{
  EstimateStep *step = data;
  g_autoptr (TwEstimate) result = tw_client_estimate (step->client, step->request, NULL);

  g_assert_nonnull (result);
}

/* English that does not repeat, so that no cache of words flatters the figure: sentences with
 * numbers and made-up names between common words. */
static char *
prose (gsize bytes)
{
  static const char *const words[]
      = { "the",    "contract", "between", "both",    "parties", "ends",    "when",
          "notice", "is",       "given",   "and",     "every",   "payment", "that",
          "was",    "agreed",   "before",  "remains", "due" };
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  GString *text = g_string_sized_new (bytes + 64);

  while (text->len < bytes)
    {
      g_string_append (text, words[g_rand_int_range (rand, 0, G_N_ELEMENTS (words))]);
      if (g_rand_int_range (rand, 0, 12) == 0)
        g_string_append_printf (text, " %c%x", 'A' + g_rand_int_range (rand, 0, 26),
                                g_rand_int (rand));
      g_string_append (text, g_rand_int_range (rand, 0, 15) == 0 ? ".\n" : " ");
    }
  g_string_truncate (text, bytes);
  return g_string_free (text, FALSE);
}

static double
time_estimate (TwClient *client, gsize bytes)
{
  g_autofree char *text = prose (bytes);
  g_autoptr (TwRequest) request = tw_request_new ("openai/gpt-4o");
  EstimateStep step = { client, request };

  tw_request_add_text (request, TW_ROLE_USER, text);
  return median_ms (estimate, &step);
}

int
main (void)
{
  g_autofree char *folder = g_dir_make_tmp ("tokenwise-bench-XXXXXX", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (TwClient) client = NULL;

  g_setenv ("XDG_DATA_HOME", folder, TRUE);
  g_setenv ("XDG_CONFIG_HOME", folder, TRUE);
  client = tw_client_new (NULL, &error);
  g_assert_no_error (error);
  printf ("{\"catalog_load_ms\": %.3f, ", median_ms (load_catalog, NULL));
  printf ("\"estimate_4k_ms\": %.3f, ", time_estimate (client, 4096));
  printf ("\"estimate_1m_ms\": %.3f}\n", time_estimate (client, 1 << 20));
  return 0;
}
