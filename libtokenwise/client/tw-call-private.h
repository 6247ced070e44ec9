/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/catalog/tw-catalog-private.h"
#include "libtokenwise/client/tw-outgoing-private.h"
#include "libtokenwise/client/tw-rate-limits-private.h"
#include "libtokenwise/plan/tw-estimate-private.h"

G_BEGIN_DECLS

/* One admitted call, from its hold to its receipt, without any waiting: TwReply does the input and
 * output, blocking or not, and hands what came to these functions. */

typedef enum
{
  TW_CALL_OPEN, /* send the request */
  TW_CALL_WAIT, /* sleep wait_ms, then send again */
  TW_CALL_READ, /* read the body */
  TW_CALL_OVER, /* settled */
} TwCallStep;

typedef struct
{
  TwCallStep step;
  guint wait_ms;

  /* What was admitted. */
  TwCatalog *catalog;
  TwLedger *ledger;
  TwTransport *transport;
  TwRateLimits *limits;
  TwModel *model;
  TwEstimate *estimate;
  TwOutgoing *outgoing;
  TwHttpRequest *http; /* (nullable): gone, and its key wiped, once the call is over */
  gboolean stream;

  /* The attempt under way. */
  guint attempt;     /* its number, from 1; 0: nothing was sent yet */
  gint64 attempt_at; /* when it was sent, an instant and in monotonic µs */
  gint64 attempt_us;
  guint status;
  TwDecoder *decoder;
  TwHttpResponse *response; /* (nullable) */
  GInputStream *body;       /* (nullable) */
  gint64 progress_us;       /* when the payload last moved */
  /* The request went out and no reply came: it may have been answered, and billed. */
  gboolean maybe_sent;

  /* The whole. */
  gint64 begun_us;
  gint64 first_token_us; /* 0: none yet */
  GQueue events;         /* of TwEvent */
  GString *text;         /* all text so far; reasoning and tool calls count in said */
  gsize said;
  /* Attempts that may have been billed though nothing came of them. */
  TwMoney lost;
  GArray *attempts; /* of TwAttempt: those that are over */
  GError *failure;  /* (nullable) what tw_reply_next() reports once the events are read */
  char *stopped; /* (nullable) what breaking it off meant for the bill, if that is how it ended */
  TwReceipt *receipt;
} TwCall;

void tw_call_free (TwCall *self);
/* The request goes out now. */
void tw_call_begin_attempt (TwCall *self);
/* The attempt under way is over; error (nullable) is what became of it. */
void tw_call_note_attempt (TwCall *self, const GError *error, TwMoney cost);
/* The reply's head came, or error (transfer full) says why not. */
void tw_call_take_response (TwCall *self, TwHttpResponse *response, GError *error);
/* n bytes of the body; 0 is its end; error (transfer full) says that it broke off. */
void tw_call_take_bytes (TwCall *self, const char *bytes, gssize n, GError *error);
/* The wait is over, or was cancelled by error (transfer full). */
void tw_call_take_wait (TwCall *self, GError *error);
/* Nobody reads on: settles what there is. */
void tw_call_abandon (TwCall *self);

G_END_DECLS
