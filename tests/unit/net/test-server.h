/* SPDX-License-Identifier: MIT */
#pragma once

#include <gio/gio.h>

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

/* A real HTTP/1.1 server on a loopback port, one thread for each connection. The path of a request
 * chooses what it does; several of them are faults. */

#define SERVER_BIG_BYTES (8u << 20)
#define SERVER_BLOCK_BYTES 16384

typedef struct
{
  GSocketListener *listener;
  GCancellable *stop;
  GThread *thread;
  guint16 port;
  GMutex lock;
  GPtrArray *workers;
  gint n_connections; /* ever */
  gint n_open;
  gint bytes_sent; /* of the last big body */
} TestServer;

typedef struct
{
  TestServer *server;
  GSocketConnection *connection;
  int fd;
} TestWorker;

/* What a test answers itself, to paths that begin with "/x/" (which are cut off) and CONNECT. */
typedef gboolean (*ServerAnswer) (TestWorker *worker, const char *path, const char *request);
static ServerAnswer server_own_answer;

static gboolean
server_send (TestWorker *worker, const char *bytes, gssize length)
{
  gsize left = length < 0 ? strlen (bytes) : (gsize) length;

  while (left > 0)
    {
      struct pollfd one = { .fd = worker->fd, .events = POLLOUT };
      ssize_t n = send (worker->fd, bytes, left, MSG_NOSIGNAL | MSG_DONTWAIT);

      if (n < 0 && errno != EAGAIN)
        return FALSE;
      if (n > 0)
        {
          bytes += n;
          left -= (gsize) n;
        }
      else if (g_cancellable_is_cancelled (worker->server->stop))
        return FALSE;
      else
        poll (&one, 1, 20);
    }
  return TRUE;
}

static void
server_pause (TestWorker *worker, guint milliseconds)
{
  for (guint i = 0; i < milliseconds && !g_cancellable_is_cancelled (worker->server->stop); i++)
    g_usleep (1000);
}

/* Until the client hangs up. */
static gboolean
server_hold (TestWorker *worker)
{
  char byte;

  while (!g_cancellable_is_cancelled (worker->server->stop))
    {
      struct pollfd one = { .fd = worker->fd, .events = POLLIN };

      if (poll (&one, 1, 20) > 0 && recv (worker->fd, &byte, 1, MSG_DONTWAIT) <= 0)
        break;
    }
  return FALSE;
}

static gboolean
server_reset (TestWorker *worker)
{
  struct linger now = { .l_onoff = 1, .l_linger = 0 };

  setsockopt (worker->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  return FALSE;
}

static gboolean
server_reply (TestWorker *worker, const char *status, const char *headers, const char *body)
{
  g_autofree char *text = g_strdup_printf ("HTTP/1.1 %s\r\n%sContent-Length: %u\r\n\r\n%s", status,
                                           headers, (guint) strlen (body), body);

  return server_send (worker, text, -1);
}

static gboolean
server_stream (TestWorker *worker)
{
  static const char *const pieces[] = {
    "data: {\"a\":1}\n\n", "da",         "ta: {\"b\":\"\xc3",
    "\xa4\"}\n\n",         ": ping\n\n", "data: [DONE]\n\n",
  };

  server_send (worker,
               "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
               "Transfer-Encoding: chunked\r\n\r\n",
               -1);
  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++)
    {
      g_autofree char *chunk
          = g_strdup_printf ("%x\r\n%s\r\n", (guint) strlen (pieces[i]), pieces[i]);

      server_pause (worker, 2);
      server_send (worker, chunk, -1);
    }
  return server_send (worker, "0\r\nX-Trailer: late\r\n\r\n", -1);
}

