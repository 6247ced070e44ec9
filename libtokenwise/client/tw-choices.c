/* SPDX-License-Identifier: MIT */
#include "libtokenwise/client/tw-choices-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/catalog/tw-model-private.h"

#include <string.h>

/* One small, one middle and one large general model of each provider whose dialect is built, as of
 * November 2026. Learned routing over the whole catalogue will replace the list's use for “auto”; a
 * short list for people will stay. */
static const char *const general_models[] = {
  "openai/gpt-6-luna",
  "openai/gpt-6-sol",
  "openai/gpt-6-astra",
  "anthropic/claude-haiku-4-5",
  "anthropic/claude-sonnet-5",
  "anthropic/claude-opus-5-5",
  "mistral/mistral-large-latest",
  "deepseek/deepseek-v4-flash",
};

static gboolean
can_call (const TwConfig *config, const char *provider_id)
{
  const TwProvider *provider = g_hash_table_lookup (config->providers, provider_id);

  return provider != NULL && tw_provider_is_ready (provider);
}

static void
add_general (TwCatalog *catalog, const TwConfig *config, gboolean sandbox, GPtrArray *choices)
{
  for (guint i = 0; i < G_N_ELEMENTS (general_models); i++)
    {
      TwModel *model = tw_catalog_find_model (catalog, general_models[i], NULL);

      if (model != NULL && (sandbox || can_call (config, tw_model_get_provider (model))))
        g_ptr_array_add (choices, g_steal_pointer (&model));
      g_clear_object (&model);
    }
}

static void
add_configured (TwCatalog *catalog, const TwConfig *config, GPtrArray *choices)
{
  g_autoptr (GList) providers = tw_config_list_providers (config);

  for (GList *item = providers; item != NULL; item = item->next)
    {
      const TwProvider *provider = item->data;

      for (guint i = 0; provider->models != NULL && provider->models[i] != NULL; i++)
        {
          g_autofree char *name = g_strconcat (provider->id, "/", provider->models[i], NULL);
          TwModel *model = tw_choices_find (catalog, config, name, NULL);

          if (model != NULL)
            g_ptr_array_add (choices, model);
        }
    }
}

GPtrArray *
tw_choices_list (TwCatalog *catalog, const TwConfig *config, gboolean sandbox)
{
  GPtrArray *choices = g_ptr_array_new_with_free_func (g_object_unref);

  add_general (catalog, config, sandbox, choices);
  add_configured (catalog, config, choices);
  return choices;
}

TwModel *
tw_choices_find (TwCatalog *catalog, const TwConfig *config, const char *name, GError **error)
{
  const char *slash = strchr (name, '/');
  g_autofree char *provider_id = slash != NULL ? g_strndup (name, slash - name) : NULL;
  g_autoptr (GError) unknown = NULL;
  const TwProvider *provider;
  TwModel *model = tw_catalog_find_model (catalog, name, &unknown);

  if (model != NULL)
    return model;
  provider = provider_id != NULL ? g_hash_table_lookup (config->providers, provider_id) : NULL;
  /* What a server of one's own has is not in the catalogue. */
  if (provider != NULL && (provider->configured || !tw_provider_needs_key (provider))
      && slash[1] != '\0')
    return tw_model_new_unpriced (provider_id, slash + 1);
  g_propagate_error (error, g_steal_pointer (&unknown));
  return NULL;
}
