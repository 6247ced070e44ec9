/* SPDX-License-Identifier: MIT */
#include "libtokenwise/net/tw-curl-loop-private.h"

#include <glib-unix.h>

#define NEVER G_MAXINT64
/* Where the kernel has no descriptor left for a cancellable, it is asked this often. */
#define CANCEL_POLL_MS 50

typedef struct
{
  curl_socket_t fd;
  GIOCondition condition;
  gpointer tag; /* of the source; NULL without one */
} Socket;

typedef struct
{
  curl_socket_t fd;
  int actions;
} Ready;

struct _TwCurlLoop
{
  gatomicrefcount refs;
  GRecMutex lock;
  CURLM *multi;
  GHashTable *sockets;   /* fd → Socket */
  GHashTable *exchanges; /* set of the running ones, not owned */
  GQueue news;           /* TwExchange, owned: to be notified */
  gint64 timer_at;       /* when curl wants to be called */
  gint64 check_at;       /* no exchange is too late before this */
  GSource *source;       /* not owned; its dispose clears this */
  gboolean shared;       /* was attached, once and for all */
};

typedef struct
{
  GSource source;
  TwCurlLoop *loop;
  void (*gone) (TwCurlLoop *self, gpointer user_data);
  gpointer user_data;
  GDestroyNotify destroy;
} LoopSource;

void
tw_curl_loop_lock (TwCurlLoop *self)
{
  g_rec_mutex_lock (&self->lock);
}

void
tw_curl_loop_unlock (TwCurlLoop *self)
{
  g_rec_mutex_unlock (&self->lock);
}

static GIOCondition
to_condition (int what)
{
  GIOCondition condition = G_IO_ERR | G_IO_HUP;

  if (what != CURL_POLL_OUT)
    condition |= G_IO_IN;
  if (what != CURL_POLL_IN)
    condition |= G_IO_OUT;
  return condition;
}

static int
to_actions (GIOCondition condition)
{
  int actions = 0;

  if ((condition & (G_IO_IN | G_IO_HUP)) != 0)
    actions |= CURL_CSELECT_IN;
  if ((condition & G_IO_OUT) != 0)
    actions |= CURL_CSELECT_OUT;
  if ((condition & G_IO_ERR) != 0)
    actions |= CURL_CSELECT_ERR;
  return actions;
}

static void
update_ready_time (TwCurlLoop *self)
{
  gint64 at = MIN (self->timer_at, self->check_at);

  if (self->source == NULL)
    return;
  if (!g_queue_is_empty (&self->news))
    at = 0;
  g_source_set_ready_time (self->source, at == NEVER ? -1 : at);
}

static void
forget_socket (TwCurlLoop *self, curl_socket_t fd)
{
  Socket *known = g_hash_table_lookup (self->sockets, GINT_TO_POINTER (fd));

  if (known == NULL)
    return;
  if (self->source != NULL && known->tag != NULL)
    g_source_remove_unix_fd (self->source, known->tag);
  g_hash_table_remove (self->sockets, GINT_TO_POINTER (fd));
}

static int
on_socket (CURL *easy, curl_socket_t fd, int what, gpointer user_data, gpointer socket_data)
{
  TwCurlLoop *self = user_data;
  Socket *known = g_hash_table_lookup (self->sockets, GINT_TO_POINTER (fd));

  if (what == CURL_POLL_REMOVE)
    {
      forget_socket (self, fd);
      return 0;
    }
  if (known == NULL)
    {
      known = g_new0 (Socket, 1);
      known->fd = fd;
      g_hash_table_insert (self->sockets, GINT_TO_POINTER (fd), known);
    }
  known->condition = to_condition (what);
  if (self->source != NULL && known->tag == NULL)
    known->tag = g_source_add_unix_fd (self->source, fd, known->condition);
  else if (self->source != NULL)
    g_source_modify_unix_fd (self->source, known->tag, known->condition);
  return 0;
}

static int
on_timer (CURLM *multi, long milliseconds, gpointer user_data)
{
  TwCurlLoop *self = user_data;

  self->timer_at
      = milliseconds < 0 ? NEVER : g_get_monotonic_time () + (gint64) milliseconds * 1000;
  update_ready_time (self);
  return 0;
}

