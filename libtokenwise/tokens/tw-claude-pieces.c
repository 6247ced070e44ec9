/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-claude-pieces-text-private.h"

#include "libtokenwise/base/tw-error.h"

/* A frame's two line feeds, of which its own count has one token. */
#define FRAME_LINES 2u

static const gsize element_sizes[TW_PIECES_N_SECTIONS] = {
  [TW_PIECES_INDEX] = sizeof (guint16),
  [TW_PIECES_RECORDS] = TW_PIECES_BLOCK * sizeof (guint32),
  [TW_PIECES_NODES] = sizeof (TwPieceNode),
};

static gsize
count_of (const TwPiecesHeader *header, TwPiecesSection section)
{
  return header->sections[section].size / element_sizes[section];
}

static gconstpointer
section (const TwPiecesHeader *header, TwPiecesSection section)
{
  return (const guint8 *) header + header->sections[section].offset;
}

static gboolean
section_is_valid (const TwPiecesHeader *header, TwPiecesSection section)
{
  const TwPiecesRange *range = &header->sections[section];

  return range->offset >= sizeof *header && range->offset % TW_PIECES_ALIGN == 0
         && range->offset <= header->file_size && range->size <= header->file_size - range->offset
         && range->size % element_sizes[section] == 0 && range->size > 0
         && count_of (header, section) < G_MAXUINT32;
}

static gboolean
sections_are_valid (const TwPiecesHeader *header)
{
  const guint16 *index = section (header, TW_PIECES_INDEX);

  for (guint i = 0; i < TW_PIECES_N_SECTIONS; i++)
    if (!section_is_valid (header, i))
      return FALSE;
  if (count_of (header, TW_PIECES_INDEX) != TW_PIECES_N_INDEX)
    return FALSE;
  for (guint i = 0; i < TW_PIECES_N_INDEX; i++)
    if (index[i] >= count_of (header, TW_PIECES_RECORDS))
      return FALSE;
  return TRUE;
}

/* NULL, or what is wrong. */
static const char *
find_damage (const TwPiecesHeader *header, gsize size)
{
  if (size < sizeof *header || memcmp (header->magic, TW_PIECES_MAGIC, 8) != 0)
    return "is not a compiled pieces file";
  if (header->endian != TW_PIECES_ENDIAN)
    return "was made on a machine with another byte order";
  if (header->version != TW_PIECES_VERSION)
    return "has a format that this version cannot read";
  if (header->header_checksum
      != tw_vocabulary_checksum (header, G_STRUCT_OFFSET (TwPiecesHeader, header_checksum)))
    return "has a damaged header";
  if (header->file_size != size)
    return "has the wrong size";
  if ((header->flags & ~(guint32) TW_PIECES_ALL_FLAGS) != 0 || !sections_are_valid (header))
    return "has a damaged header";
  return NULL;
}

TwClaudePieces *
tw_claude_pieces_open (GBytes *file, const char *name, GError **error)
{
  gsize size;
  const TwPiecesHeader *header = g_bytes_get_data (file, &size);
  const char *damage = find_damage (header, size);
  TwClaudePieces *self;

  if (damage != NULL)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_FAILED,
                   "The vocabulary file %s %s; add it again with “tokenwise vocab add”.", name,
                   damage);
      return NULL;
    }
  self = g_new0 (TwClaudePieces, 1);
  self->file = g_bytes_ref (file);
  self->cache = tw_piece_cache_new ();
  self->index = section (header, TW_PIECES_INDEX);
  self->records = section (header, TW_PIECES_RECORDS);
  self->ascii = self->records + self->index[0] * TW_PIECES_BLOCK;
  self->nodes = section (header, TW_PIECES_NODES);
  self->n_nodes = count_of (header, TW_PIECES_NODES);
  self->n_pieces = header->n_pieces;
  self->flags = header->flags;
  self->overhead = header->overhead;
  self->caps_min = header->caps_min;
  return self;
}

TwClaudePieces *
tw_claude_pieces_open_path (const char *path, GError **error)
{
  g_autoptr (GMappedFile) mapped = g_mapped_file_new (path, FALSE, error);
  g_autoptr (GBytes) file = NULL;

  if (mapped == NULL)
    return NULL;
  file = g_mapped_file_get_bytes (mapped);
  return tw_claude_pieces_open (file, path, error);
}

void
tw_claude_pieces_free (TwClaudePieces *self)
{
  tw_piece_cache_free (self->cache);
  g_bytes_unref (self->file);
  g_free (self);
}

gboolean
tw_claude_pieces_verify (const TwClaudePieces *self)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (self->file, &size);
  const TwPiecesHeader *header = (gconstpointer) data;
  gsize start = header->sections[0].offset;

  return header->payload_checksum == tw_vocabulary_checksum (data + start, size - start);
}

guint
tw_claude_pieces_get_n_pieces (const TwClaudePieces *self)
{
  return self->n_pieces;
}

guint
tw_claude_pieces_get_overhead (const TwClaudePieces *self, TwClaudeFrame frame)
{
  return frame == TW_CLAUDE_FRAME_5 ? 6 : self->overhead;
}

static gboolean
is_free_space (char c)
{
  return c == ' ' || (c >= '\t' && c <= '\r');
}

/* What the text's last line feeds cost in a frame that goes on with two more. */
static gsize
count_last_lines (const TwClaudePieces *self, gsize n)
{
  g_autofree guint8 *lines = NULL;

  if (n == 0)
    return 0;
  lines = g_malloc (n + FRAME_LINES);
  memset (lines, '\n', n + FRAME_LINES);
  return tw_pieces_tile (self, lines, n + FRAME_LINES) - 1;
}

gsize
tw_claude_pieces_count_in_frame (const TwClaudePieces *self,
                                 TwClaudeFrame frame,
                                 const char *text,
                                 gsize length)
{
  guint32 flags = frame == TW_CLAUDE_FRAME_5 ? 0 : self->flags;
  gboolean takes_space = length > 0 && text[0] == ' ';
  gsize last_lines = 0;
  g_auto (TwPiecesForm) form = { 0 };

  if (length == 0)
    return 0;
  if ((flags & TW_PIECES_FRAME_ENDS_LINES) == 0)
    while (length > 0 && is_free_space (text[length - 1]))
      length--;
  tw_pieces_form_init (&form, self, text, length);
  if ((flags & TW_PIECES_FRAME_ENDS_LINES) != 0)
    for (; form.length > 0 && form.text[form.length - 1] == '\n'; form.length--)
      last_lines++;
  return tw_pieces_count_stream (self, &form, flags, takes_space)
         + count_last_lines (self, last_lines);
}

gsize
tw_claude_pieces_count (const TwClaudePieces *self, const char *text, gsize length)
{
  return tw_claude_pieces_count_in_frame (self, TW_CLAUDE_FRAME_OWN, text, length);
}
