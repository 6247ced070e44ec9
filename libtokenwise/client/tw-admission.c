/* SPDX-License-Identifier: MIT */
#include "libtokenwise/client/tw-admission-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/message/tw-request-private.h"

/* Who is spoken to and in which dialect. In the sandbox a provider nobody configured is spoken to
 * in the dialect its own service has. */
typedef struct
{
  const char *dialect;
  const TwProvider *provider; /* NULL in the sandbox */
} Destination;

static gboolean
find_destination (const TwConfig *config,
                  const TwEstimate *chosen,
                  Destination *ret,
                  GError **error)
{
  const TwProvider *known = g_hash_table_lookup (config->providers, chosen->provider);

  *ret = (Destination){ "openai-chat", NULL };
  if (known != NULL)
    ret->dialect = known->dialect;
  if (chosen->simulated)
    return TRUE;
  ret->provider = tw_config_find_provider (config, chosen->provider, error);
  return ret->provider != NULL;
}

static TwCall *
make_call (const TwAdmission *self, TwRequest *request, TwEstimate *take_chosen, TwModel *model)
{
  TwCall *call = g_new0 (TwCall, 1);

  call->catalog = g_object_ref (self->catalog);
  call->ledger = g_object_ref (self->ledger);
  call->transport = g_object_ref (self->transport);
  call->limits = tw_rate_limits_ref (self->limits);
  call->model = g_object_ref (model);
  call->estimate = take_chosen;
  call->stream = tw_request_get_stream (request);
  call->attempts = g_array_new (FALSE, FALSE, sizeof (TwAttempt));
  call->text = g_string_new (NULL);
  g_queue_init (&call->events);
  return call;
}

static gboolean
encode (TwCall *call, TwRequest *request, const Destination *to, GError **error)
{
  const TwCodec *codec = tw_codec_find (to->dialect, error);
  TwWireCall *wire;
  TwWireTarget target = {
    .provider = call->estimate->provider,
    .model = tw_model_get_id (call->model),
    .max_output_tokens = call->estimate->output_max,
    .stream = call->stream,
    .reasoning = tw_model_has_capability (call->model, "reasoning"),
    .api_version = to->provider != NULL ? to->provider->api_version : NULL,
  };

  wire = codec != NULL ? codec->encode (request, &target, error) : NULL;
  if (wire == NULL)
    return FALSE;
  call->outgoing = tw_outgoing_new (to->provider, codec, wire, call->estimate->id, error);
  if (call->outgoing == NULL)
    return FALSE;
  call->http = tw_outgoing_make_http (call->outgoing, error);
  return call->http != NULL;
}

static gboolean
hold (TwCall *call, TwRequest *request, GError **error)
{
  TwHoldRequest asked = {
    .id = call->estimate->id,
    .provider = call->estimate->provider,
    .model = tw_model_get_id (call->model),
    .catalog_version = tw_catalog_get_version (call->catalog),
    .simulated = call->estimate->simulated,
    .tags = request->tags,
  };

  tw_estimate_get_figures (call->estimate, &asked.estimate);
  call->begun_us = g_get_monotonic_time ();
  return tw_ledger_hold (call->ledger, &asked, error);
}

TwReply *
tw_admit (const TwAdmission *self,
          TwRequest *request,
          TwEstimate *take_chosen,
          TwModel *model,
          GError **error)
{
  TwCall *call = make_call (self, request, take_chosen, model);
  Destination to;

  if (take_chosen->problem != NULL)
    g_set_error_literal (error, TW_ERROR, TW_ERROR_CONTEXT_LENGTH, take_chosen->problem);
  else if (find_destination (self->config, take_chosen, &to, error)
           && encode (call, request, &to, error) && hold (call, request, error))
    return tw_reply_new (call);
  tw_call_free (call);
  return NULL;
}
