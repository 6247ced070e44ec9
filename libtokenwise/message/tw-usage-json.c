/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-limits-private.h"
#include "libtokenwise/message/tw-usage-private.h"

#include <math.h>

/* The normalised block: what tw_usage_to_json() writes and tw_usage_new_from_json() reads. */

/* A double holds every whole number up to here. */
#define MAX_EXACT 9007199254740992.0

static gboolean
refuse (GError **error, const char *key, const char *what)
{
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT, "The usage block's “%.60s” is not %s.", key,
               what);
  return FALSE;
}

/* A count, or null for 0. */
static gboolean
read_count (gpointer target, const cJSON *item, GError **error)
{
  gint64 *count = target;
  double value = item->valuedouble;

  *count = 0;
  if (cJSON_IsNull (item))
    return TRUE;
  if (!cJSON_IsNumber (item))
    return refuse (error, item->string, "a number");
  if (!(fabs (value) <= MAX_EXACT) || value != floor (value))
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INCONSISTENT_USAGE,
                   "The usage is impossible: %.60s is %g, which is not a whole number of units.",
                   item->string, value);
      return FALSE;
    }
  *count = (gint64) value;
  return TRUE;
}

static gboolean
read_fact (gpointer target, const cJSON *item, GError **error)
{
  if (!cJSON_IsNull (item) && !cJSON_IsString (item))
    return refuse (error, item->string, "text");
  tw_usage_set_fact (target, cJSON_GetStringValue (item));
  return TRUE;
}

static gboolean
read_flag (gpointer target, const cJSON *item, GError **error)
{
  gboolean *flag = target;

  if (!cJSON_IsNull (item) && !cJSON_IsBool (item))
    return refuse (error, item->string, "true or false");
  *flag = cJSON_IsTrue (item);
  return TRUE;
}

static gboolean
read_cost (gpointer target, const cJSON *item, GError **error)
{
  TwUsage *self = target;

  if (cJSON_IsNull (item))
    return TRUE;
  if (!cJSON_IsString (item))
    return refuse (error, item->string, "an amount in USD as decimal text");
  self->has_provider_cost = tw_femto_parse (item->valuestring, &self->provider_cost, error);
  if (!self->has_provider_cost || self->provider_cost >= 0)
    return self->has_provider_cost;
  g_set_error (error, TW_ERROR, TW_ERROR_INCONSISTENT_USAGE,
               "The usage is impossible: provider_cost is negative.");
  return FALSE;
}

static gboolean
read_unknown_keys (gpointer target, const cJSON *list, GError **error)
{
  const cJSON *item;

  if (!cJSON_IsObject (list))
    return refuse (error, list->string, "an object");
  cJSON_ArrayForEach (item, list)
  {
    if (!cJSON_IsNumber (item))
      return refuse (error, item->string, "a number");
    tw_usage_add_unknown_key (target, item->string, item->valuedouble);
  }
  return TRUE;
}

static gboolean
read_others (gpointer target, const cJSON *list, GError **error)
{
  const cJSON *item;

  if (!cJSON_IsArray (list))
    return refuse (error, list->string, "a list");
  cJSON_ArrayForEach (item, list)
  {
    TwUsage *other = tw_usage_new_from_cjson (tw_json_object (item, "usage"), error);

    if (other == NULL)
      return FALSE;
    tw_usage_add_other (target, tw_json_string (item, "model"), other);
  }
  return TRUE;
}

static gboolean
read_context (gpointer target, const cJSON *item, GError **error)
{
  TwUsage *self = target;

  self->has_context_total = !cJSON_IsNull (item);
  return read_count (&self->context_total, item, error);
}

static gboolean
read_billed_input (gpointer target, const cJSON *item, GError **error)
{
  TwUsage *self = target;

  self->has_billed = self->has_billed || !cJSON_IsNull (item);
  return read_count (&self->billed_input, item, error);
}

static gboolean
read_billed_output (gpointer target, const cJSON *item, GError **error)
{
  TwUsage *self = target;

  self->has_billed = self->has_billed || !cJSON_IsNull (item);
  return read_count (&self->billed_output, item, error);
}

/* The sum of meters, written for readers of the block. */
static gboolean
read_nothing (gpointer target, const cJSON *item, GError **error)
{
  return TRUE;
}

/* The members that are not meters; what has no offset is read into the usage itself. */
static const struct
{
  const char *key;
  gboolean (*read) (gpointer target, const cJSON *item, GError **error);
  gsize offset;
} members[] = {
  { "input_total", read_nothing, 0 },
  { "output_total", read_nothing, 0 },
  { "context_total", read_context, 0 },
  { "billed_input", read_billed_input, 0 },
  { "billed_output", read_billed_output, 0 },
  { "service_tier", read_fact, G_STRUCT_OFFSET (TwUsage, service_tier) },
  { "speed", read_fact, G_STRUCT_OFFSET (TwUsage, speed) },
  { "region", read_fact, G_STRUCT_OFFSET (TwUsage, region) },
  { "estimated", read_flag, G_STRUCT_OFFSET (TwUsage, estimated) },
  { "incomplete", read_flag, G_STRUCT_OFFSET (TwUsage, incomplete) },
  { "provider_cost", read_cost, 0 },
  { "unknown_keys", read_unknown_keys, 0 },
  { "other_model_iterations", read_others, 0 },
};

