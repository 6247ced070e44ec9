/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/tokens/tw-claude-pieces-private.h"
#include "libtokenwise/tokens/tw-claude-pieces-text-private.h"

#define BYTES "\"bytes_fallback\":[\"e4b8\",\"f09f\",\"f09f98\"]"
#define CONTRACTIONS "\"contractions\":[\"'s\"]"
#define WORDS                                                                                                                      \
  "\"word_pieces\":[\"⟨bow⟩the⟨eow⟩\",\"⟨bow⟩cat⟨eow⟩\",\"⟨shift⟩⟨bow⟩the⟨eow⟩\",\"ca\",\"ts⟨eow⟩" \
  "\",\"s⟨eow⟩\",\"⟨bow⟩c\",\"at\",\"⟨bow⟩(\",\",⟨eow⟩\",\"\\n\\n\",\"\\n\\n\\n\",\"  \","                         \
  "\"⟨0xE4⟩⟨0xBD⟩⟨0xA0⟩\",\"é\",\"⟨eow⟩\"]"

/* Damage before it is refused. */
#define AFTER_INDEX (sizeof (TwPiecesHeader) + 64 + TW_PIECES_N_INDEX * sizeof (guint16))

static const char v3[]
    = "{\"meta\":{\"message_overhead\":7,\"fold_quotes\":true,\"allcaps_min\":4},"
      "\"tokens\":{" WORDS "," BYTES "," CONTRACTIONS "}}";
static const char v47[]
    = "{\"meta\":{\"message_overhead\":11,\"fold_quotes\":false,\"allcaps_min\":null},"
      "\"tokens\":{\"more\":{\"⟨bow⟩the⟨eow⟩\":{\"probe\":\"the\",\"raw\":12}}," BYTES
      "," CONTRACTIONS "}}";

static TwClaudePieces *
open_text (const char *json)
{
  g_autoptr (GBytes) source = g_bytes_new_static (json, strlen (json));
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) file = NULL;
  const char *family = NULL;
  TwClaudePieces *self;

  g_assert_true (tw_claude_pieces_is_source (source));
  file = tw_claude_pieces_compile (source, &family, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (family, ==, json == v3 ? "claude-3" : "claude-4.7");
  self = tw_claude_pieces_open (file, "test", &error);
  g_assert_no_error (error);
  g_assert_true (tw_claude_pieces_verify (self));
  return self;
}

/* Worked out by hand; a bar is between tokens, ^ and $ are a word's begin and end. */
static void
test_golden (void)
{
  static const struct
  {
    const char *text;
    gsize tokens;
  } cases[] = {
    { "", 0 },
    { "the", 1 },                 /* ^the$ */
    { " the", 1 },                /* the frame's begin is the space */
    { "  the", 2 },               /*   |^the$ */
    { "the cat", 2 },             /* ^the$|^cat$ */
    { "The", 1 },                 /* shift^the$ */
    { "THE", 5 },                 /* ^|T|H|E|$: three letters are too few for caps */
    { "CATS", 4 },                /* caps|^|ca|ts$ */
    { "cats", 3 },                /* ^|ca|ts$ */
    { "cat's", 2 },               /* ^cat$|'s$ */
    { "cat\xe2\x80\x99s", 2 },    /* folded to the same */
    { "'cat", 3 },                /* space|'|^cat$ */
    { "the, cat", 3 },            /* ^the$|,$|^cat$ */
    { "the,cat", 3 },             /* ^the$|,|^cat$ */
    { "the (cat", 3 },            /* ^the$|^(|^cat$ */
    { "the  cat", 3 },            /* two spaces are a piece */
    { "the\tcat", 3 },            /* a tab is no seam */
    { "the 1", 3 },               /* ^the$|space|1 */
    { "1", 2 },                   /* the frame's ^|1 */
    { "the\n", 1 },               /* three line feeds are one token of the frame */
    { "the\n\n", 2 },             /* four are two */
    { "\xe4\xbd\xa0", 2 },        /* ^|你 */
    { "\xe4\xb8\xad", 3 },        /* ^|E4 B8|AD */
    { "\xf0\x9f\x98\x80", 3 },    /* ^|F0 9F 98|80 */
    { "\xf0\x9f\x9a\x80", 4 },    /* ^|F0 9F|9A|80 */
    { "e\xcc\x81", 3 },           /* composed: ^|é|$ */
    { "\xc3\xa9", 3 },            /* the same */
    { "\xff", 4 },                /* U+FFFD is a symbol: ^|EF|BF|BD */
    { "t\x01he", 1 },             /* controls are not counted */
    { "the\xef\x80\x80 cat", 2 }, /* nor is private use */
    { "the\xc2\xa0"
      "cat",
      2 },         /* no-break space is a space */
    { "\x01", 1 }, /* the frame's ^ has nothing to join */
  };
  g_autoptr (TwClaudePieces) self = open_text (v3);

  g_assert_cmpuint (tw_claude_pieces_get_overhead (self, TW_CLAUDE_FRAME_OWN), ==, 7);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gsize tokens = tw_claude_pieces_count (self, cases[i].text, strlen (cases[i].text));

      g_test_message ("case %u", i);
      g_assert_cmpuint (tokens, ==, cases[i].tokens);
    }
  g_assert_cmpuint (tw_claude_pieces_count (self, "the\0cat", 7), ==, 2);
}

