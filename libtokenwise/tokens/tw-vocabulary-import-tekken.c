/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-vocabulary-import-private.h"

/* Mistral's tekken.json (github.com/mistralai/mistral-common, tokens/tokenizers/tekken.py): ranks
 * of which the first default_vocab_size − default_num_special_tokens count, numbered after the
 * special tokens. */

static gboolean
read_token (TwImport *self, const cJSON *item, gint64 n_special)
{
  const char *base64 = tw_json_string (item, "token_bytes");
  gint64 rank;

  if (base64 == NULL || !tw_json_integer (item, "rank", &rank) || rank < 0)
    return tw_import_fail (self, "vocab has a token without “rank” and “token_bytes”.");
  return tw_import_add_base64 (self, base64, (guint64) (n_special + rank));
}

static gboolean
read_specials (TwImport *self, const cJSON *root, gint64 n_special)
{
  const cJSON *item = NULL;
  g_autoptr (GPtrArray) names = g_ptr_array_new_full ((guint) n_special, g_free);

  for (gint64 i = 0; i < n_special; i++)
    g_ptr_array_add (names, g_strdup_printf ("<SPECIAL_%" G_GINT64_FORMAT ">", i));
  cJSON_ArrayForEach (item, tw_json_array (root, "special_tokens"))
  {
    const char *name = tw_json_string (item, "token_str");
    gint64 rank;

    if (name == NULL || !tw_json_integer (item, "rank", &rank) || rank < 0 || rank >= n_special)
      return tw_import_fail (self, "special_tokens has one without “rank” and “token_str”.");
    g_free (names->pdata[rank]);
    names->pdata[rank] = g_strdup (name);
  }
  for (guint i = 0; i < names->len; i++)
    if (!tw_import_add_token (self, names->pdata[i], strlen (names->pdata[i]), i, TW_TOKEN_SPECIAL))
      return FALSE;
  return TRUE;
}

gboolean
tw_import_tekken (TwImport *self, const cJSON *root)
{
  const cJSON *config = tw_json_object (root, "config");
  const char *pattern = tw_json_string (config, "pattern");
  const cJSON *item = NULL;
  gint64 size, n_special;
  guint n = 0;

  if (!tw_json_integer (config, "default_vocab_size", &size)
      || !tw_json_integer (config, "default_num_special_tokens", &n_special) || n_special < 0
      || n_special >= size || size > TW_IMPORT_MAX_TOKENS)
    return tw_import_fail (self, "config.default_vocab_size and config.default_num_special_tokens "
                                 "are not the sizes of a vocabulary.");
  if (pattern == NULL || !tw_import_find_patterns (&pattern, 1, &self->source->pretokenizer))
    return tw_import_fail (self, "config.pattern is not one of the splits that are known.");
  self->source->flags = TW_VOCABULARY_WHOLE_PIECES;
  if (!read_specials (self, root, n_special))
    return FALSE;
  cJSON_ArrayForEach (item, tw_json_array (root, "vocab"))
  {
    if (n++ < size - n_special && !read_token (self, item, n_special))
      return FALSE;
  }
  if (n < size - n_special)
    return tw_import_fail (self, "vocab has %u tokens, fewer than config says.", n);
  return tw_import_index (self, FALSE);
}
