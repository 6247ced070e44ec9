/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-types.h"

G_BEGIN_DECLS

/* Where a provider is and how one speaks to it. */
typedef struct
{
  char *id;
  char *dialect;
  char *base_url;      /* ends where the dialect's path begins, without a slash */
  char *key_env;       /* (nullable) environment variable that holds the key */
  char *key_command;   /* (nullable) command that prints the key */
  char *key_secret;    /* (nullable) name under which the Secret Service has it */
  gboolean configured; /* the user has a section for it */
  /* Generation, and so the bill, goes on after the client hangs up. */
  gboolean bills_after_disconnect;
  GStrv models; /* (nullable) models on offer besides the catalogue's */
} TwProvider;

TwProvider *tw_provider_new (const char *id);
void tw_provider_free (TwProvider *self);

/* The providers known without configuration; (element-type TwProvider) by id, owned by the
 * caller. */
GHashTable *tw_provider_table_new (void);

/* A server that asks for no key: none of the three ways is configured. */
gboolean tw_provider_needs_key (const TwProvider *self);
/* The key: from the environment, else from the command, else from the Secret Service.
 * TW_ERROR_NO_KEY names the three ways, or says why the configured one failed. */
char *tw_provider_find_key (const TwProvider *self, GError **error);
/* Whether a key seems to be there, without running anything. */
gboolean tw_provider_has_key (const TwProvider *self);

G_END_DECLS
