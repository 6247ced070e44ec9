/* SPDX-License-Identifier: MIT */
#include "cli-output.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int write_errno;

static gboolean
is_shown (gunichar c)
{
  return c == '\n' || c == '\t' || (c >= 0x20 && c < 0x7f) || c > 0x9f;
}

/* Without C0 but line feed and tab, DEL and C1; what is not UTF-8 becomes U+FFFD. */
static char *
clean (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *result = g_string_sized_new (strlen (valid));

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    if (is_shown (g_utf8_get_char (p)))
      g_string_append_len (result, p, g_utf8_next_char (p) - p);
  return g_string_free (result, FALSE);
}

gboolean
cli_write (const char *text)
{
  g_autofree char *cleaned = isatty (STDOUT_FILENO) ? clean (text) : NULL;

  if (write_errno == 0 && fputs (cleaned != NULL ? cleaned : text, stdout) == EOF)
    write_errno = errno;
  return write_errno == 0;
}

gboolean
cli_write_line (const char *text)
{
  cli_write (text);
  return g_str_has_suffix (text, "\n") || cli_write ("\n");
}

gboolean
cli_write_bytes (const char *bytes, gsize length)
{
  g_autofree char *text
      = isatty (STDOUT_FILENO) ? g_utf8_make_valid (bytes, (gssize) length) : NULL;

  if (text != NULL)
    return cli_write (text);
  if (write_errno == 0 && fwrite (bytes, 1, length, stdout) != length)
    write_errno = errno;
  return write_errno == 0;
}

gboolean
cli_flush (void)
{
  if (write_errno == 0 && fflush (stdout) == EOF)
    write_errno = errno;
  return write_errno == 0;
}

gboolean
cli_write_json (const cJSON *json)
{
  char *text = cJSON_PrintUnformatted (json);
  gboolean written = cli_write_line (text);

  cJSON_free (text);
  return written;
}

void
cli_note (const char *format, ...)
{
  g_autofree char *text = NULL;
  g_autofree char *cleaned = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  cleaned = clean (text);
  fprintf (stderr, "%s\n", g_strchomp (cleaned));
}

static void
write_error (Cli *cli, const char *code, const char *message, const char *hint)
{
  g_autoptr (cJSON) json = NULL;
  g_autofree char *valid = NULL;
  cJSON *body;

  if (!cli->json)
    {
      cli_note ("tokenwise: %s", message);
      cli_note ("%s", hint);
      return;
    }
  json = cJSON_CreateObject ();
  body = cJSON_AddObjectToObject (json, "error");
  valid = g_utf8_make_valid (message, -1);
  cJSON_AddStringToObject (body, "code", code);
  cJSON_AddStringToObject (body, "message", valid);
  cJSON_AddStringToObject (body, "hint", hint);
  cli_write_json (json);
}

CliExit
cli_exit_for (const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return CLI_EXIT_INTERRUPTED;
  if (error->domain != TW_ERROR)
    return CLI_EXIT_FAILED;
  switch (error->code)
    {
    case TW_ERROR_INVALID_INPUT:
    case TW_ERROR_UNKNOWN_MODEL:
    case TW_ERROR_UNKNOWN_PROVIDER:
    case TW_ERROR_NO_KEY:
    case TW_ERROR_UNSUPPORTED:
    case TW_ERROR_CONTEXT_LENGTH:
      return CLI_EXIT_USAGE;
    case TW_ERROR_BUDGET_EXCEEDED:
    case TW_ERROR_UNPRICED:
    case TW_ERROR_TIER_UNPRICED:
      return CLI_EXIT_REFUSED;
    case TW_ERROR_TRUNCATED:
      return CLI_EXIT_INCOMPLETE;
    default:
      return CLI_EXIT_FAILED;
    }
}

CliExit
cli_fail (Cli *cli, const GError *error)
{
  write_error (cli, tw_error_to_code (error), error->message, tw_error_to_hint (error));
  return cli_exit_for (error);
}

CliExit
cli_usage_error (Cli *cli, const char *format, ...)
{
  g_autofree char *message = NULL;
  g_autofree char *hint = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  hint = cli->verb == NULL
             ? g_strdup ("“tokenwise --help” lists the verbs.")
             : g_strdup_printf ("“tokenwise %s --help” lists what it takes.", cli->verb->name);
  write_error (cli, "invalid-input", message, hint);
  return CLI_EXIT_USAGE;
}

CliExit
cli_finish_output (Cli *cli, CliExit status)
{
  if (cli_flush ())
    return status;
  cli_note ("tokenwise: The output could not be written (%s); check where it goes.",
            g_strerror (write_errno));
  return status == CLI_EXIT_DONE ? CLI_EXIT_FAILED : status;
}

cJSON *
cli_parse_json (const char *json)
{
  return cJSON_ParseWithLength (json, strlen (json));
}

const char *
cli_json_string (const cJSON *object, const char *key, const char *fallback)
{
  const char *text = cJSON_GetStringValue (cJSON_GetObjectItemCaseSensitive (object, key));

  return text != NULL ? text : fallback;
}

gint64
cli_json_integer (const cJSON *object, const char *key)
{
  const cJSON *item = cJSON_GetObjectItemCaseSensitive (object, key);

  return cJSON_IsNumber (item) ? (gint64) item->valuedouble : 0;
}
