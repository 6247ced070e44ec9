/* SPDX-License-Identifier: MIT */
#include "libtokenwise/net/tw-sandbox-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-time-private.h"

#include <string.h>

/* Roughly what hosted models of middle size show: a first token after some 400 ms plus the time to
 * read the prompt at 5,000 tokens/s, then 60 to 90 tokens/s. */
#define FIRST_TOKEN_US 400000
#define US_PER_PROMPT_TOKEN 200
#define MAX_READING_US 5000000
#define MIN_TOKENS_PER_SECOND 60
#define TOKENS_PER_SECOND_SPAN 31
/* An error comes sooner than an answer. */
#define ERROR_US 150000
#define SLOW_FACTOR 10
#define SIMULATED "Simulated by the sandbox, because the message asked for it."

#define TW_TYPE_SANDBOX_TRANSPORT (tw_sandbox_transport_get_type ())
G_DECLARE_FINAL_TYPE (TwSandboxTransport, tw_sandbox_transport, TW, SANDBOX_TRANSPORT, GObject)

struct _TwSandboxTransport
{
  GObject parent_instance;
  TwSandboxCount count;
  gpointer user_data;
  double speed;
  TwSandboxCache *cache;
};

static void transport_iface_init (TwTransportInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TwSandboxTransport,
                               tw_sandbox_transport,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (TW_TYPE_TRANSPORT, transport_iface_init))

static const TwSandboxDialect *const dialects[] = {
  &tw_sandbox_openai_chat, &tw_sandbox_openai_responses, &tw_sandbox_anthropic, &tw_sandbox_gemini,
  &tw_sandbox_ollama,      &tw_sandbox_bedrock,          &tw_sandbox_cohere,
};

static gboolean
has_path (const TwSandboxDialect *dialect, const char *path)
{
  return g_str_has_suffix (path, dialect->path)
         || (dialect->stream_path != NULL && g_str_has_suffix (path, dialect->stream_path));
}

/* NULL for a path that no dialect has. */
static const TwSandboxDialect *
find_dialect (TwHttpRequest *request)
{
  const char *url = tw_http_request_get_url (request);
  g_autofree char *path = g_strndup (url, strcspn (url, "?#"));

  for (guint i = 0; i < G_N_ELEMENTS (dialects); i++)
    if (strcmp (tw_http_request_get_method (request), "POST") == 0 && has_path (dialects[i], path))
      return dialects[i];
  return NULL;
}

static gint64
scale (TwSandboxTransport *self, double microseconds)
{
  return self->speed > 0 ? (gint64) (microseconds / self->speed) : 0;
}

static TwHttpResponse *
make_error (TwSandboxTransport *self,
            const TwSandboxDialect *dialect,
            guint status,
            const char *message)
{
  /* An error in a reply of HTTP 200 is one all the same. */
  guint said = status < 400 ? 503 : status;
  TwSandboxScript *script = tw_sandbox_script_new ();
  g_autoptr (GStrvBuilder) headers = g_strv_builder_new ();
  g_auto (GStrv) lines = NULL;
  g_autofree char *type = NULL;
  g_autoptr (GInputStream) body = NULL;

  if (dialect == NULL)
    dialect = &tw_sandbox_openai_chat;
  if (dialect->get_error_type != NULL)
    type = g_strconcat ("x-amzn-ErrorType: ", dialect->get_error_type (said), NULL);
  g_strv_builder_add (headers, "Content-Type: application/json");
  if (status == 429)
    g_strv_builder_add (headers, "Retry-After: 1");
  if (type != NULL)
    g_strv_builder_add (headers, type);
  lines = g_strv_builder_end (headers);
  tw_sandbox_script_add_json (script, 0.0, dialect->make_error (said, message));
  body = tw_sandbox_stream_new (script, scale (self, ERROR_US), 0);
  return tw_http_response_new (status, (const char *const *) lines, body);
}

static const char *
get_content_type (const TwSandboxDialect *dialect, const TwSandboxPrompt *prompt)
{
  if (!prompt->stream)
    return "Content-Type: application/json";
  if (dialect->stream_type != NULL && !prompt->as_events)
    return dialect->stream_type;
  return "Content-Type: text/event-stream";
}

static void
spoil (const TwSandboxDialect *dialect, const TwSandboxAnswer *answer, TwSandboxScript *script)
{
  TwSandboxFault fault = answer->prompt->fault;

  if (fault == TW_SANDBOX_MALFORMED)
    tw_sandbox_script_spoil (script);
  if (fault == TW_SANDBOX_TRUNCATE || (fault == TW_SANDBOX_BREAK && answer->prompt->stream))
    tw_sandbox_script_truncate (script);
  if (fault == TW_SANDBOX_BREAK && answer->prompt->stream)
    dialect->write_break (answer, script, SIMULATED);
}

