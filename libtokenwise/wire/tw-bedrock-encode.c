/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/wire/tw-anthropic-private.h"
#include "libtokenwise/wire/tw-bedrock-private.h"
#include "libtokenwise/wire/tw-encode-private.h"

#include <math.h>
#include <string.h>

#define DIALECT TW_BEDROCK_DIALECT

/* https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html */
#define MAX_METADATA_ITEMS 16
#define MAX_METADATA_BYTES 256

/* ---- tools and system ---- */

static void
add_tool (cJSON *tools, const TwTool *tool)
{
  cJSON *json = cJSON_CreateObject ();
  cJSON *spec = cJSON_AddObjectToObject (json, "toolSpec");
  cJSON *schema;

  cJSON_AddItemToArray (tools, json);
  cJSON_AddStringToObject (spec, "name", tool->name);
  /* An empty description is refused. */
  if (tool->description != NULL && *tool->description != '\0')
    cJSON_AddStringToObject (spec, "description", tool->description);
  schema = cJSON_AddObjectToObject (spec, "inputSchema");
  if (tool->parameters != NULL)
    cJSON_AddItemToObject (schema, "json", cJSON_Duplicate (tool->parameters, TRUE));
  else
    cJSON_AddStringToObject (cJSON_AddObjectToObject (schema, "json"), "type", "object");
}

static gboolean
add_tool_choice (cJSON *config, const char *choice, GError **error)
{
  cJSON *json;

  if (choice == NULL)
    return TRUE;
  if (g_str_equal (choice, "none"))
    return tw_encode_unsupported (error, DIALECT, "the tool choice “none” beside tools");
  json = cJSON_AddObjectToObject (config, "toolChoice");
  if (g_str_equal (choice, "auto"))
    cJSON_AddObjectToObject (json, "auto");
  else if (g_str_equal (choice, "required"))
    cJSON_AddObjectToObject (json, "any");
  else
    cJSON_AddStringToObject (cJSON_AddObjectToObject (json, "tool"), "name", choice);
  return TRUE;
}

static gboolean
add_tools (cJSON *body, TwRequest *request, GError **error)
{
  cJSON *config, *tools;

  if (request->tools->len == 0)
    return TRUE;
  config = cJSON_AddObjectToObject (body, "toolConfig");
  tools = cJSON_AddArrayToObject (config, "tools");
  for (guint i = 0; i < request->tools->len; i++)
    add_tool (tools, g_ptr_array_index (request->tools, i));
  return tw_bedrock_add_cache_point (tools, request->cache_tools, error)
         && add_tool_choice (config, request->tool_choice, error);
}

/* Instructions have a list of their own here. */
static gboolean
add_system (cJSON *body, TwRequest *request, GError **error)
{
  cJSON *system;

  if (request->system == NULL || *request->system == '\0')
    return TRUE;
  system = cJSON_AddArrayToObject (body, "system");
  tw_bedrock_add_text (system, request->system);
  return tw_bedrock_add_cache_point (system, request->cache_system, error);
}

/* ---- options ---- */

static gboolean
add_inference (cJSON *body, TwRequest *request, const TwWireTarget *target, GError **error)
{
  cJSON *config = cJSON_AddObjectToObject (body, "inferenceConfig");

  tw_json_add_integer (config, "maxTokens", target->max_output_tokens);
  if (!isnan (request->temperature))
    {
      if (request->temperature > 1)
        return tw_encode_unsupported (error, DIALECT, "a temperature above 1");
      if ((tw_anthropic_model_ways (target->model) & TW_ANTHROPIC_NO_SAMPLING) != 0)
        return tw_encode_unsupported (error, DIALECT,
                                      "a temperature for this model, which has none");
      tw_encode_add_number (config, "temperature", request->temperature);
    }
  if (request->stop != NULL)
    cJSON_AddItemToObject (config, "stopSequences",
                           cJSON_CreateStringArray ((const char *const *) request->stop,
                                                    (int) g_strv_length (request->stop)));
  return TRUE;
}

/* The schema goes as text. */
static void
add_text_format (cJSON *config, TwRequest *request)
{
  g_autofree char *text = tw_json_print (request->schema);
  cJSON *format = cJSON_AddObjectToObject (config, "textFormat");
  cJSON *schema;

  cJSON_AddStringToObject (format, "type", "json_schema");
  schema = cJSON_AddObjectToObject (cJSON_AddObjectToObject (format, "structure"), "jsonSchema");
  cJSON_AddStringToObject (schema, "schema", text);
  if (request->schema_name != NULL)
    cJSON_AddStringToObject (schema, "name", request->schema_name);
}

