/* SPDX-License-Identifier: MIT */
#include "libtokenwise/catalog/tw-model-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/catalog/tw-match-private.h"
#include "libtokenwise/catalog/tw-member-private.h"

/**
 * TwModel:
 *
 * A model as one provider serves it: what it can do and what it charges.
 *
 * Immutable, and alive without the catalogue it came from. May be read from
 * several threads.
 *
 * Since: 0.1
 */
G_DEFINE_FINAL_TYPE (TwModel, tw_model, G_TYPE_OBJECT)

static void
tw_model_finalize (GObject *object)
{
  TwModel *self = TW_MODEL (object);

  tw_rate_cards_free (self->cards, self->n_cards);
  tw_adjustments_free (self->adjustments, self->n_adjustments);
  g_clear_pointer (&self->document, tw_document_unref);
  g_free (self->qualified_id);
  cJSON_Delete (self->json);
  G_OBJECT_CLASS (tw_model_parent_class)->finalize (object);
}

static void
tw_model_class_init (TwModelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tw_model_finalize;
}

static void
tw_model_init (TwModel *self)
{
}

static gboolean
read_limits (gpointer target, const cJSON *item, GError **error)
{
  static const char *const allowed[] = { "context", "input", "output", "cache_min_tokens", NULL };
  TwModel *self = target;

  tw_json_integer (item, "context", &self->context_limit);
  tw_json_integer (item, "input", &self->input_limit);
  tw_json_integer (item, "output", &self->output_limit);
  tw_json_integer (item, "cache_min_tokens", &self->cache_min_tokens);
  if (cJSON_IsObject (item) && tw_json_unknown_key (item, allowed) == NULL
      && self->context_limit >= 0 && self->input_limit >= 0 && self->output_limit >= 0
      && self->cache_min_tokens >= 0)
    return TRUE;
  g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                       "“limits” has whole numbers: context, input, output, cache_min_tokens.");
  return FALSE;
}

static gboolean
check_array (const cJSON *item, GError **error)
{
  if (cJSON_IsArray (item) && item->child != NULL)
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT, "“%s” is not a list.", item->string);
  return FALSE;
}

static gboolean
read_match (gpointer target, const cJSON *item, GError **error)
{
  ((TwModel *) target)->match = item;
  return check_array (item, error) && tw_match_check (item, error);
}

static gboolean
read_capabilities (gpointer target, const cJSON *item, GError **error)
{
  ((TwModel *) target)->capabilities = item;
  return check_array (item, error);
}

static gboolean
read_modalities (gpointer target, const cJSON *item, GError **error)
{
  ((TwModel *) target)->modalities = item;
  if (cJSON_IsObject (item))
    return TRUE;
  g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                       "“modalities” has the lists “input” and “output”.");
  return FALSE;
}

static gboolean
read_reasoning_efforts (gpointer target, const cJSON *item, GError **error)
{
  ((TwModel *) target)->reasoning_efforts = item;
  return check_array (item, error);
}

static gboolean
read_cards (gpointer target, const cJSON *item, GError **error)
{
  TwModel *self = target;

  if (self->cards == NULL)
    self->cards = tw_rate_cards_read (item, &self->n_cards, error);
  for (guint i = 0; self->cards != NULL && i < self->n_cards; i++)
    self->has_marginal_cards = self->has_marginal_cards || self->cards[i].is_marginal;
  return self->cards != NULL;
}

static gboolean
read_adjustments (gpointer target, const cJSON *item, GError **error)
{
  TwModel *self = target;

  if (!check_array (item, error))
    return FALSE;
  tw_adjustments_free (self->adjustments, self->n_adjustments);
  self->adjustments = NULL;
  self->n_adjustments = 0;
  return tw_adjustments_read (item, &self->adjustments, &self->n_adjustments, error);
}

static const TwMember model_members[] = {
  { "provider", NULL, G_STRUCT_OFFSET (TwModel, provider), TRUE },
  { "id", NULL, G_STRUCT_OFFSET (TwModel, id), TRUE },
  { "name", NULL, G_STRUCT_OFFSET (TwModel, name), FALSE },
  { "match", read_match, 0, TRUE },
  { "limits", read_limits, 0, FALSE },
  { "tokenizer", NULL, G_STRUCT_OFFSET (TwModel, tokenizer), FALSE },
  { "rate_cards", read_cards, 0, TRUE },
  { "capabilities", read_capabilities, 0, FALSE },
  { "adjustments", read_adjustments, 0, FALSE },
  { "status", NULL, G_STRUCT_OFFSET (TwModel, status), FALSE },
  { "alias_of", NULL, G_STRUCT_OFFSET (TwModel, alias_of), FALSE },
  { "knowledge_cutoff", NULL, G_STRUCT_OFFSET (TwModel, knowledge_cutoff), FALSE },
  { "developer", tw_member_ignore, 0, FALSE },
  { "family", tw_member_ignore, 0, FALSE },
  { "modalities", read_modalities, 0, FALSE },
  { "reasoning_efforts", read_reasoning_efforts, 0, FALSE },
  { "released", NULL, G_STRUCT_OFFSET (TwModel, released), FALSE },
  { "deprecated_at", NULL, G_STRUCT_OFFSET (TwModel, deprecated_at), FALSE },
  { "retires_at", NULL, G_STRUCT_OFFSET (TwModel, retires_at), FALSE },
  { "successor", NULL, G_STRUCT_OFFSET (TwModel, successor), FALSE },
  { "priors", tw_member_ignore, 0, FALSE },
};

