/* SPDX-License-Identifier: MIT */
#include "test-fetch.h"
#include "test-server.h"

#include <unistd.h>

/* A call is given up at an instant that chance chose, in every way there is, a thousand times:
 * nothing is left of it, and the next call works. The leak sanitizer counts the memory; descriptors
 * and connections are counted here. */

#define N_RUNS 1000
#define MAX_DELAY_US 4000

typedef enum
{
  GIVE_UP_CANCEL,    /* the cancellable, from another thread */
  GIVE_UP_DROP,      /* the response is dropped while it arrives */
  GIVE_UP_CLOSE,     /* its stream is closed */
  GIVE_UP_TRANSPORT, /* the transport goes first */
  GIVE_UP_N_WAYS,
} GiveUp;

static TestServer *server;
static GRand *chance;

static guint
count_descriptors (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

typedef struct
{
  GCancellable *cancellable;
  gulong delay_us;
} Later;

static gpointer
cancel_later (gpointer data)
{
  Later *later = data;

  g_usleep (later->delay_us);
  g_cancellable_cancel (later->cancellable);
  return NULL;
}

static TwHttpRequest *
make_request (void)
{
  static const char *const paths[] = { "/stream", "/big", "/idle", "/never", "/no-body", "/reset" };
  g_autofree char *url
      = test_server_url (server, paths[g_rand_int_range (chance, 0, G_N_ELEMENTS (paths))]);
  g_autoptr (GBytes) body = g_bytes_new_static ("{}", 2);

  return tw_http_request_new ("POST", url, body);
}

static void
run_cancel (TwTransport *transport, FetchMode mode)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (TwHttpRequest) request = make_request ();
  Later later = { cancellable, (gulong) g_rand_int_range (chance, 0, MAX_DELAY_US) };
  GThread *thread = g_thread_new ("cancel", cancel_later, &later);
  g_autoptr (Fetch) got = fetch (transport, mode, request, cancellable);

  if (got->error != NULL && got->error->domain == G_IO_ERROR)
    g_assert_error (got->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);
}

static void
iterate_until (gint64 until)
{
  while (g_get_monotonic_time () < until)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (100);
}

typedef struct
{
  TwHttpResponse *response;
  gboolean over;
} Begun;

static void
on_response (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Begun *begun = user_data;

  begun->response = tw_transport_send_finish (TW_TRANSPORT (source), result, NULL);
  begun->over = TRUE;
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  gboolean *over = user_data;

  g_input_stream_read_finish (G_INPUT_STREAM (source), result, NULL);
  *over = TRUE;
}

/* While nobody reads, or, by chance, while a read waits. */
static void
run_drop (GiveUp way)
{
  g_autoptr (TwTransport) transport = tw_curl_transport_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (TwHttpRequest) request = make_request ();
  Begun begun = { NULL, FALSE };
  gboolean reads = g_rand_boolean (chance);
  gboolean over = FALSE;
  char block[64];

  tw_transport_send_async (transport, request, cancellable, on_response, &begun);
  iterate_until (g_get_monotonic_time () + g_rand_int_range (chance, 0, MAX_DELAY_US));
  if (way == GIVE_UP_TRANSPORT)
    g_clear_object (&transport);
  if (begun.response != NULL && way == GIVE_UP_CLOSE)
    g_input_stream_close (tw_http_response_get_body (begun.response), NULL, NULL);
  else if (begun.response != NULL && reads)
    {
      g_input_stream_read_async (tw_http_response_get_body (begun.response), block, sizeof block, 0,
                                 cancellable, on_read, &over);
      g_clear_object (&begun.response);
      g_cancellable_cancel (cancellable);
      while (!over)
        g_main_context_iteration (NULL, TRUE);
    }
  g_cancellable_cancel (cancellable);
  while (!begun.over)
    g_main_context_iteration (NULL, TRUE);
  g_clear_object (&begun.response);
}

