/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-vocabulary-compiler-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/tokens/tw-unicode-classes-private.h"

/* Slots per token, in quarters: a load of 0.75 keeps linear probes short (0.3 slots on average for
 * o200k_base) and the file small. */
#define SLOTS_PER_THREE_TOKENS 4

typedef struct
{
  const guint8 *bytes;
  guint length;
} Token;

typedef struct
{
  GArray *tokens;  /* (element-type Token) by id */
  GHashTable *ids; /* Token → id + 1 */
  guint32 max_probe;
  GByteArray *sections[TW_N_SECTIONS];
} Compiler;

guint64
tw_vocabulary_checksum (const void *data, gsize length)
{
  const guint8 *bytes = data;
  guint64 sum = G_GUINT64_CONSTANT (0xcbf29ce484222325) ^ length;

  /* FNV-1a: against damage, not against malice. */
  for (gsize i = 0; i < length; i++)
    sum = (sum ^ bytes[i]) * G_GUINT64_CONSTANT (0x100000001b3);
  return sum;
}

static guint
token_hash (gconstpointer key)
{
  const Token *token = key;

  return tw_hash_long (token->bytes, token->length);
}

static gboolean
token_equal (gconstpointer a, gconstpointer b)
{
  const Token *left = a;
  const Token *right = b;

  return left->length == right->length && memcmp (left->bytes, right->bytes, left->length) == 0;
}

static guint32
find_id (Compiler *self, const guint8 *bytes, guint length)
{
  Token key = { bytes, length };

  return GPOINTER_TO_UINT (g_hash_table_lookup (self->ids, &key)) - 1;
}

static gboolean
read_tokens (Compiler *self, GBytes *packed, GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (packed, &size);
  gsize at = 0;

  while (at < size)
    {
      Token token = { data + at + 1, data[at] };

      if (token.length == 0 || token.length > size - at - 1 || self->tokens->len >= TW_ID_MAX)
        {
          g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                       "The vocabulary is not valid at token %u; make it again.",
                       self->tokens->len);
          return FALSE;
        }
      g_array_append_val (self->tokens, token);
      at += 1 + token.length;
    }
  return TRUE;
}

static gboolean
index_tokens (Compiler *self, GError **error)
{
  for (guint i = 0; i < self->tokens->len; i++)
    if (!g_hash_table_insert (self->ids, &g_array_index (self->tokens, Token, i),
                              GUINT_TO_POINTER (i + 1)))
      {
        g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                     "Token %u of the vocabulary occurs twice; make it again.", i);
        return FALSE;
      }
  for (guint byte = 0; byte < 256; byte++)
    {
      guint8 single = (guint8) byte;
      guint32 id = find_id (self, &single, 1);

      if (id == TW_ID_NONE)
        {
          g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                       "The vocabulary has no token for the byte %u, so it cannot encode any text.",
                       byte);
          return FALSE;
        }
      g_byte_array_append (self->sections[TW_SECTION_BYTES], (const guint8 *) &id, sizeof id);
    }
  return TRUE;
}

static void
index_byte_pairs (Compiler *self)
{
  for (guint i = 0; i < 65536; i++)
    {
      guint8 pair[2] = { (guint8) (i >> 8), (guint8) i };
      guint32 id = find_id (self, pair, 2);

      g_byte_array_append (self->sections[TW_SECTION_BYTE_PAIRS], (const guint8 *) &id, sizeof id);
    }
}

static gpointer
resize_table (Compiler *self, TwSection section, gsize n_entries, gsize slot_size, gsize *ret_n)
{
  GByteArray *table = self->sections[section];

  *ret_n = n_entries * SLOTS_PER_THREE_TOKENS / 3 + 1;
  g_byte_array_set_size (table, (guint) (*ret_n * slot_size));
  memset (table->data, 0, table->len);
  return table->data;
}

static void
note_probe (Compiler *self, guint32 probe)
{
  self->max_probe = MAX (self->max_probe, probe);
}

static void
insert_short (Compiler *self, TwShortSlot *slots, gsize n, const Token *token, guint32 id)
{
  TwShortSlot key = tw_short_key (token->bytes, token->length);
  gsize at = tw_hash_to_slot (tw_hash_mix (key.low, key.high), n);
  guint32 probe = 1;

  for (; slots[at].high != 0; probe++)
    at = at + 1 == n ? 0 : at + 1;
  note_probe (self, probe);
  key.high |= (guint64) id << TW_SHORT_ID_SHIFT;
  slots[at] = key;
}

static void
insert_long (Compiler *self, TwLongSlot *slots, gsize n, const Token *token, guint32 id)
{
  GByteArray *heap = self->sections[TW_SECTION_LONG_BYTES];
  TwLongSlot slot = { tw_hash_long (token->bytes, token->length), heap->len, token->length, id };
  gsize at = tw_hash_to_slot (slot.hash, n);
  guint32 probe = 1;

  for (; slots[at].length != 0; probe++)
    at = at + 1 == n ? 0 : at + 1;
  note_probe (self, probe);
  slots[at] = slot;
  g_byte_array_append (heap, token->bytes, token->length);
}

/* Pieces are whole characters, so a token that is not valid UTF-8 is only ever made by merges and
 * needs no place in the tables that are searched by bytes. */
static gboolean
is_whole_characters (const Token *token)
{
  return token->length == 1
             ? token->bytes[0] < 0x80
             : g_utf8_validate_len ((const char *) token->bytes, token->length, NULL);
}

