/* SPDX-License-Identifier: MIT */
/* keystroke [ENCODING]: how long one key takes in a text that is counted as it is written. One JSON
 * array; times are wall time of one insertion or deletion, each of about a character, as a composer
 * sends them. "random": anywhere in the text; "cursor": typing on from one place with some erasing,
 * and now and then a jump. */
#include "libtokenwise/tokenwise.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define EDITS 20000u
#define WARM_UP 2000u
#define BURST 200u /* keys before the cursor jumps */
#define KB 1000u
#define MB 1000000u

typedef struct
{
  const char *name;
  gsize bytes;
  const char *const *units; /* what the text is made of */
  const char *const *keys;  /* what is typed */
} Subject;

static const char *const prose[]
    = { "the ",    "preview ", "of ",     "costs ",  "stands ",   "on ",    "an ",      "exact ",
        "count, ", "which ",   "a ",      "writer ", "sees ",     "while ", "typing. ", "It ",
        "is ",     "never ",   "wrong; ", "don't ",  "guess\n\n", "In ",    "2026 ",    "tokens " };
static const char *const letters[]
    = { "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m",
        "n", "o", "p", "q", "r", "s", "t", "u", "v", "w", "x", "y", "z" };
static const char *const keys[]
    = { "e", "t", "a", "o", "n", "i", "s", "r", "h", " ", " ", "l", "d", "u", ".", ",", "\n", "E" };
static const char *const han[] = { "的", "一", "是", "不", "了", "人", "我", "在", "有", "他", "这",
                                   "中", "大", "来", "上", "国", "个", "到", "说", "们", "为", "子",
                                   "和", "你", "地", "出", "道", "也", "时", "年", "得", "就" };
static const char *const han_prose[]
    = { "的", "一", "是", "不", "了", "人", "我", "在", "有", "他", "这",
        "中", "大", "来", "上", "国", "，", "到", "说", "们", "为", "子",
        "和", "你", "地", "出", "道", "也", "时", "年", "。", "就" };
static const char *const base64[]
    = { "A", "Q", "x", "b", "G", "h", "0", "9", "z", "W", "k", "+", "M", "j", "V", "d",
        "/", "3", "R", "n", "c", "y", "B", "l", "U", "m", "7", "T", "p", "S", "o", "2" };
static const char *const space[] = { " " };
static const char *const spaces[] = { " ", " ", " ", " ", "\n" };
static const char *const digits[] = { "0", "1", "2", "3", "4", "5", "6", "7", "8", "9" };

/* Arrays of texts differ in length; it is taken from the array. */
typedef struct
{
  Subject subject;
  gsize n_units;
  gsize n_keys;
} Row;

#define ROW(name, bytes, units, keys)                                                              \
  {                                                                                                \
    { name, bytes, units, keys }, G_N_ELEMENTS (units), G_N_ELEMENTS (keys)                        \
  }

static const Row rows[] = {
  ROW ("prose", 100 * KB, prose, keys),
  ROW ("prose", MB, prose, keys),
  ROW ("word", 100 * KB, letters, letters),
  ROW ("word", MB, letters, letters),
  ROW ("word, keys of prose", 100 * KB, letters, keys),
  ROW ("base64", 100 * KB, base64, base64),
  ROW ("cjk", 100 * KB, han_prose, han_prose),
  ROW ("cjk without punctuation", 100 * KB, han, han),
  ROW ("spaces", 10 * KB, space, space),
  ROW ("white space", 10 * KB, spaces, spaces),
  ROW ("digits", 10 * KB, digits, digits),
};

typedef struct
{
  TwTextCounter *counter;
  GRand *random;
  GString *mirror; /* to delete whole characters */
} Desk;

static gint64
now_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (gint64) now.tv_sec * 1000000000 + now.tv_nsec;
}

static const char *
pick (GRand *random, const char *const *from, gsize n)
{
  return from[g_rand_int_range (random, 0, (gint32) n)];
}

