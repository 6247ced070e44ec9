/* SPDX-License-Identifier: MIT */
/* What pricing takes; prints one JSON object.
 *   prices load             opening the built-in catalogue, and reading every model of it
 *   prices records FILE     pricing each line of FILE: provider, model, input, cached, written (for
 *                           five minutes at Anthropic, for thirty elsewhere), output; by spaces
 *   prices replay FILE PROVIDER/MODEL N AT
 *                           the sum of N calls, FILE's lines (input, cached, output) over and over
 */
#include "libtokenwise/base/tw-money-private.h"
#include "libtokenwise/base/tw-time-private.h"
#include "libtokenwise/catalog/tw-catalog-private.h"
#include "libtokenwise/catalog/tw-model-private.h"
#include "libtokenwise/catalog/tw-price-terms-private.h"
#include "libtokenwise/message/tw-usage-private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LOADS 41u
#define ROUNDS 9u
#define ROUND_NS 40000000.0
#define NS_PER_SECOND G_GINT64_CONSTANT (1000000000)
#define AT "2026-10-01T12:00:00Z"

typedef struct
{
  char name[160];
  TwModel *model;
  TwUsage usage;
} Record;

typedef void (*Price) (TwCatalog *catalog, const Record *record, const TwPriceTerms *terms);

/* Of this thread's processor time: other programs of the machine are not ours to charge. */
static gint64
now_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * NS_PER_SECOND + now.tv_nsec;
}

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

/* Of this process, mapped files included. */
static gint64
resident_bytes (void)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) fields = NULL;

  g_file_get_contents ("/proc/self/statm", &text, NULL, NULL);
  fields = g_strsplit (text != NULL ? text : "0 0", " ", 3);
  return g_ascii_strtoll (fields[1], NULL, 10) * sysconf (_SC_PAGESIZE);
}

static TwCatalog *
open_catalog (void)
{
  g_autoptr (GError) error = NULL;
  TwCatalog *catalog = tw_catalog_new (&error);

  g_assert_no_error (error);
  return catalog;
}

static int
measure_load (void)
{
  gint64 before = resident_bytes ();
  g_autoptr (TwCatalog) first = open_catalog ();
  gint64 opened = resident_bytes ();
  g_autoptr (GPtrArray) models = NULL;
  double times[LOADS];
  gint64 begin = now_ns ();
  double read_ms;

  models = tw_catalog_list_models (first, NULL);
  read_ms = (double) (now_ns () - begin) / 1e6;
  printf ("{\"models\": %u, \"open_bytes\": %" G_GINT64_FORMAT
          ", \"read_all_bytes\": %" G_GINT64_FORMAT ", \"read_all_ms\": %.3f, ",
          models->len, opened - before, resident_bytes () - before, read_ms);
  for (guint i = 0; i < LOADS; i++)
    {
      begin = now_ns ();
      g_object_unref (open_catalog ());
      times[i] = (double) (now_ns () - begin) / 1e6;
    }
  qsort (times, LOADS, sizeof *times, compare_doubles);
  printf ("\"open_ms\": %.3f}\n", times[LOADS / 2]);
  return 0;
}

static void
price_total (TwCatalog *catalog, const Record *record, const TwPriceTerms *terms)
{
  tw_catalog_price_total (catalog, record->model, &record->usage, terms);
}

static void
price_lines (TwCatalog *catalog, const Record *record, const TwPriceTerms *terms)
{
  tw_cost_free (tw_catalog_price (catalog, record->model, &record->usage, terms));
}

/* As a peer is asked, that looks its model up for each call. */
static void
price_by_name (TwCatalog *catalog, const Record *record, const TwPriceTerms *terms)
{
  g_autoptr (TwModel) model = tw_catalog_find_model (catalog, record->name, NULL);

  tw_catalog_price_total (catalog, model, &record->usage, terms);
}

/* The best round, as nanoseconds a record: what a round has more is other programs'. */
static double
time_price (Price price, TwCatalog *catalog, const GArray *records, const TwPriceTerms *terms)
{
  double best = G_MAXDOUBLE;

  for (guint round = 0; round < ROUNDS; round++)
    {
      gint64 begin = now_ns (), n = 0;

      while ((double) (now_ns () - begin) < ROUND_NS / ROUNDS)
        {
          for (guint i = 0; i < records->len; i++)
            price (catalog, &g_array_index (records, Record, i), terms);
          n += records->len;
        }
      best = MIN (best, (double) (now_ns () - begin) / (double) n);
    }
  return best;
}

static gint64
number (char **fields, guint i)
{
  return g_ascii_strtoll (fields[i], NULL, 10);
}

