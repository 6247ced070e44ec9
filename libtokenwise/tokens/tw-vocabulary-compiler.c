/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-vocabulary-compiler-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/tokens/tw-perfect-hash-private.h"
#include "libtokenwise/tokens/tw-token-origins-private.h"
#include "libtokenwise/tokens/tw-unicode-classes-private.h"

/* Slots per hundred keys: the first is small; the second always worked, should that one not. */
static const guint32 slots_per_hundred[] = { 104, 112, 125, 150, 200 };

/* Tokens have a place in the source and a number in the file. */
typedef struct
{
  const TwVocabularySource *source;
  TwTokenIndex index;
  GArray *origins;  /* (element-type TwTokenOrigin) by place */
  guint32 *numbers; /* by place */
  GArray *places;   /* (element-type guint32) by number; TW_ID_NONE where there is no token */
  gboolean renumbered;
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

static gboolean
check_tokens (const TwVocabularySource *source, GError **error)
{
  g_autoptr (GHashTable) ids = g_hash_table_new (NULL, NULL);

  for (guint32 i = 0; i < source->tokens->len; i++)
    {
      const TwSourceToken *token = &g_array_index (source->tokens, TwSourceToken, i);

      if (token->id <= TW_ID_MAX && token->length <= TW_TOKEN_MAX_BYTES
          && g_hash_table_add (ids, GUINT_TO_POINTER (token->id)))
        continue;
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                   "The vocabulary's token %u is there twice or out of range: ids go up to %u, and "
                   "a token has at most %u bytes.",
                   token->id, TW_ID_MAX, TW_TOKEN_MAX_BYTES);
      return FALSE;
    }
  return TRUE;
}

static const TwSourceToken *
token_at (const Compiler *self, guint32 place)
{
  return &g_array_index (self->source->tokens, TwSourceToken, place);
}

static const TwTokenOrigin *
origin_of (const Compiler *self, guint32 place)
{
  return &g_array_index (self->origins, TwTokenOrigin, place);
}

static gboolean
is_merged (const Compiler *self, guint32 place)
{
  return origin_of (self, place)->left != TW_ID_NONE;
}

static int
compare_priorities (gconstpointer a, gconstpointer b, gpointer data)
{
  const Compiler *self = data;
  guint32 left = origin_of (self, *(const guint32 *) a)->priority;
  guint32 right = origin_of (self, *(const guint32 *) b)->priority;

  return (left > right) - (left < right);
}

/* Places of the tokens that merges make, in the order of the merges. */
static GArray *
list_merged (Compiler *self)
{
  GArray *merged = g_array_new (FALSE, FALSE, sizeof (guint32));

  for (guint32 i = 0; i < self->source->tokens->len; i++)
    if (is_merged (self, i))
      g_array_append_val (merged, i);
  g_array_sort_with_data (merged, compare_priorities, self);
  return merged;
}

static gboolean
published_ids_are_in_order (const Compiler *self, GArray *merged)
{
  for (guint i = 1; i < merged->len; i++)
    if (token_at (self, g_array_index (merged, guint32, i - 1))->id
        >= token_at (self, g_array_index (merged, guint32, i))->id)
      return FALSE;
  return TRUE;
}

static void
number_as_published (Compiler *self)
{
  guint32 last = 0;

  for (guint32 i = 0; i < self->source->tokens->len; i++)
    last = MAX (last, token_at (self, i)->id);
  g_array_set_size (self->places, last + 1);
  memset (self->places->data, 0xff, self->places->len * sizeof (guint32));
  for (guint32 i = 0; i < self->source->tokens->len; i++)
    {
      self->numbers[i] = token_at (self, i)->id;
      g_array_index (self->places, guint32, self->numbers[i]) = i;
    }
}

static void
number_by_priority (Compiler *self, GArray *merged)
{
  for (guint32 i = 0; i < self->source->tokens->len; i++)
    if (!is_merged (self, i))
      g_array_append_val (self->places, i);
  g_array_append_vals (self->places, merged->data, merged->len);
  for (guint32 i = 0; i < self->places->len; i++)
    self->numbers[g_array_index (self->places, guint32, i)] = i;
  self->renumbered = TRUE;
}

static void
number_tokens (Compiler *self)
{
  g_autoptr (GArray) merged = list_merged (self);

  if (published_ids_are_in_order (self, merged))
    number_as_published (self);
  else
    number_by_priority (self, merged);
}

static void
append_u32 (Compiler *self, TwSection section, guint32 value)
{
  g_byte_array_append (self->sections[section], (const guint8 *) &value, sizeof value);
}

