/* SPDX-License-Identifier: MIT */
#include "libtokenwise/wire/tw-codec-private.h"
#include "libtokenwise/wire/tw-wire.h"

#include <math.h>
#include <string.h>

/* The decoder over recorded replies of real providers, where they are at hand
 * ($TOKENWISE_SHARED/data/wire-samples); each whole and in pieces. */

static const struct
{
  const char *api;
  const char *dialect;
} apis[] = {
  { "openai_chat", "openai-chat" },
  { "openai_responses", "openai-responses" },
  { "anthropic", "anthropic" },
  { "bedrock_converse", "bedrock-converse" },
  { "bedrock_converse_stream", "bedrock-converse" },
  { "bedrock_invoke_with_response_stream", "bedrock-converse" },
  { "bedrock_invoke", "anthropic" },
  { "gemini", "gemini" },
  { "cohere", "cohere" },
  { "ollama", "ollama" },
};

static const char *
find_dialect (const cJSON *sample)
{
  for (guint i = 0; i < G_N_ELEMENTS (apis); i++)
    if (g_strcmp0 (tw_json_string (sample, "api"), apis[i].api) == 0)
      return apis[i].dialect;
  return NULL;
}

static char *
build_path (const char *name)
{
  const char *shared = g_getenv ("TOKENWISE_SHARED");

  return g_build_filename (shared ?: "/nonexistent", "data", "wire-samples", name, NULL);
}

static cJSON *
load_manifest (void)
{
  g_autofree char *path = build_path ("manifest.json");
  g_autofree char *text = NULL;
  gsize length;

  if (!g_file_get_contents (path, &text, &length, NULL))
    return NULL;
  return cJSON_ParseWithLength (text, length);
}

static GStrv
read_headers (const cJSON *sample)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  const cJSON *header;

  cJSON_ArrayForEach (header, tw_json_object (sample, "headers"))
  {
    g_autofree char *line
        = g_strdup_printf ("%s: %s", header->string, cJSON_GetStringValue (header) ?: "");

    g_strv_builder_add (builder, line);
  }
  return g_strv_builder_end (builder);
}

static guint
read_status (const cJSON *sample)
{
  gint64 status = 0;

  g_assert_true (tw_json_integer (sample, "status", &status));
  return (guint) status;
}

static void
check_cost (const char *id, const cJSON *expected, const cJSON *usage)
{
  const cJSON *cost = cJSON_GetObjectItemCaseSensitive (expected, "provider_cost");
  const char *text = tw_json_string (usage, "provider_cost");

  if (!cJSON_IsNumber (cost))
    {
      if (text != NULL)
        g_error ("%s: a cost that the provider did not give: %s", id, text);
      return;
    }
  if (text == NULL || fabs (g_ascii_strtod (text, NULL) - cost->valuedouble) > 1e-15)
    g_error ("%s: provider_cost is %s, expected %.17g", id, text, cost->valuedouble);
}

/* Fees are left out of a usage block when there are none. */
static double
read_count (const cJSON *usage, const char *key)
{
  gboolean is_fee = g_str_equal (key, "billed_search_units");
  const cJSON *got = cJSON_GetObjectItemCaseSensitive (usage, is_fee ? "rerank_search" : key);

  if (cJSON_IsNumber (got))
    return got->valuedouble;
  return is_fee && got == NULL ? 0 : NAN;
}

static void
check_usage (const char *id, const cJSON *expected, const cJSON *usage)
{
  const cJSON *item;

  if (!cJSON_IsObject (expected))
    {
      g_assert_true (cJSON_IsNull (usage));
      return;
    }
  cJSON_ArrayForEach (item, expected)
  {
    const cJSON *got = cJSON_GetObjectItemCaseSensitive (usage, item->string);

    if (cJSON_IsNumber (item) && strcmp (item->string, "provider_cost") != 0
        && read_count (usage, item->string) != item->valuedouble)
      g_error ("%s: %s is %g, expected %g", id, item->string, read_count (usage, item->string),
               item->valuedouble);
    if (cJSON_IsArray (item) && cJSON_GetArraySize (got) != cJSON_GetArraySize (item))
      g_error ("%s: %s has another length", id, item->string);
  }
  check_cost (id, expected, usage);
}

