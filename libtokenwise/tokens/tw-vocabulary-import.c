/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-vocabulary-import-private.h"

#include "libtokenwise/base/tw-error.h"

/* Of a JSON file: Gemma's tokenizer.json has 2 million. cJSON needs about a hundred bytes for each.
 */
#define MAX_JSON_VALUES 6000000u
#define CHUNK_BYTES 65536u

static gboolean
has_too_many_values (const char *text, gsize length)
{
  guint n = 0;

  for (gsize i = 0; i < length && n <= MAX_JSON_VALUES; i++)
    n += text[i] == ',' || text[i] == '[' || text[i] == '{';
  return n > MAX_JSON_VALUES;
}

static gboolean
import_json (TwImport *self, const char *text, gsize length)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (cJSON) root = NULL;

  if (has_too_many_values (text, length))
    return tw_import_fail (self, "it has more than %u values.", MAX_JSON_VALUES);
  root = tw_json_parse (text, (gssize) length, TW_IMPORT_MAX_BYTES, &problem);
  if (root == NULL)
    return tw_import_fail (self, "%s", problem->message);
  if (tw_json_object (root, "model") != NULL)
    return tw_import_huggingface (self, root);
  if (tw_json_object (root, "config") != NULL && tw_json_array (root, "vocab") != NULL)
    return tw_import_tekken (self, root);
  return tw_import_fail (self, "it is JSON, but neither a tokenizer.json with “model” nor a "
                               "tekken.json with “config” and “vocab”.");
}

/* The first line is base64, a space and digits. */
static gboolean
is_tiktoken (const char *text, gsize length)
{
  gsize i = 0;
  gsize digits;

  while (i < length && (g_ascii_isalnum (text[i]) || strchr ("+/=", text[i]) != NULL)
         && text[i] != '\0')
    i++;
  if (i == 0 || i == length || text[i] != ' ')
    return FALSE;
  digits = ++i;
  while (i < length && g_ascii_isdigit (text[i]))
    i++;
  return i > digits && (i == length || text[i] == '\n' || text[i] == '\r');
}

static gboolean
import_any (TwImport *self, const char *data, gsize length)
{
  gsize i = 0;

  if (length >= 4 && memcmp (data, "GGUF", 4) == 0)
    return tw_import_gguf (self, (const guint8 *) data, length);
  if (length > TW_IMPORT_MAX_BYTES)
    return tw_import_fail (self, "it has more than %u bytes.", TW_IMPORT_MAX_BYTES);
  while (i < length && g_ascii_isspace (data[i]))
    i++;
  if (i < length && data[i] == '{')
    return import_json (self, data, length);
  if (is_tiktoken (data, length))
    return tw_import_tiktoken (self, data, length);
  return tw_import_sentencepiece (self, (const guint8 *) data, length);
}

/* Any text can be encoded when each byte has a token. */
static gboolean
check_bytes (TwImport *self)
{
  gboolean fallback = (self->source->flags & TW_VOCABULARY_BYTE_FALLBACK) != 0;
  TwTokenKind kind = fallback ? TW_TOKEN_BYTE : TW_TOKEN_NORMAL;
  gboolean present[256] = { FALSE };

  for (guint i = 0; i < self->source->tokens->len; i++)
    {
      const TwSourceToken *token = &g_array_index (self->source->tokens, TwSourceToken, i);

      if (token->kind == kind && token->length == 1)
        present[token->bytes[0]] = TRUE;
    }
  for (guint byte = 0; byte < G_N_ELEMENTS (present); byte++)
    if (!present[byte])
      return tw_import_fail (self,
                             "it has no token for the byte 0x%02X, so it cannot encode any "
                             "text.",
                             byte);
  return TRUE;
}

TwVocabularySource *
tw_vocabulary_source_import (GBytes *file, const char *name, const char **ret_name, GError **error)
{
  g_autoptr (TwVocabularySource) source = tw_vocabulary_source_new ();
  TwImport self = { .source = source, .name = name, .error = error };
  gsize length;
  const char *data = g_bytes_get_data (file, &length);
  gboolean ok;

  source->chunk = g_string_chunk_new (CHUNK_BYTES);
  ok = import_any (&self, data != NULL ? data : "", length) && check_bytes (&self);
  g_clear_pointer (&self.places, g_hash_table_unref);
  g_clear_pointer (&self.scores, g_array_unref);
  if (!ok)
    return NULL;
  if (ret_name != NULL)
    *ret_name = tw_import_recognise (source);
  return g_steal_pointer (&source);
}
