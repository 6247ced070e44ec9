/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-limits-private.h"
#include "libtokenwise/wire/tw-sse-private.h"

#include <string.h>

/* Writes each event as [name|data], with ~ where it was unfinished. */
static gboolean
record (const TwFrame *frame, gpointer user_data, GError **error)
{
  GString *log = user_data;

  g_string_append_printf (log, "[%s|", frame->name ?: "");
  g_string_append_len (log, frame->data, (gssize) frame->length);
  g_string_append (log, frame->unfinished ? "~]" : "]");
  return TRUE;
}

/* Parses the bytes in two pushes, cut at split. */
static char *
parse_split (const char *bytes, gsize length, gsize split)
{
  GString *log = g_string_new (NULL);
  g_autoptr (TwFramer) sse = tw_sse_new (record, log);

  g_assert_true (tw_framer_push (sse, bytes, split, NULL));
  g_assert_true (tw_framer_push (sse, bytes + split, length - split, NULL));
  g_assert_true (tw_framer_end (sse, NULL));
  g_string_append_printf (log, " id=%s retry=%" G_GINT64_FORMAT, tw_sse_get_last_id (sse) ?: "-",
                          tw_sse_get_retry_ms (sse));
  return g_string_free (log, FALSE);
}

static const struct
{
  const char *name;
  const char *bytes;
  const char *expected;
} cases[] = {
  { "lf", "data: a\n\ndata: b\n\n", "[|a][|b] id=- retry=-1" },
  { "crlf", "data: a\r\n\r\ndata: b\r\n\r\n", "[|a][|b] id=- retry=-1" },
  { "cr", "data: a\r\rdata: b\r\r", "[|a][|b] id=- retry=-1" },
  { "mixed-line-ends", "data: a\r\n\ndata: b\n\r\ndata: c\r\r\n", "[|a][|b][|c] id=- retry=-1" },
  { "bom",
    "\xef\xbb\xbf"
    "data: a\n\n",
    "[|a] id=- retry=-1" },
  { "bom-only-first",
    "data: a\n\n\xef\xbb\xbf"
    "data: b\n\n",
    "[|a] id=- retry=-1" },
  { "comment", ": OPENROUTER PROCESSING\n\n:\ndata: a\n: between\ndata: b\n\n",
    "[|a\nb] id=- retry=-1" },
  { "multi-line", "data: a\ndata:\ndata: c\n\n", "[|a\n\nc] id=- retry=-1" },
  { "one-space", "data:  two\n\ndata:none\n\n", "[| two][|none] id=- retry=-1" },
  { "no-colon", "data\n\n", "[|] id=- retry=-1" },
  { "event", "event: ping\ndata: {}\n\ndata: x\n\n", "[ping|{}][|x] id=- retry=-1" },
  { "event-without-data", "event: ping\n\ndata: x\n\n", "[|x] id=- retry=-1" },
  { "last-event-name", "event: a\nevent: b\ndata: x\n\n", "[b|x] id=- retry=-1" },
  { "id-stays", "id: 7\ndata: a\n\ndata: b\n\n", "[|a][|b] id=7 retry=-1" },
  { "retry", "retry: 3000\ndata: a\n\n", "[|a] id=- retry=3000" },
  { "retry-not-digits", "retry: -1\nretry: 1x\nretry:\ndata: a\n\n", "[|a] id=- retry=-1" },
  { "unknown-field", "datax: a\ndat: b\nfoo\ndata: c\n\n", "[|c] id=- retry=-1" },
  { "no-final-line", "data: a\n\ndata: b\n", "[|a][|b~] id=- retry=-1" },
  { "no-final-end", "data: a\n\ndata: b", "[|a][|b~] id=- retry=-1" },
  { "colons-in-data", "data: a: b: c\n\n", "[|a: b: c] id=- retry=-1" },
  { "utf8", "data: \xe2\x82\xac\xf0\x9f\x98\x80\n\n",
    "[|\xe2\x82\xac\xf0\x9f\x98\x80] id=- retry=-1" },
  { "empty", "", " id=- retry=-1" },
  { "only-lines", "\n\r\n\r\r\n", " id=- retry=-1" },
};

/* The result must not depend on where the bytes were cut: every cut of every case. */
static void
test_every_split (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gsize length = strlen (cases[i].bytes);

      for (gsize split = 0; split <= length; split++)
        {
          g_autofree char *result = parse_split (cases[i].bytes, length, split);

          if (g_strcmp0 (result, cases[i].expected) != 0)
            g_error ("%s cut at %" G_GSIZE_FORMAT ": %s", cases[i].name, split, result);
        }
    }
}

static void
test_single_bytes (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      GString *log = g_string_new (NULL);
      g_autoptr (TwFramer) sse = tw_sse_new (record, log);

      for (const char *p = cases[i].bytes; *p != '\0'; p++)
        g_assert_true (tw_framer_push (sse, p, 1, NULL));
      g_assert_true (tw_framer_end (sse, NULL));
      g_assert_true (g_str_has_prefix (cases[i].expected, log->str));
      g_string_free (log, TRUE);
    }
}

