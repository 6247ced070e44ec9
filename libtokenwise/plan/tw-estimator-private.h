/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/catalog/tw-catalog-private.h"
#include "libtokenwise/plan/tw-estimate-private.h"

G_BEGIN_DECLS

/* Estimates one request for any number of models. Each text is counted once per vocabulary,
 * which is the only step that grows with it. Pure: no file, no clock, no network. */
typedef struct
{
  TwCatalog *catalog;
  TwRequest *request;
  gint64 at;
  gboolean simulated;
  TwCountMemo *memo;
} TwEstimator;

void tw_estimator_init (
    TwEstimator *self, TwCatalog *catalog, TwRequest *request, gint64 at, gboolean simulated);
void tw_estimator_clear (TwEstimator *self);
/* Takes the counts of texts from memo and adds to it, which may outlive the estimator. */
void tw_estimator_share_memo (TwEstimator *self, TwCountMemo *memo);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TwEstimator, tw_estimator_clear)

/* history and budget may be NULL. An estimate of a model without a price has an unknown cost; that
 * is no error. */
TwEstimate *tw_estimator_run (
    TwEstimator *self, TwModel *model, const GArray *history, TwBudget *budget, GError **error);

/* Which of the estimates answers an "auto" request: the cheapest likely cost among those that can
 * be sent and are priced; NULL if there is none. */
TwEstimate *tw_route_choose (GPtrArray *estimates);

G_END_DECLS
