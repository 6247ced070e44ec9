/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/client/tw-client.h"

#include <glib/gstdio.h>
#include <string.h>

/* A server that answers from a script, so that every end of a call can be had at will. */

typedef struct
{
  guint status; /* 0: no reply, and the code says why */
  TwError code;
  const char *header; /* (nullable) */
  const char *body;
} Answer;

/* What is left of a body; unlike GLib's own it looks at the cancellable. */
#define SCRIPT_TYPE_BODY (script_body_get_type ())
G_DECLARE_FINAL_TYPE (ScriptBody, script_body, SCRIPT, BODY, GInputStream)

struct _ScriptBody
{
  GInputStream parent_instance;
  const char *rest;
};

G_DEFINE_FINAL_TYPE (ScriptBody, script_body, G_TYPE_INPUT_STREAM)

static gssize
script_body_read (
    GInputStream *stream, void *buffer, gsize count, GCancellable *cancellable, GError **error)
{
  ScriptBody *self = SCRIPT_BODY (stream);
  gsize n = MIN (count, strlen (self->rest));

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return -1;
  memcpy (buffer, self->rest, n);
  self->rest += n;
  return (gssize) n;
}

static void
script_body_class_init (ScriptBodyClass *klass)
{
  G_INPUT_STREAM_CLASS (klass)->read_fn = script_body_read;
}

static void
script_body_init (ScriptBody *self)
{
}

#define SCRIPT_TYPE_TRANSPORT (script_transport_get_type ())
G_DECLARE_FINAL_TYPE (ScriptTransport, script_transport, SCRIPT, TRANSPORT, GObject)

struct _ScriptTransport
{
  GObject parent_instance;
  const Answer *answers;
  guint n_sent;
};

static void script_transport_iface_init (TwTransportInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ScriptTransport,
                               script_transport,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (TW_TYPE_TRANSPORT,
                                                      script_transport_iface_init))

static TwHttpResponse *
script_transport_send (TwTransport *transport,
                       TwHttpRequest *request,
                       GCancellable *cancellable,
                       GError **error)
{
  ScriptTransport *self = SCRIPT_TRANSPORT (transport);
  const Answer *answer = &self->answers[self->n_sent++];
  const char *const headers[] = { answer->header, NULL };
  g_autoptr (GInputStream) body = NULL;

  if (answer->status == 0)
    {
      g_set_error_literal (error, TW_ERROR, answer->code, "The script says so.");
      return NULL;
    }
  body = g_object_new (SCRIPT_TYPE_BODY, NULL);
  SCRIPT_BODY (body)->rest = answer->body;
  return tw_http_response_new (answer->status, headers, body);
}

static void
script_transport_iface_init (TwTransportInterface *iface)
{
  iface->send = script_transport_send;
}

static void
script_transport_class_init (ScriptTransportClass *klass)
{
}

static void
script_transport_init (ScriptTransport *self)
{
}

#define DELTA "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hello there\"}}]}\n\n"
#define REST                                                                                       \
  "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"                \
  "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":2,"                  \
  "\"total_tokens\":11}}\n\n"                                                                      \
  "data: [DONE]\n\n"

typedef struct
{
  char *folder;
  ScriptTransport *transport;
  TwClient *client;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  static const char config[] = "[provider openai]\nkey-command=echo sk-test-not-a-key\n"
                               "[provider groq]\nkey-command=echo plain.words.only\n"
                               "[provider cerebras]\nkey-command=echo csk-test-not-a-key\n"
                               "[provider local]\ndialect=openai-chat\n"
                               "base-url=http://127.0.0.1:1/v1\n";
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("tokenwise-call-XXXXXX", NULL);
  g_setenv ("XDG_DATA_HOME", self->folder, TRUE);
  g_setenv ("XDG_CACHE_HOME", self->folder, TRUE);
  path = g_build_filename (self->folder, "config.ini", NULL);
  g_assert_true (g_file_set_contents (path, config, -1, NULL));
  self->client = tw_client_new (self->folder, &error);
  g_assert_no_error (error);
  self->transport = g_object_new (SCRIPT_TYPE_TRANSPORT, NULL);
  tw_client_set_transport (self->client, TW_TRANSPORT (self->transport));
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_autofree char *command = g_strdup_printf ("rm -rf %s", self->folder);

  g_object_unref (self->client);
  g_object_unref (self->transport);
  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
  g_free (self->folder);
}

