/* SPDX-License-Identifier: MIT */
#include "libtokenwise/client/tw-call-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-time-private.h"
#include "libtokenwise/client/tw-settlement-private.h"
#include "libtokenwise/client/tw-stop-private.h"
#include "libtokenwise/wire/tw-redact-private.h"

#include <string.h>

/* Some servers send keep-alives for ever after the answer was complete; only data counts. */
#define PAYLOAD_IDLE_US (10 * 60 * G_USEC_PER_SEC)

void
tw_call_free (TwCall *self)
{
  g_clear_object (&self->catalog);
  g_clear_object (&self->ledger);
  g_clear_object (&self->transport);
  g_clear_object (&self->model);
  g_clear_pointer (&self->estimate, tw_estimate_free);
  g_clear_pointer (&self->limits, tw_rate_limits_unref);
  g_clear_pointer (&self->outgoing, tw_outgoing_free);
  g_clear_pointer (&self->http, tw_http_request_unref);
  g_clear_pointer (&self->decoder, tw_decoder_free);
  g_clear_object (&self->body);
  g_clear_object (&self->response);
  g_queue_clear_full (&self->events, (GDestroyNotify) tw_event_free);
  g_string_free (self->text, TRUE);
  g_clear_error (&self->failure);
  g_free (self->stopped);
  g_array_unref (self->attempts);
  g_clear_pointer (&self->receipt, tw_receipt_free);
  g_free (self);
}

void
tw_call_begin_attempt (TwCall *self)
{
  self->attempt++;
  self->attempt_at = tw_instant_now ();
  self->attempt_us = g_get_monotonic_time ();
}

void
tw_call_note_attempt (TwCall *self, const GError *error, TwMoney cost)
{
  TwAttempt attempt = {
    .started_at = self->attempt_at,
    .total_ms = (g_get_monotonic_time () - self->attempt_us) / 1000,
    .http_status = self->status,
    .error_code = error != NULL ? tw_error_to_code (error) : NULL,
    .cost = cost,
  };

  g_array_append_val (self->attempts, attempt);
}

/* What was said reached the caller, so the provider generated it, so it is billed and no second
 * attempt may repeat it. */
static void
note_event (TwCall *self, TwEvent *event)
{
  const char *text = event->text != NULL ? event->text : "";

  if (event->kind == TW_EVENT_TEXT)
    g_string_append (self->text, text);
  if (event->kind != TW_EVENT_START)
    {
      self->said += strlen (text);
      if (self->first_token_us == 0)
        self->first_token_us = g_get_monotonic_time ();
    }
  g_queue_push_tail (&self->events, event);
}

static void
drain (TwCall *self)
{
  TwEvent *event;

  while ((event = tw_decoder_pop (self->decoder)) != NULL)
    note_event (self, event);
  if (!tw_decoder_take_progress (self->decoder))
    return;
  self->progress_us = g_get_monotonic_time ();
  if (self->response != NULL)
    tw_http_response_note_useful (self->response);
}

static void
end_attempt (TwCall *self)
{
  g_clear_object (&self->body);
  g_clear_object (&self->response);
  g_clear_pointer (&self->decoder, tw_decoder_free);
  self->status = 0;
  self->maybe_sent = FALSE;
}

/* The hold is the worst case of one attempt. An attempt that was billed, or may have been, leaves
 * too little of it for another; only what costs nothing, or what nobody can price, goes on. */
static gboolean
hold_has_room (const TwCall *self, TwMoney spent)
{
  TwMoney worst = tw_cost_get_money (self->estimate->worst);

  return worst.state == TW_MONEY_UNKNOWN || spent.femto == 0 || worst.femto == 0;
}

/* TRUE if another attempt follows. spent is what this one came to, besides what is lost. */
static gboolean
plan_retry (
    TwCall *self, const GError *error, gboolean retryable, gint64 server_delay_ms, TwMoney spent)
{
  gint64 delay = -1;

  if (retryable && self->said == 0 && hold_has_room (self, tw_money_add (self->lost, spent)))
    delay = tw_retry_delay_ms (&tw_retry_policy_default, self->attempt, server_delay_ms,
                               g_random_double ());
  if (delay < 0)
    return FALSE;
  tw_call_note_attempt (self, error, spent);
  self->lost = tw_money_add (self->lost, spent);
  self->wait_ms = (guint) delay;
  self->step = TW_CALL_WAIT;
  g_queue_push_tail (&self->events, tw_event_new_retry (error->message, self->wait_ms));
  end_attempt (self);
  return TRUE;
}