static void
describe_tokens (Compiler *self)
{
  for (guint32 i = 0; i < self->places->len; i++)
    {
      guint32 place = g_array_index (self->places, guint32, i);
      const TwSourceToken *token = place != TW_ID_NONE ? token_at (self, place) : NULL;
      guint8 length = token != NULL ? (guint8) token->length : 0;

      if (i % TW_OFFSET_STRIDE == 0)
        append_u32 (self, TW_SECTION_OFFSETS, self->sections[TW_SECTION_TOKENS]->len);
      g_byte_array_append (self->sections[TW_SECTION_LENGTHS], &length, 1);
      if (length > 0)
        g_byte_array_append (self->sections[TW_SECTION_TOKENS], token->bytes, length);
      if (self->renumbered)
        append_u32 (self, TW_SECTION_IDS, token->id);
    }
}

static int
compare_bytes (gconstpointer a, gconstpointer b, gpointer data)
{
  const TwSourceToken *left = token_at (data, *(const guint32 *) a);
  const TwSourceToken *right = token_at (data, *(const guint32 *) b);
  int order = memcmp (left->bytes, right->bytes, MIN (left->length, right->length));

  return order != 0 ? order : (left->length > right->length) - (left->length < right->length);
}

static void
set_bit (guint32 *words, guint32 bit)
{
  words[bit / 32] |= (guint32) 1 << bit % 32;
}

static void
list_literals (Compiler *self)
{
  g_autoptr (GArray) literals = g_array_new (FALSE, FALSE, sizeof (guint32));
  guint32 head[TW_LITERAL_HEAD_WORDS] = { 0 };

  for (guint32 i = 0; i < self->source->tokens->len; i++)
    if (token_at (self, i)->kind == TW_TOKEN_LITERAL)
      g_array_append_val (literals, i);
  if (literals->len == 0)
    return;
  g_array_sort_with_data (literals, compare_bytes, self);
  for (guint i = 0; i < literals->len; i++)
    {
      const TwSourceToken *token = token_at (self, g_array_index (literals, guint32, i));

      if (token->length < 4)
        set_bit (head, token->bytes[0]);
      else
        set_bit (head + TW_LITERAL_BYTE_WORDS, tw_hash_literal (token->bytes));
    }
  g_byte_array_append (self->sections[TW_SECTION_LITERALS], (const guint8 *) head, sizeof head);
  for (guint i = 0; i < literals->len; i++)
    append_u32 (self, TW_SECTION_LITERALS, self->numbers[g_array_index (literals, guint32, i)]);
}

static void
index_bytes (Compiler *self)
{
  GByteArray *pairs = self->sections[TW_SECTION_BYTE_PAIRS];
  guint32 *slots;

  for (guint i = 0; i < 256; i++)
    append_u32 (self, TW_SECTION_BYTES, self->numbers[self->index.bytes[i]]);
  g_byte_array_set_size (pairs, 65536 * sizeof (guint32));
  memset (pairs->data, 0xff, pairs->len);
  slots = (gpointer) pairs->data;
  for (guint32 i = 0; i < self->source->tokens->len; i++)
    {
      const TwSourceToken *token = token_at (self, i);

      if (is_merged (self, i) && token->length == 2)
        slots[(guint) token->bytes[0] << 8 | token->bytes[1]] = self->numbers[i];
    }
}

static void
index_characters (Compiler *self)
{
  GByteArray *characters = self->sections[TW_SECTION_CHARACTERS];
  guint32 *slots;

  g_byte_array_set_size (characters, 65536 * sizeof (guint32));
  memset (characters->data, 0xff, characters->len);
  slots = (gpointer) characters->data;
  for (guint32 i = 0; i < self->source->tokens->len; i++)
    {
      const TwSourceToken *token = token_at (self, i);
      const char *text = (const char *) token->bytes;

      if (token->length <= 3 && (is_merged (self, i) || origin_of (self, i)->is_unit)
          && g_utf8_validate_len (text, token->length, NULL)
          && (guint32) g_utf8_skip[token->bytes[0]] == token->length)
        slots[g_utf8_get_char (text)] = self->numbers[i];
    }
}

static void
set_crossed (Compiler *self, guint table, guint8 first, guint8 second)
{
  self->sections[TW_SECTION_CROSSED]
      ->data[table * TW_CROSSED_BYTES + ((guint) first << 5 | second >> 3)]
      |= (guint8) (1u << (second & 7));
}

