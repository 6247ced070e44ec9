/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-encoding-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-json-private.h"
#include "libtokenwise/base/tw-paths-private.h"
#include "libtokenwise/tokens/tw-vocabulary-compiler-private.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <unistd.h>

/* Larger than any vocabulary that is published; Gemma 3's tokenizer.json has 33 MB. */
#define MAX_FILE_BYTES (256u << 20)

static gboolean
check_file (const char *path, GError **error)
{
  GStatBuf status;
  const char *reason = NULL;

  if (g_stat (path, &status) != 0 || g_access (path, R_OK) != 0)
    reason = g_strerror (errno);
  else if (!S_ISREG (status.st_mode))
    reason = "Not a file";
  if (reason == NULL)
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
               "The file %s cannot be read (%s); check its name.", path, reason);
  return FALSE;
}

static GBytes *
read_file (const char *path, GError **error)
{
  g_autoptr (GMappedFile) mapped = NULL;

  if (!check_file (path, error))
    return NULL;
  mapped = g_mapped_file_new (path, FALSE, error);
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
compile_vocabulary (GBytes *file, const char *path, const char **ret_name, GError **error)
{
  g_autofree char *base = g_path_get_basename (path);
  g_autoptr (TwVocabularySource) source = NULL;
  g_autofree char *classes_path = NULL;
  g_autofree char *classes = NULL;

  source = tw_vocabulary_source_import (file, base, ret_name, error);
  if (source == NULL)
    return NULL;
  classes_path = tw_path_find_data ("tokens", "unicode-classes.txt", error);
  if (classes_path == NULL || !g_file_get_contents (classes_path, &classes, NULL, error))
    return NULL;
  return tw_vocabulary_compile (source, classes, error);
}

/* ret_suffix says which of the two kinds it is; both out strings are static. */
static GBytes *
compile_file (const char *path, const char **ret_name, const char **ret_suffix, GError **error)
{
  g_autoptr (GBytes) file = read_file (path, error);

  if (file == NULL)
    return NULL;
  if (tw_claude_pieces_is_source (file))
    {
      *ret_suffix = TW_CLAUDE_PIECES_SUFFIX;
      return tw_claude_pieces_compile (file, ret_name, error);
    }
  *ret_suffix = TW_VOCABULARY_SUFFIX;
  return compile_vocabulary (file, path, ret_name, error);
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

/* One of the other kind by the same name goes: a name stands for one file. */
static gboolean
store (GBytes *compiled, const char *name, const char *suffix, GError **error)
{
  gboolean is_vocabulary = g_str_equal (suffix, TW_VOCABULARY_SUFFIX);
  g_autofree char *folder = tw_encoding_added_folder ();
  g_autofree char *path = tw_encoding_added_path (name, suffix);
  g_autofree char *other = tw_encoding_added_path (name, is_vocabulary ? TW_CLAUDE_PIECES_SUFFIX
                                                                       : TW_VOCABULARY_SUFFIX);
  gsize size;
  const char *data = g_bytes_get_data (compiled, &size);

  if (!tw_path_make_private_folder (folder, error)
      || !g_file_set_contents (path, data, (gssize) size, error))
    return FALSE;
  g_unlink (other);
  return TRUE;
}

/**
 * tw_encoding_add_file:
 * @path: (type filename): a Hugging Face tokenizer.json, Mistral's tekken.json,
 *   tiktoken ranks, a SentencePiece model, a GGUF file, or ctok's pieces of Claude
 * @name: (nullable): the encoding's name; %NULL to take the one this library
 *   knows the vocabulary by (`"llama3"`, `"gemma3"`), or else the file's
 * @error: return location for a #GError
 *
 * Compiles a vocabulary of the user's own, so that its models' tokens are
 * counted exactly from now on.
 *
 * Claude's tokens are not published. For those who have a reconstruction of them,
 * `pieces_v3.json` or `pieces_v4_7.json` of github.com/sanderland/ctok, it makes
 * `"claude-3"` and `"claude-4.7"`: texts are counted by its rule, and there are no
 * token ids.
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
  const char *suffix = NULL;
  g_autoptr (GBytes) compiled = NULL;
  g_autofree char *chosen = NULL;

  g_return_val_if_fail (path != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  compiled = compile_file (path, &known, &suffix, error);
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
  return store (compiled, chosen, suffix, error) ? g_steal_pointer (&chosen) : NULL;
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

typedef struct
{
  gint64 n_tokens;
  const char *pretokenizer;
} Description;

static gboolean
describe_vocabulary (const char *path, Description *ret, GError **error)
{
  g_autoptr (TwVocabulary) vocabulary = tw_vocabulary_open_path (path, error);

  if (vocabulary == NULL)
    return FALSE;
  for (guint32 i = 0; i < vocabulary->n_tokens; i++)
    ret->n_tokens += vocabulary->lengths[i] > 0 ? 1 : 0;
  ret->pretokenizer = tw_pretokenizer_get_name (vocabulary->pretokenizer);
  return TRUE;
}

static gboolean
describe_pieces (const char *path, Description *ret, GError **error)
{
  g_autoptr (TwClaudePieces) pieces = tw_claude_pieces_open_path (path, error);

  if (pieces == NULL)
    return FALSE;
  *ret = (Description){ tw_claude_pieces_get_n_pieces (pieces), "claude" };
  return TRUE;
}

static gboolean
describe (const char *path, Description *ret, GError **error)
{
  return g_str_has_suffix (path, TW_CLAUDE_PIECES_SUFFIX) ? describe_pieces (path, ret, error)
                                                          : describe_vocabulary (path, ret, error);
}

/**
 * tw_encoding_describe_json:
 * @encoding: the name of an encoding
 * @error: return location for a #GError
 *
 * What an encoding is, as a JSON object: `name`, `tokens` (how many it has),
 * `added` (by the user), `file`, `size` (of the file in bytes) and
 * `pretokenizer`, the rule that cuts text into pieces. Where that is `"claude"`,
 * `tokens` are the pieces that are known, and they have no ids.
 *
 * Returns: (transfer full): the JSON text, or %NULL with @error set
 * Since: 0.1
 */
char *
tw_encoding_describe_json (const char *encoding, GError **error)
{
  gboolean added;
  Description description = { 0 };
  g_autofree char *path = NULL;
  g_autoptr (cJSON) json = NULL;
  GStatBuf status = { 0 };

  g_return_val_if_fail (encoding != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  path = tw_encoding_find_file (encoding, &added, error);
  if (path == NULL || !describe (path, &description, error))
    return NULL;
  json = cJSON_CreateObject ();
  cJSON_AddStringToObject (json, "name", encoding);
  tw_json_add_integer (json, "tokens", description.n_tokens);
  cJSON_AddBoolToObject (json, "added", added);
  cJSON_AddStringToObject (json, "file", path);
  g_stat (path, &status);
  tw_json_add_integer (json, "size", status.st_size);
  cJSON_AddStringToObject (json, "pretokenizer", description.pretokenizer);
  return tw_json_print (json);
}