static void
test_any_instant (void)
{
  g_autoptr (TwTransport) transport = tw_curl_transport_new ();
  guint before;

  run_cancel (transport, FETCH_ASYNC);
  run_cancel (transport, FETCH_BLOCKING);
  g_clear_object (&transport);
  transport = tw_curl_transport_new ();
  g_usleep (50000);
  before = count_descriptors ();
  for (guint i = 0; i < N_RUNS; i++)
    {
      GiveUp way = (GiveUp) g_rand_int_range (chance, 0, GIVE_UP_N_WAYS);

      if (way == GIVE_UP_CANCEL)
        run_cancel (transport, g_rand_boolean (chance) ? FETCH_ASYNC : FETCH_BLOCKING);
      else
        run_drop (way);
    }
  while (g_main_context_iteration (NULL, FALSE))
    ;
  {
    g_autofree char *url = test_server_url (server, "/stream");
    g_autoptr (TwHttpRequest) request = tw_http_request_new ("GET", url, NULL);
    g_autoptr (Fetch) last = fetch (transport, FETCH_ASYNC, request, NULL);

    g_assert_no_error (last->error);
    g_assert_true (g_str_has_suffix (last->body->str, "[DONE]\n\n"));
  }
  g_clear_object (&transport);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  for (guint i = 0; i < 2000 && g_atomic_int_get (&server->n_open) > 0; i++)
    g_usleep (1000);
  g_assert_cmpint (g_atomic_int_get (&server->n_open), ==, 0);
  g_assert_cmpuint (count_descriptors (), <=, before);
}

typedef struct
{
  TwTransport *transport;
  guint32 seed;
} Caller;

/* Many calls in each of many threads, half of which are given up. */
static gpointer
call_and_cancel (gpointer data)
{
  const Caller *caller = data;
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GRand) own = g_rand_new_with_seed (caller->seed);
  g_autoptr (GPtrArray) fetches = g_ptr_array_new_with_free_func ((GDestroyNotify) fetch_free);
  g_autoptr (GPtrArray) cancellables = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree char *url = test_server_url (server, "/stream");

  g_main_context_push_thread_default (context);
  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (TwHttpRequest) request = tw_http_request_new ("GET", url, NULL);

      g_ptr_array_add (cancellables, g_cancellable_new ());
      g_ptr_array_add (fetches, fetch_new (caller->transport, cancellables->pdata[i]));
      fetch_begin (fetches->pdata[i], request);
    }
  for (guint i = 0; i < fetches->len; i += 2)
    {
      gint64 until = g_get_monotonic_time () + g_rand_int_range (own, 0, 1000);

      while (g_get_monotonic_time () < until)
        g_main_context_iteration (context, FALSE);
      g_cancellable_cancel (cancellables->pdata[i]);
    }
  for (guint i = 0; i < fetches->len; i++)
    {
      Fetch *one = fetches->pdata[i];

      fetch_wait (one);
      if (i % 2 != 0)
        g_assert_no_error (one->error);
    }
  g_main_context_pop_thread_default (context);
  return NULL;
}

static void
test_many_threads (void)
{
  g_autoptr (TwTransport) transport = tw_curl_transport_new ();
  GThread *threads[8];
  Caller callers[G_N_ELEMENTS (threads)];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    {
      callers[i] = (Caller){ transport, g_rand_int (chance) };
      threads[i] = g_thread_new ("caller", call_and_cancel, &callers[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  /* g_test_rand_int() prints the seed that repeats a run. */
  chance = g_rand_new_with_seed ((guint32) g_test_rand_int ());
  server = test_server_new ();
  g_test_add_func ("/net/transport/cancel/any-instant", test_any_instant);
  g_test_add_func ("/net/transport/cancel/many-threads", test_many_threads);
  status = g_test_run ();
  test_server_free (server);
  g_rand_free (chance);
  return status;
}
