/* SPDX-License-Identifier: MIT */
/* The text is edited at random and counted whole after every edit. TOKENWISE_EDITS: how many edits
 * for each encoding and alphabet (EDITS unless set); TOKENWISE_SEED: another course of them. */
#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/tokens/tw-encoding-private.h"
#include "libtokenwise/tokens/tw-text-counter-private.h"

#include <stdlib.h>
#include <string.h>

#define EDITS 3000u
#define FRAGMENTS 24u

/* What an edit inserts; several in a row. Chosen so that neighbours form and break what the
 * pre-tokenizers tell apart. */
typedef struct
{
  const char *name;
  gsize length; /* about which the text's length stays */
  const char *fragments[FRAGMENTS];
} Alphabet;

static const Alphabet alphabets[] = {
  { "prose",
    600,
    { "the", "and", "Token", "izer", " ", " ", " ", ".", ",", "\n", "s", "'s", "2026" } },
  { "borders", 300, { "a", "Z",  "s",       "'", "'", " ", "  ",  "\n", "\r\n", "\t",
                      "7", "42", "1234567", "!", "/", "-", "\n/", "é",  "漢",   "。" } },
  { "contractions",
    200,
    { "'s", "'S", "'ll", "'re", "'ve", "'d", "'m", "'t", "ſ", "'ſ", "l", "e", "r", "don", "I", " ",
      "1", "'", "’" } },
  { "marks",
    200,
    { "e",
      "E",
      "\xcc\x81",
      "\xcc\xb8",
      "\xcc\x81\xcc\x82",
      "\xe3\x82\x99",
      "か",
      "=",
      "<",
      " ",
      "1",
      "ꟼ",
      "ʰ",
      "ǅ",
      "각",
      "\xe1\x86\xa8",
      "\xe1\x84\x80",
      "\xe1\x85\xa1",
      "\xe0\xa4\xbe",
      "क",
      "\xef\xb8\x8f" } },
  { "scripts", 400, { "漢字",  "かな", "カナ", "。", "，", "、", "　", "「", "ру", "ский", "العر",
                      "हिन्दी", "ไทย",  "한국", "A",  "b",  "9",  "٣",  "½",  "Ⅷ",  " ",    "\n" } },
  { "emoji",
    300,
    { "😀", "👩", "\xe2\x80\x8d", "👧", "\xef\xb8\x8f", "🇩", "🇪", "🏽", "a", "B", " ", "1", "#",
      "\xe2\x83\xa3", "!", "\n" } },
  { "white space",
    300,
    { " ", "  ", "        ", "\n", "\n\n", "\r", "\r\n", "\t", "\v", "\xc2\xa0", "\xe2\x80\x83",
      "\xe2\x80\xa8", "　", "\xc2\x85", "x", "." } },
  { "bytes", 300, { "\xe6", "\xbc", "\xa2",         "\xf0",     "\x9f", "\x98", "\x80",
                    "\xff", "\xc0", "\xed\xa0\x80", "\xe2\x80", "a",    " ",    "1",
                    "'",    "漢",   "\xc3",         "\xa9",     "\x01", "\x7f", "\xf4\x90" } },
  { "specials",
    300,
    { "<|endoftext|>", "<|", "|>", "endoftext", "<|im_start|>", "user", "\n", "<s>", "[INST]",
      "<end_of_turn>", " ", "▁", "1", "\xef\xbf\xbd", "\xef\xbb\xbf" } },
  { "code", 800, { "int ",      "main",       "(",  ")",   "{",    "}",   ";\n",     "    ",
                   "\t",        "==",         "!=", "//",  "/*",   "*/",  "0x1F",    "_",
                   "camelCase", "HTTPServer", "\"", "\\n", "\n\n", "'c'", "--------" } },
  { "long runs",
    12000,
    { "qwertzuiopasdfghjklyxcvbnm", "漢字仮名交文", "                ",
      "================", "1234567890", "\n\n\n\n\n\n\n\n", "QWERTZUIOP", "ſſſſſſ",
      "aaaaaaaaaaaaaaaa", "'s", "!", " ", "か" } },
  { "word",
    9000,
    { "a", "e", "i", "n", "s", "t", "tion", "er", "un", "q", "z", "ing", "w", "o", "p", "l",
      "aaaaaaaa", "xyzzy" } },
  { "word with others", 9000, { "a",     "e",   "i",  "n",   "s",   "t",    "tion", "er",
                                "un",    "q",   "z",  "ing", "the", "of",   "and",  "is",
                                "there", "was", "it", "for", "as",  "with", "'s",   " " } },
  { "Han word",
    9000,
    { "的", "一", "是", "不", "了", "人", "我", "在", "有", "他", "这", "中", "大", "来", "上",
      "国", "个", "到", "说" } },
};

