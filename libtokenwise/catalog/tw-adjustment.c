/* SPDX-License-Identifier: MIT */
#include "libtokenwise/catalog/tw-rate-card-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/catalog/tw-member-private.h"

#include <string.h>

/* The schema's factor has at most four digits before the point. */
#define MAX_FACTOR (10000 * TW_FACTOR_ONE)

static gboolean
read_adjustment_from (gpointer target, const cJSON *item, GError **error)
{
  return tw_rate_read_instant (&((TwAdjustment *) target)->from, item, error);
}

static gboolean
read_adjustment_to (gpointer target, const cJSON *item, GError **error)
{
  return tw_rate_read_instant (&((TwAdjustment *) target)->to, item, error);
}

static gboolean
read_adjustment_when (gpointer target, const cJSON *item, GError **error)
{
  TwCondition *when = &((TwAdjustment *) target)->when;

  tw_condition_clear (when);
  return tw_condition_read (when, item, error);
}

/* A factor is exact in millionths: the schema gives it at most six decimals. */
static gboolean
read_multiply (gpointer target, const cJSON *item, GError **error)
{
  TwAdjustment *self = target;
  gint64 nano = 0;

  if (!tw_rate_read_money ("multiply", item, &nano, error))
    return FALSE;
  self->millionths = nano / 1000;
  if (nano % 1000 == 0 && self->millionths < MAX_FACTOR)
    return TRUE;
  g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                       "“multiply” is a factor below 10000 with at most six decimals.");
  return FALSE;
}

static gboolean
read_meters (gpointer target, const cJSON *item, GError **error)
{
  TwAdjustment *self = target;
  const cJSON *child;

  memset (self->meters, 0, sizeof self->meters);
  cJSON_ArrayForEach (child, item)
  {
    TwPriceMeter meter;

    if (!cJSON_IsString (child) || !tw_price_meter_from_string (child->valuestring, &meter))
      {
        g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                             "“meters” is a list of meters.");
        return FALSE;
      }
    self->meters[meter] = TRUE;
  }
  return TRUE;
}

static const TwMember adjustment_members[] = {
  { "id", NULL, G_STRUCT_OFFSET (TwAdjustment, id), TRUE },
  { "multiply", read_multiply, 0, TRUE },
  { "when", read_adjustment_when, 0, FALSE },
  { "from", read_adjustment_from, 0, FALSE },
  { "to", read_adjustment_to, 0, FALSE },
  { "meters", read_meters, 0, FALSE },
  { "source", tw_member_ignore, 0, FALSE },
};

gboolean
tw_adjustments_read (const cJSON *array,
                     TwAdjustment **ret_adjustments,
                     guint *ret_n,
                     GError **error)
{
  guint n = array != NULL ? (guint) cJSON_GetArraySize (array) : 0;
  TwAdjustment *self = n > 0 ? g_new0 (TwAdjustment, n) : NULL;
  gboolean valid = TRUE;

  for (guint i = 0; i < n && valid; i++)
    {
      self[i].from = G_MININT64;
      self[i].to = G_MAXINT64;
      for (guint m = 0; m < TW_N_PRICE_METERS; m++)
        self[i].meters[m] = TRUE;
      valid = tw_condition_read (&self[i].when, NULL, error)
              && tw_members_read (cJSON_GetArrayItem (array, (int) i), adjustment_members,
                                  G_N_ELEMENTS (adjustment_members), &self[i], error);
    }
  if (!valid)
    {
      g_prefix_error_literal (error, "Adjustment: ");
      tw_adjustments_free (self, n);
      return FALSE;
    }
  *ret_adjustments = self;
  *ret_n = n;
  return TRUE;
}

void
tw_adjustments_free (TwAdjustment *adjustments, guint n)
{
  for (guint i = 0; i < n; i++)
    tw_condition_clear (&adjustments[i].when);
  g_free (adjustments);
}

gboolean
tw_adjustment_applies (const TwAdjustment *self, const TwPriceCall *call)
{
  return call->at >= self->from && call->at < self->to && tw_condition_holds (&self->when, call);
}