static void
test_frames (void)
{
  g_autoptr (TwClaudePieces) self = open_text (v47);

  g_assert_cmpuint (tw_claude_pieces_get_overhead (self, TW_CLAUDE_FRAME_OWN), ==, 11);
  g_assert_cmpuint (tw_claude_pieces_get_overhead (self, TW_CLAUDE_FRAME_5), ==, 6);
  /* No caps here: ^|T|H|E|S|E|$ */
  g_assert_cmpuint (tw_claude_pieces_count (self, "THESE", 5), ==, 7);
  g_assert_cmpuint (tw_claude_pieces_count (self, "1", 1), ==, 2);
  g_assert_cmpuint (tw_claude_pieces_count_in_frame (self, TW_CLAUDE_FRAME_5, "1", 1), ==, 1);
  g_assert_cmpuint (tw_claude_pieces_count_in_frame (self, TW_CLAUDE_FRAME_5, " the", 4), ==, 2);
  g_assert_cmpuint (tw_claude_pieces_count_in_frame (self, TW_CLAUDE_FRAME_5, "the \t\n", 6), ==,
                    1);
}

/* The fewest parts, by trying all of them. */
static gsize
search (const TwClaudePieces *self, const char *const *pieces, const guint8 *bytes, gsize length)
{
  gsize best = 1;

  if (length == 0)
    return 0;
  best += search (self, pieces, bytes + 1, length - 1);
  for (guint i = 0; pieces[i] != NULL; i++)
    if (strlen (pieces[i]) <= length && memcmp (pieces[i], bytes, strlen (pieces[i])) == 0)
      best = MIN (
          best, 1 + search (self, pieces, bytes + strlen (pieces[i]), length - strlen (pieces[i])));
  return best;
}

static void
test_least (void)
{
  static const char json[]
      = "{\"meta\":{\"message_overhead\":7,\"fold_quotes\":true},\"tokens\":{"
        "\"w\":[\"aab\",\"ab\",\"ba\",\"aaa\",\"bab\",\"abba\"]," BYTES "," CONTRACTIONS "}}";
  static const char *const pieces[] = { "aab", "ab", "ba", "aaa", "bab", "abba", NULL };
  g_autoptr (GBytes) source = g_bytes_new_static (json, strlen (json));
  const char *family = NULL;
  g_autoptr (GBytes) file = tw_claude_pieces_compile (source, &family, NULL);
  g_autoptr (TwClaudePieces) self = tw_claude_pieces_open (file, "test", NULL);

  for (guint i = 0; i < 4096; i++)
    {
      guint8 text[12];

      for (guint j = 0; j < sizeof text; j++)
        text[j] = (i >> j & 1) != 0 ? 'a' : 'b';
      g_assert_cmpuint (tw_pieces_tile (self, text, sizeof text), ==,
                        search (self, pieces, text, sizeof text));
    }
}