typedef struct
{
  char *encoding;
  const Alphabet *alphabet;
} Case;

static void
case_free (gpointer data)
{
  Case *subject = data;

  g_free (subject->encoding);
  g_free (subject);
}

static guint
get_number (const char *variable, guint otherwise)
{
  const char *value = g_getenv (variable);

  return value != NULL ? (guint) strtoul (value, NULL, 10) : otherwise;
}

static void
check (TwTextCounter *counter, const GByteArray *mirror, const char *encoding)
{
  const char *text = mirror->data != NULL ? (const char *) mirror->data : "";
  gint64 want = tw_encoding_count (encoding, text, mirror->len, NULL);
  g_autofree char *terminated = NULL;
  g_autofree char *escaped = NULL;

  g_assert_cmpuint (tw_text_counter_get_length (counter), ==, mirror->len);
  if (tw_text_counter_get_tokens (counter) == (guint64) want)
    return;
  terminated = g_strndup (text, mirror->len);
  escaped = g_strescape (terminated, NULL);
  g_test_message ("%s of: %s", encoding, escaped);
  g_assert_cmpuint (tw_text_counter_get_tokens (counter), ==, want);
}

static void
check_text (TwTextCounter *counter, const GByteArray *mirror)
{
  gsize length;
  g_autofree char *text = tw_text_counter_dup_text (counter, &length);

  g_assert_true (tw_text_counter_check (counter));
  g_assert_cmpmem (text, length, mirror->data, mirror->len);
  g_assert_cmpint (text[length], ==, '\0');
}

static void
insert (TwTextCounter *counter, GByteArray *mirror, gsize offset, const char *text, gsize length)
{
  gsize behind = mirror->len - offset;
  g_autoptr (GError) error = NULL;

  tw_text_counter_insert (counter, offset, text, (gssize) length, &error);
  g_assert_no_error (error);
  g_byte_array_set_size (mirror, (guint) (mirror->len + length));
  memmove (mirror->data + offset + length, mirror->data + offset, behind);
  memcpy (mirror->data + offset, text, length);
}

static void delete (TwTextCounter *counter, GByteArray *mirror, gsize offset, gsize length)
{
  g_autoptr (GError) error = NULL;

  tw_text_counter_delete (counter, offset, length, &error);
  g_assert_no_error (error);
  if (length > 0)
    g_byte_array_remove_range (mirror, (guint) offset, (guint) length);
}

static void
insert_random (TwTextCounter *counter, GByteArray *mirror, const Alphabet *alphabet, GRand *random)
{
  g_autoptr (GString) text = g_string_new (NULL);
  gint n = g_rand_int_range (random, 0, 8) == 0 ? g_rand_int_range (random, 2, 40) : 1;
  gint n_fragments = 0;

  while (n_fragments < (gint) FRAGMENTS && alphabet->fragments[n_fragments] != NULL)
    n_fragments++;
  for (gint i = 0; i < n; i++)
    g_string_append (text, alphabet->fragments[g_rand_int_range (random, 0, n_fragments)]);
  insert (counter, mirror, (gsize) g_rand_int_range (random, 0, (gint) mirror->len + 1), text->str,
          text->len);
}

