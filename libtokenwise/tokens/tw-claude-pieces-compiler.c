/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-claude-pieces-private.h"
#include "libtokenwise/tokens/tw-claude-pieces-source-private.h"
#include "libtokenwise/tokens/tw-vocabulary-format-private.h"

static int
compare_pieces (gconstpointer a, gconstpointer b)
{
  return g_bytes_compare (*(GBytes *const *) a, *(GBytes *const *) b);
}

static void
sort_pieces (GPtrArray *pieces)
{
  guint kept = 0;

  g_ptr_array_sort (pieces, compare_pieces);
  for (guint i = 0; i < pieces->len; i++)
    if (i == 0 || !g_bytes_equal (pieces->pdata[kept - 1], pieces->pdata[i]))
      {
        GBytes *piece = pieces->pdata[i];

        pieces->pdata[i] = pieces->pdata[kept];
        pieces->pdata[kept++] = piece;
      }
  g_ptr_array_set_size (pieces, (int) kept);
}

static gboolean
is_case (guint8 byte)
{
  return byte == TW_MARK_SHIFT || byte == TW_MARK_CAPS;
}

/* Where the stream may be cut without cutting a piece. */
static guint32
find_closed (const GPtrArray *pieces)
{
  guint32 closed = TW_PIECES_CLOSED_AT_END | TW_PIECES_CLOSED_AT_BEGIN;

  for (guint i = 0; i < pieces->len; i++)
    {
      gsize length;
      const guint8 *bytes = g_bytes_get_data (pieces->pdata[i], &length);

      for (gsize j = 0; j < length; j++)
        {
          if (bytes[j] == TW_MARK_END && j + 1 < length)
            closed &= ~(guint32) TW_PIECES_CLOSED_AT_END;
          if (j > 0 && (is_case (bytes[j]) || bytes[j] == TW_MARK_BEGIN)
              && !(j == 1 && is_case (bytes[0]) && bytes[1] == TW_MARK_BEGIN))
            closed &= ~(guint32) TW_PIECES_CLOSED_AT_BEGIN;
        }
    }
  return closed;
}

static const char *
family_of (const TwPiecesSource *source)
{
  if (source->fold_quotes)
    return "claude-3";
  return source->frame_begins_word ? "claude-4.7" : "claude-5";
}

static gsize
align_up (gsize offset)
{
  return (offset + TW_PIECES_ALIGN - 1) / TW_PIECES_ALIGN * TW_PIECES_ALIGN;
}

static GBytes *
assemble (const TwPiecesSource *source, GByteArray *const *sections)
{
  TwPiecesHeader header = { .magic = { 'T', 'W', 'P', 'I', 'E', 'C', 'E', 'S' },
                            .version = TW_PIECES_VERSION,
                            .endian = TW_PIECES_ENDIAN,
                            .n_pieces = source->pieces->len,
                            .flags = find_closed (source->pieces),
                            .overhead = source->overhead,
                            .caps_min = source->caps_min };
  gsize start = align_up (sizeof header);
  gsize size = start;
  guint8 *file;

  header.flags |= source->frame_begins_word ? TW_PIECES_FRAME_BEGINS_WORD : 0u;
  header.flags |= source->frame_ends_lines ? TW_PIECES_FRAME_ENDS_LINES : 0u;
  for (guint i = 0; i < TW_PIECES_N_SECTIONS; i++)
    {
      header.sections[i] = (TwPiecesRange){ size, sections[i]->len };
      size = align_up (size + sections[i]->len);
    }
  header.file_size = size;
  file = g_malloc0 (size);
  for (guint i = 0; i < TW_PIECES_N_SECTIONS; i++)
    memcpy (file + header.sections[i].offset, sections[i]->data, sections[i]->len);
  header.payload_checksum = tw_vocabulary_checksum (file + start, size - start);
  header.header_checksum
      = tw_vocabulary_checksum (&header, G_STRUCT_OFFSET (TwPiecesHeader, header_checksum));
  memcpy (file, &header, sizeof header);
  return g_bytes_new_take (file, size);
}

GBytes *
tw_claude_pieces_compile (GBytes *json, const char **ret_family, GError **error)
{
  g_autoptr (TwPiecesSource) source = tw_pieces_source_read (json, error);
  GByteArray *sections[TW_PIECES_N_SECTIONS];
  GBytes *file;

  if (source == NULL)
    return NULL;
  sort_pieces (source->pieces);
  for (guint i = 0; i < TW_PIECES_N_SECTIONS; i++)
    sections[i] = g_byte_array_new ();
  tw_pieces_characters_pack (source, sections[TW_PIECES_INDEX], sections[TW_PIECES_RECORDS]);
  tw_pieces_trie_pack (source->pieces, sections[TW_PIECES_NODES]);
  file = assemble (source, sections);
  for (guint i = 0; i < TW_PIECES_N_SECTIONS; i++)
    g_byte_array_unref (sections[i]);
  *ret_family = family_of (source);
  return file;
}
