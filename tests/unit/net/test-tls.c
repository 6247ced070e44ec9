/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"

#include "test-fetch.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

/* A server whose certificate does not prove who it is gets no byte of the request. The servers are
 * those of the openssl command; each prints what it is sent. */

#define KEY "sk-test-0123456789abcdef"

/* One of the certificates, and how the server offers it. */
typedef struct
{
  const char *name;
  const char *subject;
  const char *alternative; /* (nullable) subjectAltName */
  const char *days[2];     /* (nullable) -not_before and -not_after as openssl ca knows them */
  const char *signer;      /* "ca", "other" or itself: "" */
  const char *server_options;
  const char *message; /* (nullable) part of the error; NULL: it is trusted */
} TlsCase;

#define PAST "200101000000Z"
#define OLD "210101000000Z"
#define FAR "400101000000Z"
#define FURTHER "410101000000Z"

static const TlsCase cases[] = {
  { "good", "/CN=tw", "IP:127.0.0.1", { NULL, NULL }, "ca", "", NULL },
  { "tls-1.2", "/CN=tw", "IP:127.0.0.1", { NULL, NULL }, "ca", "-tls1_2", NULL },
  { "self-signed", "/CN=tw", "IP:127.0.0.1", { NULL, NULL }, "", "", "certificate" },
  { "unknown-ca", "/CN=tw", "IP:127.0.0.1", { NULL, NULL }, "other", "", "certificate" },
  { "other-host", "/CN=tw", "IP:127.0.0.2", { NULL, NULL }, "ca", "", "certificate" },
  { "other-name", "/CN=127.0.0.1", "DNS:localhost", { NULL, NULL }, "ca", "", "certificate" },
  { "escape-in-name", "/CN=a\x1b[31mb", "DNS:a\x1b[31mb", { NULL, NULL }, "ca", "", "certificate" },
  { "expired", "/CN=tw", "IP:127.0.0.1", { PAST, OLD }, "ca", "", "certificate" },
  { "not-yet", "/CN=tw", "IP:127.0.0.1", { FAR, FURTHER }, "ca", "", "certificate" },
  { "tls-1.1",
    "/CN=tw",
    "IP:127.0.0.1",
    { NULL, NULL },
    "ca",
    "-tls1_1 -cipher ALL@SECLEVEL=0",
    "protocol version" },
};

static char *folder;

static gboolean run (const char *format, ...) G_GNUC_PRINTF (1, 2);

/* A shell line, in the folder. */
static gboolean
run (const char *format, ...)
{
  g_autofree char *line = NULL;
  const char *argv[] = { "/bin/sh", "-c", NULL, NULL };
  int status = 1;
  va_list args;

  va_start (args, format);
  line = g_strdup_vprintf (format, args);
  va_end (args);
  argv[2] = line;
  return g_spawn_sync (folder, (char **) argv, NULL,
                       G_SPAWN_STDERR_TO_DEV_NULL | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL,
                       NULL, &status, NULL)
         && g_spawn_check_wait_status (status, NULL);
}

#define NEW_KEY "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"

static gboolean
make_authority (const char *name)
{
  return run ("openssl req -x509 " NEW_KEY " -keyout %s.key -out %s.pem -days 1 -subj /CN=%s "
              "-addext basicConstraints=critical,CA:TRUE",
              name, name, name);
}

/* "openssl ca" is the one command of OpenSSL 3.0 that can date a certificate. */
static gboolean
make_certificate (const TlsCase *one)
{
  g_autofree char *dates = one->days[0] != NULL ? g_strdup_printf ("-startdate %s -enddate %s",
                                                                   one->days[0], one->days[1])
                                                : g_strdup ("-days 1");

  if (*one->signer == '\0')
    return run ("openssl req -x509 " NEW_KEY " -keyout %s.key -out %s.pem -days 1 -subj '%s' "
                "-addext 'subjectAltName=%s'",
                one->name, one->name, one->subject, one->alternative);
  return run ("rm -rf db && mkdir db && : > db/index && echo 01 > db/serial && "
              "printf '[ca]\\ndefault_ca=d\\n[d]\\ndatabase=db/index\\nserial=db/serial\\n"
              "new_certs_dir=db\\ndefault_md=sha256\\npolicy=p\\n[p]\\ncommonName=supplied\\n[x]\\n"
              "subjectAltName=%s\\n' > ca.cnf && "
              "openssl req " NEW_KEY " -keyout %s.key -out req.csr -subj '%s' && "
              "openssl ca -config ca.cnf -batch -notext -cert %s.pem -keyfile %s.key -in req.csr "
              "-extensions x %s -out %s.pem",
              one->alternative, one->name, one->subject, one->signer, one->signer, dates,
              one->name);
}

