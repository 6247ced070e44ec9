/* SPDX-License-Identifier: MIT */
#include "libtokenwise/wire/tw-codec-private.h"
#include "libtokenwise/wire/tw-wire.h"

#include <string.h>

/* tests/cases/<dialect>/: a request in and the exact HTTP request out ("request", "call"), or a
 * reply's lines in and what must come out ("reply", "expected": only the members that are named
 * are compared; "events": all of them, exactly). Replies are read whole and in pieces of 1, 7 and
 * 1,024 bytes. */

static void
check_value (const char *name, const char *path, const cJSON *expected, const cJSON *got)
{
  const cJSON *item;
  int i = 0;

  if (cJSON_IsObject (expected) && cJSON_IsObject (got))
    {
      cJSON_ArrayForEach (item, expected)
      {
        g_autofree char *inner = g_strconcat (path, ".", item->string, NULL);

        check_value (name, inner, item, cJSON_GetObjectItemCaseSensitive (got, item->string));
      }
    }
  else if (cJSON_IsArray (expected) && cJSON_GetArraySize (expected) == cJSON_GetArraySize (got))
    {
      cJSON_ArrayForEach (item, expected)
      {
        g_autofree char *inner = g_strdup_printf ("%s[%d]", path, i);

        check_value (name, inner, item, cJSON_GetArrayItem (got, i++));
      }
    }
  else
    {
      g_autofree char *want = tw_json_print (expected);
      g_autofree char *have = got != NULL ? tw_json_print (got) : g_strdup ("nothing");

      if (g_strcmp0 (want, have) != 0)
        g_error ("%s: %s is %s, expected %s", name, path, have, want);
    }
}

static GStrv
read_strings (const cJSON *list)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  const cJSON *item;

  cJSON_ArrayForEach (item, list)
  {
    g_strv_builder_add (builder, cJSON_GetStringValue (item));
  }
  return g_strv_builder_end (builder);
}

static void
append_u32 (GString *bytes, gsize value)
{
  guint32 big_endian = GUINT32_TO_BE ((guint32) value);

  g_string_append_len (bytes, (const char *) &big_endian, sizeof big_endian);
}

/* Bit by bit, so that it is not the reader's own. */
static void
append_crc32 (GString *bytes)
{
  guint32 crc = G_MAXUINT32;

  for (gsize i = 0; i < bytes->len; i++)
    {
      crc ^= (guchar) bytes->str[i];
      for (guint bit = 0; bit < 8; bit++)
        crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xedb88320u : 0);
    }
  append_u32 (bytes, ~crc);
}

static void
append_frame_header (GString *headers, const char *name, const char *value)
{
  gsize length = strlen (value);

  g_string_append_c (headers, (char) strlen (name));
  g_string_append (headers, name);
  g_string_append_c (headers, 7);
  g_string_append_c (headers, (char) (length >> 8));
  g_string_append_c (headers, (char) length);
  g_string_append (headers, value);
}

/* A message of AWS's event stream: the members in front of "payload" are its headers. */
static void
append_frame (GString *text, const cJSON *json)
{
  const cJSON *payload = tw_json_object (json, "payload");
  g_autofree char *body = payload != NULL ? tw_json_print (payload) : g_strdup ("");
  g_autoptr (GString) headers = g_string_new (NULL);
  g_autoptr (GString) frame = g_string_new (NULL);
  const cJSON *header;

  cJSON_ArrayForEach (header, json)
  {
    if (cJSON_IsString (header))
      append_frame_header (headers, header->string, header->valuestring);
  }
  append_u32 (frame, headers->len + strlen (body) + 16);
  append_u32 (frame, headers->len);
  append_crc32 (frame);
  g_string_append_len (frame, headers->str, (gssize) headers->len);
  g_string_append (frame, body);
  append_crc32 (frame);
  g_string_append_len (text, frame->str, (gssize) frame->len);
}

/* Lines of text; a JSON object stands for itself, written compactly, or with ":message-type" for a
 * message of AWS's event stream. Of the last "cut" bytes nothing arrives. */
static GBytes *
read_reply (const cJSON *json)
{
  GString *text = g_string_new (NULL);
  const cJSON *line;
  gint64 cut = 0;

  cJSON_ArrayForEach (line, tw_json_array (json, "reply"))
  {
    g_autofree char *object = cJSON_IsString (line) ? NULL : tw_json_print (line);

    if (tw_json_string (line, ":message-type") != NULL)
      append_frame (text, line);
    else
      g_string_append_printf (text, "%s\n", object != NULL ? object : line->valuestring);
  }
  if (tw_json_integer (json, "cut", &cut))
    g_string_truncate (text, text->len - (gsize) cut);
  return g_string_free_to_bytes (text);
}

static char *
log_events (TwDecoder *decoder)
{
  GString *log = g_string_new (NULL);
  TwEvent *event;

  while ((event = tw_decoder_pop (decoder)) != NULL)
    {
      g_autofree char *json = tw_event_to_json (event);

      g_string_append_printf (log, "%s\n", json);
      tw_event_free (event);
    }
  return g_string_free (log, FALSE);
}

