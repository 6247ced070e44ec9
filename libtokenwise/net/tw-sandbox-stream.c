/* SPDX-License-Identifier: MIT */
#include "libtokenwise/net/tw-sandbox-private.h"

#include <string.h>

typedef struct
{
  char *bytes;
  gsize length;
  double due;
} Piece;

struct _TwSandboxScript
{
  GArray *pieces;
};

#define TW_TYPE_SANDBOX_STREAM (tw_sandbox_stream_get_type ())
G_DECLARE_FINAL_TYPE (TwSandboxStream, tw_sandbox_stream, TW, SANDBOX_STREAM, GInputStream)

struct _TwSandboxStream
{
  GInputStream parent_instance;
  TwSandboxScript *script;
  gint64 begin_us; /* monotonic */
  gint64 duration_us;
  guint next;   /* piece */
  gsize offset; /* in it */
};

/* A read that waits for its piece. */
typedef struct
{
  void *buffer;
  gsize count;
} Wait;

G_DEFINE_FINAL_TYPE (TwSandboxStream, tw_sandbox_stream, G_TYPE_INPUT_STREAM)

static void
piece_clear (gpointer data)
{
  g_free (((Piece *) data)->bytes);
}

TwSandboxScript *
tw_sandbox_script_new (void)
{
  TwSandboxScript *self = g_new0 (TwSandboxScript, 1);

  self->pieces = g_array_new (FALSE, FALSE, sizeof (Piece));
  g_array_set_clear_func (self->pieces, piece_clear);
  return self;
}

void
tw_sandbox_script_free (TwSandboxScript *self)
{
  g_array_unref (self->pieces);
  g_free (self);
}

static void
take_piece (TwSandboxScript *self, double due, char *take_bytes)
{
  Piece piece = { take_bytes, strlen (take_bytes), due };

  g_array_append_val (self->pieces, piece);
}

void
tw_sandbox_script_add (TwSandboxScript *self, double due, const char *bytes)
{
  take_piece (self, due, g_strdup (bytes));
}

void
tw_sandbox_script_add_bytes (TwSandboxScript *self, double due, GByteArray *take_bytes)
{
  Piece piece = { NULL, take_bytes->len, due };

  piece.bytes = (char *) g_byte_array_free (take_bytes, FALSE);
  g_array_append_val (self->pieces, piece);
}

void
tw_sandbox_script_add_event (TwSandboxScript *self, double due, const char *name, cJSON *take_json)
{
  g_autoptr (cJSON) json = take_json;
  g_autofree char *text = tw_json_print (json);

  if (name != NULL)
    take_piece (self, due, g_strdup_printf ("event: %s\ndata: %s\n\n", name, text));
  else
    take_piece (self, due, g_strdup_printf ("data: %s\n\n", text));
}

void
tw_sandbox_script_add_json (TwSandboxScript *self, double due, cJSON *take_json)
{
  g_autoptr (cJSON) json = take_json;

  take_piece (self, due, tw_json_print (json));
}

void
tw_sandbox_script_add_line (TwSandboxScript *self, double due, cJSON *take_json)
{
  g_autoptr (cJSON) json = take_json;
  g_autofree char *text = tw_json_print (json);

  take_piece (self, due, g_strconcat (text, "\n", NULL));
}

/* The last brace is turned round: the framing stays, and the JSON or the checksum is wrong. */
void
tw_sandbox_script_spoil (TwSandboxScript *self)
{
  for (guint i = self->pieces->len / 2; i < self->pieces->len; i++)
    {
      Piece *piece = &g_array_index (self->pieces, Piece, i);
      char *brace = memrchr (piece->bytes, '}', piece->length);

      if (brace == NULL)
        continue;
      *brace = '{';
      return;
    }
}

void
tw_sandbox_script_truncate (TwSandboxScript *self)
{
  if (self->pieces->len > 1)
    g_array_set_size (self->pieces, self->pieces->len / 2);
  else if (self->pieces->len == 1)
    g_array_index (self->pieces, Piece, 0).length /= 2;
}

/* Microseconds until there is something to read, or the end. */
static gint64
get_wait (TwSandboxStream *self)
{
  const Piece *piece;
  gint64 at;

  if (self->next >= self->script->pieces->len)
    return 0;
  piece = &g_array_index (self->script->pieces, Piece, self->next);
  at = self->begin_us + (gint64) (piece->due * (double) self->duration_us);
  return MAX (at - g_get_monotonic_time (), 0);
}

