/* SPDX-License-Identifier: MIT */
#include "libtokenwise/message/tw-usage-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-limits-private.h"

/**
 * TwUsage:
 *
 * What a reply is billed by, normalised over providers: each token is in one
 * meter.
 *
 * Since: 0.1
 */

G_DEFINE_BOXED_TYPE (TwUsage, tw_usage, tw_usage_copy, tw_usage_free)

static const char *const meter_names[TW_N_METERS] = {
  [TW_METER_INPUT_UNCACHED] = "input_uncached",
  [TW_METER_INPUT_CACHE_READ] = "input_cache_read",
  [TW_METER_INPUT_CACHE_WRITE_5M] = "input_cache_write_5m",
  [TW_METER_INPUT_CACHE_WRITE_30M] = "input_cache_write_30m",
  [TW_METER_INPUT_CACHE_WRITE_1H] = "input_cache_write_1h",
  [TW_METER_OUTPUT_TEXT] = "output_text",
  [TW_METER_OUTPUT_REASONING] = "output_reasoning",
  [TW_METER_INPUT_AUDIO] = "input_audio",
  [TW_METER_INPUT_IMAGE] = "input_image",
  [TW_METER_INPUT_VIDEO] = "input_video",
  [TW_METER_CACHE_READ_AUDIO] = "cache_read_audio",
  [TW_METER_CACHE_READ_IMAGE] = "cache_read_image",
  [TW_METER_CACHE_READ_VIDEO] = "cache_read_video",
  [TW_METER_OUTPUT_AUDIO] = "output_audio",
  [TW_METER_OUTPUT_IMAGE] = "output_image",
  [TW_METER_OUTPUT_VIDEO] = "output_video",
  [TW_METER_TOOL_PROMPT] = "tool_prompt_tokens",
  [TW_METER_WEB_SEARCH] = "web_search",
  [TW_METER_WEB_FETCH] = "web_fetch",
  [TW_METER_WEB_SEARCH_PROMPT] = "web_search_prompt",
  [TW_METER_X_SEARCH] = "x_search",
  [TW_METER_MAPS] = "maps",
  [TW_METER_FILE_SEARCH] = "file_search",
  [TW_METER_ATTACHMENT_SEARCH] = "attachment_search",
  [TW_METER_CODE_INTERPRETER_SESSION] = "code_interpreter_session",
  [TW_METER_CODE_EXECUTION] = "code_execution",
  [TW_METER_CITATION] = "citation",
  [TW_METER_CACHE_STORAGE] = "cache_storage",
  [TW_METER_IMAGE] = "image",
  [TW_METER_IMAGE_MEGAPIXEL] = "image_megapixel",
  [TW_METER_INPUT_IMAGE_COUNT] = "input_image_count",
  [TW_METER_VIDEO_SECOND] = "video_second",
  [TW_METER_AUDIO_SECOND] = "audio_second",
  [TW_METER_INPUT_AUDIO_SECOND] = "input_audio_second",
  [TW_METER_OUTPUT_AUDIO_SECOND] = "output_audio_second",
  [TW_METER_CHARACTER] = "character",
  [TW_METER_DOCUMENT_PAGE] = "document_page",
  [TW_METER_ANNOTATED_DOCUMENT_PAGE] = "annotated_document_page",
  [TW_METER_RERANK_SEARCH] = "rerank_search",
  [TW_METER_REQUEST] = "request",
};

/* Members of the normalised block that are not meters. */
static const char *const other_names[]
    = { "input_total", "output_total", "estimated", "incomplete", "provider_cost", NULL };

const char *
tw_meter_to_string (TwMeter meter)
{
  return meter_names[meter];
}

gboolean
tw_meter_from_string (const char *name, TwMeter *ret_meter)
{
  for (guint i = 0; i < TW_N_METERS; i++)
    if (g_strcmp0 (name, meter_names[i]) == 0)
      {
        *ret_meter = (TwMeter) i;
        return TRUE;
      }
  return FALSE;
}

static void
other_free (gpointer data)
{
  TwOtherModelUsage *other = data;

  g_free (other->model);
  tw_usage_free (other->usage);
  g_free (other);
}

TwUsage *
tw_usage_new (void)
{
  return g_new0 (TwUsage, 1);
}