static gboolean
is_start_of_character (const TwSourceToken *token)
{
  return token->bytes[0] >= 0xc0 && token->length < (guint32) g_utf8_skip[token->bytes[0]];
}

static gboolean
is_inside_of_character (const TwSourceToken *token)
{
  for (guint32 i = 0; i < token->length; i++)
    if ((token->bytes[i] & 0xc0) != 0x80)
      return FALSE;
  return TRUE;
}

/* A merge of a part of a character with what is outside of it. */
static void
note_crossings (Compiler *self)
{
  g_byte_array_set_size (self->sections[TW_SECTION_CROSSED], 2 * TW_CROSSED_BYTES);
  memset (self->sections[TW_SECTION_CROSSED]->data, 0, 2 * TW_CROSSED_BYTES);
  for (guint32 i = 0; i < self->source->tokens->len; i++)
    {
      const TwSourceToken *left;
      const TwSourceToken *right;

      if (!is_merged (self, i))
        continue;
      left = token_at (self, origin_of (self, i)->left);
      right = token_at (self, origin_of (self, i)->right);
      if (is_start_of_character (right))
        set_crossed (self, 0, left->bytes[left->length - 1], right->bytes[0]);
      if (is_inside_of_character (left))
        set_crossed (self, 1, left->bytes[left->length - 1], right->bytes[0]);
    }
}

/* Makes the table of the section after seeds, with each key's entry where its hash leads. */
static gboolean
make_table (Compiler *self, TwSection seeds, GArray *hashes, GArray *entries, guint8 filler)
{
  GByteArray *table = self->sections[seeds + 1];
  gsize size = g_array_get_element_size (entries);
  g_autofree guint32 *slots = g_new (guint32, hashes->len + 1);
  gboolean found = FALSE;

  for (guint i = 0; !found && i < G_N_ELEMENTS (slots_per_hundred); i++)
    {
      guint32 n_slots = (guint32) ((guint64) hashes->len * slots_per_hundred[i] / 100 + 1);

      found = tw_perfect_hash_build ((const guint64 *) (gpointer) hashes->data, hashes->len,
                                     n_slots, self->sections[seeds], slots);
      g_byte_array_set_size (table, (guint) (n_slots * size));
    }
  memset (table->data, filler, table->len);
  for (guint i = 0; found && i < entries->len; i++)
    memcpy (table->data + slots[i] * size, entries->data + i * size, size);
  return found;
}

/* Pieces are whole characters, so a token that is not valid UTF-8 is only ever made by merges and
 * needs no place in the tables that are searched by bytes. */
static gboolean
is_piece (const Compiler *self, guint32 place)
{
  const TwSourceToken *token = token_at (self, place);

  if (token->kind != TW_TOKEN_NORMAL || token->length == 0
      || !g_utf8_validate_len ((const char *) token->bytes, token->length, NULL))
    return FALSE;
  return (self->source->flags & TW_VOCABULARY_WHOLE_PIECES) != 0 || is_merged (self, place)
         || origin_of (self, place)->is_unit;
}

static gboolean
make_short_table (Compiler *self)
{
  g_autoptr (GArray) keys = g_array_new (FALSE, FALSE, sizeof (TwShortSlot));
  g_autoptr (GArray) hashes = g_array_new (FALSE, FALSE, sizeof (guint64));

  for (guint32 i = 0; i < self->source->tokens->len; i++)
    {
      const TwSourceToken *token = token_at (self, i);
      TwShortSlot key;
      guint64 hash;

      if (token->length > TW_SHORT_BYTES || !is_piece (self, i))
        continue;
      key = tw_short_key (token->bytes, token->length);
      hash = tw_hash_mix (key.low, key.high);
      key.high |= (guint64) self->numbers[i] << TW_SHORT_ID_SHIFT;
      g_array_append_val (keys, key);
      g_array_append_val (hashes, hash);
    }
  return make_table (self, TW_SECTION_SHORT_SEEDS, hashes, keys, 0);
}

static gboolean
make_long_table (Compiler *self)
{
  g_autoptr (GArray) keys = g_array_new (FALSE, FALSE, sizeof (TwLongSlot));
  g_autoptr (GArray) hashes = g_array_new (FALSE, FALSE, sizeof (guint64));

  for (guint32 i = 0; i < self->source->tokens->len; i++)
    {
      const TwSourceToken *token = token_at (self, i);
      TwLongSlot key;
      guint64 hash;

      if (token->length <= TW_SHORT_BYTES || !is_piece (self, i))
        continue;
      hash = tw_hash_long (token->bytes, token->length);
      key = (TwLongSlot){ (guint32) (hash >> 32), self->numbers[i] };
      g_array_append_val (keys, key);
      g_array_append_val (hashes, hash);
    }
  return make_table (self, TW_SECTION_LONG_SEEDS, hashes, keys, 0xff);
}

