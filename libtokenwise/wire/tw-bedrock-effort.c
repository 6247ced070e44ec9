/* SPDX-License-Identifier: MIT */
#include "libtokenwise/wire/tw-anthropic-private.h"
#include "libtokenwise/wire/tw-bedrock-private.h"
#include "libtokenwise/wire/tw-encode-private.h"

#include <string.h>

#define DIALECT TW_BEDROCK_DIALECT
/* The least that Claude takes. */
#define MIN_BUDGET 1024

/* Effort is a member of the API's own (outputConfig), which models of Amazon and OpenAI do not
 * read: they have fields of theirs, which go through as additionalModelRequestFields. */

static cJSON *
add_own_field (cJSON *body, const char *name)
{
  cJSON *fields = cJSON_AddObjectToObject (body, "additionalModelRequestFields");

  return cJSON_AddObjectToObject (fields, name);
}

/* https://docs.aws.amazon.com/nova/latest/nova2-userguide/extended-thinking.html: with the effort
 * high, no limit on output tokens may be set, and a budget needs one. */
static gboolean
add_nova_effort (cJSON *body, const char *effort, GError **error)
{
  static const char *const efforts[] = { "low", "medium", NULL };
  gboolean off = g_str_equal (effort, "none");
  cJSON *config;

  if (!off && !g_strv_contains (efforts, effort))
    return tw_encode_unsupported (
        error, DIALECT,
        "a reasoning effort but none, low and medium for Amazon Nova, which takes no output limit "
        "with more");
  config = add_own_field (body, "reasoningConfig");
  cJSON_AddStringToObject (config, "type", off ? "disabled" : "enabled");
  if (!off)
    cJSON_AddStringToObject (config, "maxReasoningEffort", effort);
  return TRUE;
}

static gboolean
add_gpt_effort (cJSON *body, const char *effort, GError **error)
{
  static const char *const efforts[] = { "low", "medium", "high", NULL };
  cJSON *fields;

  if (!g_strv_contains (efforts, effort))
    return tw_encode_unsupported (
        error, DIALECT, "a reasoning effort but low, medium and high for OpenAI's open models");
  fields = cJSON_AddObjectToObject (body, "additionalModelRequestFields");
  cJSON_AddStringToObject (fields, "reasoning_effort", effort);
  return TRUE;
}

/* ---- Claude ---- */

static gboolean
is_forced (const char *choice)
{
  return choice != NULL && !g_str_equal (choice, "auto") && !g_str_equal (choice, "none");
}

/* Older models think within a budget of tokens: shares of the cap as in the anthropic dialect. */
static gboolean
add_budget (cJSON *body, TwRequest *request, gint64 cap, GError **error)
{
  static const struct
  {
    const char *effort;
    gint64 percent;
  } shares[] = { { "low", 20 }, { "medium", 50 }, { "high", 80 } };
  gint64 percent = 95;
  cJSON *thinking;

  if (is_forced (request->tool_choice))
    return tw_encode_unsupported (error, DIALECT, "reasoning beside a forced tool choice");
  if (cap <= MIN_BUDGET)
    return tw_encode_unsupported (error, DIALECT, "reasoning within 1,024 output tokens or fewer");
  for (guint i = 0; i < G_N_ELEMENTS (shares); i++)
    if (g_str_equal (request->reasoning_effort, shares[i].effort))
      percent = shares[i].percent;
  thinking = add_own_field (body, "thinking");
  cJSON_AddStringToObject (thinking, "type", "enabled");
  tw_json_add_integer (thinking, "budget_tokens", MAX (MIN_BUDGET, cap / 100 * percent));
  return TRUE;
}

static void
add_thinking (cJSON *body, const char *type)
{
  cJSON_AddStringToObject (add_own_field (body, "thinking"), "type", type);
}

/* ---- any model ---- */

static gboolean
add_common_effort (cJSON *body,
                   cJSON *output_config,
                   TwRequest *request,
                   const TwWireTarget *target,
                   GError **error)
{
  static const char *const efforts[] = { "low", "medium", "high", "xhigh", "max", NULL };
  TwAnthropicWays ways = tw_anthropic_model_ways (target->model);
  const char *effort = request->reasoning_effort;

  if (ways != 0 && g_str_equal (effort, "none"))
    {
      add_thinking (body, "disabled");
      return TRUE;
    }
  if (!g_strv_contains (efforts, effort))
    return tw_encode_unsupported (
        error, DIALECT, "a reasoning effort but low, medium, high, xhigh and max for this model");
  if ((ways & TW_ANTHROPIC_BUDGET) != 0)
    return add_budget (body, request, target->max_output_tokens, error);
  if ((ways & TW_ANTHROPIC_ADAPTIVE) != 0 && !is_forced (request->tool_choice))
    add_thinking (body, "adaptive");
  cJSON_AddStringToObject (output_config, "effort", effort);
  return TRUE;
}

/* Ids are "us.amazon.nova-2-lite-v1:0" or end an ARN. What an application's own profile stands for
 * does not show. */
gboolean
tw_bedrock_add_effort (cJSON *body,
                       cJSON *output_config,
                       TwRequest *request,
                       const TwWireTarget *target,
                       GError **error)
{
  if (request->reasoning_effort == NULL)
    return TRUE;
  if (strstr (target->model, "amazon.nova") != NULL)
    return add_nova_effort (body, request->reasoning_effort, error);
  if (strstr (target->model, "openai.gpt-oss") != NULL)
    return add_gpt_effort (body, request->reasoning_effort, error);
  return add_common_effort (body, output_config, request, target, error);
}
