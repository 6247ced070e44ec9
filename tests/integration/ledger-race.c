/* SPDX-License-Identifier: MIT */

/* Many processes with many threads on one ledger, some of them killed. This program starts itself
 * as its workers; "-m perf" measures. */

#include "tests/unit/ledger/ledger-fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define N_PROCESSES 6
#define N_THREADS 3
/* In femto-USD: calls of up to 10 cents. */
#define MAX_WORST (TW_FEMTO_PER_USD / 10)

static const char *self_path;

/* --- The workers --- */

typedef struct
{
  TwLedger *ledger;
  int acks;
  guint seed;
  gboolean until_refused;
} Worker;

static void
acknowledge (const Worker *worker, char what, const char *id, TwFemto amount)
{
  g_autofree char *decimal = tw_femto_to_decimal (amount);
  g_autofree char *line = g_strdup_printf ("%c %s %s\n", what, id, decimal);
  const gssize length = (gssize) strlen (line);

  g_assert_cmpint (write (worker->acks, line, (gsize) length), ==, length);
}

static TwFemto
random_amount (GRand *random, TwFemto max)
{
  return (TwFemto) (g_rand_double (random) * (double) max);
}

/* FALSE when the budget refused it. */
static gboolean
make_call (const Worker *worker, GRand *random)
{
  g_autofree char *id = g_uuid_string_random ();
  TwHoldRequest request = fixture_request (id, "0");
  TwSettlement settlement = fixture_settlement ("0");
  g_autoptr (TwReceipt) receipt = NULL;
  g_autoptr (GError) error = NULL;

  request.estimate.worst.femto = random_amount (random, MAX_WORST);
  if (!tw_ledger_hold (worker->ledger, &request, &error))
    {
      g_assert_error (error, TW_ERROR, TW_ERROR_BUDGET_EXCEEDED);
      return FALSE;
    }
  acknowledge (worker, 'H', id, request.estimate.worst.femto);
  if (g_rand_int_range (random, 0, 10) == 0)
    {
      g_assert_true (tw_ledger_release (worker->ledger, id, NULL, &error));
      acknowledge (worker, 'R', id, 0);
      return TRUE;
    }
  settlement.cost.femto = random_amount (random, request.estimate.worst.femto);
  receipt = tw_ledger_settle (worker->ledger, id, &settlement, &error);
  g_assert_no_error (error);
  acknowledge (worker, 'S', id, settlement.cost.femto);
  return TRUE;
}

static gpointer
run_worker (gpointer data)
{
  const Worker *worker = data;
  g_autoptr (GRand) random = g_rand_new_with_seed (worker->seed);
  guint refusals = 0;

  while (refusals < 20)
    if (!make_call (worker, random) && worker->until_refused)
      refusals++;
  return NULL;
}

/* ledger-race --worker PATH ACKS SEED race|forever */
static int
worker_main (char **args)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwLedger) ledger = tw_ledger_open (args[0], &error);
  Worker workers[N_THREADS];
  GThread *threads[N_THREADS];
  const int acks = open (args[1], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

  /* "forever" ends with the test, also when that fails. */
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  g_assert_no_error (error);
  g_assert_cmpint (acks, >=, 0);
  for (guint i = 0; i < N_THREADS; i++)
    {
      workers[i]
          = (Worker){ ledger, acks, (guint) g_ascii_strtoull (args[2], NULL, 10) * N_THREADS + i,
                      g_str_equal (args[3], "race") };
      threads[i] = g_thread_new ("worker", run_worker, &workers[i]);
    }
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
  close (acks);
  return 0;
}

static pid_t
start_worker (Fixture *fixture, guint seed, const char *how)
{
  g_autofree char *acks = g_strdup_printf ("%s/acks-%u", fixture->folder, seed);
  g_autofree char *number = g_strdup_printf ("%u", seed);
  const char *argv[] = { self_path, "--worker", fixture->path, acks, number, how, NULL };
  g_autoptr (GError) error = NULL;
  GPid child = 0;

  g_spawn_async (NULL, (char **) argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &child, &error);
  g_assert_no_error (error);
  return child;
}

/* --- What the workers said against what the ledger says --- */

