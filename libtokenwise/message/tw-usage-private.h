/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-json-private.h"
#include "libtokenwise/base/tw-money-private.h"
#include "libtokenwise/message/tw-usage.h"

G_BEGIN_DECLS

#define TW_N_METERS (TW_METER_REQUEST + 1)
/* The first seven meters are exclusive. */
#define TW_N_TOKEN_METERS (TW_METER_OUTPUT_REASONING + 1)

/* Usage at another model's price within the same reply (a fallback, an advisor). */
typedef struct
{
  char *model;
  TwUsage *usage;
} TwOtherModelUsage;

/* A key of the provider's usage block that this library does not know, with a number above 0: what
 * was billed may be more than the meters say. */
typedef struct
{
  char *name;
  double amount;
} TwUnknownUsage;

struct _TwUsage
{
  gint64 counts[TW_N_METERS];
  /* The server gave no usage; the counts are ours. */
  gboolean estimated;
  /* The reply was cut off before its final usage. */
  gboolean incomplete;
  gboolean has_provider_cost;
  TwFemto provider_cost;
  char *service_tier; /* (nullable) as served; so are speed and region */
  char *speed;
  char *region;
  /* (nullable) (element-type TwUnknownUsage) */
  GPtrArray *unknown_keys;
  /* (nullable) (element-type TwOtherModelUsage) */
  GPtrArray *others;
};

TwUsage *tw_usage_new (void);
void tw_usage_add_other (TwUsage *self, const char *model, TwUsage *usage);
const char *tw_meter_to_string (TwMeter meter);
gboolean tw_meter_from_string (const char *name, TwMeter *ret_meter);
/* Every count at least 0, and each of-which count at most its whole. */
gboolean tw_usage_validate (const TwUsage *self, GError **error);
/* What is to be priced. */
void tw_usage_get_billed_counts (const TwUsage *self, gint64 ret_counts[TW_N_METERS]);
cJSON *tw_usage_to_cjson (const TwUsage *self);

G_END_DECLS