static gboolean
server_big (TestWorker *worker)
{
  const int small = 65536;
  g_autofree char *block = g_malloc (SERVER_BLOCK_BYTES);
  g_autofree char *head
      = g_strdup_printf ("HTTP/1.1 200 OK\r\nContent-Length: %u\r\n\r\n", SERVER_BIG_BYTES);

  /* So that the body does not fit into the kernel's buffers. */
  setsockopt (worker->fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
  memset (block, 'x', SERVER_BLOCK_BYTES);
  g_atomic_int_set (&worker->server->bytes_sent, 0);
  if (!server_send (worker, head, -1))
    return FALSE;
  for (guint i = 0; i < SERVER_BIG_BYTES / SERVER_BLOCK_BYTES; i++)
    {
      if (!server_send (worker, block, SERVER_BLOCK_BYTES))
        return FALSE;
      g_atomic_int_add (&worker->server->bytes_sent, SERVER_BLOCK_BYTES);
    }
  return TRUE;
}

/* Headers of exactly that many bytes, status line and empty line included. */
static gboolean
server_headers (TestWorker *worker, guint bytes)
{
  const char *head = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n";
  g_autoptr (GString) text = g_string_new (head);

  while (bytes - text->len > 2 + 8000)
    {
      g_string_append (text, "X-Filler: ");
      for (guint i = 0; i < 4000; i++)
        g_string_append_c (text, 'f');
      g_string_append (text, "\r\n");
    }
  g_string_append (text, "X-Rest: ");
  while (text->len < bytes - 4)
    g_string_append_c (text, 'r');
  g_string_append (text, "\r\n\r\nok");
  return server_send (worker, text->str, (gssize) text->len);
}

/* "/redirect/STATUS/PORT" */
static gboolean
server_redirect (TestWorker *worker, const char *path)
{
  g_auto (GStrv) words = g_strsplit (path, "/", 4);
  g_autofree char *status = g_strconcat (words[2], " Elsewhere", NULL);
  g_autofree char *line = g_strdup_printf ("Location: http://127.0.0.1:%s/echo\r\n", words[3]);

  return server_reply (worker, status, line, "moved");
}

static gboolean
server_fault (TestWorker *worker, const char *path)
{
  if (strcmp (path, "/never") == 0)
    return server_hold (worker);
  if (strcmp (path, "/no-body") == 0)
    {
      server_send (worker, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", -1);
      return server_hold (worker);
    }
  if (strcmp (path, "/idle") == 0)
    {
      server_send (worker, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nfirst", -1);
      return server_hold (worker);
    }
  if (strcmp (path, "/reset") == 0)
    {
      server_send (worker, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nfirst", -1);
      server_pause (worker, 100);
      return server_reset (worker);
    }
  if (strcmp (path, "/cut") == 0)
    {
      server_send (worker,
                   "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n7\r\nhalf",
                   -1);
      return FALSE;
    }
  if (strcmp (path, "/garbage") == 0)
    server_send (worker, "SSH-2.0-OpenSSH_9.2\r\n", -1);
  if (strcmp (path, "/status-999") == 0)
    server_send (worker, "HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n", -1);
  return FALSE;
}

/* FALSE when the connection is to be closed. */
static gboolean
server_answer (TestWorker *worker, const char *path, const char *request)
{
  if (server_own_answer != NULL && g_str_has_prefix (path, "/x/"))
    return server_own_answer (worker, path + 3, request);
  if (server_own_answer != NULL && g_str_has_prefix (request, "CONNECT "))
    return server_own_answer (worker, path, request);
  if (strcmp (path, "/echo") == 0)
    return server_reply (worker, "200 OK", "Content-Type: text/plain\r\n", request);
  if (strcmp (path, "/stream") == 0)
    return server_stream (worker);
  if (strcmp (path, "/big") == 0)
    return server_big (worker);
  if (strcmp (path, "/early") == 0)
    return server_send (worker, "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n", -1)
           && server_reply (worker, "200 OK", "X-Folded: a\r\n X-Fake: b\r\n", "ok");
  if (strcmp (path, "/redirect") == 0)
    return server_reply (worker, "307 Temporary Redirect", "Location: /echo\r\n", "moved");
  if (g_str_has_prefix (path, "/redirect/"))
    return server_redirect (worker, path);
  if (strcmp (path, "/429") == 0)
    return server_reply (worker, "429 Too Many Requests", "Retry-After: 7\r\n", "{}");
  if (strcmp (path, "/gzip") == 0)
    return server_reply (worker, "200 OK", "Content-Encoding: gzip\r\n", "zzz");
  if (strcmp (path, "/gzip-500") == 0)
    return server_reply (worker, "500 Error", "Content-Encoding: gzip\r\n", "zzz");
  if (g_str_has_prefix (path, "/headers/"))
    return server_headers (worker, (guint) g_ascii_strtoull (path + 9, NULL, 10));
  return server_fault (worker, path);
}

static gsize
server_body_length (const char *head)
{
  g_autofree char *lower = g_ascii_strdown (head, -1);
  const char *found = strstr (lower, "\r\ncontent-length:");

  return found != NULL ? (gsize) g_ascii_strtoull (found + 17, NULL, 10) : 0;
}

/* Head and body of one request, or NULL at the connection's end. */
static char *
server_receive (TestWorker *worker)
{
  g_autoptr (GString) text = g_string_new (NULL);
  const char *end = NULL;
  char byte[1024];

  while (end == NULL || text->len < (gsize) (end + 4 - text->str) + server_body_length (text->str))
    {
      struct pollfd one = { .fd = worker->fd, .events = POLLIN };
      ssize_t n;

      if (g_cancellable_is_cancelled (worker->server->stop))
        return NULL;
      if (poll (&one, 1, 20) <= 0)
        continue;
      n = recv (worker->fd, byte, sizeof byte, MSG_DONTWAIT);
      if (n <= 0)
        return NULL;
      /* A TLS handshake gets what a plain server says to it. */
      if (text->len == 0 && byte[0] == 0x16)
        {
          server_send (worker, "HTTP/1.1 400 Bad Request\r\n\r\n", -1);
          return NULL;
        }
      g_string_append_len (text, byte, n);
      end = strstr (text->str, "\r\n\r\n");
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gpointer
server_work (gpointer data)
{
  g_autofree TestWorker *worker = data;
  gboolean open = TRUE;

  while (open)
    {
      g_autofree char *request = server_receive (worker);
      g_auto (GStrv) words = request != NULL ? g_strsplit (request, " ", 3) : NULL;

      open = words != NULL && g_strv_length (words) == 3
             && server_answer (worker, words[1], request);
    }
  g_io_stream_close (G_IO_STREAM (worker->connection), NULL, NULL);
  g_object_unref (worker->connection);
  g_atomic_int_dec_and_test (&worker->server->n_open);
  return NULL;
}

static gpointer
server_accept (gpointer data)
{
  TestServer *self = data;
  GSocketConnection *connection;

  while ((connection = g_socket_listener_accept (self->listener, NULL, self->stop, NULL)) != NULL)
    {
      TestWorker *worker = g_new0 (TestWorker, 1);

      g_atomic_int_inc (&self->n_connections);
      g_atomic_int_inc (&self->n_open);
      worker->server = self;
      worker->connection = connection;
      worker->fd = g_socket_get_fd (g_socket_connection_get_socket (connection));
      g_ptr_array_add (self->workers, g_thread_new ("worker", server_work, worker));
    }
  return NULL;
}

static TestServer *
test_server_new (void)
{
  TestServer *self = g_new0 (TestServer, 1);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) wanted = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) got = NULL;
  g_autoptr (GError) error = NULL;

  self->listener = g_socket_listener_new ();
  g_socket_listener_set_backlog (self->listener, 128);
  g_socket_listener_add_address (self->listener, wanted, G_SOCKET_TYPE_STREAM,
                                 G_SOCKET_PROTOCOL_TCP, NULL, &got, &error);
  g_assert_no_error (error);
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (got));
  self->stop = g_cancellable_new ();
  self->workers = g_ptr_array_new ();
  self->thread = g_thread_new ("server", server_accept, self);
  return self;
}

static char *
test_server_url (TestServer *self, const char *path)
{
  return g_strdup_printf ("http://127.0.0.1:%u%s", self->port, path);
}

static void
test_server_free (TestServer *self)
{
  g_cancellable_cancel (self->stop);
  g_thread_join (self->thread);
  for (guint i = 0; i < self->workers->len; i++)
    g_thread_join (self->workers->pdata[i]);
  g_ptr_array_unref (self->workers);
  g_socket_listener_close (self->listener);
  g_object_unref (self->listener);
  g_object_unref (self->stop);
  g_free (self);
}
