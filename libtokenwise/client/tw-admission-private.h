/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/client/tw-config-private.h"
#include "libtokenwise/client/tw-reply-private.h"
#include "libtokenwise/message/tw-request.h"

G_BEGIN_DECLS

/* What a client admits calls with; all borrowed. */
typedef struct
{
  const TwConfig *config;
  TwCatalog *catalog;
  TwLedger *ledger;
  TwTransport *transport;
  TwRateLimits *limits;
} TwAdmission;

/* From estimate to hold. Everything that can be refused is refused before the hold, so a hold is
 * always followed by a reply that settles it. Takes the estimate. */
TwReply *tw_admit (const TwAdmission *self,
                   TwRequest *request,
                   TwEstimate *take_chosen,
                   TwModel *model,
                   GError **error);

G_END_DECLS
