/* SPDX-License-Identifier: MIT */
#include "libtokenwise/net/tw-sandbox-private.h"

#include <string.h>

/* Converse and ConverseStream, as in AWS's published SDK. A stream is binary: frames of
 * big-endian lengths, headers, a payload of JSON and two checksums
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/RESTSelectObjectAppendix.html). */

#define CRC_POLYNOMIAL 0xedb88320u
#define STRING_HEADER 7
#define FRAME_OVERHEAD 16

static guint32
checksum (const guint8 *bytes, gsize length)
{
  guint32 crc = 0xffffffffu;

  for (gsize i = 0; i < length; i++)
    {
      crc ^= bytes[i];
      for (guint bit = 0; bit < 8; bit++)
        crc = (crc >> 1) ^ ((crc & 1) != 0 ? CRC_POLYNOMIAL : 0);
    }
  return ~crc;
}

static void
append_u32 (GByteArray *bytes, guint32 value)
{
  guint32 wire = GUINT32_TO_BE (value);

  g_byte_array_append (bytes, (const guint8 *) &wire, sizeof wire);
}

static void
append_header (GByteArray *bytes, const char *name, const char *value)
{
  guint8 name_length = (guint8) strlen (name);
  guint8 type = STRING_HEADER;
  guint16 length = GUINT16_TO_BE ((guint16) strlen (value));

  g_byte_array_append (bytes, &name_length, 1);
  g_byte_array_append (bytes, (const guint8 *) name, name_length);
  g_byte_array_append (bytes, &type, 1);
  g_byte_array_append (bytes, (const guint8 *) &length, sizeof length);
  g_byte_array_append (bytes, (const guint8 *) value, (guint) strlen (value));
}

/* kind is "event" or "exception". */
static void
add_frame (
    TwSandboxScript *script, double due, const char *kind, const char *type, cJSON *take_json)
{
  g_autoptr (cJSON) json = take_json;
  g_autofree char *payload = tw_json_print (json);
  g_autofree char *type_header = g_strdup_printf (":%s-type", kind);
  g_autoptr (GByteArray) headers = g_byte_array_new ();
  GByteArray *frame = g_byte_array_new ();

  append_header (headers, type_header, type);
  append_header (headers, ":content-type", "application/json");
  append_header (headers, ":message-type", kind);
  append_u32 (frame, FRAME_OVERHEAD + headers->len + (guint32) strlen (payload));
  append_u32 (frame, headers->len);
  append_u32 (frame, checksum (frame->data, frame->len));
  g_byte_array_append (frame, headers->data, headers->len);
  g_byte_array_append (frame, (const guint8 *) payload, (guint) strlen (payload));
  append_u32 (frame, checksum (frame->data, frame->len));
  tw_sandbox_script_add_bytes (script, due, frame);
}

static void
add_cache_detail (cJSON *details, const char *ttl, gint64 tokens)
{
  cJSON *detail;

  if (tokens == 0)
    return;
  detail = cJSON_CreateObject ();
  tw_json_add_string (detail, "ttl", ttl);
  tw_json_add_integer (detail, "inputTokens", tokens);
  cJSON_AddItemToArray (details, detail);
}

static void
add_usage (cJSON *json, const TwSandboxAnswer *answer)
{
  const TwSandboxCached *cached = &answer->cached;
  gint64 written = cached->written_5m + cached->written_1h;
  cJSON *usage = cJSON_AddObjectToObject (json, "usage");
  cJSON *metrics = cJSON_AddObjectToObject (json, "metrics");

  tw_json_add_integer (usage, "inputTokens", answer->prompt->tokens - cached->read - written);
  tw_json_add_integer (usage, "outputTokens", answer->tokens);
  tw_json_add_integer (usage, "totalTokens", answer->prompt->tokens + answer->tokens);
  tw_json_add_integer (usage, "cacheReadInputTokens", cached->read);
  tw_json_add_integer (usage, "cacheWriteInputTokens", written);
  if (written > 0)
    {
      cJSON *details = cJSON_AddArrayToObject (usage, "cacheDetails");

      add_cache_detail (details, "5m", cached->written_5m);
      add_cache_detail (details, "1h", cached->written_1h);
    }
  tw_json_add_integer (metrics, "latencyMs", answer->tokens * 12);
}

