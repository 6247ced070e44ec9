/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-token-origins-private.h"

#include "libtokenwise/base/tw-error.h"

typedef struct
{
  guint32 offset;
  guint32 length;
  guint32 place;
} Part;

typedef struct
{
  guint32 merged;
  guint32 priority;
} Candidate;

typedef struct
{
  const TwVocabularySource *source;
  const TwTokenIndex *index;
  GHashTable *merges; /* (nullable) pair → its number among the source's merges + 1 */
  Part parts[TW_TOKEN_MAX_BYTES];
  guint n_parts;
} Finder;

static const Candidate no_candidate = { TW_ID_NONE, G_MAXUINT32 };

static guint
token_hash (gconstpointer key)
{
  const TwSourceToken *token = key;

  return (guint) tw_hash_long (token->bytes, token->length);
}

static gboolean
token_equal (gconstpointer a, gconstpointer b)
{
  const TwSourceToken *left = a;
  const TwSourceToken *right = b;

  return left->length == right->length && memcmp (left->bytes, right->bytes, left->length) == 0;
}

guint32
tw_token_index_find (const TwTokenIndex *self, const guint8 *bytes, gsize length)
{
  TwSourceToken key = { .bytes = bytes, .length = (guint32) length };

  return GPOINTER_TO_UINT (g_hash_table_lookup (self->places, &key)) - 1;
}

/* Byte tokens stand for bytes before a normal token of the same byte does: with SentencePiece, "a"
 * and <0x61> are two tokens. */
static gboolean
find_bytes (TwTokenIndex *self, const TwVocabularySource *source, GError **error)
{
  gboolean fallback = (source->flags & TW_VOCABULARY_BYTE_FALLBACK) != 0;

  memset (self->bytes, 0xff, sizeof self->bytes);
  for (guint i = 0; i < source->tokens->len; i++)
    {
      const TwSourceToken *token = &g_array_index (source->tokens, TwSourceToken, i);

      if (token->length == 1 && token->kind == (fallback ? TW_TOKEN_BYTE : TW_TOKEN_NORMAL))
        self->bytes[token->bytes[0]] = i;
    }
  for (guint byte = 0; byte < 256; byte++)
    if (self->bytes[byte] == TW_ID_NONE)
      {
        g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                     "The vocabulary has no token for the byte %u, so it cannot encode any text; "
                     "take a complete one.",
                     byte);
        return FALSE;
      }
  return TRUE;
}

gboolean
tw_token_index_init (TwTokenIndex *self, const TwVocabularySource *source, GError **error)
{
  self->places = g_hash_table_new (token_hash, token_equal);
  for (guint i = 0; i < source->tokens->len; i++)
    {
      TwSourceToken *token = &g_array_index (source->tokens, TwSourceToken, i);

      if (token->kind != TW_TOKEN_NORMAL)
        continue;
      if (!g_hash_table_insert (self->places, token, GUINT_TO_POINTER (i + 1)))
        {
          g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                       "The vocabulary has its token %u twice; take an unchanged copy of the file.",
                       token->id);
          return FALSE;
        }
    }
  return find_bytes (self, source, error);
}

void
tw_token_index_clear (TwTokenIndex *self)
{
  g_clear_pointer (&self->places, g_hash_table_unref);
}

static guint
pair_hash (gconstpointer key)
{
  const TwSourceMerge *merge = key;

  return (guint) tw_hash_pair (tw_pair_key (merge->left, merge->right));
}

static gboolean
pair_equal (gconstpointer a, gconstpointer b)
{
  const TwSourceMerge *left = a;
  const TwSourceMerge *right = b;

  return left->left == right->left && left->right == right->right;
}

/* Of a pair that is listed twice, the first counts. */
static GHashTable *
index_merges (GArray *merges)
{
  GHashTable *index = g_hash_table_new (pair_hash, pair_equal);

  for (guint i = merges->len; i-- > 0;)
    g_hash_table_replace (index, &g_array_index (merges, TwSourceMerge, i),
                          GUINT_TO_POINTER (i + 1));
  return index;
}

static Candidate
find_candidate (const Finder *self, const guint8 *bytes, const Part *left, const Part *right)
{
  guint32 place;
  guint number;

  if (left->place == TW_ID_NONE || right->place == TW_ID_NONE)
    return no_candidate;
  if (self->merges == NULL)
    {
      place = tw_token_index_find (self->index, bytes + left->offset, left->length + right->length);
      return (Candidate){ place, place };
    }
  number = GPOINTER_TO_UINT (g_hash_table_lookup (
      self->merges, &(TwSourceMerge){ .left = left->place, .right = right->place }));
  if (number == 0)
    return no_candidate;
  return (Candidate){ g_array_index (self->source->merges, TwSourceMerge, number - 1).merged,
                      number - 1 };
}

/* FALSE when a unit of the token is no token. */
static gboolean
split_into_units (Finder *self, const TwSourceToken *token)
{
  gboolean by_character = (self->source->flags & TW_VOCABULARY_BYTE_FALLBACK) != 0;

  self->n_parts = 0;
  if (by_character && !g_utf8_validate_len ((const char *) token->bytes, token->length, NULL))
    return FALSE;
  for (guint32 at = 0; at < token->length;)
    {
      guint32 size = by_character ? (guint32) g_utf8_skip[token->bytes[at]] : 1;
      guint32 place = by_character ? tw_token_index_find (self->index, token->bytes + at, size)
                                   : self->index->bytes[token->bytes[at]];

      if (place == TW_ID_NONE)
        return FALSE;
      self->parts[self->n_parts++] = (Part){ at, size, place };
      at += size;
    }
  return TRUE;
}

static TwTokenOrigin
find_origin (Finder *self, const TwSourceToken *token)
{
  TwTokenOrigin origin = { TW_ID_NONE, TW_ID_NONE, 0, FALSE };

  if (token->kind != TW_TOKEN_NORMAL || !split_into_units (self, token))
    return origin;
  origin.is_unit = self->n_parts == 1;
  while (self->n_parts > 1)
    {
      Candidate best = no_candidate;
      guint at = 0;

      for (guint i = 0; i + 1 < self->n_parts; i++)
        {
          Candidate found
              = find_candidate (self, token->bytes, &self->parts[i], &self->parts[i + 1]);

          if (found.priority < best.priority)
            {
              best = found;
              at = i;
            }
        }
      if (best.merged == TW_ID_NONE)
        return (TwTokenOrigin){ TW_ID_NONE, TW_ID_NONE, 0, FALSE };
      origin = (TwTokenOrigin){ self->parts[at].place, self->parts[at + 1].place, best.priority,
                                FALSE };
      self->parts[at].length += self->parts[at + 1].length;
      self->parts[at].place = best.merged;
      self->n_parts--;
      memmove (&self->parts[at + 1], &self->parts[at + 2],
               (self->n_parts - at - 1) * sizeof *self->parts);
    }
  return origin;
}

GArray *
tw_token_origins_find (const TwVocabularySource *source, const TwTokenIndex *index)
{
  GArray *origins = g_array_sized_new (FALSE, FALSE, sizeof (TwTokenOrigin), source->tokens->len);
  g_autoptr (GHashTable) merges = source->merges != NULL ? index_merges (source->merges) : NULL;
  g_autofree Finder *self = g_new0 (Finder, 1);

  self->source = source;
  self->index = index;
  self->merges = merges;
  for (guint i = 0; i < source->tokens->len; i++)
    {
      TwTokenOrigin origin = find_origin (self, &g_array_index (source->tokens, TwSourceToken, i));

      g_array_append_val (origins, origin);
    }
  return origins;
}
