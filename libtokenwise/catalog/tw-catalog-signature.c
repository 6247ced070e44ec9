/* SPDX-License-Identifier: MIT */
#include "libtokenwise/catalog/tw-catalog-signature-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-library-private.h"
#include "libtokenwise/base/tw-paths-private.h"
#include "libtokenwise/catalog/tw-catalog-store-file-private.h"

#include <string.h>

#define SONAME "libsodium.so.23"
#define SYSTEM_FOLDER "/etc/tokenwise/catalog-keys"
#define KEY_SUFFIX ".pub"
#define MAX_KEYS 64u

TW_LIBRARY_NOTE (note, SONAME, "catalog", "Checks who signed a catalogue update", "recommended");

static const TwLibrary library = {
  .soname = SONAME,
  .purpose = "check who signed a catalogue",
  .package = "libsodium23",
};

/* Declared here because the library's headers are not needed for two functions that its ABI fixes.
 * Source: https://doc.libsodium.org/public-key_cryptography/public-key_signatures */
typedef struct
{
  int (*init) (void);
  int (*verify_detached) (const unsigned char *signature,
                          const unsigned char *message,
                          unsigned long long length,
                          const unsigned char *key);
} Functions;

static const TwLibrarySymbol symbols[] = {
  { "sodium_init", G_STRUCT_OFFSET (Functions, init) },
  { "crypto_sign_verify_detached", G_STRUCT_OFFSET (Functions, verify_detached) },
};

void
tw_catalog_signature_clear (TwCatalogSignature *self)
{
  g_clear_pointer (&self->message, g_free);
}

void
tw_catalog_key_free (TwCatalogKey *self)
{
  g_free (self->path);
  g_free (self);
}

/* The bytes as they are, or decoded from base64. */
static gboolean
take_bytes (GBytes *content, guint8 *ret_bytes, gsize wanted)
{
  gsize length, n = 0;
  const char *data = g_bytes_get_data (content, &length);
  g_autofree char *text = NULL;
  g_autofree guchar *decoded = NULL;

  if (length == wanted)
    {
      memcpy (ret_bytes, data, wanted);
      return TRUE;
    }
  if (length == 0 || length > TW_CATALOG_MAX_KEY_BYTES || memchr (data, '\0', length) != NULL)
    return FALSE;
  text = g_strstrip (g_strndup (data, length));
  if (text[strspn (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\r\n")]
      != '\0')
    return FALSE;
  decoded = g_base64_decode (text, &n);
  if (n == wanted)
    memcpy (ret_bytes, decoded, wanted);
  return n == wanted;
}

TwCatalogKey *
tw_catalog_key_read (const char *path, GError **error)
{
  g_autoptr (GBytes) content = tw_catalog_file_read (path, TW_CATALOG_MAX_KEY_BYTES, error);
  TwCatalogKey *self;

  if (content == NULL)
    return NULL;
  self = g_new0 (TwCatalogKey, 1);
  self->path = g_strdup (path);
  if (take_bytes (content, self->bytes, TW_CATALOG_KEY_BYTES))
    return self;
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
               "%s is not a public key; it should be the 32 bytes of an Ed25519 key, or their "
               "base64.",
               path);
  tw_catalog_key_free (self);
  return NULL;
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* The paths of a folder's keys, sorted so that the answer is the same on every machine. */
static GPtrArray *
list_key_files (const char *folder)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && paths->len < MAX_KEYS && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, KEY_SUFFIX))
      g_ptr_array_add (paths, g_build_filename (folder, name, NULL));
  g_ptr_array_sort (paths, compare_names);
  return g_steal_pointer (&paths);
}

GPtrArray *
tw_catalog_keys_load (const char *const *folders, GPtrArray *ret_problems)
{
  GPtrArray *keys = g_ptr_array_new_with_free_func ((GDestroyNotify) tw_catalog_key_free);

  for (gsize i = 0; folders[i] != NULL; i++)
    {
      g_autoptr (GPtrArray) paths = list_key_files (folders[i]);

      for (guint j = 0; j < paths->len; j++)
        {
          g_autoptr (GError) error = NULL;
          TwCatalogKey *key = tw_catalog_key_read (paths->pdata[j], &error);

          if (key != NULL)
            g_ptr_array_add (keys, key);
          else
            g_ptr_array_add (ret_problems, g_strdup (error->message));
        }
    }
  return keys;
}

char **
tw_catalog_keys_list_folders (void)
{
  char **folders = g_new0 (char *, 3);

  folders[0] = tw_path_config ("catalog-keys");
  folders[1] = g_strdup (SYSTEM_FOLDER);
  return folders;
}

static gboolean
load (Functions *functions, GError **error)
{
  if (!tw_library_load (&library, symbols, G_N_ELEMENTS (symbols), functions, error))
    return FALSE;
  if (functions->init () >= 0)
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_FAILED,
               "libsodium could not be started; check the installation.");
  return FALSE;
}

static void
set_state (TwCatalogSignature *self, TwCatalogSignatureState state, char *take_message)
{
  g_free (self->message);
  self->state = state;
  self->message = take_message;
}

static const TwCatalogKey *
find_signer (const Functions *functions, GBytes *data, const guint8 *signature, GPtrArray *keys)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (data, &length);

  for (guint i = 0; i < keys->len; i++)
    {
      const TwCatalogKey *key = keys->pdata[i];

      if (functions->verify_detached (signature, bytes, length, key->bytes) == 0)
        return key;
    }
  return NULL;
}

gboolean
tw_catalog_signature_check (GBytes *data,
                            GBytes *signature,
                            GPtrArray *keys,
                            TwCatalogSignature *ret_signature,
                            GError **error)
{
  guint8 bytes[TW_CATALOG_SIGNATURE_BYTES];
  const TwCatalogKey *signer;
  Functions functions;

  if (signature == NULL)
    set_state (ret_signature, TW_CATALOG_SIGNATURE_MISSING, g_strdup ("It is not signed."));
  else if (!take_bytes (signature, bytes, sizeof bytes))
    set_state (ret_signature, TW_CATALOG_SIGNATURE_BAD,
               g_strdup ("Its signature is neither 64 bytes nor their base64."));
  else if (keys->len == 0)
    set_state (ret_signature, TW_CATALOG_SIGNATURE_UNCHECKED,
               g_strdup ("It is signed, but there is no trusted key to check that with."));
  else if (!load (&functions, error))
    return FALSE;
  else if ((signer = find_signer (&functions, data, bytes, keys)) != NULL)
    {
      set_state (ret_signature, TW_CATALOG_SIGNATURE_VALID,
                 g_strdup_printf ("It is signed with %s.", signer->path));
      ret_signature->key = signer->path;
    }
  else
    set_state (ret_signature, TW_CATALOG_SIGNATURE_BAD,
               g_strdup ("Its signature is of other bytes or by a key that is not trusted."));
  return TRUE;
}

const char *
tw_catalog_signature_state_to_string (TwCatalogSignatureState state)
{
  static const char *const names[] = {
    [TW_CATALOG_SIGNATURE_VALID] = "valid",
    [TW_CATALOG_SIGNATURE_MISSING] = "missing",
    [TW_CATALOG_SIGNATURE_UNCHECKED] = "unchecked",
    [TW_CATALOG_SIGNATURE_BAD] = "bad",
  };

  return names[state];
}