static void
test_broken_sources (void)
{
  static const char *const broken[] = {
    "",
    "[]",
    "{\"meta\":{},\"tokens\":{}}",
    "{\"meta\":{\"message_overhead\":7},\"tokens\":{" BYTES "," CONTRACTIONS "}}",
    "{\"meta\":{\"message_overhead\":7,\"fold_quotes\":true},\"tokens\":{" BYTES "}}",
    "{\"meta\":{\"message_overhead\":7,\"fold_quotes\":true},\"tokens\":{\"w\":1," BYTES
    "," CONTRACTIONS "}}",
    "{\"meta\":{\"message_overhead\":7,\"fold_quotes\":true},\"tokens\":{\"w\":[1]," BYTES
    "," CONTRACTIONS "}}",
    "{\"meta\":{\"message_overhead\":7,\"fold_quotes\":true},\"tokens\":{\"w\":[\"⟨0xE4⟩\"]," BYTES
    "," CONTRACTIONS "}}",
    "{\"meta\":{\"message_overhead\":7,\"fold_quotes\":true},\"tokens\":{"
    "\"bytes_fallback\":[\"xy\"]," CONTRACTIONS "}}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (broken); i++)
    {
      g_autoptr (GBytes) source = g_bytes_new_static (broken[i], strlen (broken[i]));
      g_autoptr (GError) error = NULL;
      const char *family = NULL;

      g_assert_null (tw_claude_pieces_compile (source, &family, &error));
      g_assert_nonnull (error);
      g_test_message ("%s", error->message);
      g_assert_true (g_str_has_suffix (error->message, "."));
    }
}

/* A damaged file is refused, or counts something. */
static void
test_damaged_files (void)
{
  g_autoptr (TwClaudePieces) whole = open_text (v3);
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  gsize size;
  const guint8 *data = g_bytes_get_data (whole->file, &size);
  guint n_opened = 0;

  for (guint i = 0; i < 300; i++)
    {
      gsize kept = i % 4 == 0 ? (gsize) g_rand_int_range (rand, 0, (gint32) size) : size;
      guint8 *copy = g_memdup2 (data, size);
      g_autoptr (GBytes) file = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (TwClaudePieces) self = NULL;

      for (guint j = 0; j < 200; j++)
        copy[g_rand_int_range (rand, j == 0 && i % 2 == 1 ? 0 : (gint32) AFTER_INDEX,
                               (gint32) size)]
            = (guint8) g_rand_int_range (rand, 0, 256);
      file = g_bytes_new_take (g_realloc (copy, MAX (kept, 1)), kept);
      self = tw_claude_pieces_open (file, "damaged", &error);
      g_assert_true ((self == NULL) == (error != NULL));
      if (self == NULL)
        continue;
      n_opened++;
      g_assert_false (tw_claude_pieces_verify (self));
      tw_claude_pieces_count (self, "The cats' caf\xc3\xa9 \xe4\xb8\xad\xe0\xb9\x8d\xe0\xb8\xb2!",
                              25);
    }
  g_assert_cmpuint (n_opened, >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/claude-pieces/golden", test_golden);
  g_test_add_func ("/claude-pieces/frames", test_frames);
  g_test_add_func ("/claude-pieces/least", test_least);
  g_test_add_func ("/claude-pieces/broken-sources", test_broken_sources);
  g_test_add_func ("/claude-pieces/damaged-files", test_damaged_files);
  return g_test_run ();
}
