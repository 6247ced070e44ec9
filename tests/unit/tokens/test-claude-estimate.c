/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-json-private.h"
#include "libtokenwise/tokens/tw-claude-estimate-private.h"

#include <gio/gio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_LINE (4 * 1024 * 1024)

typedef struct
{
  guint n;
  guint inside;
  double error; /* sum of |estimate − count| ÷ count */
} Figures;

static const struct
{
  const char *name;
  guint frame;
} families[] = { { "v3", 7 }, { "v4.7", 11 } };

static GDataInputStream *
open_counts (void)
{
  const char *shared = g_getenv ("TOKENWISE_SHARED");
  g_autofree char *path = g_build_filename (shared != NULL ? shared : "/nonexistent", "data",
                                            "claude-counts", "train.jsonl.gz", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) packed = g_file_read (file, NULL, NULL);
  g_autoptr (GConverter) inflate = NULL;
  g_autoptr (GInputStream) plain = NULL;

  if (packed == NULL)
    return NULL;
  inflate = G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP));
  plain = g_converter_input_stream_new (G_INPUT_STREAM (packed), inflate);
  return g_data_input_stream_new (plain);
}

static void
add_row (Figures figures[2][2], const char *line, gsize length)
{
  g_autoptr (cJSON) row = tw_json_parse (line, (gssize) length, MAX_LINE, NULL);
  gboolean is_code = g_str_equal (tw_json_string (row, "set"), "rosetta");
  guint family = g_str_equal (tw_json_string (row, "fam"), "v3") ? TW_CLAUDE_3 : TW_CLAUDE_4_7;
  const char *text = tw_json_string (row, "text");
  Figures *at = &figures[family][is_code];
  TwCountRange range;
  gint64 count;

  g_assert_true (tw_json_integer (row, "api", &count));
  count -= families[family].frame;
  tw_claude_estimate_text (family, text, strlen (text), &range);
  g_assert_cmpint (range.low, <=, range.tokens);
  g_assert_cmpint (range.tokens, <=, range.high);
  at->n++;
  at->inside += range.low <= count && count <= range.high;
  at->error += (double) llabs (range.tokens - count) / (double) count;
}

/* The weights were fitted on these texts, so this is a floor, not the proof: what unseen texts
 * get is in the head of claude-weights.txt.gz. It does show that the C code is what was fitted. */
static void
test_recorded (void)
{
  g_autoptr (GDataInputStream) counts = open_counts ();
  Figures figures[2][2] = { 0 };

  if (counts == NULL)
    {
      g_test_skip ("TOKENWISE_SHARED does not name a folder with data/claude-counts.");
      return;
    }
  for (;;)
    {
      gsize length = 0;
      g_autofree char *line = g_data_input_stream_read_line (counts, &length, NULL, NULL);

      if (line == NULL)
        break;
      add_row (figures, line, length);
    }
  for (guint family = 0; family < 2; family++)
    for (guint is_code = 0; is_code < 2; is_code++)
      {
        const Figures *at = &figures[family][is_code];

        g_assert_cmpuint (at->n, >, 400);
        g_test_message ("%s, %s: %u texts, mean error %.2f %%, %.1f %% in the band",
                        families[family].name, is_code ? "code" : "languages", at->n,
                        100 * at->error / at->n, 100.0 * at->inside / at->n);
        g_assert_cmpfloat (at->error / at->n, <, is_code ? 0.025 : 0.05);
        g_assert_cmpfloat ((double) at->inside / at->n, >, 0.93);
      }
}

/* Made with the fit's own Python code from the same weights. */
static const struct
{
  const char *text;
  gint64 milli_tokens[2];
} goldens[] = {
  { "Hello, world!", { 4186, 6198 } },
  { "The quick brown fox jumps over the lazy dog.", { 11456, 17247 } },
  { "int main(void) { return printf(\"%d\\n\", 42); }\n", { 16778, 19457 } },
  { "def getUserName(self, userId=None):\n    return self._users.get(userId, {})\n",
    { 26232, 31798 } },
  { "\t\tif (a && b) {\n\t\t\tx += 1000;\n\t\t}\n\n", { 20121, 20695 } },
  { "DONT SHOUT, OK? HTTP_STATUS 404", { 14624, 21950 } },
  { "naïve café Übergröße", { 7065, 8726 } },
  { "Привет, мир! Это проверка.", { 12089, 13307 } },
  { "敏捷的棕色狐狸跳过了懒狗。", { 12687, 12535 } },
  { "빠른 갈색 여우가 게으른 개를", { 16101, 15980 } },
  { "مرحبا بالعالم", { 7737, 8300 } },
  { "नमस्ते दुनिया", { 9418, 9883 } },
  { "It’s “quoted” text\u00a0here", { 8621, 11701 } },
  { "{\"key\": [1, 2, 3.14159], \"other\": null}", { 21235, 23694 } },
  { "😀🚀 emoji ☃", { 16122, 17768 } },
  { "======== ###### ------>", { 5831, 8871 } },
  { "a  b   c \t d\r\ne", { 10711, 10128 } },
};