static void
make_piece_tables (Compiler *self)
{
  gsize n_short = 0;
  gsize n_long = 0;
  TwShortSlot *short_slots;
  TwLongSlot *long_slots;

  for (guint i = 0; i < self->tokens->len; i++)
    {
      const Token *token = &g_array_index (self->tokens, Token, i);

      if (is_whole_characters (token))
        *(token->length <= TW_SHORT_BYTES ? &n_short : &n_long) += 1;
    }
  short_slots = resize_table (self, TW_SECTION_SHORT, n_short, sizeof *short_slots, &n_short);
  long_slots = resize_table (self, TW_SECTION_LONG, n_long, sizeof *long_slots, &n_long);
  for (guint i = 0; i < self->tokens->len; i++)
    {
      const Token *token = &g_array_index (self->tokens, Token, i);

      if (!is_whole_characters (token))
        continue;
      if (token->length <= TW_SHORT_BYTES)
        insert_short (self, short_slots, n_short, token, i);
      else
        insert_long (self, long_slots, n_long, token, i);
    }
}

/* Every way to cut a token into two tokens is a pair that merging may meet. */
static GArray *
collect_pairs (Compiler *self)
{
  GArray *pairs = g_array_new (FALSE, FALSE, sizeof (guint64));

  for (guint i = 0; i < self->tokens->len; i++)
    {
      const Token *token = &g_array_index (self->tokens, Token, i);

      for (guint cut = 1; cut < token->length; cut++)
        {
          guint32 left = find_id (self, token->bytes, cut);
          guint32 right = left == TW_ID_NONE
                              ? TW_ID_NONE
                              : find_id (self, token->bytes + cut, token->length - cut);
          guint64 slot = tw_pair_key (left, right) << TW_ID_BITS | i;

          if (right != TW_ID_NONE)
            g_array_append_val (pairs, slot);
        }
    }
  return pairs;
}

static void
make_pair_table (Compiler *self)
{
  g_autoptr (GArray) pairs = collect_pairs (self);
  gsize n;
  guint64 *slots = resize_table (self, TW_SECTION_PAIRS, pairs->len, sizeof *slots, &n);

  memset (slots, 0xff, n * sizeof *slots);
  for (guint i = 0; i < pairs->len; i++)
    {
      guint64 slot = g_array_index (pairs, guint64, i);
      gsize at = tw_hash_to_slot (tw_hash_pair (slot >> TW_ID_BITS), n);
      guint32 probe = 1;

      for (; slots[at] != TW_PAIR_EMPTY; probe++)
        at = at + 1 == n ? 0 : at + 1;
      note_probe (self, probe);
      slots[at] = slot;
    }
}

static gsize
align_up (gsize offset)
{
  return (offset + TW_VOCABULARY_ALIGN - 1) / TW_VOCABULARY_ALIGN * TW_VOCABULARY_ALIGN;
}

static GBytes *
assemble (Compiler *self, TwPretokenizer pretokenizer)
{
  TwVocabularyHeader header = { .magic = { 'T', 'W', 'T', 'O', 'K', 'B', 'I', 'N' },
                                .version = TW_VOCABULARY_VERSION,
                                .endian = TW_VOCABULARY_ENDIAN,
                                .n_tokens = self->tokens->len,
                                .pretokenizer = pretokenizer,
                                .max_probe = self->max_probe };
  gsize start = align_up (sizeof header);
  gsize size = start;
  guint8 *file;

  for (guint i = 0; i < TW_N_SECTIONS; i++)
    {
      header.sections[i].offset = size;
      header.sections[i].size = self->sections[i]->len;
      size = align_up (size + self->sections[i]->len);
    }
  header.file_size = size;
  file = g_malloc0 (size);
  for (guint i = 0; i < TW_N_SECTIONS; i++)
    if (self->sections[i]->len > 0)
      memcpy (file + header.sections[i].offset, self->sections[i]->data, self->sections[i]->len);
  header.payload_checksum = tw_vocabulary_checksum (file + start, size - start);
  header.header_checksum
      = tw_vocabulary_checksum (&header, G_STRUCT_OFFSET (TwVocabularyHeader, header_checksum));
  memcpy (file, &header, sizeof header);
  return g_bytes_new_take (file, size);
}

static void
compiler_init (Compiler *self)
{
  self->tokens = g_array_new (FALSE, FALSE, sizeof (Token));
  self->ids = g_hash_table_new (token_hash, token_equal);
  self->max_probe = 1;
  for (guint i = 0; i < TW_N_SECTIONS; i++)
    self->sections[i] = g_byte_array_new ();
}

static void
compiler_clear (Compiler *self)
{
  g_hash_table_unref (self->ids);
  g_array_unref (self->tokens);
  for (guint i = 0; i < TW_N_SECTIONS; i++)
    g_byte_array_unref (self->sections[i]);
}

GBytes *
tw_vocabulary_compile (GBytes *tokens,
                       const char *classes,
                       TwPretokenizer pretokenizer,
                       GError **error)
{
  Compiler self = { 0 };
  GBytes *file = NULL;

  compiler_init (&self);
  if (read_tokens (&self, tokens, error) && index_tokens (&self, error)
      && tw_unicode_classes_pack (classes, self.sections[TW_SECTION_BLOCKS],
                                  self.sections[TW_SECTION_CLASSES], error))
    {
      index_byte_pairs (&self);
      make_piece_tables (&self);
      make_pair_table (&self);
      file = assemble (&self, pretokenizer);
    }
  compiler_clear (&self);
  return file;
}