/* All ways to cut a small stream into three. */
static void
test_two_cuts (void)
{
  static const char bytes[] = "\xef\xbb\xbf"
                              "event: e\r\ndata: a\r\ndata: \xe2\x82\xac\r\r\ndata: b";
  const gsize length = sizeof bytes - 1;

  for (gsize i = 0; i <= length; i++)
    for (gsize j = i; j <= length; j++)
      {
        GString *log = g_string_new (NULL);
        g_autoptr (TwFramer) sse = tw_sse_new (record, log);

        g_assert_true (tw_framer_push (sse, bytes, i, NULL));
        g_assert_true (tw_framer_push (sse, bytes + i, j - i, NULL));
        g_assert_true (tw_framer_push (sse, bytes + j, length - j, NULL));
        g_assert_true (tw_framer_end (sse, NULL));
        g_assert_cmpstr (log->str, ==, "[e|a\n\xe2\x82\xac][|b~]");
        g_string_free (log, TRUE);
      }
}

static void
test_nul (void)
{
  static const char bytes[] = "id: a\0b\ndata: x\0y\n\n";
  GString *log = g_string_new (NULL);
  g_autoptr (TwFramer) sse = tw_sse_new (record, log);

  g_assert_true (tw_framer_push (sse, bytes, sizeof bytes - 1, NULL));
  g_assert_cmpuint (log->len, ==, strlen ("[|x.y]"));
  g_assert_null (tw_sse_get_last_id (sse));
  g_string_free (log, TRUE);
}

static gboolean
push_line (TwFramer *sse, gsize length, GError **error)
{
  g_autofree char *line = g_malloc (length);

  memset (line, 'x', length);
  memcpy (line, "data:", 5);
  return tw_framer_push (sse, line, length, error) && tw_framer_push (sse, "\n", 1, error);
}

static void
test_line_limit (void)
{
  GString *log = g_string_new (NULL);
  g_autoptr (TwFramer) sse = tw_sse_new (record, log);
  g_autoptr (GError) error = NULL;

  g_assert_true (push_line (sse, TW_LIMIT_LINE_BYTES, NULL));
  g_assert_true (tw_framer_push (sse, "\n", 1, NULL));
  g_assert_cmpuint (log->len, ==, TW_LIMIT_LINE_BYTES - 5 + strlen ("[|]"));
  g_assert_false (push_line (sse, TW_LIMIT_LINE_BYTES + 1, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_LIMIT);
  g_string_free (log, TRUE);
}

/* An endless line in small pieces is stopped too. */
static void
test_line_limit_in_pieces (void)
{
  g_autoptr (TwFramer) sse = tw_sse_new (record, NULL);
  g_autofree char *piece = g_strnfill (1024, 'x');
  guint n = 0;

  while (tw_framer_push (sse, piece, 1024, NULL))
    n++;
  g_assert_cmpuint (n, ==, TW_LIMIT_LINE_BYTES / 1024);
}

static void
test_event_limit (void)
{
  /* Five bytes of each line are the field's name, and each line adds a \n between. */
  const gsize rest = TW_LIMIT_EVENT_BYTES - 4 * (TW_LIMIT_LINE_BYTES - 5 + 1);

  for (gsize over = 0; over < 2; over++)
    {
      GString *log = g_string_new (NULL);
      g_autoptr (TwFramer) sse = tw_sse_new (record, log);
      g_autoptr (GError) error = NULL;

      for (guint i = 0; i < 4; i++)
        g_assert_true (push_line (sse, TW_LIMIT_LINE_BYTES, NULL));
      g_assert_cmpint (push_line (sse, 5 + rest + over, &error), ==, over == 0);
      g_assert_true (tw_framer_push (sse, "\n", 1, NULL));
      if (over > 0)
        g_assert_error (error, TW_ERROR, TW_ERROR_LIMIT);
      else
        g_assert_cmpuint (log->len, ==, TW_LIMIT_EVENT_BYTES + strlen ("[|]"));
      g_string_free (log, TRUE);
    }
}

static gboolean
refuse (const TwFrame *frame, gpointer user_data, GError **error)
{
  g_set_error (error, TW_ERROR, TW_ERROR_PROTOCOL, "No.");
  return FALSE;
}

static void
test_handler_stops (void)
{
  g_autoptr (TwFramer) sse = tw_sse_new (refuse, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (tw_framer_push (sse, "data: a\n\ndata: b\n\n", 18, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_PROTOCOL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/sse/every-split", test_every_split);
  g_test_add_func ("/wire/sse/single-bytes", test_single_bytes);
  g_test_add_func ("/wire/sse/two-cuts", test_two_cuts);
  g_test_add_func ("/wire/sse/nul", test_nul);
  g_test_add_func ("/wire/sse/line-limit", test_line_limit);
  g_test_add_func ("/wire/sse/line-limit-in-pieces", test_line_limit_in_pieces);
  g_test_add_func ("/wire/sse/event-limit", test_event_limit);
  g_test_add_func ("/wire/sse/handler-stops", test_handler_stops);
  return g_test_run ();
}
