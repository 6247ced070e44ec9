/* SPDX-License-Identifier: MIT */
#pragma once

#include <gio/gio.h>
#include <glib-object.h>

G_BEGIN_DECLS

/* The export list: a symbol without it stays inside the shared library. */
#define TW_PUBLIC __attribute__ ((visibility ("default"))) extern

typedef struct _TwBudget TwBudget;
typedef struct _TwCatalog TwCatalog;
typedef struct _TwClient TwClient;
typedef struct _TwCost TwCost;
typedef struct _TwEstimate TwEstimate;
typedef struct _TwEvent TwEvent;
typedef struct _TwLedger TwLedger;
typedef struct _TwModel TwModel;
typedef struct _TwPriceTerms TwPriceTerms;
typedef struct _TwReceipt TwReceipt;
typedef struct _TwReply TwReply;
typedef struct _TwRequest TwRequest;
typedef struct _TwTransport TwTransport;
typedef struct _TwUsage TwUsage;

G_END_DECLS