static gboolean
add_output (cJSON *body, TwRequest *request, const TwWireTarget *target, GError **error)
{
  g_autoptr (cJSON) config = cJSON_CreateObject ();

  if (!tw_bedrock_add_effort (body, config, request, target, error))
    return FALSE;
  if (request->schema != NULL)
    add_text_format (config, request);
  if (config->child != NULL)
    cJSON_AddItemToObject (body, "outputConfig", g_steal_pointer (&config));
  return TRUE;
}

static gboolean
add_service_tier (cJSON *body, const char *tier, GError **error)
{
  static const char *const tiers[] = { "default", "flex", "priority", "reserved", NULL };

  /* Nothing is what leaves the choice to the service. */
  if (tier == NULL || g_str_equal (tier, "auto"))
    return TRUE;
  if (g_str_equal (tier, "standard"))
    tier = "default";
  if (!g_strv_contains (tiers, tier))
    return tw_encode_unsupported (error, DIALECT,
                                  "a service tier but auto, standard, flex, priority and reserved");
  cJSON_AddStringToObject (cJSON_AddObjectToObject (body, "serviceTier"), "type", tier);
  return TRUE;
}

static gboolean
add_metadata (cJSON *body, GHashTable *metadata, GError **error)
{
  g_autoptr (GList) names = metadata != NULL ? g_hash_table_get_keys (metadata) : NULL;
  cJSON *json;

  if (names == NULL)
    return TRUE;
  if (g_hash_table_size (metadata) > MAX_METADATA_ITEMS)
    return tw_encode_unsupported (error, DIALECT, "more than 16 items of metadata");
  names = g_list_sort (names, (GCompareFunc) strcmp);
  json = cJSON_AddObjectToObject (body, "requestMetadata");
  for (GList *l = names; l != NULL; l = l->next)
    {
      const char *value = g_hash_table_lookup (metadata, l->data);

      if (*(const char *) l->data == '\0' || strlen (l->data) > MAX_METADATA_BYTES
          || strlen (value) > MAX_METADATA_BYTES)
        return tw_encode_unsupported (error, DIALECT,
                                      "metadata without a name, or longer than 256 bytes");
      cJSON_AddStringToObject (json, l->data, value);
    }
  return TRUE;
}

/* ---- the call ---- */

/* An id is one segment, however many slashes and colons it has. Dots alone would be taken for a
 * step up the path. */
static char *
make_path (const TwWireTarget *target, GError **error)
{
  g_autofree char *id = g_uri_escape_string (target->model, NULL, FALSE);

  if (id[strspn (id, ".")] != '\0')
    return g_strconcat ("/model/", id, target->stream ? "/converse-stream" : "/converse", NULL);
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
               "“%.60s” is not a model id; name one such as us.amazon.nova-2-lite-v1:0.",
               target->model);
  return NULL;
}

static gboolean
fill_body (cJSON *body, TwRequest *request, const TwWireTarget *target, GError **error)
{
  if (request->cache_key != NULL)
    return tw_encode_unsupported (error, DIALECT, "a prompt cache key");
  /* A cache point covers tools, system and messages, in this order. */
  return tw_encode_check_not_strict (request, DIALECT, error) && add_tools (body, request, error)
         && add_system (body, request, error) && tw_bedrock_add_messages (body, request, error)
         && add_inference (body, request, target, error)
         && add_output (body, request, target, error)
         && add_service_tier (body, request->service_tier, error)
         && add_metadata (body, request->metadata, error);
}

TwWireCall *
tw_bedrock_encode (TwRequest *request, const TwWireTarget *target, GError **error)
{
  g_autoptr (cJSON) body = cJSON_CreateObject ();
  g_autofree char *path = NULL;
  TwWireCall *call;

  if (!tw_encode_check (request, target, error))
    return NULL;
  path = make_path (target, error);
  if (path == NULL || !fill_body (body, request, target, error))
    return NULL;
  call = tw_wire_call_new ("POST", path, tw_json_print (body));
  tw_wire_call_add_header (call, "Content-Type", "application/json");
  return call;
}
