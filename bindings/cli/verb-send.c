/* SPDX-License-Identifier: MIT */
#include "cli-output.h"
#include "cli-request.h"
#include "cli-watch.h"

/* One call on its way to the terminal. */
typedef struct
{
  Cli *cli;
  CliWatch *watch;
  GCancellable *cancellable;
  TwReply *reply;
  const char *waiting; /* what is said until words come */
  gboolean has_text;
  gboolean ends_line;
} Sending;

static void
note_before (Cli *cli, const TwEstimate *estimate)
{
  g_autofree char *sentence = tw_estimate_get_sentence (estimate);

  if (cli->json)
    return;
  cli_note ("%s", sentence);
  if (tw_estimate_get_is_simulated (estimate))
    cli_note ("Replies are simulated by the sandbox; nothing is billed.");
}

static void
write_text (Sending *self, const char *text)
{
  if (text == NULL || *text == '\0')
    return;
  cli_write (text);
  self->has_text = TRUE;
  self->ends_line = g_str_has_suffix (text, "\n");
}

/* The text goes to standard output; what else happens is for people, on standard error. */
static void
write_event_text (Sending *self, const TwEvent *event)
{
  const char *text = tw_event_get_text (event);

  switch (tw_event_get_kind (event))
    {
    case TW_EVENT_TEXT:
      write_text (self, text);
      break;
    case TW_EVENT_TOOL_CALL:
      cli_note ("The model calls %s with %s", tw_event_get_tool_name (event), text);
      break;
    case TW_EVENT_RETRY:
      cli_note ("%s Trying again in %u ms.", text != NULL ? text : "",
                tw_event_get_delay_ms (event));
      cli_watch_wait (self->watch, self->waiting);
      break;
    case TW_EVENT_START:
    case TW_EVENT_REASONING:
    case TW_EVENT_END:
    default:
      break;
    }
}

/* The start of a reply and its reasoning leave the terminal quiet, so the wait goes on. */
static gboolean
is_silent (const TwEvent *event)
{
  TwEventKind kind = tw_event_get_kind (event);

  return kind == TW_EVENT_START || kind == TW_EVENT_REASONING;
}

static void
write_event (Sending *self, const TwEvent *event)
{
  g_autofree char *json = NULL;

  if (self->cli->json || !is_silent (event))
    cli_watch_hide (self->watch);
  if (self->cli->json)
    {
      json = tw_event_to_json (event);
      cli_write_line (json);
      self->has_text = self->has_text || tw_event_get_kind (event) == TW_EVENT_TEXT;
    }
  else
    write_event_text (self, event);
  if (!cli_flush ())
    /* Nobody reads on: stop paying for more. */
    g_cancellable_cancel (self->cancellable);
}

static void
end_line (Sending *self)
{
  if (self->cli->json || !self->has_text || self->ends_line)
    return;
  cli_write ("\n");
  cli_flush ();
}

static void
write_receipt (Sending *self)
{
  const TwReceipt *receipt = tw_reply_get_receipt (self->reply);
  g_autofree char *text = NULL;

  if (receipt == NULL)
    return;
  text = self->cli->json ? tw_receipt_to_json (receipt) : tw_receipt_to_text (receipt);
  if (self->cli->json)
    cli_write_line (text);
  else
    cli_note ("%s", text);
}

/* A line that broke after text began leaves a part of an answer, which is not the same as none. */
static gboolean
is_cut_off (const GError *error)
{
  static const TwError cuts[]
      = { TW_ERROR_CONNECTION, TW_ERROR_TIMEOUT, TW_ERROR_SERVER,   TW_ERROR_RATE_LIMITED,
          TW_ERROR_TRUNCATED,  TW_ERROR_LIMIT,   TW_ERROR_PROTOCOL, TW_ERROR_OVERLOADED };

  for (guint i = 0; i < G_N_ELEMENTS (cuts); i++)
    if (g_error_matches (error, TW_ERROR, cuts[i]))
      return TRUE;
  return FALSE;
}

/* Hanging up is not always the end of the bill. */
static void
note_stop (Sending *self, const GError *error)
{
  g_autofree char *text = NULL;

  if (self->cli->json || !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  text = tw_reply_get_stop_text (self->reply);
  cli_note ("%s", text);
}

static CliExit
exit_for_failure (Sending *self, const GError *error)
{
  if (cli_watch_get_interrupted (self->watch))
    return CLI_EXIT_INTERRUPTED;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return CLI_EXIT_FAILED;
  if (self->has_text && is_cut_off (error))
    return CLI_EXIT_INCOMPLETE;
  /* Before Send a prompt that is too long is bad input; here the provider has refused it. */
  if (g_error_matches (error, TW_ERROR, TW_ERROR_CONTEXT_LENGTH))
    return CLI_EXIT_FAILED;
  return cli_exit_for (error);
}

static CliExit
exit_for_end (Sending *self)
{
  const TwReceipt *receipt = tw_reply_get_receipt (self->reply);

  return receipt != NULL && tw_receipt_get_is_incomplete (receipt) ? CLI_EXIT_INCOMPLETE
                                                                   : CLI_EXIT_DONE;
}

static CliExit
pull (Sending *self)
{
  g_autoptr (GError) error = NULL;
  TwEvent *event;
  CliExit status;

  while ((event = tw_reply_next (self->reply, self->cancellable, &error)) != NULL)
    {
      write_event (self, event);
      tw_event_free (event);
    }
  cli_watch_hide (self->watch);
  end_line (self);
  if (error != NULL)
    {
      cli_fail (self->cli, error);
      note_stop (self, error);
      status = exit_for_failure (self, error);
    }
  else
    status = exit_for_end (self);
  write_receipt (self);
  return status;
}

static CliExit
send_request (Cli *cli, TwClient *client, TwRequest *request, const char *model)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  CliWatch *watch = cli_watch_start (cancellable);
  g_autofree char *message = g_strdup_printf ("Waiting for %s", model);
  g_autoptr (GError) error = NULL;
  g_autoptr (TwReply) reply = NULL;
  Sending sending = { .cli = cli, .watch = watch, .cancellable = cancellable, .waiting = message };

  cli_watch_wait (watch, message);
  reply = tw_client_send (client, request, cancellable, &error);
  sending.reply = reply;
  if (reply != NULL)
    return pull (&sending);
  cli_watch_hide (watch);
  return cli_fail (cli, error);
}

CliExit
cli_verb_send (Cli *cli, int argc, char **argv)
{
  g_auto (CliRequestOptions) options = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (TwRequest) request = NULL;
  g_autoptr (TwClient) client = NULL;
  g_autoptr (TwEstimate) estimate = NULL;
  CliExit status;

  if (!cli_request_parse (cli, &options, argc, argv, &status))
    return status;
  request = cli_request_new (&options, &error);
  if (request != NULL)
    client = cli_client_new (&options, &error);
  if (client != NULL)
    estimate = tw_client_estimate (client, request, &error);
  if (estimate == NULL)
    return cli_fail (cli, error);
  note_before (cli, estimate);
  return send_request (cli, client, request, tw_estimate_get_model (estimate));
}