typedef struct
{
  TwFemto held;
  TwFemto settled;
  gboolean is_settled;
  gboolean is_released;
} Acked;

static void
read_acks (GHashTable *acked, const char *path)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return;
  lines = g_strsplit (text, "\n", -1);
  for (char **line = lines; *line != NULL && **line != '\0'; line++)
    {
      g_auto (GStrv) words = g_strsplit (*line, " ", 3);
      Acked *call = g_hash_table_lookup (acked, words[1]);
      TwFemto amount = 0;

      g_assert_true (tw_femto_parse (words[2], &amount, NULL));
      if (call == NULL)
        {
          call = g_new0 (Acked, 1);
          g_hash_table_insert (acked, g_strdup (words[1]), call);
        }
      if (words[0][0] == 'H')
        call->held = amount;
      else if (words[0][0] == 'S')
        {
          call->settled = amount;
          call->is_settled = TRUE;
        }
      else
        call->is_released = TRUE;
    }
}

static GHashTable *
read_all_acks (Fixture *fixture, guint n)
{
  GHashTable *acked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/acks-%u", fixture->folder, i);

      read_acks (acked, path);
    }
  return acked;
}

/* Everything acknowledged is in the ledger as it was acknowledged. */
static void
assert_nothing_lost (Fixture *fixture, GHashTable *acked)
{
  GHashTableIter iter;
  gpointer id, value;

  g_hash_table_iter_init (&iter, acked);
  while (g_hash_table_iter_next (&iter, &id, &value))
    {
      const Acked *call = value;
      g_autoptr (GError) error = NULL;
      g_autoptr (TwReceipt) receipt = tw_ledger_get_receipt (fixture->ledger, id, &error);

      g_assert_no_error (error);
      g_assert_true (receipt->estimate.worst.femto == call->held);
      if (call->is_settled)
        {
          g_assert_cmpstr (receipt->status, ==, "complete");
          g_assert_true (receipt->cost.femto == call->settled);
        }
      if (call->is_released)
        g_assert_cmpstr (receipt->status, ==, "released");
    }
}

/* The counters are the sum of the calls, within the limit, and nothing is held any more. */
static void
assert_sums (Fixture *fixture, const char *limit)
{
  g_autoptr (GPtrArray) receipts
      = tw_ledger_list_receipts (fixture->ledger, FALSE, G_MAXINT32, NULL);
  g_autofree char *sum_decimal = NULL;
  g_autofree char *report = tw_ledger_check (fixture->ledger, NULL);
  TwFemto sum = 0;

  for (guint i = 0; i < receipts->len; i++)
    {
      const TwReceipt *receipt = g_ptr_array_index (receipts, i);

      g_assert_cmpint (receipt->cost.state, !=, TW_MONEY_UNKNOWN);
      sum += receipt->cost.femto;
    }
  sum_decimal = tw_femto_to_decimal (sum);
  g_test_message ("%u calls, $%s of $%s", receipts->len, sum_decimal, limit);
  fixture_assert_totals (fixture->ledger, "race", FALSE, sum_decimal, "0");
  g_assert_true (sum <= fixture_money (limit).femto);
  g_assert_nonnull (strstr (report, "\"ok\":true"));
  g_assert_nonnull (strstr (report, "\"open_holds\":0"));
}

static void
test_race (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GHashTable) acked = NULL;
  g_autoptr (TwBudget) budget = NULL;
  pid_t children[N_PROCESSES];

  fixture_add_budget (fixture->ledger, "race", "user", "total", "20", "block");
  g_clear_object (&fixture->ledger);
  for (guint i = 0; i < N_PROCESSES; i++)
    children[i] = start_worker (fixture, i, "race");
  for (guint i = 0; i < N_PROCESSES; i++)
    {
      int status = -1;

      g_assert_cmpint (waitpid (children[i], &status, 0), ==, children[i]);
      g_assert_cmpint (status, ==, 0);
    }
  fixture->ledger = tw_ledger_open (fixture->path, NULL);
  acked = read_all_acks (fixture, N_PROCESSES);
  assert_nothing_lost (fixture, acked);
  assert_sums (fixture, "20");
  /* And it was a race for the last cent: everyone was refused 20 times. */
  budget = fixture_get_budget (fixture->ledger, "race", FALSE);
  g_assert_true (tw_budget_get_remaining (budget) < MAX_WORST);
}