static TwHttpResponse *
play (TwSandboxTransport *self,
      const TwSandboxDialect *dialect,
      const TwSandboxAnswer *answer,
      TwSandboxScript *take_script)
{
  const TwSandboxPrompt *prompt = answer->prompt;
  const char *const headers[] = { get_content_type (dialect, prompt), NULL };
  double slow = prompt->fault == TW_SANDBOX_SLOW ? SLOW_FACTOR : 1.0;
  /* What is in the cache need not be read again. */
  double unread = (double) (prompt->tokens - answer->cached.read);
  double reading = MIN (unread * US_PER_PROMPT_TOKEN, MAX_READING_US);
  double rate = MIN_TOKENS_PER_SECOND + g_str_hash (answer->text) % TOKENS_PER_SECOND_SPAN;
  g_autoptr (GInputStream) body = NULL;

  spoil (dialect, answer, take_script);
  body = tw_sandbox_stream_new (take_script, scale (self, slow * (FIRST_TOKEN_US + reading)),
                                scale (self, slow * (double) answer->tokens / rate * 1e6));
  return tw_http_response_new (200, headers, body);
}

static TwHttpResponse *
make_answer (TwSandboxTransport *self,
             const TwSandboxDialect *dialect,
             const TwSandboxPrompt *prompt)
{
  TwSandboxScript *script = tw_sandbox_script_new ();
  TwSandboxAnswer answer = { .prompt = prompt, .created = tw_instant_now () };
  g_autofree char *uuid = g_uuid_string_random ();
  g_autofree char *id = g_strconcat ("sandbox-", uuid, NULL);
  g_autofree char *text
      = tw_sandbox_text_new (prompt, self->count, self->user_data, &answer.tokens, &answer.cut);

  answer.id = id;
  answer.text = text;
  tw_sandbox_cache_use (self->cache, dialect->caching, prompt, g_get_monotonic_time (),
                        &answer.cached);
  if (prompt->stream)
    dialect->write_stream (&answer, script);
  else
    dialect->write_whole (&answer, script);
  return play (self, dialect, &answer, script);
}

/* Nothing here waits, so the default send_async needs its thread only to count; the body is paced
 * by timers. */
static TwHttpResponse *
tw_sandbox_transport_send (TwTransport *transport,
                           TwHttpRequest *request,
                           GCancellable *cancellable,
                           GError **error)
{
  TwSandboxTransport *self = TW_SANDBOX_TRANSPORT (transport);
  const TwSandboxDialect *dialect = find_dialect (request);
  g_autoptr (TwSandboxPrompt) prompt = NULL;
  g_autoptr (GError) bad = NULL;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  if (dialect == NULL)
    return make_error (self, NULL, 404, "The sandbox has no such path.");
  prompt = tw_sandbox_prompt_new (dialect, tw_http_request_get_url (request),
                                  tw_http_request_get_body (request), self->count, self->user_data,
                                  &bad);
  if (prompt == NULL)
    return make_error (self, dialect, 400, bad->message);
  if (prompt->fault == TW_SANDBOX_STATUS)
    return make_error (self, dialect, prompt->fault_status, SIMULATED);
  /* Without a stream, the error is all of a reply of HTTP 200. */
  if (prompt->fault == TW_SANDBOX_BREAK && !prompt->stream)
    return make_error (self, dialect, 200, SIMULATED);
  if (prompt->fault == TW_SANDBOX_DOWN)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_CONNECTION,
                   "Nothing answered in the sandbox, because the message asked for it. Remove the "
                   "word sandbox:down to get a reply.");
      return NULL;
    }
  return make_answer (self, dialect, prompt);
}

static void
transport_iface_init (TwTransportInterface *iface)
{
  iface->send = tw_sandbox_transport_send;
}

static void
tw_sandbox_transport_finalize (GObject *object)
{
  TwSandboxTransport *self = TW_SANDBOX_TRANSPORT (object);

  g_clear_pointer (&self->cache, tw_sandbox_cache_free);
  G_OBJECT_CLASS (tw_sandbox_transport_parent_class)->finalize (object);
}

static void
tw_sandbox_transport_class_init (TwSandboxTransportClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tw_sandbox_transport_finalize;
}

static void
tw_sandbox_transport_init (TwSandboxTransport *self)
{
}

TwTransport *
tw_sandbox_transport_new (TwSandboxCount count, gpointer user_data, double speed)
{
  TwSandboxTransport *self;

  g_return_val_if_fail (count != NULL, NULL);

  self = g_object_new (TW_TYPE_SANDBOX_TRANSPORT, NULL);
  self->count = count;
  self->user_data = user_data;
  self->speed = speed;
  self->cache = tw_sandbox_cache_new (count, user_data);
  return TW_TRANSPORT (self);
}
