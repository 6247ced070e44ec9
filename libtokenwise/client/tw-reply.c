/* SPDX-License-Identifier: MIT */
#include "libtokenwise/client/tw-reply-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/client/tw-stop-private.h"

/* A reply is pulled. The blocking and the asynchronous way share every decision (tw-call.c); each
 * only waits in its own fashion, so neither needs the other's main loop. */

#define READ_BYTES 16384

/**
 * TwReply:
 *
 * A reply while it comes in: pull events with tw_reply_next() or
 * tw_reply_next_async() until there are none, then ask for the receipt.
 *
 * Dropping a reply before its end hangs up and settles what was used. Use a
 * reply from the thread that made it, and in one way: blocking or not.
 *
 * Since: 0.1
 */
struct _TwReply
{
  GObject parent_instance;

  TwCall *call;
  char buffer[READ_BYTES];
};

G_DEFINE_FINAL_TYPE (TwReply, tw_reply, G_TYPE_OBJECT)

static void
tw_reply_dispose (GObject *object)
{
  TwReply *self = TW_REPLY (object);

  if (self->call != NULL)
    tw_call_abandon (self->call);
  G_OBJECT_CLASS (tw_reply_parent_class)->dispose (object);
}

static void
tw_reply_finalize (GObject *object)
{
  TwReply *self = TW_REPLY (object);

  tw_call_free (self->call);
  G_OBJECT_CLASS (tw_reply_parent_class)->finalize (object);
}

static void
tw_reply_class_init (TwReplyClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tw_reply_dispose;
  G_OBJECT_CLASS (klass)->finalize = tw_reply_finalize;
}

static void
tw_reply_init (TwReply *self)
{
}

TwReply *
tw_reply_new (TwCall *call)
{
  TwReply *self = g_object_new (TW_TYPE_REPLY, NULL);

  self->call = call;
  return self;
}

/* Sleeps without a main loop; FALSE if cancelled. */
static gboolean
sleep_ms (guint ms, GCancellable *cancellable, GError **error)
{
  GPollFD fd;

  if (cancellable != NULL && g_cancellable_make_pollfd (cancellable, &fd))
    {
      g_poll (&fd, 1, (int) ms);
      g_cancellable_release_fd (cancellable);
    }
  else
    g_usleep ((gulong) ms * 1000);
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

static void
step_blocking (TwReply *self, GCancellable *cancellable)
{
  TwCall *call = self->call;
  g_autoptr (TwHttpResponse) response = NULL;
  GError *error = NULL;
  gssize n;

  switch (call->step)
    {
    case TW_CALL_OPEN:
      tw_call_begin_attempt (call);
      response = tw_transport_send (call->transport, call->http, cancellable, &error);
      tw_call_take_response (call, response, error);
      break;
    case TW_CALL_WAIT:
      sleep_ms (call->wait_ms, cancellable, &error);
      tw_call_take_wait (call, error);
      break;
    case TW_CALL_READ:
      n = g_input_stream_read (call->body, self->buffer, sizeof self->buffer, cancellable, &error);
      tw_call_take_bytes (call, self->buffer, n, error);
      break;
    case TW_CALL_OVER:
    default:
      break;
    }
}

/* What is ready: an event, or the end with or without a failure. FALSE if neither yet. */
static gboolean
take_ready (TwReply *self, TwEvent **ret_event, GError **ret_failure)
{
  *ret_event = g_queue_pop_head (&self->call->events);
  if (*ret_event != NULL)
    return TRUE;
  if (self->call->step != TW_CALL_OVER)
    return FALSE;
  *ret_failure = g_steal_pointer (&self->call->failure);
  return TRUE;
}

/**
 * tw_reply_next:
 * @self: a reply
 * @cancellable: (nullable): to stop: what was generated is settled and
 *   `G_IO_ERROR_CANCELLED` returned
 * @error: return location for an error
 *
 * Waits for the next event. No main loop is needed. The text before an error
 * stays valid, and the receipt is there after it.
 *
 * Returns: (transfer full) (nullable): the event; %NULL without an error once
 *   the reply is over
 * Since: 0.1
 */
TwEvent *
tw_reply_next (TwReply *self, GCancellable *cancellable, GError **error)
{
  TwEvent *event = NULL;
  GError *failure = NULL;

  g_return_val_if_fail (TW_IS_REPLY (self), NULL);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), NULL);

  while (!take_ready (self, &event, &failure))
    step_blocking (self, cancellable);
  if (failure != NULL)
    g_propagate_error (error, failure);
  return event;
}

static void step_async (GTask *take_task);

static void
on_response (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  TwReply *self = g_task_get_source_object (task);
  g_autoptr (TwHttpResponse) response = NULL;
  GError *error = NULL;

  response = tw_transport_send_finish (TW_TRANSPORT (source), result, &error);
  tw_call_take_response (self->call, response, error);
  step_async (task);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  TwReply *self = g_task_get_source_object (task);
  GError *error = NULL;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, &error);

  tw_call_take_bytes (self->call, self->buffer, n, error);
  step_async (task);
}

static gboolean
on_waited (gpointer user_data)
{
  GTask *task = user_data;
  TwReply *self = g_task_get_source_object (task);
  GError *error = NULL;

  g_cancellable_set_error_if_cancelled (g_task_get_cancellable (task), &error);
  tw_call_take_wait (self->call, error);
  step_async (g_object_ref (task));
  return G_SOURCE_REMOVE;
}

