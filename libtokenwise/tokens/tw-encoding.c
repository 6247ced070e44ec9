/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-encoding-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/tokens/tw-merge-private.h"
#include "libtokenwise/tokens/tw-text-form-private.h"

#include <string.h>

/* Fewer bytes in all are counted before other threads have started. */
#define PARALLEL_MIN_BYTES (1u << 20)
/* A longer text can have fewer tokens, by a character or two that complete one. */
#define TRUNCATE_LOOK_AHEAD 16u

typedef struct
{
  const TwEncoding *encoding;
  const char *const *texts;
  const gsize *sizes;
  gsize n_texts;
  gint64 *counts;
  gint next; /* atomic */
} Batch;

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
 * @encoding: the name of an encoding: `"o200k_base"`; see [func@encoding_list]
 * @text: (array length=length) (element-type guint8): the text, any bytes
 * @length: the bytes of @text, or -1 when it ends with a NUL
 * @error: return location for a #GError
 *
 * Counts the tokens of a text, exactly as the encoding's own tokenizer does. The
 * pieces of Claude that one may add count it as all of a message, by the rule that
 * others reconstructed.
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

  self = tw_encoding_get_to_count (encoding, error);
  if (self == NULL || !check_length (text, length, &size, error))
    return -1;
  return (gint64) tw_encoding_count_text (self, text, size);
}

static gpointer
count_next (gpointer data)
{
  Batch *self = data;
  gsize i;

  while ((i = (gsize) g_atomic_int_add (&self->next, 1)) < self->n_texts)
    self->counts[i]
        = (gint64) tw_encoding_count_text (self->encoding, self->texts[i], self->sizes[i]);
  return NULL;
}

static void
count_batch (Batch *self, gsize total)
{
  gsize n_helpers
      = total < PARALLEL_MIN_BYTES ? 0 : MIN (g_get_num_processors (), self->n_texts) - 1;
  g_autofree GThread **helpers = g_new (GThread *, n_helpers + 1);

  for (gsize i = 0; i < n_helpers; i++)
    helpers[i] = g_thread_new ("tokenwise-count", count_next, self);
  count_next (self);
  for (gsize i = 0; i < n_helpers; i++)
    g_thread_join (helpers[i]);
}

/**
 * tw_encoding_count_many: (skip)
 * @encoding: the name of an encoding
 * @texts: (array length=n_texts): the texts, any bytes
 * @lengths: (array length=n_texts) (nullable): the bytes of each text, or %NULL
 *   when all end with a NUL
 * @n_texts: how many texts, at most 2³¹ − 1
 * @ret_counts: (out caller-allocates) (array length=n_texts): the tokens of each
 *   text
 * @error: return location for a #GError
 *
 * Counts many texts at once, as [func@encoding_count] does each of them.
 *
 * From a mebibyte in all on, the texts are shared out to the processors that
 * there are; this returns when all are done.
 *
 * Returns: %TRUE, or %FALSE with @error set and @ret_counts as it was
 * Since: 0.1
 */
