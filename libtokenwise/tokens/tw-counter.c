/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-counter-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-json-private.h"
#include "libtokenwise/tokens/tw-counter-family-private.h"
#include "libtokenwise/tokens/tw-encoding-private.h"
#include "libtokenwise/tokens/tw-merge-private.h"

#include <string.h>

gboolean
tw_count_text (
    const char *tokenizer, const char *text, gsize length, TwTokenCount *ret_count, GError **error)
{
  const TwCounterFamily *family = tw_counter_family_find (tokenizer);
  const TwEncoding *encoding = tw_encoding_get (family->encoding, error);
  TwCountRange range;

  if (encoding == NULL)
    return FALSE;
  if (length > TW_TEXT_MAX_BYTES)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_LIMIT,
                   "The text has more than %u bytes; count it in parts.", TW_TEXT_MAX_BYTES);
      return FALSE;
    }
  range
      = tw_counter_family_range (family, (gint64) tw_encoding_count_text (encoding, text, length));
  ret_count->tokens = range.tokens;
  ret_count->low = range.low;
  ret_count->high = range.high;
  ret_count->exact = family->low == 1000 && family->high == 1000;
  ret_count->encoding = family->encoding;
  return TRUE;
}

static cJSON *
count_to_json (const TwTokenCount *count)
{
  cJSON *json = cJSON_CreateObject ();

  tw_json_add_integer (json, "tokens", count->tokens);
  tw_json_add_string (json, "encoding", count->encoding);
  cJSON_AddBoolToObject (json, "exact", count->exact);
  if (!count->exact)
    {
      tw_json_add_integer (json, "low", count->low);
      tw_json_add_integer (json, "high", count->high);
    }
  return json;
}

/**
 * tw_counter_count_text_json:
 * @tokenizer: (nullable): the catalogue's name of a model's tokenizer, as
 *   `"o200k_base"` or `"claude-3"`; %NULL or a name that is not known counts
 *   with a wide range
 * @text: (array length=length) (element-type guint8): the text, any bytes
 * @length: the bytes of @text, or -1 when it ends with a NUL
 * @error: return location for a #GError
 *
 * Counts the tokens of a text for a model.
 *
 * The answer is one JSON object: `tokens`, `encoding` (the vocabulary used),
 * `exact`, and when that is false `low` and `high`.
 *
 * Returns: (transfer full): the JSON text, or %NULL with @error set
 * Since: 0.1
 */
char *
tw_counter_count_text_json (const char *tokenizer, const char *text, gssize length, GError **error)
{
  TwTokenCount count;
  g_autoptr (cJSON) json = NULL;

  g_return_val_if_fail (text != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!tw_count_text (tokenizer, text, length < 0 ? strlen (text) : (gsize) length, &count, error))
    return NULL;
  json = count_to_json (&count);
  return tw_json_print (json);
}

/**
 * tw_counter_count_request_json:
 * @tokenizer: (nullable): the catalogue's name of a model's tokenizer
 * @request: a request
 * @error: return location for a #GError
 *
 * Counts the tokens of a whole request: texts, tools, images and framing.
 *
 * The answer is that of [func@counter_count_text_json] with a member `parts`,
 * an object of `system`, `messages`, `tools`, `images` and `framing`, which sum
 * to `tokens`.
 *
 * Returns: (transfer full): the JSON text, or %NULL with @error set
 * Since: 0.1
 */
char *
tw_counter_count_request_json (const char *tokenizer, TwRequest *request, GError **error)
{
  TwRequestCount count;
  g_autoptr (cJSON) json = NULL;
  cJSON *parts;

  g_return_val_if_fail (TW_IS_REQUEST (request), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!tw_count_request (tokenizer, request, NULL, &count, error))
    return NULL;
  json = count_to_json (&count.total);
  parts = cJSON_AddObjectToObject (json, "parts");
  tw_json_add_integer (parts, "system", count.system);
  tw_json_add_integer (parts, "messages", count.messages);
  tw_json_add_integer (parts, "tools", count.tools);
  tw_json_add_integer (parts, "images", count.images);
  tw_json_add_integer (parts, "framing", count.framing);
  return tw_json_print (json);
}