/**
 * tw_usage_copy:
 * @self: a usage
 *
 * Copies a usage.
 *
 * Returns: (transfer full): a copy
 * Since: 0.1
 */
TwUsage *
tw_usage_copy (const TwUsage *self)
{
  TwUsage *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = g_memdup2 (self, sizeof *self);
  copy->others = NULL;
  copy->service_tier = g_strdup (self->service_tier);
  copy->speed = g_strdup (self->speed);
  copy->region = g_strdup (self->region);
  for (guint i = 0; self->others != NULL && i < self->others->len; i++)
    {
      const TwOtherModelUsage *other = g_ptr_array_index (self->others, i);

      tw_usage_add_other (copy, other->model, tw_usage_copy (other->usage));
    }
  return copy;
}

/**
 * tw_usage_free:
 * @self: (transfer full): a usage
 *
 * Frees a usage.
 *
 * Since: 0.1
 */
void
tw_usage_free (TwUsage *self)
{
  g_clear_pointer (&self->others, g_ptr_array_unref);
  g_free (self->service_tier);
  g_free (self->speed);
  g_free (self->region);
  g_free (self);
}

/* Takes usage. */
void
tw_usage_add_other (TwUsage *self, const char *model, TwUsage *usage)
{
  TwOtherModelUsage *other = g_new0 (TwOtherModelUsage, 1);

  if (self->others == NULL)
    self->others = g_ptr_array_new_with_free_func (other_free);
  other->model = g_strdup (model);
  other->usage = usage;
  g_ptr_array_add (self->others, other);
}

/**
 * tw_usage_get_count:
 * @self: a usage
 * @meter: which meter
 *
 * Gets the units on @meter, at least 0.
 *
 * Returns: the units on @meter, at least 0
 * Since: 0.1
 */
gint64
tw_usage_get_count (const TwUsage *self, TwMeter meter)
{
  g_return_val_if_fail (self != NULL, 0);
  g_return_val_if_fail ((guint) meter < TW_N_METERS, 0);

  return self->counts[meter];
}

/**
 * tw_usage_get_input_total:
 * @self: a usage
 *
 * Gets all prompt tokens: uncached, cache reads and cache writes.
 *
 * Returns: all prompt tokens: uncached, cache reads and cache writes
 * Since: 0.1
 */
gint64
tw_usage_get_input_total (const TwUsage *self)
{
  gint64 total = 0;

  g_return_val_if_fail (self != NULL, 0);

  for (guint i = TW_METER_INPUT_UNCACHED; i <= TW_METER_INPUT_CACHE_WRITE_1H; i++)
    total += self->counts[i];
  return total;
}

/**
 * tw_usage_get_output_total:
 * @self: a usage
 *
 * Gets all completion tokens: text and reasoning.
 *
 * Returns: all completion tokens: text and reasoning
 * Since: 0.1
 */
gint64
tw_usage_get_output_total (const TwUsage *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->counts[TW_METER_OUTPUT_TEXT] + self->counts[TW_METER_OUTPUT_REASONING];
}

/**
 * tw_usage_get_is_estimated:
 * @self: a usage
 *
 * Says whether the provider gave no usage and the counts are this library's
 * own.
 *
 * Returns: %TRUE if the provider gave no usage and the counts are this
 *   library's own
 * Since: 0.1
 */
gboolean
tw_usage_get_is_estimated (const TwUsage *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->estimated;
}

static gint64
whole_of (const TwUsage *self, TwMeter part)
{
  switch ((int) part)
    {
    case TW_METER_CACHE_READ_AUDIO:
    case TW_METER_CACHE_READ_IMAGE:
    case TW_METER_CACHE_READ_VIDEO:
      return self->counts[TW_METER_INPUT_CACHE_READ];
    case TW_METER_OUTPUT_AUDIO:
    case TW_METER_OUTPUT_IMAGE:
    case TW_METER_OUTPUT_VIDEO:
      return tw_usage_get_output_total (self);
    case TW_METER_INPUT_AUDIO:
    case TW_METER_INPUT_IMAGE:
    case TW_METER_INPUT_VIDEO:
      /* Providers count cached audio within the input audio. */
      return tw_usage_get_input_total (self);
    case TW_METER_TOOL_PROMPT:
      return self->counts[TW_METER_INPUT_UNCACHED];
    default:
      return G_MAXINT64;
    }
}

