/* SPDX-License-Identifier: MIT */
#include "libtokenwise/ledger/tw-sql-private.h"
#include "tests/unit/ledger/ledger-fixture.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int
mode_of (const char *path)
{
  struct stat status;

  g_assert_cmpint (stat (path, &status), ==, 0);
  return (int) (status.st_mode & 07777);
}

static void
test_modes (Fixture *fixture, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (fixture->folder, "new", "deep", NULL);
  g_autofree char *path = g_build_filename (folder, "ledger.db", NULL);
  g_autofree char *log = g_strconcat (path, "-wal", NULL);
  g_autofree char *owners = g_build_filename (folder, "procs", NULL);
  const mode_t old_mask = umask (0);
  g_autoptr (GError) error = NULL;
  g_autoptr (TwLedger) ledger = tw_ledger_open (path, &error);

  g_assert_no_error (error);
  g_assert_true (fixture_hold (ledger, "a", "1", &error));
  umask (old_mask);
  g_assert_cmpint (mode_of (path), ==, 0600);
  g_assert_cmpint (mode_of (log), ==, 0600);
  g_assert_cmpint (mode_of (folder), ==, 0700);
  g_assert_cmpint (mode_of (owners), ==, 0700);
}

static void
assert_refused (const char *path, int code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwLedger) ledger = tw_ledger_open (path, &error);

  g_test_message ("%s", error != NULL ? error->message : "opened");
  g_assert_error (error, TW_ERROR, code);
  g_assert_null (ledger);
}

static void
make_ledger (const char *path)
{
  g_autoptr (TwLedger) ledger = tw_ledger_open (path, NULL);

  g_assert_nonnull (ledger);
}

static void
test_refused_places (Fixture *fixture, gconstpointer data)
{
  g_autofree char *alias = g_build_filename (fixture->folder, "link.db", NULL);
  g_autofree char *hard = g_build_filename (fixture->folder, "hard.db", NULL);
  g_autofree char *directory = g_build_filename (fixture->folder, "dir.db", NULL);
  g_autofree char *fifo = g_build_filename (fixture->folder, "pipe.db", NULL);

  make_ledger (fixture->path);
  g_assert_cmpint (symlink (fixture->path, alias), ==, 0);
  assert_refused (alias, TW_ERROR_LEDGER);
  g_assert_cmpint (g_mkdir (directory, 0700), ==, 0);
  assert_refused (directory, TW_ERROR_LEDGER);
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  assert_refused (fifo, TW_ERROR_LEDGER);
  g_assert_cmpint (chmod (fixture->path, 0640), ==, 0);
  assert_refused (fixture->path, TW_ERROR_LEDGER);
  g_assert_cmpint (chmod (fixture->path, 0600), ==, 0);
  g_assert_cmpint (chmod (fixture->folder, 0750), ==, 0);
  assert_refused (fixture->path, TW_ERROR_LEDGER);
  g_assert_cmpint (chmod (fixture->folder, 0700), ==, 0);
  make_ledger (fixture->path);
  g_assert_cmpint (g_rename (fixture->path, hard), ==, 0);
  g_assert_cmpint (link (hard, fixture->path), ==, 0);
  assert_refused (fixture->path, TW_ERROR_LEDGER);
}