static void
delete_random (TwTextCounter *counter, GByteArray *mirror, GRand *random)
{
  gint most = g_rand_int_range (random, 0, 8) == 0 ? 200 : 6;
  gint offset = g_rand_int_range (random, 0, (gint) mirror->len + 1);
  gint length = g_rand_int_range (random, 0, most);

  delete (counter, mirror, (gsize) offset, (gsize) MIN (length, (gint) mirror->len - offset));
}

static void
test_edits (gconstpointer data)
{
  const Case *subject = data;
  const Alphabet *alphabet = subject->alphabet;
  guint edits = get_number ("TOKENWISE_EDITS", EDITS);
  g_autoptr (GRand) random = g_rand_new_with_seed (get_number ("TOKENWISE_SEED", 1));
  g_autoptr (GByteArray) mirror = g_byte_array_new ();
  g_autoptr (TwTextCounter) counter = tw_text_counter_new (subject->encoding, NULL);

  g_assert_nonnull (counter);
  if (alphabet->length > 5000)
    edits /= 60;
  for (guint i = 0; i < edits; i++)
    {
      gint more = mirror->len < alphabet->length ? 6 : 3;

      if (g_rand_int_range (random, 0, 9) < more)
        insert_random (counter, mirror, alphabet, random);
      else
        delete_random (counter, mirror, random);
      check (counter, mirror, subject->encoding);
      if (i % 64 == 0)
        check_text (counter, mirror);
    }
  check_text (counter, mirror);
}

/* A text of kilobytes of these, at random; and what else is typed into it. */
typedef struct
{
  const char *name;
  const char *units[20];
} RunText;

static const RunText run_texts[] = {
  { "a", { "a" } },
  { "space", { " " } },
  { "line end", { "\n" } },
  { "tab", { "\t" } },
  { "equals sign", { "=" } },
  { "slash", { "/" } },
  { "quote", { "'" } },
  { "control", { "\x01" } },
  { "one digit", { "7" } },
  { "one Han", { "漢" } },
  { "digits", { "0", "1", "2", "3", "4", "5", "6", "7", "8", "9" } },
  { "white space", { " ", " ", " ", " ", "\n", "\t", "\r\n" } },
  { "lines", { "\n", "\n", "\n", "\r\n" } },
  { "symbols", { "!", "-", "=", "/", "*", "'", "\"", "(", ")", "{", "}", ".", ",", "_", "#" } },
  { "kana", { "か", "カ", "の", "は", "ー", "漢", "字", "を", "が", "ン" } },
  { "Han", { "的", "一", "是", "不", "了", "龥", "龻", "在", "有" } },
  { "Hangul", { "가", "각", "한", "국", "어", "는", "이", "다" } },
  { "mixed case", { "a", "b", "e", "s", "t", "A", "E", "S", "T", "LL", "re" } },
  { "upper case", { "A", "E", "S", "T", "N", "R" } },
  { "clauses", { "的", "一", "是", "不", "了", "，", "。", "在", "有", "人" } },
};

static const char *const strangers[]
    = { "x",  "X", " ",        "\n", "!",    "'",  "'s",       "1",  "漢",
        "か", "é", "\xcc\x81", "/",  "\xff", "。", "\xc2\xa0", "龻", "'ll" };

typedef struct
{
  char *encoding;
  const RunText *text;
} RunCase;

static void
run_case_free (gpointer data)
{
  RunCase *subject = data;

  g_free (subject->encoding);
  g_free (subject);
}

static const char *
pick_unit (const RunText *text, GRand *random)
{
  gint n = 0;

  while (n < (gint) G_N_ELEMENTS (text->units) && text->units[n] != NULL)
    n++;
  return text->units[g_rand_int_range (random, 0, n)];
}

