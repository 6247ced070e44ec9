/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/catalog/tw-cost-private.h"
#include "libtokenwise/ledger/tw-ledger-private.h"
#include "libtokenwise/plan/tw-estimate.h"
#include "libtokenwise/plan/tw-latency-private.h"
#include "libtokenwise/plan/tw-length-private.h"
#include "libtokenwise/tokens/tw-counter-private.h"

G_BEGIN_DECLS

struct _TwEstimate
{
  char *id; /* a UUID; the receipt's too, if this very estimate is sent */
  char *provider;
  char *model;      /* qualified: "openai/gpt-5.4-mini" */
  char *model_name; /* for people */
  gboolean simulated;
  gboolean automatic; /* the model was chosen by the router */
  char *route_reason;
  TwRequestCount count;
  TwLength output;
  gint64 output_max;    /* the cap that is sent */
  gint64 context_limit; /* 0: unknown */
  TwCost *low;
  TwCost *likely;
  TwCost *high;
  TwCost *worst;
  char *service_tier; /* (nullable) what was asked for, and priced */
  TwLatency latency;
  char *refusal;           /* (nullable) why the budget will not admit it, a sentence */
  char *problem;           /* (nullable) why this cannot be sent as it is, a sentence */
  TwBudget *budget;        /* (nullable) the one with the least room */
  GPtrArray *alternatives; /* (element-type TwEstimate) without alternatives of their own */
};

TwEstimate *tw_estimate_new (void);
/* What the ledger stores beside the outcome. */
void tw_estimate_get_figures (const TwEstimate *self, TwEstimateFigures *ret_figures);
cJSON *tw_estimate_to_cjson (const TwEstimate *self);

G_END_DECLS
