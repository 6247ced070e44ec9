/* SPDX-License-Identifier: MIT */
#include "libtokenwise/wire/tw-encode-private.h"
#include "libtokenwise/wire/tw-gemini-private.h"

#include <math.h>
#include <string.h>

/* Requests of generateContent (https://ai.google.dev/api/generate-content). Vertex takes the same
 * body (https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference). */

#define MAX_STOPS 5
#define MAX_TEMPERATURE 2

static gboolean
unsupported (GError **error, const char *what)
{
  return tw_encode_unsupported (error, TW_GEMINI_DIALECT, what);
}

TwGeminiFamily
tw_gemini_family (const char *model)
{
  static const char *const before_thinking[] = { "gemini-1.", "gemini-2.0", "gemma" };

  if (model == NULL)
    return TW_GEMINI_LEVEL;
  for (guint i = 0; i < G_N_ELEMENTS (before_thinking); i++)
    if (strstr (model, before_thinking[i]) != NULL)
      return TW_GEMINI_BEFORE_THINKING;
  return strstr (model, "gemini-2.5") != NULL ? TW_GEMINI_BUDGET : TW_GEMINI_LEVEL;
}

/* ---- tools ---- */

static void
add_tools (cJSON *body, TwRequest *request)
{
  cJSON *tools, *declarations;

  if (request->tools->len == 0)
    return;
  tools = cJSON_CreateObject ();
  declarations = cJSON_AddArrayToObject (tools, "functionDeclarations");
  cJSON_AddItemToArray (cJSON_AddArrayToObject (body, "tools"), tools);
  for (guint i = 0; i < request->tools->len; i++)
    {
      const TwTool *tool = g_ptr_array_index (request->tools, i);
      cJSON *json = cJSON_CreateObject ();

      cJSON_AddItemToArray (declarations, json);
      cJSON_AddStringToObject (json, "name", tool->name);
      if (tool->description != NULL)
        cJSON_AddStringToObject (json, "description", tool->description);
      /* "parameters" takes a subset of OpenAPI's schemas only, this all of JSON Schema. */
      if (tool->parameters != NULL)
        cJSON_AddItemToObject (json, "parametersJsonSchema",
                               cJSON_Duplicate (tool->parameters, TRUE));
    }
}

static void
add_tool_choice (cJSON *body, TwRequest *request)
{
  const char *choice = request->tool_choice;
  const char *mode = "ANY";
  cJSON *json;

  if (choice == NULL || request->tools->len == 0)
    return;
  if (g_str_equal (choice, "auto"))
    mode = "AUTO";
  else if (g_str_equal (choice, "none"))
    mode = "NONE";
  json = cJSON_AddObjectToObject (cJSON_AddObjectToObject (body, "toolConfig"),
                                  "functionCallingConfig");
  cJSON_AddStringToObject (json, "mode", mode);
  if (g_str_equal (mode, "ANY") && !g_str_equal (choice, "required"))
    cJSON_AddItemToObject (json, "allowedFunctionNames", cJSON_CreateStringArray (&choice, 1));
}

/* ---- thinking ---- */

/* The budgets that Google's own OpenAI-compatible endpoint takes the efforts for
 * (https://ai.google.dev/gemini-api/docs/openai#thinking). */
static gboolean
add_budget (cJSON *thinking, const TwGeminiTarget *target, const char *effort, GError **error)
{
  static const struct
  {
    const char *effort;
    gint64 tokens;
  } budgets[] = {
    { "none", 0 }, { "minimal", 1024 }, { "low", 1024 }, { "medium", 8192 }, { "high", 24576 }
  };

  if (g_str_equal (effort, "none") && strstr (target->model, "-pro") != NULL)
    return unsupported (error, "no reasoning for Gemini 2.5 Pro, which always reasons");
  for (guint i = 0; i < G_N_ELEMENTS (budgets); i++)
    if (g_str_equal (effort, budgets[i].effort))
      {
        tw_json_add_integer (thinking, "thinkingBudget", budgets[i].tokens);
        return TRUE;
      }
  return unsupported (error, "a reasoning effort but none, minimal, low, medium and high");
}

static gboolean
add_level (cJSON *thinking, const TwGeminiTarget *target, const char *effort, GError **error)
{
  static const char *const levels[] = { "minimal", "low", "medium", "high", NULL };
  g_autofree char *level = NULL;

  if (g_str_equal (effort, "none"))
    return unsupported (error, "no reasoning for Gemini 3 and later, which always reason");
  if (!g_strv_contains (levels, effort))
    return unsupported (error, "a reasoning effort but minimal, low, medium and high");
  if (g_str_equal (effort, "minimal") && strstr (target->model, "-pro") != NULL)
    return unsupported (error, "minimal reasoning for a Pro model");
  level = g_ascii_strup (effort, -1);
  cJSON_AddStringToObject (thinking, "thinkingLevel", level);
  return TRUE;
}

static gboolean
add_thinking (cJSON *config, const TwGeminiTarget *target, GError **error)
{
  const char *effort = target->request->reasoning_effort;
  gboolean is_none = g_strcmp0 (effort, "none") == 0;
  cJSON *thinking;

  if (effort == NULL || (is_none && target->family == TW_GEMINI_BEFORE_THINKING))
    return TRUE;
  if (target->family == TW_GEMINI_BEFORE_THINKING)
    return unsupported (error, "a reasoning effort for a model that does not reason");
  thinking = cJSON_AddObjectToObject (config, "thinkingConfig");
  if (!(target->family == TW_GEMINI_BUDGET ? add_budget : add_level) (thinking, target, effort,
                                                                      error))
    return FALSE;
  /* The summaries cost nothing beyond the thoughts, which are billed either way. */
  if (!is_none)
    cJSON_AddTrueToObject (thinking, "includeThoughts");
  return TRUE;
}