/* Something, the run, something, the run again, something: any of the three may be missing. */
static void
fill_run (TwTextCounter *counter, GByteArray *mirror, const RunText *text, GRand *random)
{
  g_autoptr (GString) all = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  for (guint part = 0; part < 3; part++)
    {
      gint n = g_rand_int_range (random, 0, 3500);

      if (g_rand_boolean (random))
        for (guint i = 0; i < 3; i++)
          g_string_append (all, strangers[g_rand_int_range (random, 0, G_N_ELEMENTS (strangers))]);
      for (gint i = 0; i < n && part < 2; i++)
        g_string_append (all, pick_unit (text, random));
    }
  tw_text_counter_set_text (counter, all->str, (gssize) all->len, &error);
  g_assert_no_error (error);
  g_byte_array_set_size (mirror, 0);
  g_byte_array_append (mirror, (const guint8 *) all->str, (guint) all->len);
}

static void
test_runs (gconstpointer data)
{
  const RunCase *subject = data;
  guint edits = get_number ("TOKENWISE_EDITS", EDITS) / 20;
  g_autoptr (GRand) random = g_rand_new_with_seed (get_number ("TOKENWISE_SEED", 1));
  g_autoptr (GByteArray) mirror = g_byte_array_new ();
  g_autoptr (TwTextCounter) counter = tw_text_counter_new (subject->encoding, NULL);
  gint at = 0;

  for (guint i = 0; i < edits; i++)
    {
      gint most = g_rand_int_range (random, 0, 20) == 0 ? 300 : 5;
      gint n_deleted = g_rand_int_range (random, 0, most);
      const char *unit = g_rand_int_range (random, 0, 4) > 0
                             ? pick_unit (subject->text, random)
                             : strangers[g_rand_int_range (random, 0, G_N_ELEMENTS (strangers))];

      if (i % 40 == 0)
        fill_run (counter, mirror, subject->text, random);
      if (g_rand_int_range (random, 0, 3) > 0)
        at = g_rand_int_range (random, 0, (gint) mirror->len + 1);
      at = MIN (at, (gint) mirror->len);
      if (g_rand_boolean (random))
        insert (counter, mirror, (gsize) at, unit, strlen (unit));
      else
        delete (counter, mirror, (gsize) at, (gsize) MIN (n_deleted, (gint) mirror->len - at));
      check (counter, mirror, subject->encoding);
    }
  check_text (counter, mirror);
}

/* Pages, chapters and their borders: a text of megabytes that comes, changes and goes in parts. */
static void
test_large (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  g_autoptr (GByteArray) mirror = g_byte_array_new ();
  g_autoptr (TwTextCounter) counter = tw_text_counter_new ("o200k_base", NULL);
  g_autofree char *part = g_strnfill (40000, ' ');

  for (guint i = 0; i < 40000; i += 1 + i % 7)
    part[i] = (char) ('a' + g_rand_int_range (random, 0, 26));
  for (guint i = 0; i < 60; i++)
    insert (counter, mirror, (gsize) g_rand_int_range (random, 0, (gint) mirror->len + 1), part,
            (gsize) g_rand_int_range (random, 1, 40000));
  check_text (counter, mirror);
  for (guint i = 0; i < 4000; i++)
    if (i % 2 == 0)
      insert (counter, mirror, (gsize) g_rand_int_range (random, 0, (gint) mirror->len + 1),
              "word ", 5);
    else
      delete_random (counter, mirror, random);
  check (counter, mirror, "o200k_base");
  check_text (counter, mirror);
  while (mirror->len > 0)
    {
      gsize offset = (gsize) g_rand_int_range (random, 0, (gint) mirror->len);

      delete (counter, mirror, offset, MIN (9000, mirror->len - offset));
      g_assert_true (tw_text_counter_check (counter));
    }
  check (counter, mirror, "o200k_base");
  insert (counter, mirror, 0, "again", 5);
  check (counter, mirror, "o200k_base");
}

static void
count_notify (GObject *object, G_GNUC_UNUSED GParamSpec *spec, gpointer n)
{
  g_assert_true (TW_IS_TEXT_COUNTER (object));
  ++*(guint *) n;
}