static TwReply *
begin (Fixture *self, const char *model, const Answer *answers)
{
  g_autoptr (TwRequest) request = tw_request_new (model);
  g_autoptr (GError) error = NULL;
  TwReply *reply;

  self->transport->answers = answers;
  self->transport->n_sent = 0;
  tw_request_add_text (request, TW_ROLE_USER, "Hello");
  reply = tw_client_send (self->client, request, NULL, &error);
  g_assert_no_error (error);
  return reply;
}

/* (transfer full) (nullable): how it ended. */
static GError *
read_to_end (TwReply *reply, GCancellable *cancellable)
{
  GError *error = NULL;
  TwEvent *event;

  while ((event = tw_reply_next (reply, cancellable, &error)) != NULL)
    tw_event_free (event);
  return error;
}

static void
read_to_text (TwReply *reply)
{
  TwEventKind kind = TW_EVENT_START;

  while (kind != TW_EVENT_TEXT)
    {
      g_autoptr (TwEvent) event = tw_reply_next (reply, NULL, NULL);

      g_assert_nonnull (event);
      kind = tw_event_get_kind (event);
    }
}

static char *
get_actual (TwReply *reply)
{
  g_autofree char *json = tw_receipt_to_json (tw_reply_get_receipt (reply));
  const char *actual = strstr (json, "\"actual\"");

  g_assert_nonnull (actual);
  return g_strdup (actual);
}

static void
test_stop (Fixture *self, gconstpointer data)
{
  static const Answer answers[] = { { .status = 200, .body = DELTA DELTA } };
  static const struct
  {
    const char *model;
    const char *says;
  } cases[] = {
    { "openai/gpt-4o-mini", "Stopping ends the billing: about " },
    { "groq/llama-3.1-8b-instant", "you still pay up to " },
    { "cerebras/gpt-oss-120b", "is not known: you pay between " },
    { "local/any", "Whether local stops billing is not known." },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TwReply) reply = begin (self, cases[i].model, answers);
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GError) error = NULL;
      g_autofree char *before = tw_reply_get_stop_text (reply);
      g_autofree char *during = NULL;
      g_autofree char *after = NULL;
      g_autofree char *actual = NULL;

      g_assert_nonnull (strstr (before, "Nothing was sent yet"));
      read_to_text (reply);
      during = tw_reply_get_stop_text (reply);
      g_assert_nonnull (strstr (during, cases[i].says));
      g_cancellable_cancel (cancellable);
      error = read_to_end (reply, cancellable);
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      after = tw_reply_get_stop_text (reply);
      g_assert_nonnull (strstr (after, cases[i].says));
      actual = get_actual (reply);
      g_assert_nonnull (strstr (actual, i < 3 ? "\"bounded\"" : "\"unknown\""));
    }
}

/* Where the bill goes on, the whole cap is booked; where it stops or nobody knows, what arrived. */
static void
test_stop_is_booked (Fixture *self, gconstpointer data)
{
  static const Answer answers[] = { { .status = 200, .body = DELTA } };
  static const char *const models[] = { "groq/llama-3.1-8b-instant", "cerebras/gpt-oss-120b" };

  for (guint i = 0; i < G_N_ELEMENTS (models); i++)
    {
      g_autoptr (TwReply) reply = begin (self, models[i], answers);
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GError) error = NULL;
      g_autofree char *actual = NULL;
      g_autofree char *cap = NULL;

      read_to_text (reply);
      g_cancellable_cancel (cancellable);
      error = read_to_end (reply, cancellable);
      actual = get_actual (reply);
      cap = g_strdup_printf ("\"output_total\":%" G_GINT64_FORMAT,
                             tw_estimate_get_output_max (tw_reply_get_estimate (reply)));
      g_assert_cmpint (strstr (actual, cap) != NULL, ==, i == 0);
      g_assert_cmpint (strstr (actual, "\"output_total\":2") != NULL, ==, i == 1);
    }
}

/* A refusal costs nothing, so the hold has room for another attempt. */
static void
test_refused_then_answered (Fixture *self, gconstpointer data)
{
  static const Answer answers[] = {
    { .status = 503, .header = "retry-after-ms: 1", .body = "{\"error\":{\"message\":\"busy\"}}" },
    { .status = 0, .code = TW_ERROR_CONNECTION },
    { .status = 200, .body = DELTA REST },
  };
  g_autoptr (TwReply) reply = begin (self, "openai/gpt-4o-mini", answers);
  g_autoptr (GError) error = read_to_end (reply, NULL);
  g_autofree char *actual = get_actual (reply);

  g_assert_no_error (error);
  g_assert_cmpuint (self->transport->n_sent, ==, 3);
  g_assert_nonnull (strstr (actual, "\"known\""));
}