gboolean
tw_encoding_count_many (const char *encoding,
                        const char *const *texts,
                        const gsize *lengths,
                        gsize n_texts,
                        gint64 *ret_counts,
                        GError **error)
{
  g_autofree gsize *sizes = NULL;
  Batch batch = { .texts = texts, .n_texts = n_texts, .counts = ret_counts };
  gsize total = 0;

  g_return_val_if_fail (encoding != NULL, FALSE);
  g_return_val_if_fail (n_texts == 0 || (texts != NULL && ret_counts != NULL), FALSE);
  g_return_val_if_fail (n_texts <= G_MAXINT32, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  batch.encoding = tw_encoding_get_to_count (encoding, error);
  if (batch.encoding == NULL)
    return FALSE;
  batch.sizes = sizes = g_new (gsize, n_texts + 1);
  for (gsize i = 0; i < n_texts; i++)
    {
      if (!check_length (texts[i], lengths != NULL ? (gssize) lengths[i] : -1, &sizes[i], error))
        return FALSE;
      total += sizes[i];
    }
  if (n_texts > 0)
    count_batch (&batch, total);
  return TRUE;
}

/**
 * tw_encoding_encode:
 * @encoding: the name of an encoding: `"o200k_base"`; see [func@encoding_list]
 * @text: (array length=length) (element-type guint8): the text, any bytes
 * @length: the bytes of @text, or -1 when it ends with a NUL
 * @error: return location for a #GError
 *
 * The tokens of a text, in order. See [func@encoding_count] for what counts as
 * text.
 *
 * Claude's pieces have no ids: %TW_ERROR_UNSUPPORTED.
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

/* Published id → number, where they differ. */
static GHashTable *
index_published (const TwVocabulary *vocabulary)
{
  GHashTable *index = g_hash_table_new (NULL, NULL);

  for (guint32 i = 0; i < vocabulary->n_tokens; i++)
    g_hash_table_insert (index, GUINT_TO_POINTER (vocabulary->published[i]), GUINT_TO_POINTER (i));
  return index;
}

static guint32
number_of (GHashTable *index, guint32 id)
{
  gpointer number;

  if (index == NULL)
    return id;
  return g_hash_table_lookup_extended (index, GUINT_TO_POINTER (id), NULL, &number)
             ? GPOINTER_TO_UINT (number)
             : TW_ID_NONE;
}

/**
 * tw_encoding_decode:
 * @encoding: the name of an encoding
 * @ids: (array length=n_ids): token ids
 * @n_ids: how many
 * @error: return location for a #GError
 *
 * The text that tokens stand for, special tokens by the names that their
 * publisher gave them.
 *
 * It is the text that was encoded, unless that was not valid UTF-8, or not
 * normalised and the encoding normalises. A part of an encoding can end inside
 * a character, so the result need not be valid UTF-8.
 *
 * Claude's pieces have no ids: %TW_ERROR_UNSUPPORTED.
 *
 * Returns: (transfer full): the bytes, or %NULL with @error set: for an id that
 *   the encoding does not have, %TW_ERROR_INVALID_INPUT
 * Since: 0.1
 */
GBytes *
tw_encoding_decode (const char *encoding, const guint32 *ids, gsize n_ids, GError **error)
{
  const TwEncoding *self;
  const TwVocabulary *vocabulary;
  g_autoptr (GHashTable) index = NULL;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  g_return_val_if_fail (encoding != NULL, NULL);
  g_return_val_if_fail (ids != NULL || n_ids == 0, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  self = tw_encoding_get (encoding, error);
  if (self == NULL)
    return NULL;
  vocabulary = tw_encoding_get_vocabulary (self);
  index = vocabulary->published != NULL ? index_published (vocabulary) : NULL;
  for (gsize i = 0; i < n_ids; i++)
    {
      gsize length;
      const guint8 *token
          = tw_vocabulary_get_token (vocabulary, number_of (index, ids[i]), &length);

      if (length == 0 || length > TW_TEXT_MAX_BYTES - bytes->len)
        {
          g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                       "%s has no token %u, or the text becomes too long; check that the ids are "
                       "of this encoding.",
                       encoding, ids[i]);
          return NULL;
        }
      g_byte_array_append (bytes, token, (guint) length);
    }
  tw_text_form_undo (vocabulary, bytes);
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

/* Back to where a character starts. */
static gsize
character_start (const char *text, gsize length, gsize at)
{
  for (guint i = 0; i < 3 && at > 0 && at < length && ((guint8) text[at] & 0xc0) == 0x80; i++)
    at--;
  return at;
}

static gsize
find_cut (const TwEncoding *self, const char *text, gsize length, gsize max_tokens)
{
  gsize low = 0; /* fits */
  gsize high = length;
  gsize best;

  while (low < high)
    {
      gsize middle = character_start (text, length, low + (high - low + 1) / 2);

      if (middle <= low)
        middle = high;
      if (tw_encoding_count_text (self, text, middle) <= max_tokens)
        low = middle;
      else if (middle == high)
        high = low;
      else
        high = character_start (text, length, middle - 1);
    }
  best = low;
  for (gsize at = low + 1; at <= MIN (low + TRUNCATE_LOOK_AHEAD, length); at++)
    if (character_start (text, length, at) == at
        && tw_encoding_count_text (self, text, at) <= max_tokens)
      best = at;
  return best;
}

/**
 * tw_encoding_truncate:
 * @encoding: the name of an encoding
 * @text: (array length=length) (element-type guint8): the text, any bytes
 * @length: the bytes of @text, or -1 when it ends with a NUL
 * @max_tokens: how many tokens may be left
 * @ret_tokens: (out) (optional): how many are left
 * @error: return location for a #GError
 *
 * Where to cut a text so that what is left has at most @max_tokens tokens. The
 * cut is never inside a character.
 *
 * Claude's pieces have no ids: %TW_ERROR_UNSUPPORTED.
 *
 * Returns: the bytes to keep, or -1 with @error set
 * Since: 0.1
 */
gssize
tw_encoding_truncate (const char *encoding,
                      const char *text,
                      gssize length,
                      gint64 max_tokens,
                      gint64 *ret_tokens,
                      GError **error)
{
  const TwEncoding *self;
  gsize size;
  gsize kept;

  g_return_val_if_fail (encoding != NULL, -1);
  g_return_val_if_fail (text != NULL, -1);
  g_return_val_if_fail (max_tokens >= 0, -1);
  g_return_val_if_fail (error == NULL || *error == NULL, -1);

  self = tw_encoding_get (encoding, error);
  if (self == NULL || !check_length (text, length, &size, error))
    return -1;
  kept = find_cut (self, text, size, (gsize) max_tokens);
  if (ret_tokens != NULL)
    *ret_tokens = (gint64) tw_encoding_count_text (self, text, kept);
  return (gssize) kept;
}