static void
check_reply (const cJSON *sample, const cJSON *reply)
{
  const char *id = tw_json_string (sample, "id");
  gboolean complete = FALSE;
  gboolean refused = read_status (sample) != 200;

  g_assert_true (tw_json_boolean (reply, "complete", &complete));
  if (complete == refused)
    g_error ("%s: complete is %d", id, complete);
  if ((tw_json_object (reply, "error") != NULL) != refused)
    g_error ("%s: error is not as the status says", id);
  check_usage (id, cJSON_GetObjectItemCaseSensitive (sample, "expected"),
               cJSON_GetObjectItemCaseSensitive (reply, "usage"));
}

static void
append_event (GString *text, const TwEvent *event)
{
  g_autofree char *json = tw_event_to_json (event);

  if (event->kind == TW_EVENT_TEXT || event->kind == TW_EVENT_REASONING)
    g_string_append (text, event->text);
  else
    g_string_append (text, json);
}

/* All that came out, as one text. */
static char *
decode_in_pieces (const cJSON *sample, const char *dialect, GBytes *bytes, gsize piece)
{
  g_auto (GStrv) headers = read_headers (sample);
  g_autoptr (TwDecoder) decoder
      = tw_decoder_new (tw_codec_find (dialect, NULL), tw_json_string (sample, "provider"), TRUE,
                        read_status (sample), (const char *const *) headers);
  GString *text = g_string_new (NULL);
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  g_autofree char *usage = NULL;
  TwEvent *event;

  for (gsize i = 0; i < size; i += piece)
    g_assert_true (tw_decoder_push (decoder, data + i, MIN (piece, size - i), NULL));
  tw_decoder_end (decoder);
  while ((event = tw_decoder_pop (decoder)) != NULL)
    {
      append_event (text, event);
      tw_event_free (event);
    }
  usage = tw_usage_to_json (tw_decoder_get_state (decoder)->usage);
  g_string_append_printf (text, "%d %d %s", tw_decoder_get_state (decoder)->complete,
                          tw_decoder_get_state (decoder)->finish, usage);
  return g_string_free (text, FALSE);
}

static void
check_splits (const cJSON *sample, const char *dialect, GBytes *bytes)
{
  static const gsize pieces[] = { 1, 7, 1024 };
  g_autofree char *whole = decode_in_pieces (sample, dialect, bytes, G_MAXSIZE / 2);

  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++)
    {
      g_autofree char *split = decode_in_pieces (sample, dialect, bytes, pieces[i]);

      g_assert_cmpstr (split, ==, whole);
    }
}

static void
check_sample (const cJSON *sample, const char *dialect)
{
  g_autofree char *path = build_path (tw_json_string (sample, "file"));
  g_auto (GStrv) headers = read_headers (sample);
  g_autofree char *text = NULL, *contents = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (cJSON) reply = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
  bytes = g_bytes_new_take (g_steal_pointer (&contents), length);
  text = tw_wire_decode (dialect, tw_json_string (sample, "provider"),
                         g_strcmp0 (tw_json_string (sample, "framing"), "json") != 0,
                         read_status (sample), (const char *const *) headers, bytes, &error);
  g_assert_no_error (error);
  reply = cJSON_Parse (text);
  check_reply (sample, reply);
  check_splits (sample, dialect, bytes);
}

static void
test_samples (void)
{
  g_autoptr (cJSON) manifest = load_manifest ();
  const cJSON *sample;
  guint n = 0;

  if (manifest == NULL)
    {
      g_test_skip ("no recorded replies in $TOKENWISE_SHARED/data/wire-samples");
      return;
    }
  cJSON_ArrayForEach (sample, manifest)
  {
    const char *dialect = find_dialect (sample);

    if (dialect == NULL)
      continue;
    check_sample (sample, dialect);
    n++;
  }
  g_test_message ("%u samples decoded as their manifest says", n);
  g_assert_cmpuint (n, >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/samples", test_samples);
  return g_test_run ();
}