TwCurlLoop *
tw_curl_loop_new (void)
{
  TwCurlLoop *self = g_new0 (TwCurlLoop, 1);

  g_atomic_ref_count_init (&self->refs);
  g_rec_mutex_init (&self->lock);
  self->multi = tw_curl.multi_init ();
  self->sockets = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  self->exchanges = g_hash_table_new (NULL, NULL);
  self->timer_at = NEVER;
  self->check_at = NEVER;
  tw_curl.multi_setopt (self->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
  tw_curl.multi_setopt (self->multi, CURLMOPT_SOCKETDATA, self);
  tw_curl.multi_setopt (self->multi, CURLMOPT_TIMERFUNCTION, on_timer);
  tw_curl.multi_setopt (self->multi, CURLMOPT_TIMERDATA, self);
  return self;
}

TwCurlLoop *
tw_curl_loop_ref (TwCurlLoop *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
tw_curl_loop_unref (TwCurlLoop *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  tw_curl.multi_cleanup (self->multi);
  g_queue_clear_full (&self->news, (GDestroyNotify) tw_exchange_unref);
  g_hash_table_unref (self->exchanges);
  g_hash_table_unref (self->sockets);
  g_rec_mutex_clear (&self->lock);
  g_free (self);
}

/* The easy handle leaves the multi handle here, which gives its connection back. */
static void
take_finished (TwCurlLoop *self)
{
  CURLMsg *message;
  int left = 0;

  while ((message = tw_curl.multi_info_read (self->multi, &left)) != NULL)
    {
      CURL *easy = message->easy_handle;
      CURLcode result = message->data.result;
      TwExchange *exchange = NULL;

      tw_curl.easy_getinfo (easy, CURLINFO_PRIVATE, &exchange);
      if (message->msg != CURLMSG_DONE || exchange == NULL)
        continue;
      tw_exchange_end (exchange, result);
      tw_curl_loop_remove (self, exchange);
    }
}

/* A deadline moves away while bytes come, and who brings one nearer lowers check_at; so nothing is
 * looked at before the earliest. */
static void
fail_late (TwCurlLoop *self, gint64 now)
{
  g_autoptr (GPtrArray) late = NULL;
  GHashTableIter iter;
  gpointer exchange;

  if (now < self->check_at)
    return;
  late = g_ptr_array_new ();
  self->check_at = NEVER;
  g_hash_table_iter_init (&iter, self->exchanges);
  while (g_hash_table_iter_next (&iter, &exchange, NULL))
    {
      gint64 deadline = tw_exchange_get_deadline (exchange);

      if (deadline <= now)
        g_ptr_array_add (late, exchange);
      else
        self->check_at = MIN (self->check_at, deadline);
    }
  for (guint i = 0; i < late->len; i++)
    {
      tw_exchange_fail (late->pdata[i], tw_exchange_new_timeout (late->pdata[i]));
      tw_curl_loop_remove (self, late->pdata[i]);
    }
}

/* What is ready is read before anything is called too late. */
static void
act (TwCurlLoop *self, const GArray *ready)
{
  int running = 0;

  for (guint i = 0; i < ready->len; i++)
    {
      const Ready *one = &g_array_index (ready, Ready, i);

      tw_curl.multi_socket_action (self->multi, one->fd, one->actions, &running);
    }
  if (g_get_monotonic_time () >= self->timer_at)
    {
      self->timer_at = NEVER;
      tw_curl.multi_socket_action (self->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    }
  take_finished (self);
  fail_late (self, g_get_monotonic_time ());
  update_ready_time (self);
}

static void
add_ready (GArray *ready, curl_socket_t fd, GIOCondition condition)
{
  Ready one = { fd, to_actions (condition) };

  if (condition != 0)
    g_array_append_val (ready, one);
}

static TwExchange *
pop_news (TwCurlLoop *self)
{
  TwExchange *exchange;

  tw_curl_loop_lock (self);
  exchange = g_queue_pop_head (&self->news);
  if (exchange != NULL)
    tw_exchange_take_news (exchange);
  tw_curl_loop_unlock (self);
  return exchange;
}

/* The waiters are called without the lock, and may do anything: drop exchanges, add others, run a
 * main loop of their own. */
static gboolean
dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  g_autoptr (TwCurlLoop) self = tw_curl_loop_ref (((LoopSource *) source)->loop);
  g_autoptr (GArray) ready = g_array_new (FALSE, FALSE, sizeof (Ready));
  TwExchange *exchange;
  GHashTableIter iter;
  gpointer value;

  tw_curl_loop_lock (self);
  g_hash_table_iter_init (&iter, self->sockets);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Socket *known = value;

      add_ready (ready, known->fd, g_source_query_unix_fd (source, known->tag));
    }
  act (self, ready);
  tw_curl_loop_unlock (self);
  while ((exchange = pop_news (self)) != NULL)
    {
      tw_exchange_notify (exchange);
      tw_exchange_unref (exchange);
    }
  return G_SOURCE_CONTINUE;
}

static void
source_dispose (GSource *source)
{
  LoopSource *self = (LoopSource *) source;
  GHashTableIter iter;
  gpointer value;

  tw_curl_loop_lock (self->loop);
  self->loop->source = NULL;
  g_hash_table_iter_init (&iter, self->loop->sockets);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    ((Socket *) value)->tag = NULL;
  tw_curl_loop_unlock (self->loop);
  self->gone (self->loop, self->user_data);
}

static void
source_finalize (GSource *source)
{
  LoopSource *self = (LoopSource *) source;

  g_clear_pointer (&self->loop, tw_curl_loop_unref);
  if (self->destroy != NULL)
    self->destroy (self->user_data);
}

static GSourceFuncs source_funcs = {
  .dispatch = dispatch,
  .finalize = source_finalize,
};

void
tw_curl_loop_attach (TwCurlLoop *self,
                     GMainContext *context,
                     void (*gone) (TwCurlLoop *self, gpointer user_data),
                     gpointer user_data,
                     GDestroyNotify destroy)
{
  GSource *source = g_source_new (&source_funcs, sizeof (LoopSource));
  LoopSource *loop_source = (LoopSource *) source;

  loop_source->loop = tw_curl_loop_ref (self);
  loop_source->gone = gone;
  loop_source->user_data = user_data;
  loop_source->destroy = destroy;
  g_source_set_static_name (source, "tokenwise network");
  g_source_set_can_recurse (source, TRUE);
  g_source_set_dispose_function (source, source_dispose);
  self->source = source;
  self->shared = TRUE;
  g_source_attach (source, context);
  g_source_unref (source);
}

void
tw_curl_loop_detach (TwCurlLoop *self)
{
  g_autoptr (GSource) source = NULL;

  tw_curl_loop_lock (self);
  if (self->source != NULL)
    source = g_source_ref (self->source);
  tw_curl_loop_unlock (self);
  if (source != NULL)
    g_source_destroy (source);
}

gboolean
tw_curl_loop_is_shared (TwCurlLoop *self)
{
  return self->shared;
}

void
tw_curl_loop_add (TwCurlLoop *self, TwExchange *exchange)
{
  tw_curl_loop_lock (self);
  tw_exchange_start (exchange, self->source != NULL ? &self->news : NULL, &self->check_at);
  g_hash_table_add (self->exchanges, exchange);
  if (tw_curl.multi_add_handle (self->multi, tw_exchange_get_easy (exchange)) != CURLM_OK)
    {
      tw_exchange_end (exchange, CURLE_FAILED_INIT);
      g_hash_table_remove (self->exchanges, exchange);
    }
  update_ready_time (self);
  tw_curl_loop_unlock (self);
}

void
tw_curl_loop_remove (TwCurlLoop *self, TwExchange *exchange)
{
  tw_curl_loop_lock (self);
  if (g_hash_table_remove (self->exchanges, exchange))
    tw_curl.multi_remove_handle (self->multi, tw_exchange_get_easy (exchange));
  update_ready_time (self);
  tw_curl_loop_unlock (self);
}

/* Milliseconds until somebody wants to be called; -1 for never. */
static int
get_timeout (TwCurlLoop *self)
{
  gint64 at = MIN (self->timer_at, self->check_at);
  gint64 left = at - g_get_monotonic_time ();

  if (at == NEVER)
    return -1;
  return left <= 0 ? 0 : (int) MIN ((left + 999) / 1000, G_MAXINT);
}

static GArray *
list_sockets (TwCurlLoop *self, int *ret_timeout)
{
  GArray *polls = g_array_new (FALSE, TRUE, sizeof (GPollFD));
  GHashTableIter iter;
  gpointer value;

  tw_curl_loop_lock (self);
  g_hash_table_iter_init (&iter, self->sockets);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const Socket *known = value;
      GPollFD poll = { .fd = known->fd, .events = (gushort) known->condition };

      g_array_append_val (polls, poll);
    }
  *ret_timeout = get_timeout (self);
  tw_curl_loop_unlock (self);
  return polls;
}