static gboolean
make_pair_table (Compiler *self)
{
  g_autoptr (GArray) keys = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autoptr (GArray) hashes = g_array_new (FALSE, FALSE, sizeof (guint64));

  for (guint32 i = 0; i < self->source->tokens->len; i++)
    {
      const TwTokenOrigin *origin = origin_of (self, i);
      guint64 pair;
      guint64 hash;
      guint64 slot;

      if (!is_merged (self, i))
        continue;
      pair = tw_pair_key (self->numbers[origin->left], self->numbers[origin->right]);
      hash = tw_hash_pair (pair);
      slot = pair << TW_ID_BITS | self->numbers[i];
      g_array_append_val (keys, slot);
      g_array_append_val (hashes, hash);
    }
  return make_table (self, TW_SECTION_PAIR_SEEDS, hashes, keys, 0xff);
}

static gboolean
make_tables (Compiler *self, GError **error)
{
  if (make_short_table (self) && make_long_table (self) && make_pair_table (self))
    return TRUE;
  g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                       "The vocabulary's tokens have no perfect hash; take an unchanged copy of "
                       "the file.");
  return FALSE;
}

/* Whether text may be cut before each run of U+2581. */
static gboolean
spaces_start_tokens (const Compiler *self)
{
  for (guint32 i = 0; i < self->source->tokens->len; i++)
    {
      const TwSourceToken *token = token_at (self, i);
      gboolean seen_other = FALSE;

      for (guint32 at = 0; token->kind == TW_TOKEN_NORMAL && at < token->length; at++)
        {
          gboolean is_space
              = token->length - at >= 3 && memcmp (token->bytes + at, TW_METASPACE, 3) == 0;

          if (is_space && seen_other)
            return FALSE;
          seen_other = seen_other || !is_space;
          at += is_space ? 2 : 0;
        }
    }
  return TRUE;
}

static gsize
align_up (gsize offset)
{
  return (offset + TW_VOCABULARY_ALIGN - 1) / TW_VOCABULARY_ALIGN * TW_VOCABULARY_ALIGN;
}

static GBytes *
assemble (Compiler *self)
{
  TwVocabularyHeader header = { .magic = { 'T', 'W', 'T', 'O', 'K', 'B', 'I', 'N' },
                                .version = TW_VOCABULARY_VERSION,
                                .endian = TW_VOCABULARY_ENDIAN,
                                .n_tokens = self->places->len,
                                .pretokenizer = self->source->pretokenizer,
                                .flags = self->source->flags };
  gsize start = align_up (sizeof header);
  gsize size = start;
  guint8 *file;

  if (spaces_start_tokens (self))
    header.flags |= TW_VOCABULARY_SPACE_STARTS;
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
compiler_init (Compiler *self, const TwVocabularySource *source)
{
  self->source = source;
  self->numbers = g_new (guint32, source->tokens->len + 1);
  self->places = g_array_new (FALSE, FALSE, sizeof (guint32));
  for (guint i = 0; i < TW_N_SECTIONS; i++)
    self->sections[i] = g_byte_array_new ();
}

static void
compiler_clear (Compiler *self)
{
  tw_token_index_clear (&self->index);
  g_clear_pointer (&self->origins, g_array_unref);
  g_free (self->numbers);
  g_array_unref (self->places);
  for (guint i = 0; i < TW_N_SECTIONS; i++)
    g_byte_array_unref (self->sections[i]);
}

static gboolean
compile (Compiler *self, const char *classes, GError **error)
{
  if (!check_tokens (self->source, error)
      || !tw_token_index_init (&self->index, self->source, error)
      || !tw_unicode_classes_pack (classes, self->sections[TW_SECTION_BLOCKS],
                                   self->sections[TW_SECTION_CLASSES], error))
    return FALSE;
  self->origins = tw_token_origins_find (self->source, &self->index);
  number_tokens (self);
  describe_tokens (self);
  list_literals (self);
  index_bytes (self);
  index_characters (self);
  note_crossings (self);
  return make_tables (self, error);
}

GBytes *
tw_vocabulary_compile (const TwVocabularySource *source, const char *classes, GError **error)
{
  Compiler self = { 0 };
  GBytes *file = NULL;

  compiler_init (&self, source);
  if (compile (&self, classes, error))
    file = assemble (&self);
  compiler_clear (&self);
  return file;
}
