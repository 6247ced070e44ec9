/* SPDX-License-Identifier: MIT */
#pragma once

#include <libtokenwise/base/tw-error.h>
#include <libtokenwise/base/tw-types.h>
#include <libtokenwise/catalog/tw-catalog-diff.h>
#include <libtokenwise/catalog/tw-catalog-update.h>
#include <libtokenwise/catalog/tw-catalog.h>
#include <libtokenwise/catalog/tw-cost.h>
#include <libtokenwise/catalog/tw-model.h>
#include <libtokenwise/catalog/tw-price-terms.h>
#include <libtokenwise/client/tw-catalog-fetch.h>
#include <libtokenwise/client/tw-client.h>
#include <libtokenwise/client/tw-reply.h>
#include <libtokenwise/ledger/tw-budget.h>
#include <libtokenwise/ledger/tw-ledger.h>
#include <libtokenwise/ledger/tw-receipt.h>
#include <libtokenwise/message/tw-event.h>
#include <libtokenwise/message/tw-request.h>
#include <libtokenwise/message/tw-usage.h>
#include <libtokenwise/net/tw-transport.h>
#include <libtokenwise/plan/tw-estimate.h>
#include <libtokenwise/tokens/tw-counter.h>
#include <libtokenwise/tokens/tw-encoding.h>
#include <libtokenwise/tokens/tw-text-counter.h>
#include <libtokenwise/wire/tw-wire.h>
