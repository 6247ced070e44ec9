/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-types.h"

G_BEGIN_DECLS

/* Whether generation, and so the bill, ends when the client hangs up. */
typedef enum
{
  TW_HANG_UP_UNKNOWN,
  TW_HANG_UP_ENDS_BILLING,
  TW_HANG_UP_BILLS_ON,
} TwHangUp;

/* How a request shows its key. */
typedef enum
{
  TW_CREDENTIAL_OF_DIALECT, /* as the dialect's own service wants it */
  TW_CREDENTIAL_BEARER,
  TW_CREDENTIAL_X_API_KEY,
  TW_CREDENTIAL_API_KEY,
  TW_CREDENTIAL_X_GOOG_API_KEY,
  TW_CREDENTIAL_AWS_SIGV4,
  TW_CREDENTIAL_NONE,
} TwCredential;

/* Where a provider is and how one speaks to it. */
typedef struct
{
  char *id;
  char *dialect;
  /* (nullable) ends where the dialect's path begins, without a slash; only a configuration can say
   * it of some. "{region}" stands for the region. */
  char *base_url;
  char *key_env;     /* (nullable) environment variable that holds the key */
  char *key_command; /* (nullable) command that prints the key */
  char *key_secret;  /* (nullable) name under which the Secret Service has it */
  TwCredential credential;
  char *api_version;   /* (nullable) */
  char *region;        /* (nullable) else AWS_REGION or AWS_DEFAULT_REGION */
  char *ca_file;       /* (nullable) certificates to trust instead of the system's */
  char *proxy;         /* (nullable) instead of the environment's */
  GStrv headers;       /* (nullable) "Name: value", sent with every request */
  gboolean configured; /* the user has a section for it */
  gboolean idempotent; /* it knows a second attempt by its Idempotency-Key */
  TwHangUp hang_up;
  GStrv models; /* (nullable) models on offer besides the catalogue's */
} TwProvider;

/* A call in flight keeps the provider it was admitted with. One thread at a time. */
TwProvider *tw_provider_new (const char *id);
TwProvider *tw_provider_ref (const TwProvider *self);
void tw_provider_unref (TwProvider *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwProvider, tw_provider_unref)

/* tw-provider-table.c: the providers known without configuration; (element-type TwProvider) by id,
 * owned by the caller. */
GHashTable *tw_provider_table_new (void);

/* FALSE with TW_ERROR_INVALID_INPUT, which lists the names, if there is none of that name. */
gboolean tw_credential_parse (const char *name, TwCredential *ret_credential, GError **error);

/* The base URL with its region, owned by the caller; an error says which setting is missing. */
char *tw_provider_get_url (const TwProvider *self, GError **error);
gboolean tw_region_is_valid (const char *region);
/* How it shows its key, once the surroundings are known. */
TwCredential tw_provider_get_credential (const TwProvider *self);
/* The region, from the section or the environment; NULL if neither says it. */
const char *tw_provider_get_region (const TwProvider *self);

/* FALSE for a server that asks for no key: none of the three ways is configured. */
gboolean tw_provider_needs_key (const TwProvider *self);
/* The key: from the environment, else from the command, else from the Secret Service. One line, or
 * all that the command prints if whole. TW_ERROR_NO_KEY names the three ways, or says why the
 * configured one failed. Wipe it after use. */
char *tw_provider_find_key (const TwProvider *self, GError **error);
char *tw_provider_find_whole_key (const TwProvider *self, GError **error);
/* Whether a key seems to be there, without running anything. */
gboolean tw_provider_has_key (const TwProvider *self);
/* Whether it can be called as far as one can tell here: there is a place and a key. A known server
 * without a key, which may not be running at all, counts only once the user has a section for it.
 */
gboolean tw_provider_is_ready (const TwProvider *self);

G_END_DECLS
