/* SPDX-License-Identifier: MIT */
#include "libtokenwise/client/tw-admission-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/message/tw-request-private.h"

#include <string.h>

#define SANDBOX_URL "https://sandbox.invalid/v1"
/* What the official clients of OpenAI and Anthropic wait. */
#define CONNECT_TIMEOUT_MS 10000
#define FIRST_BYTE_TIMEOUT_MS 600000
#define IDLE_TIMEOUT_MS 120000

/* Where the request goes and how it is said there. In the sandbox a provider nobody configured is
 * spoken to in the dialect its own service has. */
typedef struct
{
  const char *dialect;
  const char *base_url;
  const TwProvider *provider; /* NULL in the sandbox */
} Destination;

static gboolean
find_destination (const TwConfig *config,
                  const TwEstimate *chosen,
                  Destination *ret,
                  GError **error)
{
  const TwProvider *known = g_hash_table_lookup (config->providers, chosen->provider);

  *ret = (Destination){ "openai-chat", SANDBOX_URL, NULL };
  if (known != NULL)
    ret->dialect = known->dialect;
  if (chosen->simulated)
    return TRUE;
  ret->provider = tw_config_find_provider (config, chosen->provider, error);
  if (ret->provider == NULL)
    return FALSE;
  ret->base_url = ret->provider->base_url;
  return tw_url_is_allowed (ret->base_url, error);
}

static gboolean
add_key (TwHttpRequest *http, const TwCodec *codec, const TwProvider *provider, GError **error)
{
  g_autofree char *key = NULL;
  g_autofree char *value = NULL;
  gboolean added;

  if (provider == NULL || !tw_provider_needs_key (provider))
    return TRUE;
  key = tw_provider_find_key (provider, error);
  if (key == NULL)
    return FALSE;
  value = g_strconcat (codec->key_prefix, key, NULL);
  added = tw_http_request_add_header (http, codec->key_header, value, error);
  explicit_bzero (key, strlen (key));
  explicit_bzero (value, strlen (value));
  return added;
}

static TwHttpRequest *
make_http (const TwWireCall *wire, const TwCodec *codec, const Destination *to, GError **error)
{
  g_autofree char *url = g_strconcat (to->base_url, wire->path, NULL);
  g_autoptr (GBytes) body = g_bytes_new (wire->body, strlen (wire->body));
  g_autoptr (TwHttpRequest) http = tw_http_request_new (wire->method, url, body);

  for (guint i = 0; i < wire->headers->len; i++)
    {
      const TwWireHeader *header = &g_array_index (wire->headers, TwWireHeader, i);

      if (!tw_http_request_add_header (http, header->name, header->value, error))
        return NULL;
    }
  if (!add_key (http, codec, to->provider, error))
    return NULL;
  tw_http_request_set_timeouts (http, CONNECT_TIMEOUT_MS, FIRST_BYTE_TIMEOUT_MS, IDLE_TIMEOUT_MS);
  return g_steal_pointer (&http);
}

static TwCall *
make_call (const TwAdmission *self, TwRequest *request, TwEstimate *take_chosen, TwModel *model)
{
  TwCall *call = g_new0 (TwCall, 1);

  call->catalog = g_object_ref (self->catalog);
  call->ledger = g_object_ref (self->ledger);
  call->transport = g_object_ref (self->transport);
  call->model = g_object_ref (model);
  call->estimate = take_chosen;
  call->stream = tw_request_get_stream (request);
  call->text = g_string_new (NULL);
  g_queue_init (&call->events);
  return call;
}

static gboolean
encode (TwCall *call, TwRequest *request, const Destination *to, GError **error)
{
  g_autoptr (TwWireCall) wire = NULL;
  TwWireTarget target = {
    .provider = call->estimate->provider,
    .model = tw_model_get_id (call->model),
    .max_output_tokens = call->estimate->output_max,
    .stream = call->stream,
    .reasoning = tw_model_has_capability (call->model, "reasoning"),
  };

  call->codec = tw_codec_find (to->dialect, error);
  if (call->codec == NULL)
    return FALSE;
  wire = call->codec->encode (request, &target, error);
  if (wire == NULL)
    return FALSE;
  call->http = make_http (wire, call->codec, to, error);
  call->bills_after_disconnect = to->provider != NULL && to->provider->bills_after_disconnect;
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
