/* SPDX-License-Identifier: MIT */
#include "libtokenwise/catalog/tw-catalog-update-private.h"

/* More would only be noise, and a hostile file could ask for any number. */
#define MAX_FINDINGS 10000

void
tw_catalog_findings_clear (TwCatalogFindings *self)
{
  g_clear_pointer (&self->list, cJSON_Delete);
}

static gboolean
is_accepted (const TwCatalogFindings *self, const char *name, const char *subject)
{
  g_autofree char *full
      = subject != NULL ? g_strdup_printf ("%s:%s", name, subject) : g_strdup (name);

  for (guint i = 0; self->accepted != NULL && i < self->accepted->len; i++)
    {
      const char *accepted = self->accepted->pdata[i];

      if (g_str_equal (accepted, name) || g_ascii_strcasecmp (accepted, full) == 0)
        return TRUE;
    }
  return FALSE;
}

void
tw_catalog_findings_add (TwCatalogFindings *self,
                         const char *name,
                         const char *subject,
                         char *take_message)
{
  gboolean accepted = is_accepted (self, name, subject);

  if (self->list == NULL)
    self->list = cJSON_CreateArray ();
  if (!accepted)
    self->n_refused++;
  if (cJSON_GetArraySize (self->list) < MAX_FINDINGS)
    {
      cJSON *finding = cJSON_CreateObject ();

      cJSON_AddStringToObject (finding, "name", name);
      tw_json_add_string (finding, "subject", subject);
      cJSON_AddStringToObject (finding, "message", take_message);
      cJSON_AddBoolToObject (finding, "accepted", accepted);
      cJSON_AddItemToArray (self->list, finding);
    }
  g_free (take_message);
}

const char *const *
tw_catalog_findings_names (void)
{
  static const char *const names[] = {
    TW_CATALOG_FINDING_BAD_SIGNATURE, TW_CATALOG_FINDING_MODEL_LOSS,
    TW_CATALOG_FINDING_OLDER_VERSION, TW_CATALOG_FINDING_PRICE_JUMP,
    TW_CATALOG_FINDING_PRICE_LIMIT,   TW_CATALOG_FINDING_UNKNOWN_KEYS,
    TW_CATALOG_FINDING_UNSIGNED,      TW_CATALOG_FINDING_USAGE_PROFILE,
    TW_CATALOG_FINDING_ZERO_PRICE,    NULL,
  };

  return names;
}
