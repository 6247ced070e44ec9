/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-json-private.h"
#include "libtokenwise/message/tw-request-private.h"
#include "libtokenwise/tokens/tw-counter-family-private.h"
#include "libtokenwise/tokens/tw-merge-private.h"

#include <string.h>

const char *
tw_count_basis_to_string (TwCountBasis basis)
{
  static const char *const names[]
      = { "exact", "documented", "reconstructed", "measured", "guessed" };

  return names[basis];
}

gboolean
tw_count_text (
    const char *tokenizer, const char *text, gsize length, TwTokenCount *ret_count, GError **error)
{
  TwFamilyCounter counter;
  TwTextSum sum = { 0 };
  TwCountRange range;

  if (!tw_family_counter_init (&counter, tokenizer, NULL, NULL, error))
    return FALSE;
  if (length > TW_TEXT_MAX_BYTES)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_LIMIT,
                   "The text has more than %u bytes; count it in parts.", TW_TEXT_MAX_BYTES);
      return FALSE;
    }
  tw_family_counter_count (&counter, text, length, &sum);
  range = tw_family_counter_range (&counter, &sum);
  *ret_count = (TwTokenCount){
    .tokens = range.tokens,
    .low = range.low,
    .high = range.high,
    .exact = counter.basis <= TW_BASIS_RECONSTRUCTED,
    .basis = counter.basis,
    .encoding = tw_family_counter_get_name (&counter),
    .missing = counter.missing,
  };
  return TRUE;
}

static cJSON *
count_to_json (const TwTokenCount *count)
{
  cJSON *json = cJSON_CreateObject ();
  g_autofree char *hint = NULL;

  tw_json_add_integer (json, "tokens", count->tokens);
  tw_json_add_string (json, "encoding", count->encoding);
  cJSON_AddBoolToObject (json, "exact", count->exact);
  if (!count->exact)
    {
      tw_json_add_integer (json, "low", count->low);
      tw_json_add_integer (json, "high", count->high);
    }
  if (count->missing != NULL)
    {
      hint = g_strdup_printf ("The vocabulary %s is not there; “tokenwise vocab add FILE” adds it "
                              "and makes texts exact.",
                              count->missing);
      tw_json_add_string (json, "hint", hint);
    }
  return json;
}

static void
add_part (cJSON *parts, cJSON *bases, const char *name, gint64 tokens, TwCountBasis basis)
{
  tw_json_add_integer (parts, name, tokens);
  tw_json_add_string (bases, name, tw_count_basis_to_string (basis));
}

static void
add_parts (cJSON *json, const TwRequestCount *count)
{
  cJSON *parts = cJSON_AddObjectToObject (json, "parts");
  cJSON *bases = cJSON_AddObjectToObject (json, "basis");

  add_part (parts, bases, "system", count->system, count->basis.system);
  add_part (parts, bases, "messages", count->messages, count->basis.messages);
  add_part (parts, bases, "tools", count->tools, count->basis.tools);
  add_part (parts, bases, "images", count->images, count->basis.images);
  add_part (parts, bases, "framing", count->framing, count->basis.framing);
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
 * The answer is one JSON object: `tokens`, `encoding` (the vocabulary used, or
 * the tokenizer when it is estimated without one),
 * `exact`, and when that is false `low` and `high`. `basis` says where the figure
 * comes from unless it is the model's own vocabulary: `reconstructed` by others,
 * and exact by that, `measured` on recorded counts, or `guessed`. `hint` is there when a vocabulary
 * that the user can add would make the count exact.
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
  if (count.basis != TW_BASIS_EXACT)
    tw_json_add_string (json, "basis", tw_count_basis_to_string (count.basis));
  return tw_json_print (json);
}

/**
 * tw_counter_count_request_json:
 * @tokenizer: (nullable): the catalogue's name of a model's tokenizer
 * @request: a request
 * @error: return location for a #GError
 *
 * Counts the tokens of a whole request: texts, tools, images, files and framing.
 * The rules of the request's own model apply where those of one tokenizer's
 * models differ.
 *
 * The answer is that of [func@counter_count_text_json] with a member `parts`,
 * an object of `system`, `messages`, `tools`, `images` and `framing`, which sum
 * to `tokens`, and `basis` an object of the same members. Files are part of
 * `messages`.
 *
 * Returns: (transfer full): the JSON text, or %NULL with @error set
 * Since: 0.1
 */
char *
tw_counter_count_request_json (const char *tokenizer, TwRequest *request, GError **error)
{
  TwCountTarget target = { .tokenizer = tokenizer };
  TwRequestCount count;
  g_autoptr (cJSON) json = NULL;

  g_return_val_if_fail (TW_IS_REQUEST (request), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  target.model = request->model;
  if (!tw_count_request (&target, request, NULL, &count, error))
    return NULL;
  json = count_to_json (&count.total);
  add_parts (json, &count);
  return tw_json_print (json);
}