static void
test_goldens (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (goldens); i++)
    for (guint family = 0; family < 2; family++)
      {
        TwClaudeTally tally = { 0 };

        g_test_message ("%s", goldens[i].text);
        tw_claude_tally_add (&tally, family, goldens[i].text, strlen (goldens[i].text));
        g_assert_cmpint (tally.milli_tokens, ==, goldens[i].milli_tokens[family]);
      }
}

static gint64
count (const char *text, gsize length)
{
  TwClaudeTally tally = { 0 };

  tw_claude_tally_add (&tally, TW_CLAUDE_3, text, length);
  return tally.milli_tokens;
}

static void
test_broken_utf8 (void)
{
  g_assert_cmpint (count ("a\xff b", 4), ==, count ("a\xef\xbf\xbd b", 6));
  g_assert_cmpint (count ("\xe2\x82", 2), ==, count ("\xef\xbf\xbd", 3));
  g_assert_cmpint (count ("a\0b", 3), ==, count ("a b", 3));
  g_assert_cmpint (count ("e\xcc\x81", 3), ==, count ("\xc3\xa9", 2));
  g_assert_cmpint (count ("", 0), ==, 0);
}

/* The endpoint counts a text in NFC. */
static void
test_normal_form (void)
{
  static const struct
  {
    const char *said;
    const char *counted;
  } forms[] = {
    { "cafe\u0301 cafe", "caf\u00e9 cafe" },  { "\u30ab\u3099\u30b9", "\u30ac\u30b9" },
    { "\u306f\u309a\u3093", "\u3071\u3093" }, { "\u1112\u1161\u11ab", "\ud55c" },
    { "\uf900\u5b57", "\u8c48\u5b57" },       { "\u0627\u0653", "\u0622" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
    g_assert_cmpint (count (forms[i].said, strlen (forms[i].said)), ==,
                     count (forms[i].counted, strlen (forms[i].counted)));
}

/* Runs longer than the window, and every length around it. */
static void
test_long_runs (void)
{
  const char *units[] = { "a", " ", "\n", "=", "7", "漢", "é", "a ", "x.", "\t\n" };

  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    {
      g_autoptr (GString) text = g_string_new (NULL);

      for (guint n = 0; n < 2100; n++)
        g_string_append (text, units[i]);
      for (guint n = 0; n < 8; n++)
        {
          TwCountRange range;

          tw_claude_estimate_text (TW_CLAUDE_4_7, text->str, text->len, &range);
          g_assert_cmpint (range.low, >, 0);
          g_assert_cmpint (range.tokens, <, (gint64) text->len * 5);
          g_string_append (text, units[i]);
        }
    }
}

static void
test_sums (void)
{
  TwClaudeTally one = { 0 };
  TwClaudeTally sum = { 0 };
  TwCountRange range;

  tw_claude_tally_add (&one, TW_CLAUDE_3, "Hello, world!", 13);
  tw_claude_tally_merge (&sum, &one, 100);
  tw_claude_tally_range (&sum, TW_CLAUDE_3, &range);
  g_assert_cmpint (range.tokens, ==, (one.milli_tokens * 100 + 500) / 1000);
  g_assert_cmpint (range.low, <, range.tokens);
  g_assert_cmpint (range.high - range.tokens, <, range.tokens / 5);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/claude-estimate/recorded", test_recorded);
  g_test_add_func ("/claude-estimate/goldens", test_goldens);
  g_test_add_func ("/claude-estimate/broken-utf8", test_broken_utf8);
  g_test_add_func ("/claude-estimate/normal-form", test_normal_form);
  g_test_add_func ("/claude-estimate/long-runs", test_long_runs);
  g_test_add_func ("/claude-estimate/sums", test_sums);
  return g_test_run ();
}
