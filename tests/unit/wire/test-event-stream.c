/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-limits-private.h"
#include "libtokenwise/wire/tw-framing-private.h"

#include <string.h>
#include <zlib.h>

/* What AWS's own codec wrote for a metadata event and for an exception. */
static const char metadata_hex[]
    = "0000009a0000004e6ff08c4f0d3a6d6573736167652d74797065070005"
      "6576656e740b3a6576656e742d747970650700086d657461646174610d3a636f6e74656e742d74797065070010"
      "6170706c69636174696f6e2f6a736f6e7b227573616765223a7b22696e707574546f6b656e73223a332c226f75"
      "74707574546f6b656e73223a352c22746f74616c546f6b656e73223a387d7d246bf4d7";
static const char exception_hex[]
    = "0000006200000040f00cbad40d3a6d6573736167652d747970650700"
      "09657863657074696f6e0f3a657863657074696f6e2d747970650700137468726f74746c696e67457863657074"
      "696f6e7b226d657373616765223a22736c6f77227d54a773d3";
#define BOTH                                                                                       \
  "[metadata|{\"usage\":{\"inputTokens\":3,\"outputTokens\":5,\"totalTokens\":8}}]"                \
  "[!throttlingException|{\"message\":\"slow\"}]"

static void
append_hex (GString *bytes, const char *hex)
{
  for (; *hex != '\0'; hex += 2)
    g_string_append_c (bytes,
                       (char) (g_ascii_xdigit_value (hex[0]) * 16 + g_ascii_xdigit_value (hex[1])));
}

/* Writes each event as [name|data], with ! where it is an error. */
static gboolean
record (const TwFrame *frame, gpointer user_data, GError **error)
{
  GString *log = user_data;

  g_string_append_printf (log, "[%s%s|", frame->is_error ? "!" : "", frame->name ?: "");
  g_string_append_len (log, frame->data, (gssize) frame->length);
  g_string_append_c (log, ']');
  return TRUE;
}

static void
append_u32 (GString *bytes, gsize value)
{
  guint32 big = GUINT32_TO_BE ((guint32) value);

  g_string_append_len (bytes, (const char *) &big, sizeof big);
}

static void
append_crc (GString *bytes, gsize from)
{
  append_u32 (bytes, crc32 (0, (const Bytef *) bytes->str + from, (uInt) (bytes->len - from)));
}

/* A frame with right checksums, whatever it holds. */
static void
append_frame (GString *bytes, const char *headers, gsize n_headers, const char *data, gsize length)
{
  gsize from = bytes->len;

  append_u32 (bytes, 16 + n_headers + length);
  append_u32 (bytes, n_headers);
  append_crc (bytes, from);
  g_string_append_len (bytes, headers, (gssize) n_headers);
  g_string_append_len (bytes, data, (gssize) length);
  append_crc (bytes, from);
}

static char *
read_all (const GString *bytes, GError **error)
{
  GString *log = g_string_new (NULL);
  g_autoptr (TwFramer) framer = tw_aws_event_stream_new (record, log);

  if (tw_framer_push (framer, bytes->str, bytes->len, error))
    g_assert_true (tw_framer_end (framer, NULL));
  return g_string_free (log, FALSE);
}

static void
test_every_split (void)
{
  g_autoptr (GString) bytes = g_string_new (NULL);

  append_hex (bytes, metadata_hex);
  append_hex (bytes, exception_hex);
  for (gsize split = 0; split <= bytes->len; split++)
    {
      GString *log = g_string_new (NULL);
      g_autoptr (TwFramer) framer = tw_aws_event_stream_new (record, log);

      g_assert_true (tw_framer_push (framer, bytes->str, split, NULL));
      g_assert_true (tw_framer_push (framer, bytes->str + split, bytes->len - split, NULL));
      g_assert_true (tw_framer_end (framer, NULL));
      g_assert_cmpstr (log->str, ==, BOTH);
      g_string_free (log, TRUE);
    }
}

/* One wrong bit anywhere in the second frame: the first is kept. */
static void
test_every_bit (void)
{
  g_autoptr (GString) bytes = g_string_new (NULL);
  gsize first;

  append_hex (bytes, metadata_hex);
  first = bytes->len;
  append_hex (bytes, exception_hex);
  for (gsize bit = first * 8; bit < bytes->len * 8; bit++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *log = NULL;

      bytes->str[bit / 8] ^= (char) (1 << (bit % 8));
      log = read_all (bytes, &error);
      g_assert_error (error, TW_ERROR, TW_ERROR_PROTOCOL);
      g_assert_true (g_str_has_prefix (BOTH, log));
      g_assert_cmpuint (strlen (log), ==, strcspn (BOTH, "]") + 1);
      bytes->str[bit / 8] ^= (char) (1 << (bit % 8));
    }
}

static void
test_truncated (void)
{
  g_autoptr (GString) bytes = g_string_new (NULL);
  g_autofree char *log = NULL;

  append_hex (bytes, metadata_hex);
  g_string_truncate (bytes, bytes->len - 1);
  log = read_all (bytes, NULL);
  g_assert_cmpstr (log, ==, "");
}