static gboolean
read_member (TwUsage *self, const cJSON *item, GError **error)
{
  TwMeter meter;

  if (tw_meter_from_string (item->string, &meter))
    return read_count (&self->counts[meter], item, error);
  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    if (g_str_equal (item->string, members[i].key))
      return members[i].read (G_STRUCT_MEMBER_P (self, members[i].offset), item, error);
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
               "The usage block has an unknown key “%.60s”.", item->string);
  return FALSE;
}

TwUsage *
tw_usage_new_from_cjson (const cJSON *json, GError **error)
{
  g_autoptr (TwUsage) self = tw_usage_new ();
  const cJSON *item;

  if (!cJSON_IsObject (json))
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT, "A usage block is a JSON object.");
      return NULL;
    }
  cJSON_ArrayForEach (item, json)
  {
    if (!read_member (self, item, error))
      return NULL;
  }
  if (!tw_usage_validate (self, error))
    return NULL;
  return g_steal_pointer (&self);
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
  g_autoptr (GError) cause = NULL;
  g_autoptr (cJSON) root = NULL;

  g_return_val_if_fail (json != NULL, NULL);

  root = tw_json_parse (json, -1, TW_LIMIT_EVENT_BYTES, &cause);
  if (root == NULL)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT, "The usage cannot be read: %s",
                   cause->message);
      return NULL;
    }
  return tw_usage_new_from_cjson (root, error);
}

static void
add_fact (cJSON *json, const char *key, const char *value)
{
  if (value != NULL)
    cJSON_AddStringToObject (json, key, value);
}

static void
add_cost (cJSON *json, const TwUsage *self)
{
  g_autofree char *cost
      = self->has_provider_cost ? tw_femto_to_decimal (self->provider_cost) : NULL;

  tw_json_add_string (json, "provider_cost", cost);
}

static void
add_unknown_keys (cJSON *json, const TwUsage *self)
{
  cJSON *list;

  if (self->unknown_keys == NULL)
    return;
  list = cJSON_AddObjectToObject (json, "unknown_keys");
  for (guint i = 0; i < self->unknown_keys->len; i++)
    {
      const TwUnknownUsage *unknown = g_ptr_array_index (self->unknown_keys, i);

      cJSON_AddNumberToObject (list, unknown->name, unknown->amount);
    }
}

cJSON *
tw_usage_to_cjson (const TwUsage *self)
{
  cJSON *json = cJSON_CreateObject ();

  /* Most replies have none of the many fees. */
  for (guint i = 0; i < TW_N_METERS; i++)
    if (i <= TW_METER_WEB_FETCH || self->counts[i] > 0)
      tw_json_add_integer (json, tw_meter_to_string (i), self->counts[i]);
  tw_json_add_integer (json, "input_total", tw_usage_get_input_total (self));
  tw_json_add_integer (json, "output_total", tw_usage_get_output_total (self));
  if (self->has_context_total)
    tw_json_add_integer (json, "context_total", self->context_total);
  if (self->has_billed)
    {
      tw_json_add_integer (json, "billed_input", self->billed_input);
      tw_json_add_integer (json, "billed_output", self->billed_output);
    }
  add_fact (json, "service_tier", self->service_tier);
  add_fact (json, "speed", self->speed);
  add_fact (json, "region", self->region);
  cJSON_AddBoolToObject (json, "estimated", self->estimated);
  cJSON_AddBoolToObject (json, "incomplete", self->incomplete);
  add_cost (json, self);
  add_unknown_keys (json, self);
  return json;
}

static cJSON *
to_whole_cjson (const TwUsage *self)
{
  cJSON *json = tw_usage_to_cjson (self);
  cJSON *list;

  if (self->others == NULL)
    return json;
  list = cJSON_AddArrayToObject (json, "other_model_iterations");
  for (guint i = 0; i < self->others->len; i++)
    {
      const TwOtherModelUsage *other = g_ptr_array_index (self->others, i);
      cJSON *item = cJSON_CreateObject ();

      tw_json_add_string (item, "model", other->model);
      cJSON_AddItemToObject (item, "usage", to_whole_cjson (other->usage));
      cJSON_AddItemToArray (list, item);
    }
  return json;
}

/**
 * tw_usage_to_json:
 * @self: a usage
 *
 * Gives the normalised block as a JSON object: a count for each meter,
 * `"input_total"`, `"output_total"`, what was served (`"service_tier"`,
 * `"speed"`, `"region"`), `"provider_cost"`, and where there are any
 * `"context_total"`, `"unknown_keys"` and `"other_model_iterations"`.
 *
 * Returns: (transfer full): the normalised block as a JSON object
 * Since: 0.1
 */
char *
tw_usage_to_json (const TwUsage *self)
{
  g_autoptr (cJSON) json = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  json = to_whole_cjson (self);
  return tw_json_print (json);
}