/* ---- options ---- */

static gboolean
add_schema (cJSON *config, const TwGeminiTarget *target, GError **error)
{
  TwRequest *request = target->request;

  if (request->schema == NULL)
    return TRUE;
  if (request->tools->len > 0 && target->family != TW_GEMINI_LEVEL)
    return unsupported (error, "tools and a response format at once before Gemini 3");
  cJSON_AddStringToObject (config, "responseMimeType", "application/json");
  cJSON_AddItemToObject (config, "responseJsonSchema", cJSON_Duplicate (request->schema, TRUE));
  return TRUE;
}

static gboolean
add_config (cJSON *body, const TwGeminiTarget *target, gint64 max_output_tokens, GError **error)
{
  TwRequest *request = target->request;
  cJSON *config = cJSON_AddObjectToObject (body, "generationConfig");

  tw_json_add_integer (config, "maxOutputTokens", max_output_tokens);
  if (!isnan (request->temperature))
    {
      if (request->temperature > MAX_TEMPERATURE)
        return unsupported (error, "a temperature above 2");
      tw_encode_add_number (config, "temperature", request->temperature);
    }
  if (request->stop != NULL)
    {
      if (g_strv_length (request->stop) > MAX_STOPS)
        return unsupported (error, "more than five stop sequences");
      cJSON_AddItemToObject (config, "stopSequences",
                             cJSON_CreateStringArray ((const char *const *) request->stop,
                                                      (int) g_strv_length (request->stop)));
    }
  return add_schema (config, target, error) && add_thinking (config, target, error);
}

/* (nullable): the tier as Google calls it; NULL for what it takes anyway. */
static gboolean
read_tier (const char *asked, const char **ret_tier, GError **error)
{
  static const char *const tiers[] = { "standard", "flex", "priority", NULL };

  *ret_tier = NULL;
  if (asked == NULL || g_str_equal (asked, "auto"))
    return TRUE;
  *ret_tier = g_str_equal (asked, "default") ? "standard" : asked;
  return g_strv_contains (tiers, *ret_tier)
         || unsupported (error, "a service tier but auto, standard, flex and priority");
}

static int
compare_strings (gconstpointer a, gconstpointer b)
{
  return strcmp (a, b);
}

static gboolean
add_labels (cJSON *body, const TwGeminiTarget *target, GError **error)
{
  GHashTable *metadata = target->request->metadata;
  g_autoptr (GList) keys = NULL;
  cJSON *labels;

  if (metadata == NULL || g_hash_table_size (metadata) == 0)
    return TRUE;
  if (!target->is_vertex)
    return unsupported (error, "metadata (only Vertex keeps it, as labels)");
  keys = g_list_sort (g_hash_table_get_keys (metadata), compare_strings);
  labels = cJSON_AddObjectToObject (body, "labels");
  for (GList *l = keys; l != NULL; l = l->next)
    cJSON_AddStringToObject (labels, l->data, g_hash_table_lookup (metadata, l->data));
  return TRUE;
}

static gboolean
check_cache (TwRequest *request, GError **error)
{
  if (request->cache_key != NULL)
    return unsupported (error, "a cache key");
  if (request->cache_system != NULL || request->cache_tools != NULL)
    return unsupported (error, "a cache breakpoint (its caches are implicit)");
  return TRUE;
}

/* A model's id may come from anywhere: what is no letter, digit, "-", ".", "_" or "~" is escaped.
 */
static char *
build_path (const char *model, gboolean stream)
{
  static const char prefix[] = "models/";
  g_autofree char *escaped = NULL;

  if (g_str_has_prefix (model, prefix))
    model += strlen (prefix);
  escaped = g_uri_escape_string (model, NULL, FALSE);
  return g_strconcat ("/models/", escaped,
                      stream ? ":streamGenerateContent?alt=sse" : ":generateContent", NULL);
}

TwWireCall *
tw_gemini_encode (TwRequest *request, const TwWireTarget *target, GError **error)
{
  g_autoptr (cJSON) body = cJSON_CreateObject ();
  g_autofree char *path = NULL;
  const char *tier;
  TwGeminiTarget to = { .request = request, .model = target->model };
  TwWireCall *call;

  if (!tw_encode_check (request, target, error) || !check_cache (request, error)
      || !tw_encode_check_not_strict (request, TW_GEMINI_DIALECT, error)
      || !read_tier (request->service_tier, &tier, error))
    return NULL;
  to.family = tw_gemini_family (target->model);
  to.is_vertex = target->provider != NULL && strstr (target->provider, "vertex") != NULL;
  add_tools (body, request);
  add_tool_choice (body, request);
  if (!tw_gemini_add_messages (body, &to, error)
      || !add_config (body, &to, target->max_output_tokens, error)
      || !add_labels (body, &to, error))
    return NULL;
  if (tier != NULL && !to.is_vertex)
    cJSON_AddStringToObject (body, "serviceTier", tier);
  path = build_path (target->model, target->stream);
  call = tw_wire_call_new ("POST", path, tw_json_print (body));
  tw_wire_call_add_header (call, "Content-Type", "application/json");
  /* https://cloud.google.com/vertex-ai/generative-ai/docs/flex-paygo */
  if (tier != NULL && to.is_vertex && !g_str_equal (tier, "standard"))
    tw_wire_call_add_header (call, "X-Vertex-AI-LLM-Shared-Request-Type", tier);
  return call;
}