static void
test_object (void)
{
  g_autoptr (TwTextCounter) counter = tw_text_counter_new ("o200k_base", NULL);
  g_autofree char *text = NULL;
  guint64 tokens;
  guint n = 0;

  g_signal_connect (counter, "notify::tokens", G_CALLBACK (count_notify), &n);
  g_assert_cmpuint (tw_text_counter_get_tokens (counter), ==, 0);
  g_assert_true (tw_text_counter_insert (counter, 0, "Hello, world", -1, NULL));
  g_assert_cmpuint (n, ==, 1);
  g_object_get (counter, "tokens", &tokens, NULL);
  g_assert_cmpuint (tokens, ==, tw_encoding_count ("o200k_base", "Hello, world", -1, NULL));
  g_assert_true (tw_text_counter_insert (counter, 3, "", -1, NULL));
  g_assert_cmpuint (n, ==, 1);
  g_assert_true (tw_text_counter_set_text (counter, "Hi\0!", 4, NULL));
  g_assert_cmpuint (n, ==, 2);
  g_assert_cmpuint (tw_text_counter_get_length (counter), ==, 4);
  text = tw_text_counter_dup_text (counter, NULL);
  g_assert_cmpmem (text, 5, "Hi\0!", 5);
  tw_text_counter_clear (counter);
  g_assert_cmpuint (n, ==, 3);
  g_assert_cmpuint (tw_text_counter_get_tokens (counter), ==, 0);
  g_assert_cmpuint (tw_text_counter_get_length (counter), ==, 0);
}

static void
test_errors (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwTextCounter) counter = tw_text_counter_new ("no such encoding", &error);

  g_assert_null (counter);
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
  g_clear_error (&error);
  counter = tw_text_counter_new ("cl100k_base", NULL);
  g_assert_true (tw_text_counter_insert (counter, 0, "four", -1, NULL));
  g_assert_false (tw_text_counter_insert (counter, 5, "x", -1, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
  g_clear_error (&error);
  g_assert_false (tw_text_counter_delete (counter, 1, 4, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
  g_clear_error (&error);
  g_assert_false (tw_text_counter_delete (counter, 1, G_MAXSIZE, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT);
  g_clear_error (&error);
  g_assert_false (tw_text_counter_insert (counter, 0, "x", G_MAXSSIZE, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_LIMIT);
  g_assert_cmpuint (tw_text_counter_get_length (counter), ==, 4);
}

static void
add_edits (const char *encoding)
{
  for (guint i = 0; i < G_N_ELEMENTS (alphabets); i++)
    {
      Case *subject = g_new (Case, 1);
      g_autofree char *path
          = g_strdup_printf ("/text-counter/edits/%s/%s", encoding, alphabets[i].name);

      *subject = (Case){ g_strdup (encoding), &alphabets[i] };
      g_test_add_data_func_full (path, subject, test_edits, case_free);
    }
}

static void
add_runs (const char *encoding)
{
  for (guint i = 0; i < G_N_ELEMENTS (run_texts); i++)
    {
      RunCase *subject = g_new (RunCase, 1);
      g_autofree char *path
          = g_strdup_printf ("/text-counter/runs/%s/%s", encoding, run_texts[i].name);

      *subject = (RunCase){ g_strdup (encoding), &run_texts[i] };
      g_test_add_data_func_full (path, subject, test_runs, run_case_free);
    }
}

/* The encodings of this build whose vocabulary is there; one that a user adds may be missing. */
static void
add_cases (void)
{
  g_auto (GStrv) names = tw_encoding_list ();

  for (guint i = 0; names[i] != NULL; i++)
    if (tw_encoding_get (names[i], NULL) != NULL)
      {
        add_edits (names[i]);
        add_runs (names[i]);
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_cases ();
  g_test_add_func ("/text-counter/large", test_large);
  g_test_add_func ("/text-counter/object", test_object);
  g_test_add_func ("/text-counter/errors", test_errors);
  return g_test_run ();
}
