/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-limits-private.h"
#include "libtokenwise/wire/tw-framing-private.h"

#include <string.h>

/* Writes each event as [data], with ~ where it was unfinished. */
static gboolean
record (const TwFrame *frame, gpointer user_data, GError **error)
{
  GString *log = user_data;

  g_string_append_c (log, '[');
  g_string_append_len (log, frame->data, (gssize) frame->length);
  g_string_append (log, frame->unfinished ? "~]" : "]");
  return TRUE;
}

typedef struct
{
  const char *name;
  const char *bytes;
  const char *expected;
} Case;

static const Case ndjson_cases[] = {
  { "lines", "{\"a\":1}\n{\"b\":2}\n", "[{\"a\":1}][{\"b\":2}][~]" },
  { "crlf", "{}\r\n{}\r\n", "[{}\r][{}\r][~]" },
  { "no-final-end", "{}\n{}", "[{}][{}~]" },
  { "cut", "{}\n{\"a", "[{}][{\"a~]" },
  { "blank-lines", "\n\n{}\n", "[][][{}][~]" },
  { "broken-line-stays-one", "{\"a\":\n{}\n", "[{\"a\":][{}][~]" },
};

static const Case array_cases[] = {
  { "one", "[{\"a\":1}]", "[{\"a\":1}][~]" },
  { "pieces", "[{\"a\":[1,{}]}\n,\r\n{\"b\":\"]}\"}\n]\n", "[{\"a\":[1,{}]}][{\"b\":\"]}\"}][~]" },
  { "escapes", "[{\"a\":\"\\\"}\\\\\"},{}]", "[{\"a\":\"\\\"}\\\\\"}][{}][~]" },
  { "nested-array", "[[1,2],[3]]", "[[1,2]][[3]][~]" },
  { "scalars", "[1, null,\"a,]\",true ]", "[1][null][\"a,]\"][true][~]" },
  { "empty", " [ ] ", "[~]" },
  { "not-closed", "[{}", "[{}][~]" },
  { "cut", "[{},{\"a\":\"x", "[{}][{\"a\":\"x~]" },
  { "no-commas", "[{}{}]", "[{}][{}][~]" },
  { "brackets-that-do-not-match", "[{],{}]", "[{]][{}][~]" },
};

static char *
cut_up (TwFramerNew *framer_new, const char *bytes, gsize first, gsize second)
{
  GString *log = g_string_new (NULL);
  g_autoptr (TwFramer) framer = framer_new (record, log);
  gsize length = strlen (bytes);

  g_assert_true (tw_framer_push (framer, bytes, first, NULL));
  g_assert_true (tw_framer_push (framer, bytes + first, second - first, NULL));
  g_assert_true (tw_framer_push (framer, bytes + second, length - second, NULL));
  g_assert_true (tw_framer_end (framer, NULL));
  return g_string_free (log, FALSE);
}

/* All ways to cut each case into three. */
static void
check_cases (TwFramerNew *framer_new, const Case *cases, guint n_cases)
{
  for (guint i = 0; i < n_cases; i++)
    {
      gsize length = strlen (cases[i].bytes);

      for (gsize first = 0; first <= length; first++)
        for (gsize second = first; second <= length; second++)
          {
            g_autofree char *result = cut_up (framer_new, cases[i].bytes, first, second);

            if (strcmp (result, cases[i].expected) != 0)
              g_error ("%s cut at %" G_GSIZE_FORMAT " and %" G_GSIZE_FORMAT ": %s", cases[i].name,
                       first, second, result);
          }
    }
}

static void
test_ndjson (void)
{
  check_cases (tw_ndjson_new, ndjson_cases, G_N_ELEMENTS (ndjson_cases));
}

static void
test_array (void)
{
  check_cases (tw_json_array_new, array_cases, G_N_ELEMENTS (array_cases));
}