static const char *
get_finish (const TwSandboxAnswer *answer)
{
  return answer->cut ? "max_tokens" : "end_turn";
}

static void
write_whole (const TwSandboxAnswer *answer, TwSandboxScript *script)
{
  cJSON *json = cJSON_CreateObject ();
  cJSON *message = cJSON_AddObjectToObject (cJSON_AddObjectToObject (json, "output"), "message");
  cJSON *block = cJSON_CreateObject ();

  tw_json_add_string (message, "role", "assistant");
  tw_json_add_string (block, "text", answer->text);
  cJSON_AddItemToArray (cJSON_AddArrayToObject (message, "content"), block);
  tw_json_add_string (json, "stopReason", get_finish (answer));
  add_usage (json, answer);
  tw_sandbox_script_add_json (script, 1.0, json);
}

static void
write_piece (const TwSandboxAnswer *answer, TwSandboxScript *script, double due, const char *piece)
{
  cJSON *json = cJSON_CreateObject ();

  tw_json_add_integer (json, "contentBlockIndex", 0);
  tw_json_add_string (cJSON_AddObjectToObject (json, "delta"), "text", piece);
  add_frame (script, due, "event", "contentBlockDelta", json);
}

static void
write_stream (const TwSandboxAnswer *answer, TwSandboxScript *script)
{
  cJSON *start = cJSON_CreateObject ();
  cJSON *block = cJSON_CreateObject ();
  cJSON *stop = cJSON_CreateObject ();
  cJSON *metadata = cJSON_CreateObject ();

  tw_json_add_string (start, "role", "assistant");
  add_frame (script, 0.0, "event", "messageStart", start);
  tw_sandbox_text_write (answer, script, write_piece);
  tw_json_add_integer (block, "contentBlockIndex", 0);
  add_frame (script, 1.0, "event", "contentBlockStop", block);
  tw_json_add_string (stop, "stopReason", get_finish (answer));
  add_frame (script, 1.0, "event", "messageStop", stop);
  add_usage (metadata, answer);
  add_frame (script, 1.0, "event", "metadata", metadata);
}

static const char *
get_error_type (guint status)
{
  static const struct
  {
    guint status;
    const char *type;
  } types[] = {
    { 401, "UnrecognizedClientException" }, { 403, "AccessDeniedException" },
    { 404, "ResourceNotFoundException" },   { 408, "ModelTimeoutException" },
    { 424, "ModelErrorException" },         { 429, "ThrottlingException" },
    { 500, "InternalServerException" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (types[i].status == status)
      return types[i].type;
  return status < 500 ? "ValidationException" : "ServiceUnavailableException";
}

static cJSON *
make_error (guint status, const char *message)
{
  cJSON *json = cJSON_CreateObject ();

  tw_json_add_string (json, "message", message);
  return json;
}

static void
write_break (const TwSandboxAnswer *answer, TwSandboxScript *script, const char *message)
{
  add_frame (script, 0.5, "exception", "internalServerException", make_error (500, message));
}

const TwSandboxDialect tw_sandbox_bedrock = {
  .path = "/converse",
  .stream_path = "/converse-stream",
  .model_mark = "/model/",
  .messages_key = "messages",
  .max_tokens_parent = "inferenceConfig",
  .max_tokens_keys = { "maxTokens", NULL },
  .caching = TW_SANDBOX_CACHE_MARKS,
  .stream_type = "Content-Type: application/vnd.amazon.eventstream",
  .write_whole = write_whole,
  .write_stream = write_stream,
  .write_break = write_break,
  .make_error = make_error,
  .get_error_type = get_error_type,
};
