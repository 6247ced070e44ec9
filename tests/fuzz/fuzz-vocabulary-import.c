/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-vocabulary-import-private.h"

#include <stdint.h>

/* A file that says it is a vocabulary, of any format. What must hold: no crash, an error or a
 * source, and of a source that every number is in its range and every merge is of its parts. */

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
check_merge (const TwVocabularySource *source, const TwSourceMerge *merge)
{
  const TwSourceToken *tokens = (const TwSourceToken *) (gpointer) source->tokens->data;
  guint n = source->tokens->len;

  g_assert_true (merge->left < n && merge->right < n && merge->merged < n);
  g_assert_cmpuint (tokens[merge->left].length + tokens[merge->right].length, ==,
                    tokens[merge->merged].length);
  g_assert_cmpint (
      memcmp (tokens[merge->merged].bytes, tokens[merge->left].bytes, tokens[merge->left].length),
      ==, 0);
}

static void
check_source (const TwVocabularySource *source)
{
  g_assert_cmpuint (source->tokens->len, >, 0);
  g_assert_cmpuint (source->tokens->len, <=, TW_IMPORT_MAX_TOKENS);
  g_assert_cmpint (source->pretokenizer, <, TW_N_PRETOKENIZERS);
  for (guint i = 0; i < source->tokens->len; i++)
    {
      const TwSourceToken *token = &g_array_index (source->tokens, TwSourceToken, i);
      g_autofree guint8 *copy = NULL;

      g_assert_cmpuint (token->id, <=, TW_ID_MAX);
      g_assert_cmpint (token->kind, <=, TW_TOKEN_LITERAL);
      g_assert_true (token->length > 0 && token->length <= TW_IMPORT_MAX_TOKEN_BYTES);
      copy = g_memdup2 (token->bytes, token->length);
      g_assert_nonnull (copy);
    }
  for (guint i = 0; source->merges != NULL && i < source->merges->len; i++)
    check_merge (source, &g_array_index (source->merges, TwSourceMerge, i));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  /* A copy of exactly this size, so that a read past it is seen. */
  g_autoptr (GBytes) file = g_bytes_new_take (g_memdup2 (data, size), size);
  g_autoptr (GError) import_error = NULL, packed_error = NULL;
  g_autoptr (TwVocabularySource) imported = NULL, packed = NULL;
  const char *name = NULL;

  imported = tw_vocabulary_source_import (file, "llama3.model", &name, &import_error);
  packed = tw_vocabulary_source_read_packed (file, &packed_error);
  g_assert_true ((imported == NULL) == (import_error != NULL));
  g_assert_true ((packed == NULL) == (packed_error != NULL));
  if (imported != NULL)
    check_source (imported);
  if (packed != NULL)
    check_source (packed);
  return 0;
}