static void
wait_async (GTask *task, guint ms)
{
  g_autoptr (GSource) timer = g_timeout_source_new (ms);
  GCancellable *cancellable = g_task_get_cancellable (task);

  g_source_set_callback (timer, on_waited, g_object_ref (task), g_object_unref);
  if (cancellable != NULL)
    {
      g_autoptr (GSource) stop = g_cancellable_source_new (cancellable);

      g_source_set_dummy_callback (stop);
      g_source_add_child_source (timer, stop);
    }
  g_source_attach (timer, g_task_get_context (task));
}

static void
return_ready (GTask *task, TwEvent *event, GError *failure)
{
  if (failure != NULL)
    g_task_return_error (task, failure);
  else
    g_task_return_pointer (task, event, (GDestroyNotify) tw_event_free);
  g_object_unref (task);
}

/* Takes a reference to the task and hands it on to whatever is waited for. */
static void
step_async (GTask *take_task)
{
  TwReply *self = g_task_get_source_object (take_task);
  TwCall *call = self->call;
  GCancellable *cancellable = g_task_get_cancellable (take_task);
  TwEvent *event = NULL;
  GError *failure = NULL;

  if (take_ready (self, &event, &failure))
    return_ready (take_task, event, failure);
  else if (call->step == TW_CALL_OPEN)
    {
      tw_call_begin_attempt (call);
      tw_transport_send_async (call->transport, call->http, cancellable, on_response, take_task);
    }
  else if (call->step == TW_CALL_READ)
    g_input_stream_read_async (call->body, self->buffer, sizeof self->buffer, G_PRIORITY_DEFAULT,
                               cancellable, on_read, take_task);
  else
    {
      wait_async (take_task, call->wait_ms);
      g_object_unref (take_task);
    }
}

/**
 * tw_reply_next_async:
 * @self: a reply
 * @cancellable: (nullable): as for tw_reply_next()
 * @callback: (scope async): called when the next event is there
 * @user_data: (closure): for @callback
 *
 * Waits for the next event in the thread-default main context. One call at a
 * time.
 *
 * Since: 0.1
 */
void
tw_reply_next_async (TwReply *self,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  GTask *task;

  g_return_if_fail (TW_IS_REPLY (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, tw_reply_next_async);
  /* An event that is here is delivered even if the call was cancelled meanwhile. */
  g_task_set_check_cancellable (task, FALSE);
  step_async (task);
}

/**
 * tw_reply_next_finish:
 * @self: a reply
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Finishes tw_reply_next_async().
 *
 * Returns: (transfer full) (nullable): as tw_reply_next()
 * Since: 0.1
 */
TwEvent *
tw_reply_next_finish (TwReply *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (TW_IS_REPLY (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * tw_reply_get_id:
 * @self: a reply
 *
 * Gets the id of the call, the same on estimate and receipt.
 *
 * Returns: the id of the call, the same on estimate and receipt
 * Since: 0.1
 */
const char *
tw_reply_get_id (TwReply *self)
{
  g_return_val_if_fail (TW_IS_REPLY (self), NULL);

  return self->call->estimate->id;
}

/**
 * tw_reply_get_text:
 * @self: a reply
 *
 * Gets the text so far.
 *
 * Returns: the text so far; valid until the next event is pulled
 * Since: 0.1
 */
const char *
tw_reply_get_text (TwReply *self)
{
  g_return_val_if_fail (TW_IS_REPLY (self), NULL);

  return self->call->text->str;
}

/**
 * tw_reply_get_is_simulated:
 * @self: a reply
 *
 * Says whether the sandbox answers.
 *
 * Returns: whether the sandbox answers; nothing is billed then
 * Since: 0.1
 */
gboolean
tw_reply_get_is_simulated (TwReply *self)
{
  g_return_val_if_fail (TW_IS_REPLY (self), FALSE);

  return self->call->estimate->simulated;
}

/**
 * tw_reply_get_estimate:
 * @self: a reply
 *
 * Gets the estimate the call was admitted with.
 *
 * Returns: (transfer none): the estimate the call was admitted with
 * Since: 0.1
 */
const TwEstimate *
tw_reply_get_estimate (TwReply *self)
{
  g_return_val_if_fail (TW_IS_REPLY (self), NULL);

  return self->call->estimate;
}

/**
 * tw_reply_get_stop_text:
 * @self: a reply
 *
 * Says what stopping now means for the bill: whether it ends, goes on, or which
 * of the two is not known, with what there is to pay. Some providers generate
 * and bill the whole answer although nobody listens
 * (https://openrouter.ai/docs/api-reference/streaming). The figures are of this
 * moment; of a reply that was stopped, those of the moment it was.
 *
 * Returns: (transfer full): a sentence, as for the tooltip of a Stop button
 * Since: 0.1
 */
char *
tw_reply_get_stop_text (TwReply *self)
{
  g_return_val_if_fail (TW_IS_REPLY (self), NULL);

  return tw_call_describe_stop (self->call);
}

/**
 * tw_reply_get_receipt:
 * @self: a reply
 *
 * Gets what the call came to.
 *
 * Returns: (transfer none) (nullable): what the call came to; %NULL until it is
 *   over
 * Since: 0.1
 */
const TwReceipt *
tw_reply_get_receipt (TwReply *self)
{
  g_return_val_if_fail (TW_IS_REPLY (self), NULL);

  return self->call->receipt;
}
