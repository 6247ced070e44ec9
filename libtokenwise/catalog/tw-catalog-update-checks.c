/* SPDX-License-Identifier: MIT */
#include "libtokenwise/catalog/tw-catalog-update-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-time-private.h"
#include "libtokenwise/catalog/tw-catalog-store-file-private.h"
#include "libtokenwise/catalog/tw-catalog-store-private.h"

#include <string.h>

void
tw_catalog_outcome_clear (TwCatalogOutcome *self)
{
  tw_catalog_findings_clear (&self->findings);
  tw_catalog_signature_clear (&self->signature);
  g_clear_pointer (&self->problems, g_ptr_array_unref);
  g_clear_pointer (&self->keys, g_ptr_array_unref);
  g_clear_pointer (&self->content, g_bytes_unref);
  g_free (self->version);
  g_free (self->in_force_path);
  g_free (self->in_force_version);
  g_free (self->fallback);
}

static gboolean
check_sha256 (TwCatalogUpdate *self, GError **error)
{
  if (self->wanted_sha256 == NULL || g_str_equal (self->wanted_sha256, self->sha256))
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
               "%s has the SHA-256 %s and not the one that was asked for; get it again from where "
               "that was published.",
               self->source, self->sha256);
  return FALSE;
}

static gboolean
check_signature (TwCatalogUpdate *self, TwCatalogOutcome *outcome, GError **error)
{
  g_auto (GStrv) folders = tw_catalog_keys_list_folders ();
  const char *name = TW_CATALOG_FINDING_UNSIGNED;

  outcome->problems = g_ptr_array_new_with_free_func (g_free);
  outcome->keys = self->keys != NULL
                      ? g_ptr_array_ref (self->keys)
                      : tw_catalog_keys_load ((const char *const *) folders, outcome->problems);
  if (!tw_catalog_signature_check (self->catalog, self->signature, outcome->keys,
                                   &outcome->signature, error))
    return FALSE;
  if (outcome->signature.state == TW_CATALOG_SIGNATURE_BAD)
    name = TW_CATALOG_FINDING_BAD_SIGNATURE;
  if (outcome->signature.state != TW_CATALOG_SIGNATURE_VALID)
    tw_catalog_findings_add (&outcome->findings, name, NULL, g_strdup (outcome->signature.message));
  return TRUE;
}

/* Reads what would be written exactly as it will be read from then on. */
static cJSON *
check_content (TwCatalogUpdate *self, TwCatalogOutcome *outcome, GError **error)
{
  g_autoptr (cJSON) root = tw_catalog_parse (self->catalog, self->source, error);
  g_autoptr (TwCatalog) catalog = NULL;
  gboolean sifted;

  if (root == NULL || !tw_catalog_check_keys (root, &outcome->findings, &sifted, error))
    return NULL;
  if (sifted)
    {
      char *text = tw_json_print (root);

      outcome->content = g_bytes_new_take (text, strlen (text));
    }
  else
    outcome->content = g_bytes_ref (self->catalog);
  catalog = tw_catalog_load_bytes (outcome->content, self->source, error);
  if (catalog == NULL)
    return NULL;
  outcome->version = g_strdup (tw_catalog_get_version (catalog));
  if (tw_catalog_version_is_valid (outcome->version))
    return g_steal_pointer (&root);
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
               "%s has the version “%.60s”, which is not a day such as 2026.01.31.", self->source,
               outcome->version);
  return NULL;
}

static void
check_version (TwCatalogOutcome *outcome)
{
  int order = tw_catalog_version_compare (outcome->version, outcome->in_force_version);

  if (order < 0)
    tw_catalog_findings_add (&outcome->findings, TW_CATALOG_FINDING_OLDER_VERSION, NULL,
                             g_strdup_printf ("Its version %s is older than %s, which is in force.",
                                              outcome->version, outcome->in_force_version));
  else if (order == 0)
    tw_catalog_findings_add (
        &outcome->findings, TW_CATALOG_FINDING_OLDER_VERSION, NULL,
        g_strdup_printf ("It says it is the version %s, which is in force with another content.",
                         outcome->version));
}

static gboolean
check_against_in_force (const cJSON *root, TwCatalogOutcome *outcome, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (cJSON) before = NULL;

  outcome->in_force_path = tw_catalog_find_in_force (&outcome->fallback, error);
  if (outcome->in_force_path != NULL)
    bytes = tw_catalog_file_read (outcome->in_force_path, TW_CATALOG_MAX_BYTES, error);
  if (bytes != NULL)
    before = tw_catalog_parse (bytes, outcome->in_force_path, error);
  if (before == NULL)
    return FALSE;
  outcome->in_force_version = g_strdup (tw_json_string (before, "version"));
  outcome->is_current = g_bytes_equal (bytes, outcome->content);
  if (outcome->is_current)
    return TRUE;
  check_version (outcome);
  tw_catalog_check_changes (before, root, tw_instant_now (), &outcome->findings);
  return TRUE;
}

cJSON *
tw_catalog_update_run_own_checks (TwCatalogUpdate *self,
                                  TwCatalogOutcome *outcome,
                                  gboolean with_signature,
                                  GError **error)
{
  cJSON *root;

  outcome->findings.accepted = self->accepted;
  if (!check_sha256 (self, error) || (with_signature && !check_signature (self, outcome, error)))
    return NULL;
  root = check_content (self, outcome, error);
  if (root != NULL)
    tw_catalog_check_limits (root, &outcome->findings);
  return root;
}

gboolean
tw_catalog_update_run_checks (TwCatalogUpdate *self, TwCatalogOutcome *outcome, GError **error)
{
  g_autoptr (cJSON) root = tw_catalog_update_run_own_checks (self, outcome, TRUE, error);

  return root != NULL && check_against_in_force (root, outcome, error);
}