/* All that is due. */
static gssize
take (TwSandboxStream *self, char *buffer, gsize count)
{
  gsize n = 0;

  while (n < count && self->next < self->script->pieces->len && get_wait (self) == 0)
    {
      const Piece *piece = &g_array_index (self->script->pieces, Piece, self->next);
      gsize part = MIN (count - n, piece->length - self->offset);

      memcpy (buffer + n, piece->bytes + self->offset, part);
      n += part;
      self->offset += part;
      if (self->offset < piece->length)
        break;
      self->next++;
      self->offset = 0;
    }
  return (gssize) n;
}

static int
to_milliseconds (gint64 microseconds)
{
  return (int) MIN ((microseconds + 999) / 1000, G_MAXINT);
}

static void
sleep_until_cancelled (gint64 microseconds, GCancellable *cancellable)
{
  GPollFD poll = { .fd = -1 };
  gboolean has_poll = g_cancellable_make_pollfd (cancellable, &poll);

  g_poll (&poll, has_poll ? 1 : 0, to_milliseconds (microseconds));
  if (has_poll)
    g_cancellable_release_fd (cancellable);
}

static gssize
tw_sandbox_stream_read (
    GInputStream *stream, void *buffer, gsize count, GCancellable *cancellable, GError **error)
{
  TwSandboxStream *self = TW_SANDBOX_STREAM (stream);
  gint64 wait;

  while ((wait = get_wait (self)) > 0)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return -1;
      sleep_until_cancelled (wait, cancellable);
    }
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return -1;
  return take (self, buffer, count);
}

static void read_or_wait (GTask *task);

static gboolean
on_due (gpointer task)
{
  read_or_wait (task);
  return G_SOURCE_REMOVE;
}

static void
read_or_wait (GTask *task)
{
  TwSandboxStream *self = g_task_get_source_object (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  Wait *wait = g_task_get_task_data (task);
  gint64 left = get_wait (self);
  g_autoptr (GSource) source = NULL;

  if (g_task_return_error_if_cancelled (task))
    return;
  if (left == 0)
    {
      g_task_return_int (task, take (self, wait->buffer, wait->count));
      return;
    }
  source = g_timeout_source_new ((guint) to_milliseconds (left));
  if (cancellable != NULL)
    {
      g_autoptr (GSource) cancel = g_cancellable_source_new (cancellable);

      g_source_set_dummy_callback (cancel);
      g_source_add_child_source (source, cancel);
    }
  g_task_attach_source (task, source, on_due);
}

static void
tw_sandbox_stream_read_async (GInputStream *stream,
                              void *buffer,
                              gsize count,
                              int io_priority,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (stream, cancellable, callback, user_data);
  Wait *wait = g_new0 (Wait, 1);

  wait->buffer = buffer;
  wait->count = count;
  g_task_set_source_tag (task, tw_sandbox_stream_read_async);
  g_task_set_priority (task, io_priority);
  g_task_set_task_data (task, wait, g_free);
  read_or_wait (task);
}

static gssize
tw_sandbox_stream_read_finish (GInputStream *stream, GAsyncResult *result, GError **error)
{
  return g_task_propagate_int (G_TASK (result), error);
}

static void
tw_sandbox_stream_finalize (GObject *object)
{
  TwSandboxStream *self = TW_SANDBOX_STREAM (object);

  g_clear_pointer (&self->script, tw_sandbox_script_free);
  G_OBJECT_CLASS (tw_sandbox_stream_parent_class)->finalize (object);
}

static void
tw_sandbox_stream_class_init (TwSandboxStreamClass *klass)
{
  GInputStreamClass *stream_class = G_INPUT_STREAM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = tw_sandbox_stream_finalize;
  stream_class->read_fn = tw_sandbox_stream_read;
  stream_class->read_async = tw_sandbox_stream_read_async;
  stream_class->read_finish = tw_sandbox_stream_read_finish;
}

static void
tw_sandbox_stream_init (TwSandboxStream *self)
{
}

GInputStream *
tw_sandbox_stream_new (TwSandboxScript *take_script, gint64 begin_us, gint64 duration_us)
{
  TwSandboxStream *self = g_object_new (TW_TYPE_SANDBOX_STREAM, NULL);

  self->script = take_script;
  self->begin_us = g_get_monotonic_time () + begin_us;
  self->duration_us = duration_us;
  return G_INPUT_STREAM (self);
}
