/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-encoding-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-json-private.h"
#include "libtokenwise/base/tw-paths-private.h"
#include "libtokenwise/tokens/tw-vocabulary-compiler-private.h"

#include <errno.h>
#include <glib/gstdio.h>

/* Larger than any vocabulary that is published; Gemma 3's tokenizer.json has 33 MB. */
#define MAX_FILE_BYTES (256u << 20)

static const char *const pretokenizers[TW_N_PRETOKENIZERS]
    = { "cl100k", "o200k", "r50k", "llama3", "qwen2", "tekken", "deepseek3", "none" };

static GBytes *
read_file (const char *path, GError **error)
{
  g_autoptr (GMappedFile) mapped = g_mapped_file_new (path, FALSE, error);

  if (mapped == NULL)
    return NULL;
  if (g_mapped_file_get_length (mapped) > MAX_FILE_BYTES)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_LIMIT,
                   "%s is larger than %u MiB, so it is no vocabulary; name the tokenizer's file.",
                   path, MAX_FILE_BYTES >> 20);
      return NULL;
    }
  return g_mapped_file_get_bytes (mapped);
}

static GBytes *
compile_file (const char *path, const char **ret_name, GError **error)
{
  g_autoptr (GBytes) file = read_file (path, error);
  g_autofree char *base = g_path_get_basename (path);
  g_autoptr (TwVocabularySource) source = NULL;
  g_autofree char *classes_path = NULL;
  g_autofree char *classes = NULL;

  if (file == NULL)
    return NULL;
  source = tw_vocabulary_source_import (file, base, ret_name, error);
  if (source == NULL)
    return NULL;
  classes_path = tw_path_find_data ("tokens", "unicode-classes.txt", error);
  if (classes_path == NULL || !g_file_get_contents (classes_path, &classes, NULL, error))
    return NULL;
  return tw_vocabulary_compile (source, classes, error);
}

/* “Llama-3.1-8B.tokenizer.json” → “llama-3.1-8b.tokenizer” */
static char *
name_of_file (const char *path)
{
  g_autofree char *base = g_path_get_basename (path);
  char *dot = strrchr (base, '.');

  if (dot != NULL && dot != base)
    *dot = '\0';
  return g_ascii_strdown (base, -1);
}

static gboolean
store (GBytes *compiled, const char *name, GError **error)
{
  g_autofree char *folder = tw_encoding_added_folder ();
  g_autofree char *file_name = g_strconcat (name, ".tokbin", NULL);
  g_autofree char *path = g_build_filename (folder, file_name, NULL);
  gsize size;
  const char *data = g_bytes_get_data (compiled, &size);

  return tw_path_make_private_folder (folder, error)
         && g_file_set_contents (path, data, (gssize) size, error);
}

/**
 * tw_encoding_add_file:
 * @path: (type filename): a Hugging Face tokenizer.json, Mistral's tekken.json,
 *   tiktoken ranks, a SentencePiece model or a GGUF file
 * @name: (nullable): the encoding's name; %NULL to take the one this library
 *   knows the vocabulary by (`"llama3"`, `"gemma3"`), or else the file's
 * @error: return location for a #GError
 *
 * Compiles a vocabulary of the user's own, so that its models' tokens are
 * counted exactly from now on.
 *
 * The result is kept in `$XDG_CACHE_HOME/tokenwise/vocabularies`. It replaces one
 * of the same name there, which processes that use it keep until they end.
 *
 * Returns: (transfer full): the name that it has, or %NULL with @error set
 * Since: 0.1
 */
char *
tw_encoding_add_file (const char *path, const char *name, GError **error)
{
  const char *known = NULL;
  g_autoptr (GBytes) compiled = NULL;
  g_autofree char *chosen = NULL;

  g_return_val_if_fail (path != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  compiled = compile_file (path, &known, error);
  if (compiled == NULL)
    return NULL;
  if (name == NULL)
    name = known;
  chosen = name != NULL ? g_strdup (name) : name_of_file (path);
  if (!tw_encoding_check_name (chosen, error))
    return NULL;
  if (tw_encoding_is_built_in (chosen))
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                   "%s comes with tokenwise and is counted exactly; choose another name with "
                   "--name to add this file beside it.",
                   chosen);
      return NULL;
    }
  return store (compiled, chosen, error) ? g_steal_pointer (&chosen) : NULL;
}

/**
 * tw_encoding_remove:
 * @name: an encoding that was added with [func@encoding_add_file]
 * @error: return location for a #GError
 *
 * Removes a vocabulary of the user's own. Processes that use it keep it until
 * they end.
 *
 * Returns: %TRUE, or %FALSE with @error set
 * Since: 0.1
 */
gboolean
tw_encoding_remove (const char *name, GError **error)
{
  gboolean added;
  g_autofree char *path = NULL;

  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (tw_encoding_is_built_in (name))
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                   "%s comes with tokenwise and cannot be removed; only added encodings can.",
                   name);
      return FALSE;
    }
  path = tw_encoding_find_file (name, &added, error);
  if (path == NULL)
    return FALSE;
  if (g_unlink (path) == 0)
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_FAILED, "%s could not be removed: %s.", path,
               g_strerror (errno));
  return FALSE;
}

/**
 * tw_encoding_describe_json:
 * @encoding: the name of an encoding
 * @error: return location for a #GError
 *
 * What an encoding is, as a JSON object: `name`, `tokens` (how many it has),
 * `added` (by the user), `file`, `size` (of the file in bytes) and
 * `pretokenizer`.
 *
 * Returns: (transfer full): the JSON text, or %NULL with @error set
 * Since: 0.1
 */
char *
tw_encoding_describe_json (const char *encoding, GError **error)
{
  gboolean added;
  g_autofree char *path = NULL;
  g_autoptr (TwVocabulary) vocabulary = NULL;
  g_autoptr (cJSON) json = NULL;
  gint64 n_tokens = 0;

  g_return_val_if_fail (encoding != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  path = tw_encoding_find_file (encoding, &added, error);
  vocabulary = path != NULL ? tw_vocabulary_open_path (path, error) : NULL;
  if (vocabulary == NULL)
    return NULL;
  for (guint32 i = 0; i < vocabulary->n_tokens; i++)
    n_tokens += vocabulary->lengths[i] > 0 ? 1 : 0;
  json = cJSON_CreateObject ();
  cJSON_AddStringToObject (json, "name", encoding);
  tw_json_add_integer (json, "tokens", n_tokens);
  cJSON_AddBoolToObject (json, "added", added);
  cJSON_AddStringToObject (json, "file", path);
  tw_json_add_integer (json, "size", (gint64) g_bytes_get_size (vocabulary->file));
  cJSON_AddStringToObject (json, "pretokenizer", pretokenizers[vocabulary->pretokenizer]);
  return tw_json_print (json);
}
