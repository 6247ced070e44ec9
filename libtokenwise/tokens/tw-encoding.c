/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-encoding-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-paths-private.h"
#include "libtokenwise/tokens/tw-merge-private.h"
#include "libtokenwise/tokens/tw-pretokenizer-private.h"
#include "libtokenwise/tokens/tw-utf8-private.h"

/* Pieces are looked up in batches so that the table's cache lines arrive while others are hashed.
 */
#define BATCH 64u

/* A long text repeats the words that are not tokens; their counts are kept, as far as they fit, in
 * 64 KiB that stay in the second-level cache. A shorter text does not repay the memory. */
#define MEMO_SLOTS 4096u
#define MEMO_MIN_BYTES 8192u

struct _TwEncoding
{
  const char *name;
  const char *file;
  TwVocabulary *vocabulary; /* NULL until first used; then kept until exit */
};

typedef struct
{
  TwShortSlot key;
  guint32 hash;
} Probe;

typedef struct
{
  const TwVocabulary *vocabulary;
  TwPieces pieces;
  GArray *ids;       /* (nullable) */
  TwShortSlot *memo; /* (nullable) piece → its count in the place of an id */
} Run;

static TwEncoding encodings[] = {
  { "o200k_base", "o200k_base.tokbin", NULL },
  { "cl100k_base", "cl100k_base.tokbin", NULL },
};
static const char *const encoding_names[] = { "o200k_base", "cl100k_base", NULL };

static TwEncoding *
find_encoding (const char *name, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (encodings); i++)
    if (g_strcmp0 (name, encodings[i].name) == 0)
      return &encodings[i];
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
               "There is no encoding “%s”; use o200k_base or cl100k_base.",
               name != NULL ? name : "");
  return NULL;
}

const TwEncoding *
tw_encoding_get (const char *name, GError **error)
{
  static GMutex mutex;
  TwEncoding *self = find_encoding (name, error);
  g_autoptr (GMutexLocker) locker = NULL;
  g_autofree char *path = NULL;
  TwVocabulary *vocabulary;

  if (self == NULL || g_atomic_pointer_get (&self->vocabulary) != NULL)
    return self;
  locker = g_mutex_locker_new (&mutex);
  if (self->vocabulary != NULL)
    return self;
  path = tw_path_find_data ("tokens", self->file, error);
  vocabulary = path != NULL ? tw_vocabulary_open_path (path, error) : NULL;
  g_atomic_pointer_set (&self->vocabulary, vocabulary);
  return vocabulary != NULL ? self : NULL;
}

const char *
tw_encoding_get_name (const TwEncoding *self)
{
  return self->name;
}

/* As tw_short_key, by two loads that reach past the token but not past the text. */
static inline TwShortSlot
load_key (const guint8 *bytes, gsize length)
{
  TwShortSlot key;

  memcpy (&key, bytes, sizeof key);
  key.low = GUINT64_FROM_LE (key.low);
  key.high = GUINT64_FROM_LE (key.high);
  if (length <= 8)
    {
      key.low &= G_MAXUINT64 >> (64 - 8 * length);
      key.high = 0;
    }
  else
    key.high &= G_MAXUINT64 >> (128 - 8 * length);
  key.high |= (guint64) length << TW_SHORT_LENGTH_SHIFT;
  return key;
}

static inline void
prepare (const Run *self, gsize start, gsize end, Probe *probe)
{
  const TwVocabulary *vocabulary = self->vocabulary;
  gsize length = end - start;

  if (length > TW_SHORT_BYTES)
    return;
  probe->key = G_LIKELY (start + sizeof (TwShortSlot) <= self->pieces.length)
                   ? load_key (self->pieces.text + start, length)
                   : tw_short_key (self->pieces.text + start, length);
  probe->hash = tw_hash_mix (probe->key.low, probe->key.high);
  __builtin_prefetch (&vocabulary->short_slots[tw_hash_to_slot (probe->hash, vocabulary->n_short)]);
}

static inline guint32
find_piece (const Run *self, gsize start, gsize length, const Probe *probe)
{
  const TwVocabulary *vocabulary = self->vocabulary;

  if (G_UNLIKELY (length > TW_SHORT_BYTES))
    return tw_vocabulary_find_long (vocabulary, self->pieces.text + start, length);
  return tw_vocabulary_find_short (vocabulary, probe->key,
                                   tw_hash_to_slot (probe->hash, vocabulary->n_short));
}

static gsize
merge_piece (Run *self, gsize start, gsize length, const Probe *probe)
{
  const guint8 *piece = self->pieces.text + start;
  TwShortSlot *slot;
  gsize count;

  if (self->memo == NULL || length > TW_SHORT_BYTES)
    return tw_merge_piece (self->vocabulary, piece, length, self->ids);
  slot = &self->memo[probe->hash % MEMO_SLOTS];
  if (slot->low == probe->key.low && ((slot->high ^ probe->key.high) << TW_ID_BITS) == 0)
    return slot->high >> TW_SHORT_ID_SHIFT;
  count = tw_merge_piece (self->vocabulary, piece, length, NULL);
  slot->low = probe->key.low;
  slot->high = probe->key.high | (guint64) count << TW_SHORT_ID_SHIFT;
  return count;
}

