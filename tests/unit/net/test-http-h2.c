/* SPDX-License-Identifier: MIT */
#include "test-fetch.h"

#include <string.h>

/* Calls that begin together, and those after them, share one connection where the server speaks
 * HTTP/2. The server is node's. */

#define N_CALLS 50

typedef struct
{
  char *folder;
  char *certificate;
  GSubprocess *process;
  guint port;
} Server;

static gboolean
make_certificate (const Server *self)
{
  g_autofree char *line = g_strdup_printf (
      "cd '%s' && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes "
      "-keyout key.pem -out cert.pem -days 1 -subj /CN=tw -addext subjectAltName=IP:127.0.0.1 "
      "2>/dev/null",
      self->folder);
  const char *const argv[] = { "/bin/sh", "-c", line, NULL };
  int status = 1;

  return g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL, &status,
                       NULL)
         && g_spawn_check_wait_status (status, NULL);
}

static gboolean
server_start (Server *self)
{
  g_autofree char *script = g_build_filename (g_getenv ("TOKENWISE_SOURCE"), "tests", "unit", "net",
                                              "h2-server.mjs", NULL);
  g_autofree char *key = NULL;
  g_autoptr (GDataInputStream) lines = NULL;
  g_autofree char *line = NULL;

  self->folder = g_dir_make_tmp ("tw-h2-XXXXXX", NULL);
  self->certificate = g_build_filename (self->folder, "cert.pem", NULL);
  key = g_build_filename (self->folder, "key.pem", NULL);
  if (!make_certificate (self))
    return FALSE;
  self->process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDIN_PIPE,
                                    NULL, "node", script, self->certificate, key, NULL);
  if (self->process == NULL)
    return FALSE;
  lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->process));
  line = g_data_input_stream_read_line (lines, NULL, NULL, NULL);
  self->port = line != NULL ? (guint) g_ascii_strtoull (line, NULL, 10) : 0;
  return self->port != 0;
}

static void
server_clear (Server *self)
{
  const char *const argv[] = { "rm", "-rf", self->folder, NULL };

  if (self->process != NULL)
    g_subprocess_force_exit (self->process);
  if (self->process != NULL)
    g_subprocess_wait (self->process, NULL, NULL);
  g_clear_object (&self->process);
  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                NULL);
  g_free (self->certificate);
  g_free (self->folder);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Server, server_clear)

static TwHttpRequest *
make_request (const Server *server, const char *path)
{
  g_autofree char *url = g_strdup_printf ("https://127.0.0.1:%u%s", server->port, path);
  g_autoptr (GBytes) body = g_bytes_new_static ("{}", 2);

  return tw_http_request_new ("POST", url, body);
}

static void
test_one_connection (void)
{
  g_auto (Server) server = { NULL, NULL, NULL, 0 };
  g_autoptr (TwTransport) transport = NULL;
  g_autoptr (GPtrArray) fetches = g_ptr_array_new_with_free_func ((GDestroyNotify) fetch_free);
  TwTransportOptions options = { NULL, NULL, NULL };

  if (!server_start (&server))
    {
      g_test_skip ("An HTTP/2 server needs node and openssl, which are not here.");
      return;
    }
  options.ca_file = server.certificate;
  transport = tw_curl_transport_new_with_options (&options, NULL);
  for (guint i = 0; i < N_CALLS; i++)
    {
      g_autoptr (TwHttpRequest) request = make_request (&server, "/slow");

      g_ptr_array_add (fetches, fetch_new (transport, NULL));
      fetch_begin (fetches->pdata[i], request);
    }
  for (guint i = 0; i < N_CALLS; i++)
    {
      Fetch *one = fetches->pdata[i];
      g_autoptr (TwHttpRequest) request = make_request (&server, "/");
      g_autoptr (Fetch) later = NULL;

      fetch_wait (one);
      g_assert_no_error (one->error);
      g_assert_cmpstr (one->body->str, ==, "2.0 1");
      later = fetch (transport, FETCH_ASYNC, request, NULL);
      g_assert_no_error (later->error);
      g_assert_cmpstr (later->body->str, ==, "2.0 1");
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/http/h2/one-connection", test_one_connection);
  return g_test_run ();
}
