/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-types.h"

G_BEGIN_DECLS

/* Ed25519 (RFC 8032), checked by libsodium, which is loaded when a signature is first looked at. */
#define TW_CATALOG_KEY_BYTES 32u
#define TW_CATALOG_SIGNATURE_BYTES 64u

/* A key that catalogues may be signed with: a file of 32 bytes, or of their base64. */
typedef struct
{
  char *path;
  guint8 bytes[TW_CATALOG_KEY_BYTES];
} TwCatalogKey;

typedef enum
{
  TW_CATALOG_SIGNATURE_VALID,
  TW_CATALOG_SIGNATURE_MISSING,
  TW_CATALOG_SIGNATURE_UNCHECKED, /* there is no key to check it with */
  TW_CATALOG_SIGNATURE_BAD,       /* no key made it for these bytes, or it is not a signature */
} TwCatalogSignatureState;

typedef struct
{
  TwCatalogSignatureState state;
  const char *key; /* the file of the key that signed; belongs to the keys */
  char *message;   /* what to tell a person */
} TwCatalogSignature;

void tw_catalog_signature_clear (TwCatalogSignature *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TwCatalogSignature, tw_catalog_signature_clear)

TwCatalogKey *tw_catalog_key_read (const char *path, GError **error);
void tw_catalog_key_free (TwCatalogKey *self);

/* The keys in these folders (NULL-terminated) that end in .pub, by folder and name. What is no key
 * is left out and named in ret_problems, one sentence each. */
GPtrArray *tw_catalog_keys_load (const char *const *folders, GPtrArray *ret_problems);
/* The user's folder of keys and the system's. */
char **tw_catalog_keys_list_folders (void);

/* Whether one of the keys signed the data. FALSE only when that cannot be found out, for want of
 * libsodium; a bad signature is a state. */
gboolean tw_catalog_signature_check (GBytes *data,
                                     GBytes *signature,
                                     GPtrArray *keys,
                                     TwCatalogSignature *ret_signature,
                                     GError **error);
const char *tw_catalog_signature_state_to_string (TwCatalogSignatureState state);

G_END_DECLS