/* After a time-out the answer may have been made and billed in full, which is all that was held. */
static void
test_no_second_bill (Fixture *self, gconstpointer data)
{
  static const Answer answers[] = {
    { .status = 0, .code = TW_ERROR_TIMEOUT },
    { .status = 200, .body = DELTA REST },
  };
  g_autoptr (TwReply) reply = begin (self, "openai/gpt-4o-mini", answers);
  g_autoptr (GError) error = read_to_end (reply, NULL);
  g_autofree char *actual = get_actual (reply);

  g_assert_error (error, TW_ERROR, TW_ERROR_TIMEOUT);
  g_assert_cmpuint (self->transport->n_sent, ==, 1);
  g_assert_nonnull (strstr (actual, "\"bounded\""));
}

/* What nobody prices has no hold to overrun: a server of one's own is tried again. */
static void
test_no_price_no_bound (Fixture *self, gconstpointer data)
{
  static const Answer answers[] = {
    { .status = 0, .code = TW_ERROR_TIMEOUT },
    { .status = 200, .body = DELTA REST },
  };
  g_autoptr (TwReply) reply = begin (self, "local/any", answers);
  g_autoptr (GError) error = read_to_end (reply, NULL);

  g_assert_no_error (error);
  g_assert_cmpuint (self->transport->n_sent, ==, 2);
}

static void
test_never_after_text (Fixture *self, gconstpointer data)
{
  static const Answer answers[] = {
    { .status = 200,
      .body = DELTA "data: {\"error\":{\"type\":\"server_error\",\"message\":\"broke\"}}\n\n" },
    { .status = 200, .body = DELTA REST },
  };
  g_autoptr (TwReply) reply = begin (self, "openai/gpt-4o-mini", answers);
  g_autoptr (GError) error = read_to_end (reply, NULL);

  g_assert_nonnull (error);
  g_assert_cmpuint (self->transport->n_sent, ==, 1);
  g_assert_cmpstr (tw_reply_get_text (reply), ==, "Hello there");
}

/* A server that wants an hour is not waited for. */
static void
test_a_long_wait_is_the_callers (Fixture *self, gconstpointer data)
{
  static const Answer answers[] = {
    { .status = 429, .header = "retry-after: 3600", .body = "{\"error\":{\"message\":\"slow\"}}" },
    { .status = 200, .body = DELTA REST },
  };
  g_autoptr (TwReply) reply = begin (self, "openai/gpt-4o-mini", answers);
  g_autoptr (GError) error = read_to_end (reply, NULL);

  g_assert_error (error, TW_ERROR, TW_ERROR_RATE_LIMITED);
  g_assert_cmpuint (self->transport->n_sent, ==, 1);
}

/* Nothing about this key looks like one, and its server repeats it. */
static void
test_key_is_not_repeated (Fixture *self, gconstpointer data)
{
  static const Answer answers[] = {
    { .status = 401, .body = "{\"error\":{\"message\":\"No such key: plain.words.only\"}}" },
  };
  g_autoptr (TwReply) reply = begin (self, "groq/llama-3.1-8b-instant", answers);
  g_autoptr (GError) error = read_to_end (reply, NULL);

  g_assert_error (error, TW_ERROR, TW_ERROR_AUTHENTICATION);
  g_assert_nonnull (strstr (error->message, "No such key"));
  g_assert_null (strstr (error->message, "plain.words.only"));
}

#define ADD(path, function)                                                                        \
  g_test_add ("/client/call/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("stop", test_stop);
  ADD ("stop-is-booked", test_stop_is_booked);
  ADD ("refused-then-answered", test_refused_then_answered);
  ADD ("no-second-bill", test_no_second_bill);
  ADD ("no-price-no-bound", test_no_price_no_bound);
  ADD ("never-after-text", test_never_after_text);
  ADD ("a-long-wait-is-the-callers", test_a_long_wait_is_the_callers);
  ADD ("key-is-not-repeated", test_key_is_not_repeated);
  return g_test_run ();
}
