/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-types.h"

G_BEGIN_DECLS

/* Claude's tokens by a reconstruction of its vocabulary, which is not published: github.com/
 * sanderland/ctok, ctok/data/pieces_v3.json (Claude 3 to 4.6) and pieces_v4_7.json (4.7 and later),
 * for those who have such a file. Its rule, as ctok/normalize.py and ctok/engine.py state it
 * (August 2026): a text becomes a stream of characters and marks for where words begin and end and
 * how they are capitalised, and its tokens are the fewest pieces that cover that.
 *
 * A compiled file, NAME.tokpieces, is mapped and used in place; any number of threads may count
 * with it. */
#define TW_CLAUDE_PIECES_SUFFIX ".tokpieces"

typedef struct _TwClaudePieces TwClaudePieces;

/* What stands around a message's text. */
typedef enum
{
  TW_CLAUDE_FRAME_OWN, /* of the models that the file was measured with */
  /* Claude 5 has the vocabulary of 4.7 in another frame, ctok/main.py: nothing before the text
   * stands for a space, and white space that ends the text is free. */
  TW_CLAUDE_FRAME_5,
} TwClaudeFrame;

/* Whether a file says that it is such JSON; no more of it is looked at. */
gboolean tw_claude_pieces_is_source (GBytes *file);
/* The compiled file. ret_family is static: "claude-3", "claude-4.7" or "claude-5". */
GBytes *tw_claude_pieces_compile (GBytes *json, const char **ret_family, GError **error);

/* Takes a reference of file, which must stay unchanged. name is for the error message. */
TwClaudePieces *tw_claude_pieces_open (GBytes *file, const char *name, GError **error);
TwClaudePieces *tw_claude_pieces_open_path (const char *path, GError **error);
void tw_claude_pieces_free (TwClaudePieces *self);
/* Whether the whole file is what the compiler wrote; reads all of it. */
gboolean tw_claude_pieces_verify (const TwClaudePieces *self);
guint tw_claude_pieces_get_n_pieces (const TwClaudePieces *self);
/* Tokens that a request of one user message has besides the message's text: 7 and 11 for the
 * published files, 6 in the frame of Claude 5. */
guint tw_claude_pieces_get_overhead (const TwClaudePieces *self, TwClaudeFrame frame);

/* Tokens of a text that is all of a message: what the provider counts for a request of only that
 * message, less tw_claude_pieces_get_overhead. In the files' own frame one space at the front is
 * free, because the frame's last mark stands for it; what is no word there pays for that mark. Line
 * feeds at the end join the two of the frame: those that fit in its token are free.
 *
 * Any bytes: each ill-formed part of UTF-8 is U+FFFD. An empty text has none. */
gsize tw_claude_pieces_count (const TwClaudePieces *self, const char *text, gsize length);
gsize tw_claude_pieces_count_in_frame (const TwClaudePieces *self,
                                       TwClaudeFrame frame,
                                       const char *text,
                                       gsize length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwClaudePieces, tw_claude_pieces_free)

G_END_DECLS
