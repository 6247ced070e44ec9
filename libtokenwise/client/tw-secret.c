/* SPDX-License-Identifier: MIT */
#include "libtokenwise/client/tw-secret-private.h"

#include "libtokenwise/base/tw-library-private.h"

#include <libsecret/secret.h>

#define SONAME "libsecret-1.so.0"

TW_LIBRARY_NOTE (note, SONAME, "secret", "Finds keys in the Secret Service", "suggested");

static const TwLibrary library = {
  .soname = SONAME,
  .purpose = "ask the Secret Service",
  .package = "libsecret-1-0",
};

typedef struct
{
  __typeof__ (secret_password_lookup_sync) *password_lookup_sync;
  __typeof__ (secret_password_free) *password_free;
} Functions;

static const TwLibrarySymbol symbols[] = {
  { "secret_password_lookup_sync", G_STRUCT_OFFSET (Functions, password_lookup_sync) },
  { "secret_password_free", G_STRUCT_OFFSET (Functions, password_free) },
};

static const SecretSchema schema = {
  .name = "io.github.tokenwise.Key",
  .flags = SECRET_SCHEMA_NONE,
  .attributes = { { "name", SECRET_SCHEMA_ATTRIBUTE_STRING } },
};

char *
tw_secret_lookup (const char *name, GError **error)
{
  Functions secret;
  char *found;
  char *copy;

  if (!tw_library_load (&library, symbols, G_N_ELEMENTS (symbols), &secret, error))
    return NULL;
  found = secret.password_lookup_sync (&schema, NULL, error, "name", name, NULL);
  copy = g_strdup (found);
  secret.password_free (found);
  return copy;
}
