/* SPDX-License-Identifier: MIT */
#include "cli-input.h"

#include "cli-output.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#define CHUNK_BYTES (64u << 10)

static gboolean
is_standard_input (const char *path)
{
  return path == NULL || g_str_equal (path, "-");
}

static void
set_read_error (const char *path, int code, GError **error)
{
  if (is_standard_input (path))
    g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                 "Standard input cannot be read (%s); give a file or a pipe.", g_strerror (code));
  else
    g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                 "The file %s cannot be read (%s); check its name.", path, g_strerror (code));
}

static int
open_input (const char *path, GError **error)
{
  int fd;

  if (is_standard_input (path))
    {
      if (isatty (STDIN_FILENO))
        cli_note ("Type the text; Ctrl+D on an empty line ends it.");
      return STDIN_FILENO;
    }
  fd = open (path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    set_read_error (path, errno, error);
  return fd;
}

/* Stops one chunk past the limit: a pipe may never end. */
static gboolean
read_all (int fd, GByteArray *bytes, gsize max_bytes)
{
  g_autofree guint8 *chunk = g_malloc (CHUNK_BYTES);
  gssize length;

  while (bytes->len <= max_bytes)
    {
      do
        length = read (fd, chunk, CHUNK_BYTES);
      while (length < 0 && errno == EINTR);
      if (length <= 0)
        return length == 0;
      g_byte_array_append (bytes, chunk, (guint) length);
    }
  return TRUE;
}

GBytes *
cli_read (const char *path, gsize max_bytes, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  int fd = open_input (path, error);
  gboolean complete;
  int code;

  if (fd < 0)
    return NULL;
  complete = read_all (fd, bytes, max_bytes);
  code = errno;
  if (fd != STDIN_FILENO)
    close (fd);
  if (!complete)
    {
      set_read_error (path, code, error);
      return NULL;
    }
  if (bytes->len > max_bytes)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                   "The input is larger than %" G_GSIZE_FORMAT " MiB; give less at once.",
                   max_bytes >> 20);
      return NULL;
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

static gboolean
check_text (const char *text, gsize length, const char *what, GError **error)
{
  if (g_utf8_validate_len (text, length, NULL))
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
               "The %s is not UTF-8 text; convert it, for example with iconv.", what);
  return FALSE;
}

char *
cli_read_text (const char *path, const char *what, GError **error)
{
  g_autoptr (GBytes) bytes = cli_read (path, CLI_MAX_INPUT_BYTES, error);
  const char *text;
  gsize length;

  if (bytes == NULL)
    return NULL;
  text = g_bytes_get_data (bytes, &length);
  if (length > 0 && !check_text (text, length, what, error))
    return NULL;
  return length > 0 ? g_strndup (text, length) : g_strdup ("");
}