static gsize
character_start (const GString *text, gsize at)
{
  while (at > 0 && at < text->len && ((guchar) text->str[at] & 0xc0) == 0x80)
    at--;
  return at;
}

/* Types or erases one character at the cursor, and moves it. The time of the counter alone. */
static gint64
press (Desk *desk, const Row *row, gsize *cursor)
{
  gboolean erase = *cursor > 0 && g_rand_int_range (desk->random, 0, 2) == 0;
  gsize from = erase ? character_start (desk->mirror, *cursor - 1) : *cursor;
  const char *key = pick (desk->random, row->subject.keys, row->n_keys);
  gint64 start = now_ns ();

  if (erase)
    tw_text_counter_delete (desk->counter, from, *cursor - from, NULL);
  else
    tw_text_counter_insert (desk->counter, from, key, -1, NULL);
  start = now_ns () - start;
  if (erase)
    g_string_erase (desk->mirror, (gssize) from, (gssize) (*cursor - from));
  else
    g_string_insert (desk->mirror, (gssize) from, key);
  *cursor = erase ? from : from + strlen (key);
  return start;
}

static int
compare_times (gconstpointer a, gconstpointer b)
{
  gint64 left = *(const gint64 *) a;
  gint64 right = *(const gint64 *) b;

  return (left > right) - (left < right);
}

static void
measure (Desk *desk, const Row *row, gboolean anywhere, gboolean first)
{
  g_autofree gint64 *times = g_new (gint64, EDITS);
  gsize cursor = 0;

  for (guint i = 0; i < WARM_UP + EDITS; i++)
    {
      gint64 time;

      if (anywhere || i % BURST == 0)
        cursor = character_start (
            desk->mirror, (gsize) g_rand_int_range (desk->random, 0, (gint) desk->mirror->len + 1));
      time = press (desk, row, &cursor);
      if (i >= WARM_UP)
        times[i - WARM_UP] = time;
    }
  qsort (times, EDITS, sizeof *times, compare_times);
  g_print ("%s{\"text\":\"%s\",\"where\":\"%s\",\"text_bytes\":%" G_GSIZE_FORMAT
           ",\"edits\":%u,\"p50_us\":%.2f,\"p99_us\":%.2f,\"max_us\":%.2f}",
           first ? "" : ",\n ", row->subject.name, anywhere ? "random" : "cursor",
           row->subject.bytes, EDITS, (double) times[EDITS / 2] / 1000,
           (double) times[EDITS / 100 * 99] / 1000, (double) times[EDITS - 1] / 1000);
}

static gboolean
run (const char *encoding, const Row *row, gboolean first, GError **error)
{
  g_autoptr (TwTextCounter) counter = tw_text_counter_new (encoding, error);
  Desk desk = { counter, g_rand_new_with_seed (1), g_string_new (NULL) };

  while (desk.mirror->len < row->subject.bytes)
    g_string_append (desk.mirror, pick (desk.random, row->subject.units, row->n_units));
  if (counter != NULL
      && tw_text_counter_set_text (counter, desk.mirror->str, (gssize) desk.mirror->len, error))
    {
      measure (&desk, row, TRUE, first);
      measure (&desk, row, FALSE, FALSE);
    }
  g_rand_free (desk.random);
  g_string_free (desk.mirror, TRUE);
  return counter != NULL;
}

int
main (int argc, char **argv)
{
  const char *encoding = argc > 1 ? argv[1] : "o200k_base";
  g_autoptr (GError) error = NULL;

  g_print ("[");
  for (guint i = 0; i < G_N_ELEMENTS (rows) && error == NULL; i++)
    run (encoding, &rows[i], i == 0, &error);
  g_print ("]\n");
  if (error == NULL)
    return 0;
  g_printerr ("keystroke: %s\n", error->message);
  return 1;
}
