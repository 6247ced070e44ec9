/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/client/tw-provider-private.h"

G_BEGIN_DECLS

/* What config.ini and policy.ini say. */
typedef struct
{
  char *folder;
  char *default_model; /* "auto" unless said otherwise */
  char *ledger_path;
  gboolean sandbox;      /* [client] sandbox=true */
  GHashTable *providers; /* id → TwProvider */
  GKeyFile *policy;      /* the system's policy.ini, else the user's, else an empty one */
  char *policy_path;     /* (nullable) */
} TwConfig;

/* folder NULL: the user's. A missing file is an empty one; a wrong key is an error that names it.
 */
TwConfig *tw_config_load (const char *folder, GError **error);
void tw_config_free (TwConfig *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwConfig, tw_config_free)

/* TW_ERROR_UNKNOWN_PROVIDER if it is neither known nor configured. Not owned by the caller. */
const TwProvider *tw_config_find_provider (const TwConfig *self, const char *id, GError **error);
/* (transfer container) (element-type TwProvider): all of them, by id. */
GList *tw_config_list_providers (const TwConfig *self);

/* For the sections of config.ini. A key that is not allowed is an error that names it. */
gboolean tw_config_check_keys (GKeyFile *file,
                               const char *group,
                               const char *const *allowed,
                               GError **error);
/* Replaces *field if the key is there. GLib's key files can hold line breaks; no value here may. */
gboolean tw_config_take_string (
    GKeyFile *file, const char *group, const char *key, char **field, GError **error);

/* tw-config-provider.c: one [provider NAME]; every value is checked here, before anything uses it.
 */
#define TW_CONFIG_PROVIDER_PREFIX "provider "
gboolean
tw_config_load_provider (GHashTable *providers, GKeyFile *file, const char *group, GError **error);

G_END_DECLS