static char *
decode_in_pieces (const cJSON *json, const char *const *headers, GBytes *bytes, gsize piece)
{
  gint64 status = 200;
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  g_autoptr (TwDecoder) decoder = NULL;
  g_autofree char *events = NULL, *usage = NULL;
  const TwReplyState *state;

  tw_json_integer (json, "status", &status);
  decoder = tw_decoder_new (tw_codec_find (tw_json_string (json, "dialect"), NULL),
                            tw_json_string (json, "provider"), TRUE, (guint) status, headers);
  for (gsize i = 0; i < size; i += piece)
    g_assert_true (tw_decoder_push (decoder, data + i, MIN (piece, size - i), NULL));
  tw_decoder_end (decoder);
  events = log_events (decoder);
  state = tw_decoder_get_state (decoder);
  usage = tw_usage_to_json (state->usage);
  return g_strdup_printf ("%s%d %d %s %s", events, state->complete, state->finish, usage,
                          state->error != NULL ? state->error->message : "");
}

/* The log is one event on a line, and then the state. */
static void
check_events (const char *name, const cJSON *events, const char *log)
{
  g_autoptr (GString) expected = g_string_new (NULL);
  const cJSON *event;

  cJSON_ArrayForEach (event, events)
  {
    g_autofree char *line = tw_json_print (event);

    g_string_append_printf (expected, "%s\n", line);
  }
  if (!g_str_has_prefix (log, expected->str) || log[expected->len] == '{')
    g_error ("%s: the events are\n%s\nexpected\n%s", name, log, expected->str);
}

static void
check_reply (const char *name, const cJSON *json)
{
  static const gsize pieces[] = { 1, 7, 1024 };
  g_autoptr (GBytes) bytes = read_reply (json);
  g_auto (GStrv) headers = read_strings (tw_json_array (json, "headers"));
  const char *const *lines = (const char *const *) headers;
  g_autofree char *text = NULL, *whole = NULL;
  g_autoptr (cJSON) got = NULL;
  g_autoptr (GError) error = NULL;
  gint64 status = 200;

  tw_json_integer (json, "status", &status);
  text = tw_wire_decode (tw_json_string (json, "dialect"), tw_json_string (json, "provider"), TRUE,
                         (guint) status, lines, bytes, &error);
  g_assert_no_error (error);
  got = cJSON_Parse (text);
  check_value (name, "reply", tw_json_object (json, "expected"), got);
  whole = decode_in_pieces (json, lines, bytes, g_bytes_get_size (bytes));
  if (tw_json_array (json, "events") != NULL)
    check_events (name, tw_json_array (json, "events"), whole);
  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++)
    {
      g_autofree char *split = decode_in_pieces (json, lines, bytes, pieces[i]);

      g_assert_cmpstr (split, ==, whole);
    }
}

/* The exact text of the call, key order and all: providers cache by prefix. */
static void
check_request (const char *name, const cJSON *json)
{
  g_autofree char *request_text = tw_json_print (tw_json_object (json, "request"));
  g_autoptr (GError) error = NULL;
  g_autoptr (TwRequest) request = tw_request_new_from_json (request_text, &error);
  const char *refusal = tw_json_string (json, "refused");
  g_autofree char *text = NULL, *expected = NULL;
  gboolean stream = TRUE;

  g_assert_no_error (error);
  if (tw_json_boolean (json, "stream", &stream))
    tw_request_set_stream (request, stream);
  text = tw_wire_encode (tw_json_string (json, "dialect"), NULL, request, &error);
  if (refusal != NULL)
    {
      g_assert_null (text);
      if (strstr (error->message, refusal) == NULL)
        g_error ("%s: refused with “%s”", name, error->message);
      return;
    }
  g_assert_no_error (error);
  expected = tw_json_print (tw_json_object (json, "call"));
  if (g_strcmp0 (text, expected) != 0)
    g_error ("%s: the call is\n%s\nexpected\n%s", name, text, expected);
}

static void
test_case (gconstpointer data)
{
  const char *path = data;
  g_autofree char *text = NULL;
  g_autoptr (cJSON) json = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  json = cJSON_Parse (text);
  if (json == NULL)
    g_error ("%s is not JSON", path);
  if (tw_json_object (json, "request") != NULL)
    check_request (path, json);
  else
    check_reply (path, json);
}

static guint
add_cases (const char *dialect)
{
  g_autofree char *folder
      = g_build_filename (g_getenv ("TOKENWISE_SOURCE"), "tests", "cases", dialect, NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  guint n = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *test = g_strdup_printf ("/wire/cases/%s/%s", dialect, name);

      if (!g_str_has_suffix (name, ".json"))
        continue;
      g_test_add_data_func_full (test, g_build_filename (folder, name, NULL), test_case, g_free);
      n++;
    }
  return n;
}

int
main (int argc, char **argv)
{
  const char *const *dialects = tw_codec_list ();

  g_test_init (&argc, &argv, NULL);
  g_assert_nonnull (g_getenv ("TOKENWISE_SOURCE"));
  for (guint i = 0; dialects[i] != NULL; i++)
    g_assert_cmpuint (add_cases (dialects[i]), >=, 12);
  return g_test_run ();
}