static void
test_after_array (void)
{
  GString *log = g_string_new (NULL);
  g_autoptr (TwFramer) framer = tw_json_array_new (record, log);
  g_autoptr (GError) error = NULL;

  g_assert_false (tw_framer_push (framer, "[{}] {}", 7, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_PROTOCOL);
  g_assert_cmpstr (log->str, ==, "[{}]");
  g_string_free (log, TRUE);
}

/* Brackets at the limit of depth, and one more. */
static void
test_array_depth (void)
{
  for (guint over = 0; over < 2; over++)
    {
      g_autofree char *open = g_strnfill (TW_LIMIT_JSON_DEPTH + over, '[');
      g_autofree char *bytes = g_strconcat ("[", open, NULL);
      GString *log = g_string_new (NULL);
      g_autoptr (TwFramer) framer = tw_json_array_new (record, log);
      g_autoptr (GError) error = NULL;

      g_assert_cmpint (tw_framer_push (framer, bytes, strlen (bytes), &error), ==, over == 0);
      if (over > 0)
        g_assert_error (error, TW_ERROR, TW_ERROR_LIMIT);
      g_string_free (log, TRUE);
    }
}

/* An event of exactly the limit, in pieces, and one of a byte more. */
static void
check_size (TwFramerNew *framer_new, const char *before, const char *after)
{
  for (guint over = 0; over < 2; over++)
    {
      gsize length = TW_LIMIT_EVENT_BYTES + over;
      GString *log = g_string_new (NULL);
      g_autoptr (TwFramer) framer = framer_new (record, log);
      g_autoptr (GError) error = NULL;
      g_autofree char *event = g_strnfill (length, 'x');
      gboolean ok;

      event[0] = event[length - 1] = '"';
      g_assert_true (tw_framer_push (framer, before, strlen (before), NULL));
      ok = tw_framer_push (framer, event, length / 2, &error)
           && tw_framer_push (framer, event + length / 2, length - length / 2, &error)
           && tw_framer_push (framer, after, strlen (after), &error);
      g_assert_cmpint (ok, ==, over == 0);
      if (over > 0)
        g_assert_error (error, TW_ERROR, TW_ERROR_LIMIT);
      else
        g_assert_cmpuint (log->len, ==, length + 2);
      g_string_free (log, TRUE);
    }
}

static void
test_size (void)
{
  check_size (tw_ndjson_new, "", "\n");
  check_size (tw_json_array_new, "[", ",");
}

static void
test_choose (void)
{
  static const struct
  {
    TwFraming framing;
    gboolean stream;
    guint status;
    const char *type;
    char first;
    TwFramerNew *expected;
  } choices[] = {
    { TW_FRAMING_SSE, TRUE, 200, "text/event-stream", 'd', tw_sse_new },
    { TW_FRAMING_SSE, TRUE, 200, NULL, ':', tw_sse_new },
    { TW_FRAMING_SSE, TRUE, 200, "Text/Event-Stream; charset=utf-8", 'x', tw_sse_new },
    { TW_FRAMING_SSE, TRUE, 429, "text/event-stream", 'd', tw_sse_new },
    { TW_FRAMING_SSE, TRUE, 502, NULL, 'd', NULL },
    { TW_FRAMING_SSE, TRUE, 200, "text/event-stream", '{', NULL },
    { TW_FRAMING_SSE, TRUE, 200, "application/x-ndjson", '{', tw_ndjson_new },
    { TW_FRAMING_SSE, TRUE, 200, NULL, '[', tw_json_array_new },
    { TW_FRAMING_SSE, TRUE, 500, NULL, '[', NULL },
    { TW_FRAMING_NDJSON, TRUE, 200, NULL, '{', tw_ndjson_new },
    { TW_FRAMING_NDJSON, TRUE, 200, NULL, '[', tw_json_array_new },
    { TW_FRAMING_NDJSON, FALSE, 200, NULL, '{', NULL },
    { TW_FRAMING_NDJSON, TRUE, 404, NULL, '{', NULL },
    { TW_FRAMING_NDJSON, TRUE, 200, "text/event-stream", 'd', tw_sse_new },
    { TW_FRAMING_AWS_EVENT_STREAM, TRUE, 200, NULL, '\0', tw_aws_event_stream_new },
    { TW_FRAMING_AWS_EVENT_STREAM, TRUE, 200, "application/vnd.amazon.eventstream", 'x',
      tw_aws_event_stream_new },
    { TW_FRAMING_AWS_EVENT_STREAM, TRUE, 403, NULL, '{', NULL },
    { TW_FRAMING_AWS_EVENT_STREAM, FALSE, 200, "application/json", '{', NULL },
    { TW_FRAMING_SSE, TRUE, 200, NULL, '\0', NULL },
    { TW_FRAMING_SSE, TRUE, 200, NULL, '<', NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (choices); i++)
    if (tw_framing_choose (choices[i].framing, choices[i].stream, choices[i].status,
                           choices[i].type, choices[i].first)
        != choices[i].expected)
      g_error ("choice %u", i);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/framing/ndjson", test_ndjson);
  g_test_add_func ("/wire/framing/array", test_array);
  g_test_add_func ("/wire/framing/after-array", test_after_array);
  g_test_add_func ("/wire/framing/array-depth", test_array_depth);
  g_test_add_func ("/wire/framing/size", test_size);
  g_test_add_func ("/wire/framing/choose", test_choose);
  return g_test_run ();
}