#define HEADERS(text) text, sizeof (text) - 1

static void
test_headers (void)
{
  static const struct
  {
    const char *headers;
    gsize length;
    const char *expected; /* NULL: not headers */
  } cases[] = {
    { HEADERS (""), "[|{}]" },
    { HEADERS ("\x0b:event-type\7\0\1x"), "[x|{}]" },
    { HEADERS ("\1t\0\1f\1\1b\2.\1h\3..\1i\4....\1l\5........\1a\6\0\2..\1d\x08........\1u\x09"
               "................\x0b:event-type\7\0\1x"),
      "[x|{}]" },
    { HEADERS ("\x0d:message-type\7\0\5error\x0b:error-code\7\0\3Bad"), "[!Bad|{}]" },
    { HEADERS ("\x0b:event-type\6\0\1x"), "[|{}]" }, /* bytes are no name */
    { HEADERS ("\0"), NULL },
    { HEADERS ("\1"), NULL },
    { HEADERS ("\1a"), NULL },
    { HEADERS ("\1a\x0a"), NULL }, /* no such type */
    { HEADERS ("\1a\7"), NULL },
    { HEADERS ("\1a\7\0"), NULL },
    { HEADERS ("\1a\7\0\2x"), NULL },
    { HEADERS ("\1a\5......."), NULL },
    { HEADERS ("\xff:"), NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GString) bytes = g_string_new (NULL);
      g_autoptr (GError) error = NULL;
      g_autofree char *log = NULL;

      append_frame (bytes, cases[i].headers, cases[i].length, "{}", 2);
      log = read_all (bytes, &error);
      g_assert_cmpstr (log, ==, cases[i].expected ?: "");
      if (cases[i].expected == NULL)
        g_assert_error (error, TW_ERROR, TW_ERROR_PROTOCOL);
      else
        g_assert_no_error (error);
    }
}

static void
test_error_message (void)
{
  g_autoptr (GString) bytes = g_string_new (NULL);
  g_autofree char *log = NULL;

  append_frame (bytes,
                HEADERS ("\x0d:message-type\7\0\5error\x0e:error-message\7\0\4oops"
                         "\x0b:error-code\7\0\3Bad"),
                "", 0);
  log = read_all (bytes, NULL);
  g_assert_cmpstr (log, ==, "[!Bad|oops]");
}

/* A frame, or its headers, of exactly the limit, and of a byte more. */
static void
check_limit (gsize n_headers, gsize length, gboolean fits)
{
  g_autoptr (GString) bytes = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *data = g_strnfill (length, ' ');
  g_autofree char *headers = g_strnfill (n_headers, '\0');
  g_autofree char *log = NULL;

  for (gsize i = 0; i + 3 <= n_headers; i += 3)
    memcpy (headers + i, "\1a\0", 3);
  append_frame (bytes, headers, n_headers, data, length);
  log = read_all (bytes, &error);
  if (fits)
    g_assert_no_error (error);
  else
    g_assert_error (error, TW_ERROR, TW_ERROR_LIMIT);
  g_assert_cmpuint (strlen (log), ==, fits ? length + 3 : 0);
}

static void
test_limits (void)
{
  const gsize most = TW_LIMIT_FRAME_HEADER_BYTES / 3 * 3;

  check_limit (0, TW_LIMIT_EVENT_BYTES - 16, TRUE);
  check_limit (0, TW_LIMIT_EVENT_BYTES - 15, FALSE);
  check_limit (most, 0, TRUE);
  check_limit (TW_LIMIT_FRAME_HEADER_BYTES + 1, 0, FALSE);
}

/* Lengths that cannot be, under a checksum that is right. */
static void
test_impossible_lengths (void)
{
  static const guint32 lengths[][2] = { { 15, 0 }, { 0, 0 }, { 20, 5 }, { 16, 1 } };

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autoptr (GString) bytes = g_string_new (NULL);
      g_autoptr (GError) error = NULL;
      g_autofree char *log = NULL;

      append_u32 (bytes, lengths[i][0]);
      append_u32 (bytes, lengths[i][1]);
      append_crc (bytes, 0);
      log = read_all (bytes, &error);
      g_assert_error (error, TW_ERROR, TW_ERROR_PROTOCOL);
      g_assert_cmpstr (log, ==, "");
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/event-stream/every-split", test_every_split);
  g_test_add_func ("/wire/event-stream/every-bit", test_every_bit);
  g_test_add_func ("/wire/event-stream/truncated", test_truncated);
  g_test_add_func ("/wire/event-stream/headers", test_headers);
  g_test_add_func ("/wire/event-stream/error-message", test_error_message);
  g_test_add_func ("/wire/event-stream/limits", test_limits);
  g_test_add_func ("/wire/event-stream/impossible-lengths", test_impossible_lengths);
  return g_test_run ();
}