/* Above what any provider can bill in one reply; keeps every sum inside 63 bits. */
#define MAX_COUNT G_GINT64_CONSTANT (1000000000000)

gboolean
tw_usage_validate (const TwUsage *self, GError **error)
{
  for (guint i = 0; i < TW_N_METERS; i++)
    if (self->counts[i] < 0 || self->counts[i] > MAX_COUNT || self->counts[i] > whole_of (self, i))
      {
        g_set_error (error, TW_ERROR, TW_ERROR_INCONSISTENT_USAGE,
                     "The usage is impossible: %s is %" G_GINT64_FORMAT
                     ". Compare it with the provider's invoice.",
                     meter_names[i], self->counts[i]);
        return FALSE;
      }
  return TRUE;
}

static gboolean
read_meter (TwUsage *self, const cJSON *item, GError **error)
{
  TwMeter meter;

  if (!tw_meter_from_string (item->string, &meter))
    {
      if (g_strv_contains (other_names, item->string))
        return TRUE;
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                   "The usage block has an unknown key “%.60s”.", item->string);
      return FALSE;
    }
  if (!cJSON_IsNull (item) && !cJSON_IsNumber (item))
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                   "The usage block's “%s” is not a number.", item->string);
      return FALSE;
    }
  if (cJSON_IsNumber (item))
    self->counts[meter] = (gint64) CLAMP (item->valuedouble, -1.0, 2.0 * MAX_COUNT);
  return TRUE;
}

/**
 * tw_usage_new_from_json:
 * @json: a normalised usage block, the form tw_usage_to_json() writes
 * @error: return location for an error
 *
 * Reads a normalised usage block. Missing meters are 0; an unknown key is an
 * error that names it, and so is impossible usage.
 *
 * Returns: (transfer full): the usage
 * Since: 0.1
 */
TwUsage *
tw_usage_new_from_json (const char *json, GError **error)
{
  g_autoptr (TwUsage) self = tw_usage_new ();
  g_autoptr (GError) cause = NULL;
  g_autoptr (cJSON) root = NULL;
  const cJSON *item;

  g_return_val_if_fail (json != NULL, NULL);

  root = tw_json_parse (json, -1, TW_LIMIT_EVENT_BYTES, &cause);
  if (root == NULL)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT, "The usage cannot be read: %s",
                   cause->message);
      return NULL;
    }
  if (!cJSON_IsObject (root))
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT, "A usage block is a JSON object.");
      return NULL;
    }
  cJSON_ArrayForEach (item, root)
  {
    if (!read_meter (self, item, error))
      return NULL;
  }
  if (!tw_usage_validate (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
tw_usage_get_billed_counts (const TwUsage *self, gint64 ret_counts[TW_N_METERS])
{
  for (guint i = 0; i < TW_N_METERS; i++)
    ret_counts[i] = self->counts[i];
}

cJSON *
tw_usage_to_cjson (const TwUsage *self)
{
  cJSON *json = cJSON_CreateObject ();

  /* Most replies have none of the many fees. */
  for (guint i = 0; i < TW_N_METERS; i++)
    if (i <= TW_METER_WEB_FETCH || self->counts[i] > 0)
      tw_json_add_integer (json, meter_names[i], self->counts[i]);
  tw_json_add_integer (json, "input_total", tw_usage_get_input_total (self));
  tw_json_add_integer (json, "output_total", tw_usage_get_output_total (self));
  cJSON_AddBoolToObject (json, "estimated", self->estimated);
  cJSON_AddBoolToObject (json, "incomplete", self->incomplete);
  if (self->has_provider_cost)
    {
      g_autofree char *cost = tw_femto_to_decimal (self->provider_cost);

      cJSON_AddStringToObject (json, "provider_cost", cost);
    }
  else
    cJSON_AddNullToObject (json, "provider_cost");
  return json;
}

/**
 * tw_usage_to_json:
 * @self: a usage
 *
 * Gives the normalised block as a JSON object.
 *
 * Returns: (transfer full): the normalised block as a JSON object
 * Since: 0.1
 */
char *
tw_usage_to_json (const TwUsage *self)
{
  g_autoptr (cJSON) json = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  json = tw_usage_to_cjson (self);
  return tw_json_print (json);
}
