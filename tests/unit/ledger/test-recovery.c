/* SPDX-License-Identifier: MIT */
#include "tests/unit/ledger/ledger-fixture.h"

#include <signal.h>
#include <sqlite3.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* A process that holds $1 as "theirs" and then waits to be killed. It must start before this one
 * opens the ledger. */
static pid_t
start_holder (const char *path)
{
  int ready[2];
  char byte = 0;
  pid_t child;

  g_assert_cmpint (pipe (ready), ==, 0);
  child = fork ();
  if (child == 0)
    {
      TwLedger *ledger = tw_ledger_open (path, NULL);

      prctl (PR_SET_PDEATHSIG, SIGKILL);
      if (ledger != NULL && fixture_hold (ledger, "theirs", "1", NULL))
        g_assert_cmpint (write (ready[1], "!", 1), ==, 1);
      pause ();
      _exit (0);
    }
  close (ready[1]);
  g_assert_cmpint (read (ready[0], &byte, 1), ==, 1);
  close (ready[0]);
  return child;
}

static void
kill_holder (pid_t child)
{
  kill (child, SIGKILL);
  g_assert_cmpint (waitpid (child, NULL, 0), ==, child);
}

static void
open_ledger (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  fixture->ledger = tw_ledger_open (fixture->path, &error);
  g_assert_no_error (error);
}

static void
assert_status (Fixture *fixture, const char *status)
{
  g_autoptr (TwReceipt) receipt = tw_ledger_get_receipt (fixture->ledger, "theirs", NULL);

  g_assert_nonnull (receipt);
  g_assert_cmpstr (tw_receipt_get_status (receipt), ==, status);
}

static guint
count_lock_files (Fixture *fixture)
{
  g_autofree char *folder = g_build_filename (fixture->folder, "procs", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
test_at_open (Fixture *fixture, gconstpointer data)
{
  pid_t holder;

  open_ledger (fixture);
  fixture_add_budget (fixture->ledger, "day", "user", "day", "3", "block");
  g_clear_object (&fixture->ledger);
  holder = start_holder (fixture->path);
  kill_holder (holder);
  g_assert_cmpuint (count_lock_files (fixture), ==, 1);
  open_ledger (fixture);
  assert_status (fixture, "abandoned");
  fixture_assert_totals (fixture->ledger, "day", FALSE, "1", "0");
  g_assert_cmpuint (count_lock_files (fixture), ==, 0);
  {
    g_autoptr (TwBudget) budget = fixture_get_budget (fixture->ledger, "day", FALSE);
    g_autofree char *json = tw_budget_to_json (budget);

    g_assert_nonnull (strstr (json, "\"state\":\"bounded\""));
  }
}

static void
test_living_owner_keeps_hold (Fixture *fixture, gconstpointer data)
{
  pid_t holder = start_holder (fixture->path);
  g_autoptr (GError) error = NULL;

  open_ledger (fixture);
  assert_status (fixture, "pending");
  fixture_add_budget (fixture->ledger, "day", "user", "day", "1.5", "block");
  fixture_assert_totals (fixture->ledger, "day", FALSE, "0", "1");
  g_assert_false (fixture_hold (fixture->ledger, "ours", "1", &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_BUDGET_EXCEEDED);
  g_clear_error (&error);
  assert_status (fixture, "pending");
  kill_holder (holder);
  /* A refusal looks for the dead first. What they held may have been sent: it stays spent. */
  g_assert_false (fixture_hold (fixture->ledger, "ours", "1", &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_BUDGET_EXCEEDED);
  assert_status (fixture, "abandoned");
  fixture_assert_totals (fixture->ledger, "day", FALSE, "1", "0");
}

static void
test_late_settlement (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *cost; /* NULL: released */
    const char *spent;
  } cases[] = { { "0.25", "0.25" }, { "4", "4" }, { NULL, "0" } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Fixture fresh = { 0 };

      fixture_set_up_folder (&fresh, NULL);
      kill_holder (start_holder (fresh.path));
      open_ledger (&fresh);
      fixture_add_budget (fresh.ledger, "day", "user", "day", "3", "block");
      fixture_assert_totals (fresh.ledger, "day", FALSE, "1", "0");
      if (cases[i].cost != NULL)
        fixture_settle (fresh.ledger, "theirs", cases[i].cost);
      else
        g_assert_true (tw_ledger_release (fresh.ledger, "theirs", NULL, NULL));
      fixture_assert_totals (fresh.ledger, "day", FALSE, cases[i].spent, "0");
      {
        g_autoptr (TwBudget) budget = fixture_get_budget (fresh.ledger, "day", FALSE);
        g_autofree char *json = tw_budget_to_json (budget);

        g_assert_nonnull (strstr (json, "\"state\":\"known\""));
      }
      fixture_tear_down (&fresh, NULL);
    }
}

static void
run_sql (const char *path, const char *sql)
{
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open_v2 (path, &db, SQLITE_OPEN_READWRITE, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
}

static void
test_lease (Fixture *fixture, gconstpointer data)
{
  pid_t holder = start_holder (fixture->path);

  open_ledger (fixture);
  assert_status (fixture, "pending");
  run_sql (fixture->path, "UPDATE calls SET boot_seconds = boot_seconds - 24 * 3600 + 60");
  g_clear_object (&fixture->ledger);
  open_ledger (fixture);
  assert_status (fixture, "pending");
  run_sql (fixture->path, "UPDATE calls SET boot_seconds = boot_seconds - 120");
  g_clear_object (&fixture->ledger);
  open_ledger (fixture);
  assert_status (fixture, "abandoned");
  kill_holder (holder);
}

/* Names in a tampered file never become paths outside of the folder. */
static void
test_tampered_owner (Fixture *fixture, gconstpointer data)
{
  g_autofree char *victim = g_build_filename (fixture->folder, "victim.lock", NULL);

  kill_holder (start_holder (fixture->path));
  g_assert_true (g_file_set_contents (victim, "", 0, NULL));
  run_sql (fixture->path, "UPDATE calls SET owner = '../victim'");
  open_ledger (fixture);
  assert_status (fixture, "abandoned");
  g_assert_true (g_file_test (victim, G_FILE_TEST_EXISTS));
}

#define ADD(path, function)                                                                        \
  g_test_add (path, Fixture, NULL, fixture_set_up_folder, function, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/ledger/recovery/at-open", test_at_open);
  ADD ("/ledger/recovery/living-owner-keeps-hold", test_living_owner_keeps_hold);
  ADD ("/ledger/recovery/late-settlement", test_late_settlement);
  ADD ("/ledger/recovery/lease", test_lease);
  ADD ("/ledger/recovery/tampered-owner", test_tampered_owner);
  return g_test_run ();
}