static void
test_folder_behind_link (Fixture *fixture, gconstpointer data)
{
  g_autofree char *real = g_build_filename (fixture->folder, "real", NULL);
  g_autofree char *alias = g_build_filename (fixture->folder, "link", NULL);
  g_autofree char *by_link = g_build_filename (alias, "ledger.db", NULL);
  g_autofree char *by_real = g_build_filename (real, "ledger.db", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (TwLedger) one = NULL;
  g_autoptr (TwLedger) other = NULL;

  g_assert_cmpint (g_mkdir (real, 0700), ==, 0);
  g_assert_cmpint (symlink (real, alias), ==, 0);
  one = tw_ledger_open (by_link, &error);
  other = tw_ledger_open (by_real, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (tw_ledger_get_path (one), ==, tw_ledger_get_path (other));
}

/* A refused file keeps its bytes. */
static void
assert_untouched (const char *path, const char *bytes, gsize length, int code)
{
  g_autofree char *after = NULL;
  gsize after_length = 0;

  g_assert_true (g_file_set_contents_full (path, bytes, (gssize) length,
                                           G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL));
  assert_refused (path, code);
  g_assert_true (g_file_get_contents (path, &after, &after_length, NULL));
  g_assert_cmpmem (after, after_length, bytes, length);
}

static void
run_sql (const char *path, const char *sql)
{
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open_v2 (path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL),
                   ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
}

static void
test_damaged (Fixture *fixture, gconstpointer data)
{
  g_autofree char *good = NULL;
  g_autofree char *foreign_path = g_build_filename (fixture->folder, "other.db", NULL);
  g_autofree char *foreign = NULL;
  gsize good_length = 0, foreign_length = 0;

  make_ledger (fixture->path);
  g_assert_true (g_file_get_contents (fixture->path, &good, &good_length, NULL));
  run_sql (foreign_path, "CREATE TABLE bookmarks (url TEXT)");
  g_assert_true (g_file_get_contents (foreign_path, &foreign, &foreign_length, NULL));

  assert_untouched (fixture->path, "hello", 5, TW_ERROR_LEDGER_DAMAGED);
  assert_untouched (fixture->path, "notes, a long file of notes; not a database at all\n", 51,
                    TW_ERROR_LEDGER_DAMAGED);
  assert_untouched (fixture->path, foreign, foreign_length, TW_ERROR_LEDGER_DAMAGED);
  assert_untouched (fixture->path, good, 700, TW_ERROR_LEDGER_DAMAGED);
  assert_untouched (fixture->path, good, good_length / 2 + 100, TW_ERROR_LEDGER_DAMAGED);
  memset (good + 120, 0xA5, good_length - 120);
  assert_untouched (fixture->path, good, good_length, TW_ERROR_LEDGER_DAMAGED);
}

static void
test_empty_file_is_new (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwLedger) ledger = NULL;

  g_assert_true (
      g_file_set_contents_full (fixture->path, "", 0, G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL));
  ledger = tw_ledger_open (fixture->path, &error);
  g_assert_no_error (error);
  g_assert_true (fixture_hold (ledger, "a", "1", &error));
}

/* A file of version 1, whose calls had no bill. */
static void
test_older_version (Fixture *fixture, gconstpointer data)
{
  TwSettlement settlement = fixture_settlement ("0.5");
  g_autoptr (GError) error = NULL;
  g_autoptr (TwLedger) ledger = NULL;
  g_autoptr (TwReceipt) receipt = NULL;

  make_ledger (fixture->path);
  run_sql (fixture->path, "ALTER TABLE calls DROP COLUMN bill; DROP TABLE attempts;"
                          "PRAGMA user_version = 1;"
                          "PRAGMA wal_checkpoint (TRUNCATE)");
  ledger = tw_ledger_open (fixture->path, &error);
  g_assert_no_error (error);
  g_assert_true (fixture_hold (ledger, "a", "1", &error));
  settlement.bill = "{}";
  receipt = tw_ledger_settle (ledger, "a", &settlement, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (receipt->bill, ==, "{}");
}

static void
test_future_version (Fixture *fixture, gconstpointer data)
{
  g_autofree char *future = NULL;
  gsize length = 0;
  g_autoptr (GError) error = NULL;

  make_ledger (fixture->path);
  run_sql (fixture->path, "PRAGMA user_version = 99; PRAGMA wal_checkpoint (TRUNCATE)");
  g_assert_true (g_file_get_contents (fixture->path, &future, &length, NULL));
  assert_untouched (fixture->path, future, length, TW_ERROR_LEDGER_VERSION);
  g_assert_null (tw_ledger_open (fixture->path, &error));
  g_assert_nonnull (strstr (error->message, "version 99"));
  g_assert_nonnull (strstr (error->message, "up to 3"));
}

static void
test_settings (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *pragma;
    gint64 value;
  } cases[] = { { "PRAGMA synchronous", 2 },    { "PRAGMA foreign_keys", 1 },
                { "PRAGMA trusted_schema", 0 }, { "PRAGMA wal_autocheckpoint", 0 },
                { "PRAGMA user_version", 3 },   { "PRAGMA application_id", 0x746f6b77 } };
  TwSql *sql;

  g_clear_object (&fixture->ledger);
  sql = tw_sql_open (fixture->path, NULL);
  g_assert_nonnull (sql);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gint64 value = -1;

      g_assert_true (tw_sql_integer (sql, cases[i].pragma, -1, &value, NULL));
      g_test_message ("%s", cases[i].pragma);
      g_assert_cmpint (value, ==, cases[i].value);
    }
  tw_sql_close (sql);
}

static void
test_log_is_checkpointed (Fixture *fixture, gconstpointer data)
{
  g_autofree char *log = g_strconcat (fixture->path, "-wal", NULL);
  struct stat status;

  for (guint i = 0; i < 700; i++)
    {
      g_autofree char *id = g_strdup_printf ("call-%u", i);

      g_assert_true (fixture_hold (fixture->ledger, id, "1", NULL));
      fixture_settle (fixture->ledger, id, "0.5");
    }
  g_assert_cmpint (stat (log, &status), ==, 0);
  /* 1,400 commits write well over 4,000 pages of 4 KiB when nobody checkpoints. */
  g_assert_cmpint (status.st_size, <, 2000 * 4096);
}