static void
read_record (TwCatalog *catalog, char **fields, GArray *records)
{
  gboolean minutes = g_str_equal (fields[0], "anthropic");
  g_autoptr (GError) error = NULL;
  Record record = { .usage = { .counts = { 0 } } };

  g_snprintf (record.name, sizeof record.name, "%s/%s", fields[0], fields[1]);
  record.model = tw_catalog_find_model (catalog, record.name, &error);
  g_assert_no_error (error);
  record.usage.counts[TW_METER_INPUT_CACHE_READ] = number (fields, 3);
  record.usage.counts[minutes ? TW_METER_INPUT_CACHE_WRITE_5M : TW_METER_INPUT_CACHE_WRITE_30M]
      = number (fields, 4);
  record.usage.counts[TW_METER_INPUT_UNCACHED]
      = number (fields, 2) - number (fields, 3) - number (fields, 4);
  record.usage.counts[TW_METER_OUTPUT_TEXT] = number (fields, 5);
  g_array_append_val (records, record);
}

static GStrv
read_lines (const char *path)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return g_strsplit (g_strchomp (text), "\n", -1);
}

static int
measure_records (const char *path)
{
  g_auto (GStrv) lines = read_lines (path);
  g_autoptr (GArray) records = g_array_new (FALSE, FALSE, sizeof (Record));
  g_autoptr (TwCatalog) catalog = open_catalog ();
  TwPriceTerms terms = { 0 };

  tw_instant_parse (AT, &terms.at, NULL);
  printf ("{\"costs\": [");
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) fields = g_strsplit (lines[i], " ", -1);
      const Record *record;
      g_autofree char *cost = NULL;

      read_record (catalog, fields, records);
      record = &g_array_index (records, Record, i);
      cost = tw_femto_to_decimal (
          tw_catalog_price_total (catalog, record->model, &record->usage, &terms).femto);
      printf ("%s\"%s\"", i > 0 ? ", " : "", cost);
    }
  printf ("], \"total_ns\": %.1f, \"lines_ns\": %.1f, \"by_name_ns\": %.1f}\n",
          time_price (price_total, catalog, records, &terms),
          time_price (price_lines, catalog, records, &terms),
          time_price (price_by_name, catalog, records, &terms));
  for (guint i = 0; i < records->len; i++)
    g_object_unref (g_array_index (records, Record, i).model);
  return 0;
}

static int
replay (const char *path, const char *name, gint64 n, const char *at)
{
  g_auto (GStrv) lines = read_lines (path);
  guint n_lines = g_strv_length (lines);
  g_autofree TwUsage *calls = g_new0 (TwUsage, n_lines);
  g_autoptr (TwCatalog) catalog = open_catalog ();
  g_autoptr (TwModel) model = tw_catalog_find_model (catalog, name, NULL);
  g_autofree char *cost = NULL;
  TwPriceTerms terms = { 0 };
  TwMoney sum = { 0, TW_MONEY_KNOWN };
  gint64 begin;

  g_assert_true (tw_instant_parse (at, &terms.at, NULL));
  for (guint i = 0; i < n_lines; i++)
    {
      g_auto (GStrv) fields = g_strsplit (lines[i], " ", -1);

      calls[i].counts[TW_METER_INPUT_UNCACHED] = number (fields, 0) - number (fields, 1);
      calls[i].counts[TW_METER_INPUT_CACHE_READ] = number (fields, 1);
      calls[i].counts[TW_METER_OUTPUT_TEXT] = number (fields, 2);
    }
  begin = now_ns ();
  for (gint64 i = 0; i < n; i++)
    sum = tw_money_add (sum, tw_catalog_price_total (catalog, model, &calls[i % n_lines], &terms));
  cost = tw_femto_to_decimal (sum.femto);
  printf ("{\"cost\": \"%s\", \"state\": \"%s\", \"seconds\": %.3f}\n", cost,
          tw_money_state_to_string (sum.state), (double) (now_ns () - begin) / 1e9);
  return 0;
}

int
main (int argc, char **argv)
{
  if (argc == 2 && strcmp (argv[1], "load") == 0)
    return measure_load ();
  if (argc == 3 && strcmp (argv[1], "records") == 0)
    return measure_records (argv[2]);
  if (argc == 6 && strcmp (argv[1], "replay") == 0)
    return replay (argv[2], argv[3], g_ascii_strtoll (argv[4], NULL, 10), argv[5]);
  fprintf (stderr, "prices load | records FILE | replay FILE PROVIDER/MODEL N AT\n");
  return 2;
}
