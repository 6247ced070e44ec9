/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-claude-pieces-private.h"

#include <stdint.h>
#include <string.h>

/* Any bytes, as a text in both frames and as a pieces file. What must hold: no crash; a text has at
 * most as many tokens as bytes of its NFC, marks and frame; and what compiles opens and counts. */

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static const char json[]
    = "{\"meta\":{\"message_overhead\":7,\"fold_quotes\":true,\"allcaps_min\":4},\"tokens\":{"
      "\"w\":[\"⟨bow⟩the⟨eow⟩\",\"er\",\"in\",\"⟨bow⟩a\",\"\\n\\n\",\"  \",\",⟨eow⟩\",\"\\\":\"],"
      "\"bytes_fallback\":[\"e4b8\",\"f09f98\"],\"contractions\":[\"'s\"]}}";

static TwClaudePieces *
compile (GBytes *source)
{
  const char *family = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) file = tw_claude_pieces_compile (source, &family, &error);
  TwClaudePieces *self;

  g_assert_true ((file == NULL) == (error != NULL));
  if (file == NULL)
    return NULL;
  self = tw_claude_pieces_open (file, "fuzz", &error);
  g_assert_no_error (error);
  return self;
}

static void
count (const TwClaudePieces *self, const uint8_t *data, size_t size)
{
  g_autofree char *text = g_memdup2 (data, size);

  for (TwClaudeFrame frame = TW_CLAUDE_FRAME_OWN; frame <= TW_CLAUDE_FRAME_5; frame++)
    {
      gsize tokens = tw_claude_pieces_count_in_frame (self, frame, text, size);

      /* A byte may be U+FFFD, NFC makes at most three of one, and each may have its marks. */
      g_assert_cmpuint (tokens, <=, 12 * size + 2);
      g_assert_cmpuint (tw_claude_pieces_count_in_frame (self, frame, text, size), ==, tokens);
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static TwClaudePieces *own;
  g_autoptr (GBytes) file = g_bytes_new_take (g_memdup2 (data, size), size);

  if (own == NULL)
    {
      g_autoptr (GBytes) source = g_bytes_new_static (json, strlen (json));

      own = compile (source);
    }
  count (own, data, size);
  if (tw_claude_pieces_is_source (file))
    {
      g_autoptr (TwClaudePieces) given = compile (file);

      if (given != NULL)
        count (given, data, size);
    }
  return 0;
}
