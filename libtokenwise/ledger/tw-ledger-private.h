/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-json-private.h"
#include "libtokenwise/base/tw-money-private.h"
#include "libtokenwise/ledger/tw-ledger.h"
#include "libtokenwise/message/tw-usage-private.h"

G_BEGIN_DECLS

/* What was estimated before the send; stored beside what it came to. */
typedef struct
{
  gint64 input_tokens;
  gint64 output_p50;
  gint64 output_p90;
  gint64 output_max;
  TwMoney low;
  TwMoney likely;
  TwMoney high;
  TwMoney worst;
  gint64 ttft_ms;
  gint64 total_ms;
} TwEstimateFigures;

/* What a hold is asked for. Strings are borrowed. worst is what the budgets must have room for. */
typedef struct
{
  const char *id; /* the request's id, a UUID; also the receipt's */
  const char *provider;
  const char *model;
  const char *catalog_version;
  gboolean simulated;
  gboolean allow_unknown_price;
  GHashTable *tags; /* (nullable) */
  TwEstimateFigures estimate;
} TwHoldRequest;

/* One time a call was sent. */
typedef struct
{
  gint64 started_at; /* an instant */
  gint64 total_ms;
  guint http_status;      /* 0: no reply came */
  const char *error_code; /* (nullable): a code of tw_error_to_code() */
  TwMoney cost;           /* what it may have cost; nothing for one that was refused */
} TwAttempt;

/* What a call came to. */
typedef struct
{
  const char *status;       /* "complete", "incomplete", "failed", "cancelled" */
  const char *served_model; /* (nullable) */
  const char *service_tier; /* (nullable) */
  const char *finish;       /* (nullable) */
  const char *error_code;   /* (nullable) */
  const TwUsage *usage;     /* (nullable) nothing was used */
  TwMoney cost;
  const char *bill; /* (nullable) how the cost was found, a JSON object */
  /* The price is the provider's own figure, not the catalogue's. */
  gboolean cost_is_providers;
  guint attempts;
  const TwAttempt *attempt_rows; /* (nullable) */
  guint n_attempt_rows;
  gint64 ttft_ms; /* -1: no first token */
  gint64 total_ms;
} TwSettlement;

struct _TwReceipt
{
  char *id;
  char *provider;
  char *model;
  char *served_model;
  char *service_tier;
  char *finish;
  char *error_code;
  char *status;
  char *catalog_version;
  gboolean simulated;
  gboolean cost_is_providers;
  gint64 created_at;
  gint64 settled_at;
  guint attempts;
  TwEstimateFigures estimate;
  TwMoney cost;
  TwUsage *usage;
  char *bill;         /* (nullable) JSON */
  char *attempt_list; /* (nullable) JSON: set in what tw_ledger_get_receipt() gives */
  gint64 ttft_ms;
  gint64 total_ms;
};

/* Admission: one transaction over every budget that applies. Budgets of the sandbox have totals of
 * their own. TW_ERROR_BUDGET_EXCEEDED names the budget, what is left and what was asked. */
gboolean tw_ledger_hold (TwLedger *self, const TwHoldRequest *hold, GError **error);
/* Idempotent by id: the same figures again are no error, other figures are. The true cost is
 * recorded in full, also past a limit. (transfer full): the receipt. */
TwReceipt *
tw_ledger_settle (TwLedger *self, const char *id, const TwSettlement *settlement, GError **error);
/* Nothing was sent or nothing is billed: gives the hold back. Idempotent. */
gboolean tw_ledger_release (TwLedger *self, const char *id, const char *error_code, GError **error);
/* The same, and how often it was tried. */
gboolean tw_ledger_release_attempts (TwLedger *self,
                                     const char *id,
                                     const char *error_code,
                                     const TwAttempt *attempts,
                                     guint n,
                                     GError **error);

/* Output lengths and times of the latest settled, complete calls to a model, newest first. */
typedef struct
{
  gint64 output_tokens;
  gint64 ttft_ms;
  gint64 total_ms;
} TwObservation;

/* (element-type TwObservation), at most max. */
GArray *tw_ledger_get_history (TwLedger *self,
                               const char *provider,
                               const char *model,
                               gboolean simulated,
                               guint max,
                               GError **error);

/* The budget that has the least room for a request with these tags and model; NULL if none applies.
 * Its spent and held figures are those of now. (transfer full). */
TwBudget *tw_ledger_get_tightest_budget (TwLedger *self,
                                         const char *provider,
                                         const char *model,
                                         GHashTable *tags,
                                         gboolean simulated,
                                         GError **error);
TwFemto tw_budget_get_remaining (TwBudget *self);
/* Why a request that may cost as much as asked is not admitted, a sentence; NULL if it is. The one
 * place that decides it, for the preview as for admission. */
char *tw_budget_explain_refusal (TwBudget *self, TwFemto asked);
cJSON *tw_budget_to_cjson (TwBudget *self);
cJSON *tw_receipt_to_cjson (const TwReceipt *self);
/* Declares the budgets of a policy file; budgets it declared before and no longer names are
 * removed, with their past spending kept in the calls. */
gboolean tw_ledger_load_policy (TwLedger *self, GKeyFile *policy, GError **error);
/* What this ledger takes for the time, for tests; TW_INSTANT_NONE for the clock. */
void tw_ledger_set_now (TwLedger *self, gint64 instant);

G_END_DECLS