static gboolean
is_cancelled (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
finish (TwCall *self, GError *failure)
{
  g_autoptr (GError) error = NULL;

  if (is_cancelled (failure))
    self->stopped = tw_call_describe_stop (self);
  self->step = TW_CALL_OVER;
  self->failure = failure;
  self->receipt = tw_settle_call (self, failure, &error);
  if (self->receipt == NULL && self->failure == NULL)
    self->failure = g_steal_pointer (&error);
  if (failure == NULL)
    g_queue_push_tail (
        &self->events,
        tw_event_new (TW_EVENT_END,
                      tw_finish_to_string (tw_decoder_get_state (self->decoder)->finish)));
  end_attempt (self);
  g_clear_pointer (&self->http, tw_http_request_unref);
}

/* A setting that is wrong, or a reply that is no HTTP, will be so again. */
static gboolean
is_worth_a_retry (const GError *error)
{
  return g_error_matches (error, TW_ERROR, TW_ERROR_CONNECTION)
         || g_error_matches (error, TW_ERROR, TW_ERROR_TIMEOUT)
         || g_error_matches (error, TW_ERROR, TW_ERROR_SERVER);
}

/* The transport failed before any reply. A connection that was never made carried nothing; after a
 * time-out or a cancellation the request may have been answered, and billed, in full. */
static void
take_no_response (TwCall *self, GError *error)
{
  TwMoney spent = { 0, TW_MONEY_KNOWN };

  self->maybe_sent = !g_error_matches (error, TW_ERROR, TW_ERROR_CONNECTION);
  if (is_cancelled (error))
    {
      finish (self, error);
      return;
    }
  if (self->maybe_sent)
    {
      spent = tw_cost_get_money (self->estimate->worst);
      spent.state = MAX (spent.state, TW_MONEY_BOUNDED);
    }
  if (plan_retry (self, error, is_worth_a_retry (error), -1, spent))
    {
      g_error_free (error);
      return;
    }
  tw_call_note_attempt (self, error, spent);
  self->lost = tw_money_add (self->lost, spent);
  self->maybe_sent = FALSE;
  finish (self, error);
}

/* A server that repeats the key in an error must not get it shown. */
static void
make_decoder (TwCall *self, TwHttpResponse *response)
{
  char *key = tw_outgoing_copy_key (self->http);

  self->decoder
      = tw_decoder_new (self->outgoing->codec, tw_model_get_provider (self->model), self->stream,
                        self->status, tw_http_response_get_headers (response));
  tw_decoder_set_key (self->decoder, key);
  tw_redact_clear_key (key);
}

void
tw_call_take_response (TwCall *self, TwHttpResponse *response, GError *error)
{
  if (response == NULL)
    {
      take_no_response (self, error);
      return;
    }
  self->status = tw_http_response_get_status (response);
  self->response = g_object_ref (response);
  self->body = g_object_ref (tw_http_response_get_body (response));
  if (!self->estimate->simulated)
    tw_rate_limits_note (self->limits, tw_model_get_provider (self->model),
                         tw_model_get_id (self->model), tw_http_response_get_headers (response),
                         tw_instant_now ());
  make_decoder (self, response);
  self->progress_us = g_get_monotonic_time ();
  self->step = TW_CALL_READ;
}

static GError *
truncated_error (TwCall *self, const GError *cause)
{
  if (cause != NULL)
    return g_error_new (TW_ERROR, TW_ERROR_TRUNCATED,
                        "The reply broke off: %s The text so far is kept; send again for a whole "
                        "answer.",
                        cause->message);
  return g_error_new (
      TW_ERROR, TW_ERROR_TRUNCATED,
      "The reply ended before its end mark; the text so far is kept. Send again for "
      "a whole answer.");
}

/* The answer is whole; its bill is estimated instead. */
static gboolean
only_usage_is_wrong (const TwReplyState *state)
{
  return state->complete && g_error_matches (state->error, TW_ERROR, TW_ERROR_INCONSISTENT_USAGE);
}

/* The body is over, in whatever way: decide between retry, failure and success. */
static void
conclude (TwCall *self, GError *broken)
{
  const TwReplyState *state;
  g_autoptr (GError) error = broken;

  tw_decoder_end (self->decoder);
  drain (self);
  state = tw_decoder_get_state (self->decoder);
  if (error != NULL && is_cancelled (error))
    {
      finish (self, g_steal_pointer (&error));
      return;
    }
  if (state->error != NULL && !only_usage_is_wrong (state))
    {
      if (!plan_retry (self, state->error, state->retryable, state->retry_after_ms,
                       tw_settlement_cost_of_attempt (self)))
        finish (self, g_error_copy (state->error));
      return;
    }
  if (error != NULL || !state->complete)
    {
      finish (self, truncated_error (self, error));
      return;
    }
  finish (self, NULL);
}

static gboolean
payload_is_stuck (TwCall *self)
{
  return g_get_monotonic_time () - self->progress_us > PAYLOAD_IDLE_US;
}

void
tw_call_take_bytes (TwCall *self, const char *bytes, gssize n, GError *error)
{
  g_autoptr (GError) limit = NULL;

  if (n <= 0)
    {
      conclude (self, error);
      return;
    }
  if (!tw_decoder_push (self->decoder, bytes, (gsize) n, &limit))
    {
      conclude (self, g_steal_pointer (&limit));
      return;
    }
  drain (self);
  if (payload_is_stuck (self))
    conclude (self, g_error_new (TW_ERROR, TW_ERROR_TIMEOUT,
                                 "The server sent nothing but keep-alives for ten minutes."));
}

void
tw_call_take_wait (TwCall *self, GError *error)
{
  if (error == NULL && tw_outgoing_ages (self->outgoing))
    {
      g_clear_pointer (&self->http, tw_http_request_unref);
      self->http = tw_outgoing_make_http (self->outgoing, &error);
    }
  if (error != NULL)
    finish (self, error);
  else
    self->step = TW_CALL_OPEN;
}

void
tw_call_abandon (TwCall *self)
{
  if (self->step == TW_CALL_OVER)
    return;
  finish (self,
          g_error_new (G_IO_ERROR, G_IO_ERROR_CANCELLED, "The reply was dropped before its end."));
}
