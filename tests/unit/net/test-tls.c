/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"

#include "test-fetch.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

/* A server with a certificate that nobody vouches for gets no byte of the request. */

static gboolean
make_certificate (const char *path)
{
  const char *const argv[] = { "openssl",
                               "req",
                               "-x509",
                               "-newkey",
                               "ec",
                               "-pkeyopt",
                               "ec_paramgen_curve:prime256v1",
                               "-nodes",
                               "-keyout",
                               path,
                               "-out",
                               path,
                               "-days",
                               "1",
                               "-subj",
                               "/CN=tw",
                               "-addext",
                               "subjectAltName=IP:127.0.0.1",
                               NULL };
  int status = 1;

  return g_spawn_sync (NULL, (char **) argv, NULL,
                       G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL
                           | G_SPAWN_STDOUT_TO_DEV_NULL,
                       NULL, NULL, NULL, NULL, &status, NULL)
         && g_spawn_check_wait_status (status, NULL);
}

/* "ACCEPT 127.0.0.1:41235" once it listens. */
static guint
read_port (GInputStream *output)
{
  g_autoptr (GDataInputStream) lines = g_data_input_stream_new (output);
  char *line;

  g_filter_input_stream_set_close_base_stream (G_FILTER_INPUT_STREAM (lines), FALSE);
  while ((line = g_data_input_stream_read_line (lines, NULL, NULL, NULL)) != NULL)
    {
      guint port = 0;
      gboolean found = sscanf (line, "ACCEPT 127.0.0.1:%u", &port) == 1;

      g_free (line);
      if (found)
        return port;
    }
  return 0;
}

static void
check_refused (guint port)
{
  g_autoptr (TwTransport) transport = tw_curl_transport_new ();
  g_autofree char *url = g_strdup_printf ("https://127.0.0.1:%u/v1/messages", port);

  for (guint mode = 0; mode < FETCH_N_MODES; mode++)
    {
      g_autoptr (TwHttpRequest) request = tw_http_request_new ("POST", url, NULL);
      g_autoptr (Fetch) got = fetch (transport, mode, request, NULL);

      g_assert_error (got->error, TW_ERROR, TW_ERROR_CONNECTION);
      g_test_message ("%s", got->error->message);
      g_assert_nonnull (strstr (got->error->message, "No secure connection to 127.0.0.1"));
      g_assert_nonnull (strstr (got->error->message, "certificate"));
      g_assert_cmpuint (got->status, ==, 0);
    }
}

static void
test_self_signed (void)
{
  g_autofree char *folder = g_dir_make_tmp ("tw-tls-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "server.pem", NULL);
  g_autoptr (GSubprocess) process = NULL;
  guint port;

  if (!make_certificate (path))
    g_test_skip ("There is no openssl command here to make a certificate with.");
  else
    {
      process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDIN_PIPE
                                      | G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                                  NULL, "openssl", "s_server", "-accept", "127.0.0.1:0", "-cert",
                                  path, "-www", NULL);
      g_assert_nonnull (process);
      port = read_port (g_subprocess_get_stdout_pipe (process));
      g_assert_cmpuint (port, >, 0);
      check_refused (port);
      g_subprocess_force_exit (process);
      g_subprocess_wait (process, NULL, NULL);
    }
  g_unlink (path);
  g_rmdir (folder);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/tls/self-signed", test_self_signed);
  return g_test_run ();
}