static gsize
run (Run *self)
{
  gsize ends[BATCH];
  Probe probes[BATCH];
  gsize start = 0;
  gsize count = 0;
  guint n;

  while ((n = tw_pieces_next (&self->pieces, ends, BATCH)) > 0)
    {
      for (guint i = 0; i < n; i++)
        prepare (self, i == 0 ? start : ends[i - 1], ends[i], &probes[i]);
      for (guint i = 0; i < n; start = ends[i++])
        {
          guint32 id = find_piece (self, start, ends[i] - start, &probes[i]);

          if (id == TW_ID_NONE)
            {
              count += merge_piece (self, start, ends[i] - start, &probes[i]);
              continue;
            }
          count++;
          if (self->ids != NULL)
            g_array_append_val (self->ids, id);
        }
    }
  return count;
}

static gsize
encode_valid (const TwVocabulary *vocabulary, const char *text, gsize length, GArray *ids)
{
  g_autofree TwShortSlot *memo = NULL;
  Run self = { .vocabulary = vocabulary, .ids = ids };

  if (ids == NULL && length >= MEMO_MIN_BYTES)
    self.memo = memo = g_new0 (TwShortSlot, MEMO_SLOTS);
  tw_pieces_init (&self.pieces, vocabulary, text, length);
  return run (&self);
}

static gsize
encode_any (const TwEncoding *self, const char *text, gsize length, GArray *ids)
{
  g_autofree guint8 *repaired = NULL;

  g_return_val_if_fail (length <= TW_TEXT_MAX_BYTES, 0);

  if (tw_utf8_valid_prefix ((const guint8 *) text, length) == length)
    return encode_valid (self->vocabulary, text, length, ids);
  repaired = tw_utf8_repair ((const guint8 *) text, length, &length);
  return encode_valid (self->vocabulary, (const char *) repaired, length, ids);
}

gsize
tw_encoding_count_text (const TwEncoding *self, const char *text, gsize length)
{
  return encode_any (self, text, length, NULL);
}

void
tw_encoding_append_ids (const TwEncoding *self, const char *text, gsize length, GArray *ids)
{
  encode_any (self, text, length, ids);
}

static gboolean
check_length (const char *text, gssize length, gsize *ret_length, GError **error)
{
  *ret_length = length < 0 ? strlen (text) : (gsize) length;
  if (*ret_length <= TW_TEXT_MAX_BYTES)
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_LIMIT,
               "The text has more than %u bytes; count it in parts.", TW_TEXT_MAX_BYTES);
  return FALSE;
}

/**
 * tw_encoding_count:
 * @encoding: the name of an encoding: `"o200k_base"` or `"cl100k_base"`
 * @text: (array length=length) (element-type guint8): the text, any bytes
 * @length: the bytes of @text, or -1 when it ends with a NUL
 * @error: return location for a #GError
 *
 * Counts the tokens of a text, exactly as the encoding's own tokenizer does.
 *
 * Special tokens in the text count as the plain text that they are. What is not
 * valid UTF-8 counts as U+FFFD, the form in which JSON carries it.
 *
 * Returns: the number of tokens, or -1 with @error set
 * Since: 0.1
 */
gint64
tw_encoding_count (const char *encoding, const char *text, gssize length, GError **error)
{
  const TwEncoding *self;
  gsize size;

  g_return_val_if_fail (encoding != NULL, -1);
  g_return_val_if_fail (text != NULL, -1);
  g_return_val_if_fail (error == NULL || *error == NULL, -1);

  self = tw_encoding_get (encoding, error);
  if (self == NULL || !check_length (text, length, &size, error))
    return -1;
  return (gint64) tw_encoding_count_text (self, text, size);
}

/**
 * tw_encoding_encode:
 * @encoding: the name of an encoding: `"o200k_base"` or `"cl100k_base"`
 * @text: (array length=length) (element-type guint8): the text, any bytes
 * @length: the bytes of @text, or -1 when it ends with a NUL
 * @error: return location for a #GError
 *
 * The tokens of a text, in order. See [func@encoding_count] for what counts as
 * text.
 *
 * Returns: (transfer full) (element-type guint32): the token ids, or %NULL with
 *   @error set
 * Since: 0.1
 */
GArray *
tw_encoding_encode (const char *encoding, const char *text, gssize length, GError **error)
{
  const TwEncoding *self;
  GArray *ids;
  gsize size;

  g_return_val_if_fail (encoding != NULL, NULL);
  g_return_val_if_fail (text != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  self = tw_encoding_get (encoding, error);
  if (self == NULL || !check_length (text, length, &size, error))
    return NULL;
  ids = g_array_new (FALSE, FALSE, sizeof (guint32));
  tw_encoding_append_ids (self, text, size, ids);
  return ids;
}

/**
 * tw_encoding_list:
 *
 * The encodings that this library counts exactly.
 *
 * Returns: (transfer none) (array zero-terminated=1): their names
 * Since: 0.1
 */
const char *const *
tw_encoding_list (void)
{
  return encoding_names;
}
