/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-encoding-private.h"

#include <stdlib.h>
#include <string.h>

/* tests/cases/tokens: texts.txt and what other people's tokenizers make of each text, NAME.txt for
 * an encoding. The programs that wrote them are beside them and describe both forms. */

#define N_TEXTS_AT_LEAST 2000u
#define N_FAILURES_SHOWN 5u
#define N_BYTES_SHOWN 200u
#define N_IDS_SHOWN 24u

static const struct
{
  const char *name;
  gboolean is_added; /* by a person, from a file: absent unless the tests have done so */
} encodings[] = {
  { "o200k_base", FALSE }, { "cl100k_base", FALSE }, { "p50k_base", FALSE },
  { "r50k_base", FALSE },  { "qwen", FALSE },        { "deepseek", FALSE },
  { "tekken", FALSE },     { "mistral-v3", FALSE },  { "llama3", TRUE },
  { "gemma3", TRUE },
};

static GStrv
read_lines (const char *name)
{
  g_autofree char *file = g_strconcat (name, ".txt", NULL);
  g_autofree char *path
      = g_build_filename (g_getenv ("TOKENWISE_SOURCE"), "tests", "cases", "tokens", file, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  GStrv lines;
  guint n;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (text, "\n", -1);
  n = g_strv_length (lines);
  g_assert_cmpuint (n, >, N_TEXTS_AT_LEAST);
  g_assert_cmpstr (lines[n - 1], ==, "");
  g_clear_pointer (&lines[n - 1], g_free);
  return lines;
}

/* What follows a backslash, other than a brace. Returns how much was read. */
static gsize
append_escape (GString *text, const char *at)
{
  static const char names[] = "nrt\\";
  static const char bytes[] = "\n\r\t\\";

  if (at[0] == 'x')
    {
      g_string_append_c (text,
                         (char) (g_ascii_xdigit_value (at[1]) * 16 + g_ascii_xdigit_value (at[2])));
      return 3;
    }
  g_assert_nonnull (strchr (names, at[0]));
  g_string_append_c (text, bytes[strchr (names, at[0]) - names]);
  return 1;
}

static gsize append_text (GString *text, const char *at, char end);

/* {N:…} */
static gsize
append_repeat (GString *text, const char *at)
{
  char *unit;
  gulong n = strtoul (at + 1, &unit, 10);
  gsize length = 0;

  g_assert_true (unit++[0] == ':');
  for (gulong i = 0; i < n; i++)
    length = append_text (text, unit, '}');
  if (n == 0)
    length = strcspn (unit, "}");
  return (gsize) (unit - at) + length + 1;
}

static gsize
append_text (GString *text, const char *at, char end)
{
  gsize i = 0;

  while (at[i] != end)
    {
      g_assert_true (at[i] != '\0');
      if (at[i] != '\\')
        g_string_append_c (text, at[i++]);
      else if (at[i + 1] == '{')
        i += 1 + append_repeat (text, at + i + 1);
      else
        i += 1 + append_escape (text, at + i + 1);
    }
  return i;
}

/* FNV-1a over the ids as 32-bit little-endian words. */
static guint32
hash_ids (const GArray *ids)
{
  guint32 hash = 0x811c9dc5;

  for (guint i = 0; i < ids->len; i++)
    for (guint shift = 0; shift < 32; shift += 8)
      hash = (hash ^ (g_array_index (ids, guint32, i) >> shift & 0xff)) * 0x01000193;
  return hash;
}

static void
report (const char *name, guint line, const char *text, const char *want, const GArray *ids)
{
  g_autoptr (GString) got = g_string_new (NULL);
  g_autofree char *start = g_utf8_make_valid (text, (gssize) MIN (strlen (text), N_BYTES_SHOWN));

  g_string_append_printf (got, "%u %08x", ids->len, hash_ids (ids));
  for (guint i = 0; i < MIN (ids->len, N_IDS_SHOWN); i++)
    g_string_append_printf (got, " %u", g_array_index (ids, guint32, i));
  g_test_message ("%s, texts.txt:%u: %s", name, line, start);
  g_test_message ("  expected %.200s", want);
  g_test_message ("  got      %s", got->str);
}

static gboolean
check_text (const char *name, guint line, const char *escaped, const char *want, gboolean is_shown)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) ids = NULL;
  g_autofree char *got = NULL;

  /* No oracle is to be trusted with this text; make-vectors.mjs says why. */
  if (strcmp (want, "-") == 0)
    return TRUE;
  append_text (text, escaped, '\0');
  ids = tw_encoding_encode (name, text->str, (gssize) text->len, &error);
  g_assert_no_error (error);
  got = g_strdup_printf ("%u %08x", ids->len, hash_ids (ids));
  if (strncmp (got, want, strcspn (want, " ") + strlen (" 01234567")) == 0
      && tw_encoding_count (name, text->str, (gssize) text->len, NULL) == (gint64) ids->len)
    return TRUE;
  if (is_shown)
    report (name, line, escaped, want, ids);
  return FALSE;
}

static gboolean
is_here (const char *name)
{
  g_auto (GStrv) names = tw_encoding_list ();

  return g_strv_contains ((const char *const *) names, name);
}

static void
test_encoding (gconstpointer data)
{
  const char *name = encodings[GPOINTER_TO_UINT (data)].name;
  g_auto (GStrv) texts = NULL;
  g_auto (GStrv) wants = NULL;
  guint n_failed = 0;

  if (encodings[GPOINTER_TO_UINT (data)].is_added && !is_here (name))
    {
      g_test_skip ("its file has to be added: tokenwise vocab add");
      return;
    }
  texts = read_lines ("texts");
  wants = read_lines (name);
  g_assert_cmpuint (g_strv_length (texts), ==, g_strv_length (wants));
  for (guint i = 0; texts[i] != NULL; i++)
    if (!check_text (name, i + 1, texts[i], wants[i], n_failed < N_FAILURES_SHOWN))
      n_failed++;
  g_test_message ("%s: %u of %u texts are wrong", name, n_failed, g_strv_length (texts));
  g_assert_cmpuint (n_failed, ==, 0);
}

/* The hash here is the hash there: else a corpus and a test could be wrong together. */
static void
test_ids_in_full (gconstpointer data)
{
  g_auto (GStrv) wants = read_lines (encodings[GPOINTER_TO_UINT (data)].name);
  guint n = 0;

  for (guint i = 0; wants[i] != NULL; i++)
    {
      g_auto (GStrv) fields = g_strsplit (wants[i], " ", -1);
      g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (guint32));
      g_autofree char *head = NULL;

      /* A text without an answer is a line of one field. */
      for (guint j = 2; j < g_strv_length (fields); j++)
        {
          guint32 id = (guint32) g_ascii_strtoull (fields[j], NULL, 10);

          g_array_append_val (ids, id);
        }
      head = g_strdup_printf ("%s %08x", fields[0], hash_ids (ids));
      if (ids->len == 0)
        continue;
      g_assert_true (g_str_has_prefix (wants[i], head));
      n++;
    }
  g_assert_cmpuint (n, >=, 150);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (encodings); i++)
    {
      g_autofree char *path = g_strdup_printf ("/tokens/%s", encodings[i].name);
      g_autofree char *full = g_strdup_printf ("/tokens/%s/ids-in-full", encodings[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_encoding);
      g_test_add_data_func (full, GUINT_TO_POINTER (i), test_ids_in_full);
    }
  return g_test_run ();
}
