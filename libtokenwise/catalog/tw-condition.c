/* SPDX-License-Identifier: MIT */
#include "libtokenwise/catalog/tw-member-private.h"
#include "libtokenwise/catalog/tw-rate-card-private.h"

#include "libtokenwise/base/tw-error.h"

static const TwTokenRange everything = { 0, G_MAXINT64 };

static gboolean
read_strings (const cJSON **ret_strings, const cJSON *item, GError **error)
{
  const cJSON *child;
  gboolean valid = cJSON_IsArray (item) && item->child != NULL;

  cJSON_ArrayForEach (child, item) valid = valid && cJSON_IsString (child);
  if (!valid)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT, "“%s” is not a list of strings.",
                   item->string);
      return FALSE;
    }
  *ret_strings = item;
  return TRUE;
}

const char *
tw_unless_standard (const char *value)
{
  static const char *const standard[]
      = { "",          "standard",      "default", "auto",         "normal",
          "on_demand", "standard_only", "global",  "not_available" };

  for (guint i = 0; value != NULL && i < G_N_ELEMENTS (standard); i++)
    if (g_ascii_strcasecmp (value, standard[i]) == 0)
      return NULL;
  return value;
}

/* A list may name the standard value, for which a call has no word. */
static gboolean
read_names (TwNames *names, const cJSON *item, GError **error)
{
  const cJSON *child;

  cJSON_ArrayForEach (child, item)
  {
    if (tw_unless_standard (cJSON_GetStringValue (child)) == NULL)
      names->has_standard = TRUE;
  }
  return read_strings (&names->list, item, error);
}

static gboolean
read_service_tiers (gpointer target, const cJSON *item, GError **error)
{
  return read_names (&((TwCondition *) target)->service_tiers, item, error);
}

static gboolean
read_speeds (gpointer target, const cJSON *item, GError **error)
{
  return read_names (&((TwCondition *) target)->speeds, item, error);
}

static gboolean
read_regions (gpointer target, const cJSON *item, GError **error)
{
  return read_names (&((TwCondition *) target)->regions, item, error);
}

static gboolean
read_endpoints (gpointer target, const cJSON *item, GError **error)
{
  return read_names (&((TwCondition *) target)->endpoints, item, error);
}

static gboolean
read_parameters (gpointer target, const cJSON *item, GError **error)
{
  const cJSON *values, *list;

  if (!cJSON_IsObject (item) || item->child == NULL)
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                           "“params” is an object of lists of strings.");
      return FALSE;
    }
  cJSON_ArrayForEach (values, item)
  {
    if (!read_strings (&list, values, error))
      return FALSE;
  }
  ((TwCondition *) target)->parameters = item;
  return TRUE;
}

static gboolean
read_schedule (gpointer target, const cJSON *item, GError **error)
{
  TwCondition *self = target;

  self->schedule = tw_schedule_new (item, error);
  return self->schedule != NULL;
}

static gboolean
read_range (TwTokenRange *range, const cJSON *item, GError **error)
{
  static const char *const allowed[] = { "gt", "ge", "lt", "le", NULL };
  gint64 limit;
  guint n = 0;

  if (tw_json_integer (item, "gt", &limit) && ++n > 0)
    range->min = limit + 1;
  if (tw_json_integer (item, "ge", &limit) && ++n > 0)
    range->min = MAX (range->min, limit);
  if (tw_json_integer (item, "lt", &limit) && ++n > 0)
    range->max = limit - 1;
  if (tw_json_integer (item, "le", &limit) && ++n > 0)
    range->max = MIN (range->max, limit);
  if (n > 0 && n == (guint) cJSON_GetArraySize (item) && tw_json_unknown_key (item, allowed) == NULL
      && range->min >= 0)
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
               "“%s” is a range of whole tokens: gt, ge, lt, le.", item->string);
  return FALSE;
}

static gboolean
read_input (gpointer target, const cJSON *item, GError **error)
{
  return read_range (&((TwCondition *) target)->input, item, error);
}

static gboolean
read_output (gpointer target, const cJSON *item, GError **error)
{
  return read_range (&((TwCondition *) target)->output, item, error);
}

static const TwMember condition_members[] = {
  { "total_input_tokens", read_input, 0, FALSE },
  { "service_tier", read_service_tiers, 0, FALSE },
  { "speed", read_speeds, 0, FALSE },
  { "region", read_regions, 0, FALSE },
  { "endpoint", read_endpoints, 0, FALSE },
  { "output_tokens", read_output, 0, FALSE },
  { "schedule", read_schedule, 0, FALSE },
  { "params", read_parameters, 0, FALSE },
};

gboolean
tw_condition_read (TwCondition *self, const cJSON *json, GError **error)
{
  *self = (TwCondition){ .input = everything, .output = everything, .json = json };
  if (json == NULL)
    return TRUE;
  self->n_conditions = (guint) cJSON_GetArraySize (json);
  return tw_members_read (json, condition_members, G_N_ELEMENTS (condition_members), self, error);
}

void
tw_condition_clear (TwCondition *self)
{
  g_clear_pointer (&self->schedule, tw_schedule_free);
}

static gboolean
list_holds (const cJSON *list, const char *value)
{
  const cJSON *item;

  cJSON_ArrayForEach (item, list)
  {
    if (g_ascii_strcasecmp (item->valuestring, value) == 0)
      return TRUE;
  }
  return FALSE;
}

gboolean
tw_names_hold (const TwNames *self, const char *value)
{
  if (self->list == NULL)
    return TRUE;
  return value != NULL ? list_holds (self->list, value) : self->has_standard;
}

static gboolean
parameter_holds (const cJSON *values, const TwPriceCall *call)
{
  for (guint i = 0; i < call->n_parameters; i++)
    if (g_str_equal (call->parameters[i].name, values->string))
      return list_holds (values, call->parameters[i].value);
  return FALSE;
}

gboolean
tw_condition_holds_at_any_length (const TwCondition *self, const TwPriceCall *call)
{
  const cJSON *values;

  if (!tw_names_hold (&self->service_tiers, call->service_tier)
      || !tw_names_hold (&self->speeds, call->speed)
      || !tw_names_hold (&self->regions, call->region)
      || !tw_names_hold (&self->endpoints, call->endpoint))
    return FALSE;
  cJSON_ArrayForEach (values, self->parameters)
  {
    if (!parameter_holds (values, call))
      return FALSE;
  }
  return self->schedule == NULL || tw_schedule_holds (self->schedule, call->at);
}

gboolean
tw_condition_holds (const TwCondition *self, const TwPriceCall *call)
{
  if (self->n_conditions == 0)
    return TRUE;
  if (call->input_total < self->input.min || call->input_total > self->input.max)
    return FALSE;
  if (call->output_total < self->output.min || call->output_total > self->output.max)
    return FALSE;
  return tw_condition_holds_at_any_length (self, call);
}
