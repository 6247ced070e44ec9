/* SPDX-License-Identifier: MIT */
#include "cli-watch.h"

#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

/* The contract: progress on anything over half a second. */
#define SHOW_AFTER_US (G_USEC_PER_SEC / 2)
#define REDRAW_MS 250
#define CLEAR_LINE "\r\033[K"

struct _CliWatch
{
  GMainContext *context;
  GCancellable *cancellable;
  gint interrupted; /* atomic */

  GMutex mutex; /* of all below, and of the progress line on the terminal */
  char *message;
  gint64 since;
  gboolean drawn;
};

static gboolean
on_signal (gpointer data)
{
  CliWatch *self = data;

  if (g_atomic_int_add (&self->interrupted, 1) > 0)
    _exit (CLI_EXIT_INTERRUPTED);
  g_cancellable_cancel (self->cancellable);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_redraw (gpointer data)
{
  CliWatch *self = data;
  gint64 waited;

  g_mutex_lock (&self->mutex);
  waited = g_get_monotonic_time () - self->since;
  if (self->message != NULL && waited >= SHOW_AFTER_US)
    {
      fprintf (stderr, CLEAR_LINE "%s, %d s", self->message, (int) (waited / G_USEC_PER_SEC));
      fflush (stderr);
      self->drawn = TRUE;
    }
  g_mutex_unlock (&self->mutex);
  return G_SOURCE_CONTINUE;
}

static gpointer
watch (gpointer data)
{
  CliWatch *self = data;
  g_autoptr (GMainLoop) loop = g_main_loop_new (self->context, FALSE);

  g_main_context_push_thread_default (self->context);
  g_main_loop_run (loop);
  return NULL;
}

static void
attach (CliWatch *self, GSource *take_source, GSourceFunc callback)
{
  g_source_set_callback (take_source, callback, self, NULL);
  g_source_attach (take_source, self->context);
  g_source_unref (take_source);
}

CliWatch *
cli_watch_start (GCancellable *cancellable)
{
  static CliWatch only; /* its thread never ends, so neither may it */
  CliWatch *self = &only;
  gboolean shows_progress = isatty (STDERR_FILENO);

  self->context = g_main_context_new ();
  g_set_object (&self->cancellable, cancellable);
  g_mutex_init (&self->mutex);
  if (cancellable != NULL)
    {
      attach (self, g_unix_signal_source_new (SIGINT), on_signal);
      attach (self, g_unix_signal_source_new (SIGTERM), on_signal);
      attach (self, g_unix_signal_source_new (SIGHUP), on_signal);
    }
  if (shows_progress)
    attach (self, g_timeout_source_new (REDRAW_MS), on_redraw);
  if (shows_progress || cancellable != NULL)
    g_thread_unref (g_thread_new ("watch", watch, self));
  return self;
}

gboolean
cli_watch_get_interrupted (CliWatch *self)
{
  return g_atomic_int_get (&self->interrupted) > 0;
}

static void
set_message (CliWatch *self, const char *message)
{
  g_mutex_lock (&self->mutex);
  if (self->drawn)
    {
      fputs (CLEAR_LINE, stderr);
      fflush (stderr);
    }
  self->drawn = FALSE;
  g_free (self->message);
  self->message = g_strdup (message);
  self->since = g_get_monotonic_time ();
  g_mutex_unlock (&self->mutex);
}

void
cli_watch_wait (CliWatch *self, const char *message)
{
  set_message (self, message);
}

void
cli_watch_hide (CliWatch *self)
{
  set_message (self, NULL);
}