#define KILL_ROUNDS 40

static void
test_kill (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GHashTable) acked = NULL;
  pid_t children[N_PROCESSES];
  guint started = 0;

  fixture_add_budget (fixture->ledger, "race", "user", "total", "1000000", "block");
  g_clear_object (&fixture->ledger);
  for (; started < N_PROCESSES; started++)
    children[started] = start_worker (fixture, started, "forever");
  for (guint round = 0; round < KILL_ROUNDS; round++)
    {
      const guint victim = (guint) g_test_rand_int_range (0, N_PROCESSES);

      g_usleep ((gulong) g_test_rand_int_range (20000, 120000));
      kill (children[victim], SIGKILL);
      g_assert_cmpint (waitpid (children[victim], NULL, 0), ==, children[victim]);
      children[victim] = start_worker (fixture, started++, "forever");
    }
  for (guint i = 0; i < N_PROCESSES; i++)
    {
      kill (children[i], SIGKILL);
      g_assert_cmpint (waitpid (children[i], NULL, 0), ==, children[i]);
    }
  fixture->ledger = tw_ledger_open (fixture->path, NULL);
  g_assert_nonnull (fixture->ledger);
  acked = read_all_acks (fixture, started);
  g_test_message ("%u acknowledged holds, %d kills", g_hash_table_size (acked),
                  KILL_ROUNDS + N_PROCESSES);
  g_assert_cmpuint (g_hash_table_size (acked), >, 100);
  assert_nothing_lost (fixture, acked);
  assert_sums (fixture, "1000000");
}

/* --- Measures --- */

static int
compare_times (gconstpointer a, gconstpointer b)
{
  const gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;

  return (x > y) - (x < y);
}

static void
print_times (const char *what, GArray *times)
{
  g_array_sort (times, compare_times);
  g_print ("# %s: p50 %.3f ms, p99 %.3f ms, max %.3f ms (n = %u)\n", what,
           (double) g_array_index (times, gint64, times->len / 2) / 1000,
           (double) g_array_index (times, gint64, times->len * 99 / 100) / 1000,
           (double) g_array_index (times, gint64, times->len - 1) / 1000, times->len);
}

static void
add_time (GArray *times, gint64 *since)
{
  const gint64 now = g_get_monotonic_time (), took = now - *since;

  g_array_append_val (times, took);
  *since = now;
}

static void
test_perf (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GArray) holds = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) settlements = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) opens = g_array_new (FALSE, FALSE, sizeof (gint64));

  if (!g_test_perf ())
    {
      g_test_skip ("Measures run with -m perf.");
      return;
    }
  fixture_add_budget (fixture->ledger, "race", "user", "month", "1000000", "block");
  fixture_add_budget (fixture->ledger, "day", "project:x", "day", "1000000", "block");
  for (guint i = 0; i < 5000; i++)
    {
      g_autofree char *id = g_uuid_string_random ();
      gint64 since = g_get_monotonic_time ();

      g_assert_true (fixture_hold (fixture->ledger, id, "0.01", NULL));
      add_time (holds, &since);
      fixture_settle (fixture->ledger, id, "0.005");
      add_time (settlements, &since);
    }
  for (guint i = 0; i < 200; i++)
    {
      gint64 since;

      g_clear_object (&fixture->ledger);
      since = g_get_monotonic_time ();
      fixture->ledger = tw_ledger_open (fixture->path, NULL);
      add_time (opens, &since);
    }
  print_times ("hold", holds);
  print_times ("settle", settlements);
  print_times ("open, 5,000 calls", opens);
}

#define ADD(path, function)                                                                        \
  g_test_add (path, Fixture, NULL, fixture_set_up, function, fixture_tear_down)

int
main (int argc, char **argv)
{
  if (argc == 6 && g_str_equal (argv[1], "--worker"))
    return worker_main (argv + 2);
  self_path = argv[0];
  g_test_init (&argc, &argv, NULL);
  ADD ("/ledger/race/never-overspends", test_race);
  ADD ("/ledger/race/kill-loses-nothing", test_kill);
  ADD ("/ledger/race/perf", test_perf);
  return g_test_run ();
}
