/* SPDX-License-Identifier: MIT */
#include "libtokenwise/message/tw-usage-private.h"

#include "libtokenwise/base/tw-error.h"

#include <string.h>

/**
 * TwUsage:
 *
 * What a reply is billed by, normalised over providers: each token is in one
 * meter.
 *
 * Since: 0.1
 */

G_DEFINE_BOXED_TYPE (TwUsage, tw_usage, tw_usage_copy, tw_usage_free)

/* No tier, region or key of a provider is longer. */
#define MAX_FACT_BYTES 100u

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

static void
unknown_free (gpointer data)
{
  g_free (((TwUnknownUsage *) data)->name);
  g_free (data);
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
  copy->service_tier = g_strdup (self->service_tier);
  copy->speed = g_strdup (self->speed);
  copy->region = g_strdup (self->region);
  copy->others = NULL;
  copy->unknown_keys = NULL;
  for (guint i = 0; self->others != NULL && i < self->others->len; i++)
    {
      const TwOtherModelUsage *other = g_ptr_array_index (self->others, i);

      tw_usage_add_other (copy, other->model, tw_usage_copy (other->usage));
    }
  for (guint i = 0; self->unknown_keys != NULL && i < self->unknown_keys->len; i++)
    {
      const TwUnknownUsage *unknown = g_ptr_array_index (self->unknown_keys, i);

      tw_usage_add_unknown_key (copy, unknown->name, unknown->amount);
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
  g_clear_pointer (&self->unknown_keys, g_ptr_array_unref);
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

void
tw_usage_add_unknown_key (TwUsage *self, const char *name, double amount)
{
  TwUnknownUsage *unknown;

  if (self->unknown_keys == NULL)
    self->unknown_keys = g_ptr_array_new_with_free_func (unknown_free);
  if (self->unknown_keys->len >= TW_USAGE_UNKNOWN_KEYS)
    return;
  unknown = g_new0 (TwUnknownUsage, 1);
  unknown->name = g_strdup ("a key without a name");
  tw_usage_set_fact (&unknown->name, name);
  unknown->amount = amount;
  g_ptr_array_add (self->unknown_keys, unknown);
}

void
tw_usage_set_fact (char **field, const char *value)
{
  const char *end = value;
  char *copy;

  if (value == NULL || *value == '\0')
    return;
  /* Up to the last whole character of those bytes. */
  g_utf8_validate_len (value, strnlen (value, MAX_FACT_BYTES), &end);
  copy = g_strndup (value, (gsize) (end - value));
  g_free (*field);
  *field = copy;
}

void
tw_usage_get_billed_counts (const TwUsage *self, gint64 ret_counts[TW_N_METERS])
{
  memcpy (ret_counts, self->counts, sizeof self->counts);
  if (!self->has_billed)
    return;
  for (guint i = 0; i < TW_N_TOKEN_METERS; i++)
    ret_counts[i] = 0;
  ret_counts[TW_METER_INPUT_UNCACHED] = self->billed_input;
  ret_counts[TW_METER_OUTPUT_TEXT] = self->billed_output;
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

/**
 * tw_usage_get_service_tier:
 * @self: a usage
 *
 * Gets the service tier that served the reply, as the provider names it, such
 * as `"priority"` or `"batch"`.
 *
 * Returns: (nullable): the tier, or %NULL if the usage does not say
 * Since: 0.1
 */
const char *
tw_usage_get_service_tier (const TwUsage *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->service_tier;
}

/**
 * tw_usage_get_speed:
 * @self: a usage
 *
 * Gets the speed the reply was served at, as the provider names it, such as
 * `"fast"`.
 *
 * Returns: (nullable): the speed, or %NULL if the usage does not say
 * Since: 0.1
 */
const char *
tw_usage_get_speed (const TwUsage *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->speed;
}

/**
 * tw_usage_get_region:
 * @self: a usage
 *
 * Gets where the reply was computed, as the provider names it, such as `"us"`.
 *
 * Returns: (nullable): the region, or %NULL if the usage does not say
 * Since: 0.1
 */
const char *
tw_usage_get_region (const TwUsage *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->region;
}

/**
 * tw_usage_get_context_total:
 * @self: a usage
 *
 * Gets the tokens in the model's context after the reply. Where a reply took
 * several iterations it is billed for all of them, but only the last one's
 * tokens are in the context.
 *
 * Returns: the tokens of the last iteration; without iterations, the input and
 *   the output
 * Since: 0.1
 */
gint64
tw_usage_get_context_total (const TwUsage *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->has_context_total
             ? self->context_total
             : tw_usage_get_input_total (self) + tw_usage_get_output_total (self);
}

/**
 * tw_usage_get_unknown_keys:
 * @self: a usage
 *
 * Gets the names of what the provider counted and this library does not know:
 * they may cost money, so a cost that is made of the meters is a lower bound.
 * At most eight are named.
 *
 * Returns: (transfer full) (array zero-terminated=1): the names, an empty list
 *   if all is known
 * Since: 0.1
 */
char **
tw_usage_get_unknown_keys (const TwUsage *self)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  g_return_val_if_fail (self != NULL, NULL);

  for (guint i = 0; self->unknown_keys != NULL && i < self->unknown_keys->len; i++)
    {
      const TwUnknownUsage *unknown = g_ptr_array_index (self->unknown_keys, i);

      g_strv_builder_add (names, unknown->name);
    }
  return g_strv_builder_end (names);
}

/* Above what any provider can bill in one reply; keeps every sum inside 63 bits. */
#define MAX_COUNT G_GINT64_CONSTANT (1000000000000000)

/* What the meter is a part of, by name, and how much that is; (nullable). */
static const char *
whole_of (const TwUsage *self, TwMeter part, gint64 *ret_whole)
{
  switch ((int) part)
    {
    case TW_METER_CACHE_READ_AUDIO:
    case TW_METER_CACHE_READ_IMAGE:
    case TW_METER_CACHE_READ_VIDEO:
      *ret_whole = self->counts[TW_METER_INPUT_CACHE_READ];
      return meter_names[TW_METER_INPUT_CACHE_READ];
    case TW_METER_OUTPUT_AUDIO:
    case TW_METER_OUTPUT_IMAGE:
    case TW_METER_OUTPUT_VIDEO:
      *ret_whole = tw_usage_get_output_total (self);
      return "output_total";
    case TW_METER_INPUT_AUDIO:
    case TW_METER_INPUT_IMAGE:
    case TW_METER_INPUT_VIDEO:
      /* Providers count cached audio within the input audio. */
      *ret_whole = tw_usage_get_input_total (self);
      return "input_total";
    case TW_METER_TOOL_PROMPT:
      *ret_whole = self->counts[TW_METER_INPUT_UNCACHED];
      return meter_names[TW_METER_INPUT_UNCACHED];
    default:
      return NULL;
    }
}

static gboolean
check_range (const char *name, gint64 count, GError **error)
{
  if (count >= 0 && count <= MAX_COUNT)
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_INCONSISTENT_USAGE,
               "The usage is impossible: %s is %" G_GINT64_FORMAT
               ". Compare it with the provider's invoice.",
               name, count);
  return FALSE;
}

static gboolean
check_part (const TwUsage *self, TwMeter meter, GError **error)
{
  gint64 whole = 0;
  const char *name = whole_of (self, meter, &whole);

  if (name == NULL || self->counts[meter] <= whole)
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_INCONSISTENT_USAGE,
               "The usage is impossible: %s is %" G_GINT64_FORMAT ", but %s, of which it is a "
               "part, is %" G_GINT64_FORMAT ". Compare it with the provider's invoice.",
               meter_names[meter], self->counts[meter], name, whole);
  return FALSE;
}

gboolean
tw_usage_validate (const TwUsage *self, GError **error)
{
  for (guint i = 0; i < TW_N_METERS; i++)
    if (self->counts[i] != 0 && !check_range (meter_names[i], self->counts[i], error))
      return FALSE;
  for (guint i = TW_N_TOKEN_METERS; i < TW_N_METERS; i++)
    if (self->counts[i] != 0 && !check_part (self, i, error))
      return FALSE;
  return check_range ("context_total", self->context_total, error)
         && check_range ("billed_input", self->billed_input, error)
         && check_range ("billed_output", self->billed_output, error);
}