/* "ACCEPT 127.0.0.1:41235" once it listens. */
static guint
read_port (GDataInputStream *lines)
{
  char *line;

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

static GSubprocess *
start_server (const TlsCase *one)
{
  g_autofree char *line
      = g_strdup_printf ("exec openssl s_server -accept 127.0.0.1:0 -cert %s.pem -key %s.key %s",
                         one->name, one->name, one->server_options);
  g_autoptr (GSubprocessLauncher) launcher
      = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDIN_PIPE
                                   | G_SUBPROCESS_FLAGS_STDERR_SILENCE);

  g_subprocess_launcher_set_cwd (launcher, folder);
  return g_subprocess_launcher_spawn (launcher, NULL, "/bin/sh", "-c", line, NULL);
}

static Fetch *
fetch_tls (TwTransport *transport, FetchMode mode, guint port)
{
  g_autofree char *url = g_strdup_printf ("https://127.0.0.1:%u/v1/messages", port);
  g_autoptr (GBytes) body = g_bytes_new_static ("{}", 2);
  g_autoptr (TwHttpRequest) request = tw_http_request_new ("POST", url, body);

  tw_http_request_set_timeouts (request, 0, 500, 0);
  g_assert_true (tw_http_request_add_header (request, "x-api-key", KEY, NULL));
  return fetch (transport, mode, request, NULL);
}

/* It never answers; who trusts it sends the request and waits. */
static void
check (const TlsCase *one, const TwTransportOptions *options, FetchMode mode, const char *message)
{
  g_autoptr (TwTransport) transport = tw_curl_transport_new_with_options (options, NULL);
  g_autoptr (GSubprocess) process = start_server (one);
  g_autoptr (GDataInputStream) lines
      = g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));
  g_autofree char *said = NULL;
  g_autoptr (Fetch) got = NULL;
  guint port = read_port (lines);

  g_assert_cmpuint (port, >, 0);
  got = fetch_tls (transport, mode, port);
  g_test_message ("%s: %s", one->name, got->error->message);
  g_subprocess_force_exit (process);
  g_subprocess_wait (process, NULL, NULL);
  said = g_data_input_stream_read_upto (lines, "", 1, NULL, NULL, NULL);
  if (message == NULL)
    {
      g_assert_error (got->error, TW_ERROR, TW_ERROR_TIMEOUT);
      g_assert_nonnull (strstr (said, KEY));
      return;
    }
  g_assert_error (got->error, TW_ERROR, TW_ERROR_CONNECTION);
  g_assert_nonnull (strstr (got->error->message, "No secure connection to 127.0.0.1"));
  g_assert_nonnull (strstr (got->error->message, message));
  g_assert_null (strchr (got->error->message, '\x1b'));
  g_assert_cmpuint (got->status, ==, 0);
  g_assert_true (said == NULL || strstr (said, KEY) == NULL);
}

static gboolean
make_authorities (void)
{
  if (make_authority ("ca") && make_authority ("other"))
    return TRUE;
  g_test_skip ("There is no openssl command here to make certificates with.");
  return FALSE;
}

static void
test_matrix (void)
{
  g_autofree char *file = g_build_filename (folder, "ca.pem", NULL);
  const TwTransportOptions options = { .ca_file = file };

  if (!make_authorities ())
    return;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_assert_true (make_certificate (&cases[i]));
      check (&cases[i], &options, i % 2 != 0 ? FETCH_ASYNC : FETCH_BLOCKING, cases[i].message);
    }
}

/* Who is trusted is what was named, and only that. */
static void
test_trust (void)
{
  g_autofree char *file = g_build_filename (folder, "ca.pem", NULL);
  g_autofree char *other = g_build_filename (folder, "other.pem", NULL);
  g_autofree char *dir = g_build_filename (folder, "hashed", NULL);
  const TwTransportOptions system = { NULL, NULL, NULL };
  const TwTransportOptions wrong = { .ca_file = other };
  const TwTransportOptions hashed = { .ca_dir = dir };

  if (!make_authorities ())
    return;
  g_assert_true (make_certificate (&cases[0]));
  check (&cases[0], &system, FETCH_BLOCKING, "certificate");
  check (&cases[0], &wrong, FETCH_BLOCKING, "certificate");
  g_assert_true (run ("mkdir -p hashed && cp ca.pem hashed && openssl rehash hashed"));
  check (&cases[0], &hashed, FETCH_BLOCKING, NULL);
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("tw-tls-XXXXXX", NULL);
  g_test_add_func ("/net/tls/matrix", test_matrix);
  g_test_add_func ("/net/tls/trust", test_trust);
  status = g_test_run ();
  run ("rm -rf '%s'", folder);
  g_free (folder);
  return status;
}