static void
poll_sockets (GArray *polls, int timeout, GCancellable *cancellable)
{
  GPollFD cancel_poll = { .fd = -1 };
  gboolean has_poll = g_cancellable_make_pollfd (cancellable, &cancel_poll);
  guint n_sockets = polls->len;

  if (has_poll)
    g_array_append_val (polls, cancel_poll);
  else if (cancellable != NULL && (timeout < 0 || timeout > CANCEL_POLL_MS))
    timeout = CANCEL_POLL_MS;
  g_poll ((GPollFD *) (void *) polls->data, polls->len, timeout);
  if (has_poll)
    g_cancellable_release_fd (cancellable);
  g_array_set_size (polls, n_sockets);
}

gboolean
tw_curl_loop_wait (TwCurlLoop *self, GCancellable *cancellable, GError **error)
{
  int timeout = 0;
  g_autoptr (GArray) polls = list_sockets (self, &timeout);
  g_autoptr (GArray) ready = g_array_new (FALSE, FALSE, sizeof (Ready));

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  poll_sockets (polls, timeout, cancellable);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  for (guint i = 0; i < polls->len; i++)
    {
      const GPollFD *one = &g_array_index (polls, GPollFD, i);

      add_ready (ready, one->fd, (GIOCondition) one->revents);
    }
  tw_curl_loop_lock (self);
  act (self, ready);
  tw_curl_loop_unlock (self);
  return TRUE;
}
