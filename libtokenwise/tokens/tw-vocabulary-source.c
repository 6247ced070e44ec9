/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-vocabulary-source-private.h"

#include "libtokenwise/base/tw-error.h"

/* NAME.vocab.gz, after decompression: lines of ASCII, an empty line, then all tokens.
 *
 *   tokenwise vocabulary 2
 *   pretokenizer NAME        one of pretokenizers below
 *   flag NAME                none or more of flags below
 *   KIND FIRST-ID COUNT      COUNT tokens of KIND that are numbered from FIRST-ID on; one or more
 *
 * The tokens are one byte of length for each and then their bytes, both in the order of the lines.
 * That order is the order of merging: there is no list of merges. */
#define MAGIC "tokenwise vocabulary 2"
#define MAX_HEADER 65536u
#define MAX_TOKENS 1000000u

static const char *const pretokenizers[TW_N_PRETOKENIZERS]
    = { "cl100k", "o200k", "r50k", "llama3", "qwen2", "tekken", "deepseek3", "none" };
static const char *const kinds[] = { "normal", "byte", "special", "literal" };
static const char *const flags[]
    = { "nfc", "whole-pieces", "byte-fallback", "metaspace", "dummy-prefix" };

/* One line of tokens. */
typedef struct
{
  TwTokenKind kind;
  guint32 first_id;
  guint32 count;
} Run;

const char *
tw_pretokenizer_get_name (TwPretokenizer pretokenizer)
{
  return pretokenizers[pretokenizer];
}

TwVocabularySource *
tw_vocabulary_source_new (void)
{
  TwVocabularySource *self = g_new0 (TwVocabularySource, 1);

  self->pretokenizer = TW_PRETOKENIZER_NONE;
  self->tokens = g_array_new (FALSE, FALSE, sizeof (TwSourceToken));
  return self;
}

void
tw_vocabulary_source_free (TwVocabularySource *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->tokens);
  g_clear_pointer (&self->merges, g_array_unref);
  g_clear_pointer (&self->storage, g_bytes_unref);
  g_clear_pointer (&self->chunk, g_string_chunk_free);
  g_free (self);
}

static int
find_name (const char *const *names, gsize n_names, const char *name)
{
  for (gsize i = 0; i < n_names; i++)
    if (strcmp (names[i], name) == 0)
      return (int) i;
  return -1;
}

static gboolean
read_run (char **words, GArray *runs, guint64 *n_tokens)
{
  int kind = find_name (kinds, G_N_ELEMENTS (kinds), words[0]);
  guint64 first_id, count;
  Run run;

  if (kind < 0 || g_strv_length (words) != 3
      || !g_ascii_string_to_unsigned (words[1], 10, 0, TW_ID_MAX, &first_id, NULL)
      || !g_ascii_string_to_unsigned (words[2], 10, 1, TW_ID_MAX + 1 - first_id, &count, NULL))
    return FALSE;
  run = (Run){ (TwTokenKind) kind, (guint32) first_id, (guint32) count };
  g_array_append_val (runs, run);
  *n_tokens += count;
  return *n_tokens <= MAX_TOKENS;
}

static gboolean
read_line (TwVocabularySource *self, const char *line, GArray *runs, guint64 *n_tokens)
{
  g_auto (GStrv) words = g_strsplit (line, " ", 4);
  const char *name = words[0] != NULL ? words[1] : NULL;
  int found = -1;

  if (name == NULL)
    return FALSE;
  if (strcmp (words[0], "pretokenizer") == 0)
    {
      found = find_name (pretokenizers, TW_N_PRETOKENIZERS, name);
      if (found >= 0)
        self->pretokenizer = (TwPretokenizer) found;
      return found >= 0;
    }
  if (strcmp (words[0], "flag") == 0)
    {
      found = find_name (flags, G_N_ELEMENTS (flags), name);
      if (found >= 0)
        self->flags |= 1u << found;
      return found >= 0;
    }
  return read_run (words, runs, n_tokens);
}

/* ret_size: of the header with its empty line. */
static gboolean
read_header (TwVocabularySource *self,
             const char *data,
             gsize size,
             GArray *runs,
             guint64 *n_tokens,
             gsize *ret_size)
{
  const char *end = size > 0 ? g_strstr_len (data, (gssize) MIN (size, MAX_HEADER), "\n\n") : NULL;
  g_autofree char *header = end != NULL ? g_strndup (data, (gsize) (end - data)) : NULL;
  g_auto (GStrv) lines = header != NULL ? g_strsplit (header, "\n", -1) : NULL;

  if (lines == NULL || lines[0] == NULL || strcmp (lines[0], MAGIC) != 0)
    return FALSE;
  for (guint i = 1; lines[i] != NULL; i++)
    if (!read_line (self, lines[i], runs, n_tokens))
      return FALSE;
  *ret_size = (gsize) (end - data) + 2;
  return TRUE;
}

static gboolean
read_tokens (TwVocabularySource *self, const guint8 *lengths, gsize size, GArray *runs)
{
  const guint8 *bytes = lengths + self->tokens->len;
  const guint8 *end = lengths + size;
  guint place = 0;

  for (guint i = 0; i < runs->len; i++)
    {
      Run run = g_array_index (runs, Run, i);

      for (guint32 n = 0; n < run.count; n++, place++)
        {
          guint length = lengths[place];

          if (length == 0 || length > (gsize) (end - bytes)
              || (run.kind == TW_TOKEN_BYTE && length != 1))
            return FALSE;
          g_array_index (self->tokens, TwSourceToken, place)
              = (TwSourceToken){ bytes, length, run.first_id + n, run.kind };
          bytes += length;
        }
    }
  return bytes == end;
}

TwVocabularySource *
tw_vocabulary_source_read_packed (GBytes *packed, GError **error)
{
  g_autoptr (TwVocabularySource) self = tw_vocabulary_source_new ();
  g_autoptr (GArray) runs = g_array_new (FALSE, FALSE, sizeof (Run));
  gsize size, header_size;
  const guint8 *data = g_bytes_get_data (packed, &size);
  guint64 n_tokens = 0;

  self->storage = g_bytes_ref (packed);
  if (read_header (self, (const char *) data, size, runs, &n_tokens, &header_size) && n_tokens > 0
      && n_tokens <= size - header_size)
    {
      g_array_set_size (self->tokens, (guint) n_tokens);
      if (read_tokens (self, data + header_size, size - header_size, runs))
        return g_steal_pointer (&self);
    }
  g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                       "The packed vocabulary is damaged or of another version; make it again with "
                       "tools/make-vocabulary.mjs.");
  return NULL;
}