static void
test_moved_file (Fixture *fixture, gconstpointer data)
{
  g_autofree char *aside = g_strconcat (fixture->path, ".aside", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_rename (fixture->path, aside), ==, 0);
  g_assert_false (fixture_hold (fixture->ledger, "a", "1", &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_LEDGER);
  g_clear_error (&error);
  g_assert_cmpint (g_rename (aside, fixture->path), ==, 0);
  g_assert_true (fixture_hold (fixture->ledger, "a", "1", &error));
  g_assert_no_error (error);
}

/* What the child finds, as bits of its exit status. */
static int
try_in_child (Fixture *fixture)
{
  g_autoptr (GError) hold_error = NULL;
  g_autoptr (GError) open_error = NULL;
  gboolean held = fixture_hold (fixture->ledger, "child", "1", &hold_error);
  TwLedger *again = tw_ledger_open (fixture->path, &open_error);

  g_object_unref (fixture->ledger);
  return (held ? 1 : 0) | (again != NULL ? 2 : 0)
         | (g_error_matches (hold_error, TW_ERROR, TW_ERROR_LEDGER) ? 4 : 0)
         | (g_error_matches (open_error, TW_ERROR, TW_ERROR_LEDGER) ? 8 : 0);
}

static void
test_fork (Fixture *fixture, gconstpointer data)
{
  int status = 0;
  pid_t child;

  g_assert_true (fixture_hold (fixture->ledger, "parent", "1", NULL));
  child = fork ();
  if (child == 0)
    _exit (try_in_child (fixture));
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 4 | 8);
  fixture_settle (fixture->ledger, "parent", "0.5");
}

static void
test_check (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = NULL;
  g_autoptr (cJSON) json = NULL;
  gboolean ok = FALSE;
  gint64 calls = 0, holds = 0;

  g_assert_true (fixture_hold (fixture->ledger, "a", "1", NULL));
  g_assert_true (fixture_hold (fixture->ledger, "b", "1", NULL));
  fixture_settle (fixture->ledger, "a", "1");
  text = tw_ledger_check (fixture->ledger, NULL);
  json = tw_json_parse (text, -1, 10000, NULL);
  g_assert_true (tw_json_boolean (json, "ok", &ok) && ok);
  g_assert_true (tw_json_integer (json, "calls", &calls));
  g_assert_true (tw_json_integer (json, "open_holds", &holds));
  g_assert_cmpint (calls, ==, 2);
  g_assert_cmpint (holds, ==, 1);
  g_assert_cmpstr (tw_json_string (json, "path"), ==, tw_ledger_get_path (fixture->ledger));
  g_assert_cmpstr (tw_json_string (json, "sqlite_version"), ==, sqlite3_libversion ());
}

static void
test_wal_reset_bug (void)
{
  static const struct
  {
    int version;
    gboolean has_bug;
  } cases[] = { { 3040001, TRUE },  { 3044005, TRUE },  { 3044006, FALSE }, { 3045000, TRUE },
                { 3050006, TRUE },  { 3050007, FALSE }, { 3051000, TRUE },  { 3051002, TRUE },
                { 3051003, FALSE }, { 3054001, FALSE } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (tw_sql_has_wal_reset_bug (cases[i].version), ==, cases[i].has_bug);
}

#define ADD(path, function, set_up)                                                                \
  g_test_add (path, Fixture, NULL, set_up, function, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/ledger/file/modes", test_modes, fixture_set_up_folder);
  ADD ("/ledger/file/refused-places", test_refused_places, fixture_set_up_folder);
  ADD ("/ledger/file/folder-behind-link", test_folder_behind_link, fixture_set_up_folder);
  ADD ("/ledger/file/damaged", test_damaged, fixture_set_up_folder);
  ADD ("/ledger/file/empty-file-is-new", test_empty_file_is_new, fixture_set_up_folder);
  ADD ("/ledger/file/older-version", test_older_version, fixture_set_up_folder);
  ADD ("/ledger/file/future-version", test_future_version, fixture_set_up_folder);
  ADD ("/ledger/file/settings", test_settings, fixture_set_up);
  ADD ("/ledger/file/log-is-checkpointed", test_log_is_checkpointed, fixture_set_up);
  ADD ("/ledger/file/moved", test_moved_file, fixture_set_up);
  ADD ("/ledger/file/fork", test_fork, fixture_set_up);
  ADD ("/ledger/file/check", test_check, fixture_set_up);
  g_test_add_func ("/ledger/file/wal-reset-bug", test_wal_reset_bug);
  return g_test_run ();
}
