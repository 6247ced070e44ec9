/* SPDX-License-Identifier: MIT */
#include "cli-count.h"

#include "cli-input.h"
#include "cli-options.h"
#include "cli-output.h"

#include <string.h>

static const char *
skip_space (const char *at, const char *end)
{
  while (at < end && g_ascii_isspace (*at))
    at++;
  return at;
}

/* NULL if there is no number below 2³². */
static const char *
read_id (const char *at, const char *end, guint32 *ret_id)
{
  const char *start = at;
  guint64 id = 0;

  for (; at < end && g_ascii_isdigit (*at) && id <= G_MAXUINT32; at++)
    id = id * 10 + (guint64) (*at - '0');
  *ret_id = (guint32) id;
  return at > start && id <= G_MAXUINT32 ? at : NULL;
}

/* Numbers with space or commas between them, at will in the brackets of a JSON array: what --ids
 * prints, in either form. *ret_bad: where it is neither. */
static GArray *
parse_ids (const char *text, gsize length, gsize *ret_bad)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (guint32));
  const char *end = text + length;
  const char *at = skip_space (text, end);
  gboolean in_brackets = at < end && *at == '[';

  at = skip_space (at + (in_brackets ? 1 : 0), end);
  while (at < end && !(in_brackets && *at == ']'))
    {
      guint32 id;
      const char *after = read_id (at, end, &id);

      *ret_bad = (gsize) (at - text);
      if (after == NULL)
        return NULL;
      g_array_append_val (ids, id);
      at = skip_space (after, end);
      if (at < end && *at == ',')
        at = skip_space (at + 1, end);
      else if (at == after && at < end && *at != ']')
        return NULL;
    }
  *ret_bad = (gsize) (at - text);
  if (in_brackets && (at == end || skip_space (at + 1, end) < end))
    return NULL;
  return g_steal_pointer (&ids);
}

static GArray *
read_ids (const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = cli_read (path, CLI_MAX_INPUT_BYTES, error);
  const char *text;
  GArray *ids;
  gsize length;
  gsize bad;

  if (bytes == NULL)
    return NULL;
  text = g_bytes_get_data (bytes, &length);
  ids = parse_ids (text != NULL ? text : "", length, &bad);
  if (ids == NULL)
    g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                 "The input has no token id at byte %" G_GSIZE_FORMAT
                 "; give numbers with spaces between them, or a JSON array of numbers.",
                 bad + 1);
  return ids;
}

static void
add_text (cJSON *json, const char *text, gsize length)
{
  g_autofree char *valid = g_utf8_make_valid (text, (gssize) length);

  cJSON_AddStringToObject (json, "text", valid);
  cJSON_AddNumberToObject (json, "bytes", (double) length);
}

static void
write_decoded (Cli *cli, const char *tokenizer, guint n_ids, const char *text, gsize length)
{
  g_autoptr (cJSON) json = NULL;

  if (!cli->json)
    {
      cli_write_bytes (text, length);
      return;
    }
  json = cJSON_CreateObject ();
  add_text (json, text, length);
  cJSON_AddNumberToObject (json, "tokens", n_ids);
  cJSON_AddStringToObject (json, "encoding", tokenizer);
  /* Ids may stop within a character, which JSON cannot carry. */
  cJSON_AddBoolToObject (json, "valid_utf8", g_utf8_validate_len (text, length, NULL));
  cli_write_json (json);
}

gboolean
cli_count_decode (Cli *cli, const CliCountOptions *options, GError **error)
{
  g_autofree char *tokenizer = NULL;
  g_autoptr (GArray) ids = NULL;
  g_autoptr (GBytes) bytes = NULL;
  const char *path;
  const char *text;
  gsize length;

  if (!cli_single_operand (options->files, &path, error)
      || !cli_count_choose_tokenizer (options, &tokenizer, error)
      || !cli_count_check_vocabulary (tokenizer, "--decode", error))
    return FALSE;
  ids = read_ids (path, error);
  if (ids == NULL)
    return FALSE;
  bytes = tw_encoding_decode (tokenizer, (const guint32 *) (gconstpointer) ids->data, ids->len,
                              error);
  if (bytes == NULL)
    return FALSE;
  text = g_bytes_get_data (bytes, &length);
  write_decoded (cli, tokenizer, ids->len, text != NULL ? text : "", length);
  return TRUE;
}

static void
write_truncated (
    Cli *cli, const char *tokenizer, const char *text, gsize kept, gsize length, gint64 tokens)
{
  g_autoptr (cJSON) json = NULL;

  if (!cli->json)
    {
      cli_write_bytes (text, kept);
      return;
    }
  json = cJSON_CreateObject ();
  add_text (json, text, kept);
  cJSON_AddNumberToObject (json, "tokens", (double) tokens);
  cJSON_AddStringToObject (json, "encoding", tokenizer);
  cJSON_AddBoolToObject (json, "truncated", kept < length);
  cli_write_json (json);
}

gboolean
cli_count_truncate (Cli *cli, const CliCountOptions *options, GError **error)
{
  g_autofree char *tokenizer = NULL;
  g_autoptr (GBytes) bytes = NULL;
  const char *path;
  const char *text;
  gsize length;
  gssize kept;
  gint64 tokens;

  if (!cli_single_operand (options->files, &path, error)
      || !cli_count_choose_tokenizer (options, &tokenizer, error)
      || !cli_count_check_vocabulary (tokenizer, "--truncate", error))
    return FALSE;
  bytes = cli_read (path, CLI_MAX_INPUT_BYTES, error);
  if (bytes == NULL)
    return FALSE;
  text = g_bytes_get_data (bytes, &length);
  text = text != NULL ? text : "";
  kept = tw_encoding_truncate (tokenizer, text, (gssize) length, options->truncate, &tokens, error);
  if (kept < 0)
    return FALSE;
  write_truncated (cli, tokenizer, text, (gsize) kept, length, tokens);
  return TRUE;
}