TwModel *
tw_model_new_from_text (TwDocument *document,
                        const TwCatalogProvider *host,
                        const char *text,
                        gsize length,
                        GError **error)
{
  g_autoptr (TwModel) self = g_object_new (TW_TYPE_MODEL, NULL);

  self->document = tw_document_ref (document);
  self->host = host;
  self->json = tw_json_parse (text, (gssize) length, length, error);
  if (self->json != NULL
      && tw_members_read (self->json, model_members, G_N_ELEMENTS (model_members), self, error))
    {
      self->qualified_id = g_strconcat (self->provider, "/", self->id, NULL);
      return g_steal_pointer (&self);
    }
  g_prefix_error (error, "The catalogue's model “%.60s/%.100s”: ",
                  self->provider != NULL ? self->provider : host->id,
                  self->id != NULL ? self->id : "");
  return NULL;
}

TwModel *
tw_model_new_unpriced (const char *provider, const char *id)
{
  TwModel *self = g_object_new (TW_TYPE_MODEL, NULL);

  self->json = cJSON_CreateObject ();
  self->provider = cJSON_AddStringToObject (self->json, "provider", provider)->valuestring;
  self->id = cJSON_AddStringToObject (self->json, "id", id)->valuestring;
  self->qualified_id = g_strconcat (provider, "/", id, NULL);
  return self;
}

/**
 * tw_model_get_id:
 * @self: a model
 *
 * Gets the id as the provider's API takes it: `"gpt-4o-mini"`.
 *
 * Returns: the id
 * Since: 0.1
 */
const char *
tw_model_get_id (TwModel *self)
{
  g_return_val_if_fail (TW_IS_MODEL (self), NULL);

  return self->id;
}

/**
 * tw_model_get_provider:
 * @self: a model
 *
 * Gets the id of the provider that serves the model: `"openai"`.
 *
 * Returns: the provider's id
 * Since: 0.1
 */
const char *
tw_model_get_provider (TwModel *self)
{
  g_return_val_if_fail (TW_IS_MODEL (self), NULL);

  return self->provider;
}

/**
 * tw_model_get_qualified_id:
 * @self: a model
 *
 * Gets the id that names the model among all providers: `"openai/gpt-4o-mini"`.
 *
 * Returns: the provider's id, a slash and the model's id
 * Since: 0.1
 */
const char *
tw_model_get_qualified_id (TwModel *self)
{
  g_return_val_if_fail (TW_IS_MODEL (self), NULL);

  return self->qualified_id;
}

/**
 * tw_model_get_name:
 * @self: a model
 *
 * Gets the name to show to people.
 *
 * Returns: the name; the id where the catalogue has no name
 * Since: 0.1
 */
const char *
tw_model_get_name (TwModel *self)
{
  g_return_val_if_fail (TW_IS_MODEL (self), NULL);

  return self->name != NULL ? self->name : self->id;
}

/**
 * tw_model_get_context_limit:
 * @self: a model
 *
 * Gets the size of the context window.
 *
 * Returns: tokens of prompt and completion together, or 0 if it is not known
 * Since: 0.1
 */
gint64
tw_model_get_context_limit (TwModel *self)
{
  g_return_val_if_fail (TW_IS_MODEL (self), 0);

  return self->context_limit;
}

/**
 * tw_model_get_output_limit:
 * @self: a model
 *
 * Gets the length of the longest completion.
 *
 * Returns: tokens, reasoning included, or 0 if it is not known
 * Since: 0.1
 */
gint64
tw_model_get_output_limit (TwModel *self)
{
  g_return_val_if_fail (TW_IS_MODEL (self), 0);

  return self->output_limit;
}

/**
 * tw_model_get_tokenizer:
 * @self: a model
 *
 * Gets the encoding the model's tokens are counted in: `"o200k_base"`.
 *
 * Returns: (nullable): the encoding's name, or %NULL if it is not known
 * Since: 0.1
 */
const char *
tw_model_get_tokenizer (TwModel *self)
{
  g_return_val_if_fail (TW_IS_MODEL (self), NULL);

  return self->tokenizer;
}

/**
 * tw_model_has_capability:
 * @self: a model
 * @capability: a capability: `"reasoning"`, `"tools"`, `"vision"`,
 *   `"json_schema"` or `"streaming"`
 *
 * Tells whether the catalogue knows that the model can do something.
 *
 * Returns: %TRUE if it is known to; %FALSE also if that is not known
 * Since: 0.1
 */
gboolean
tw_model_has_capability (TwModel *self, const char *capability)
{
  const cJSON *item;

  g_return_val_if_fail (TW_IS_MODEL (self), FALSE);
  g_return_val_if_fail (capability != NULL, FALSE);

  cJSON_ArrayForEach (item, self->capabilities)
  {
    if (g_strcmp0 (cJSON_GetStringValue (item), capability) == 0)
      return TRUE;
  }
  return FALSE;
}
