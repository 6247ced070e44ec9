/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-json-private.h"
#include "libtokenwise/base/tw-library-private.h"
#include "libtokenwise/catalog/tw-catalog-diff.h"
#include "libtokenwise/catalog/tw-catalog-store-private.h"
#include "libtokenwise/catalog/tw-catalog-update.h"

#include <glib/gstdio.h>
#include <string.h>

/* A machine of its own for each test: a small built-in catalogue, and folders for configuration and
 * cache that are empty. */
typedef struct
{
  char *folder;
  guint8 public_key[32];
  guint8 secret_key[64];
} Machine;

/* libsodium, for what the library itself never does. */
typedef struct
{
  int (*init) (void);
  int (*keypair) (guint8 *public_key, guint8 *secret_key);
  int (*sign) (guint8 *signature,
               unsigned long long *length,
               const guint8 *message,
               unsigned long long message_length,
               const guint8 *secret_key);
} Sodium;

static inline const Sodium *
sodium (void)
{
  static Sodium functions;
  static const TwLibrary library = { "libsodium.so.23", "sign", "libsodium23" };
  static const TwLibrarySymbol symbols[] = {
    { "sodium_init", G_STRUCT_OFFSET (Sodium, init) },
    { "crypto_sign_keypair", G_STRUCT_OFFSET (Sodium, keypair) },
    { "crypto_sign_detached", G_STRUCT_OFFSET (Sodium, sign) },
  };
  g_autoptr (GError) error = NULL;

  if (functions.init == NULL)
    {
      tw_library_load (&library, symbols, G_N_ELEMENTS (symbols), &functions, &error);
      g_assert_no_error (error);
      g_assert_cmpint (functions.init (), >=, 0);
    }
  return &functions;
}

static inline char *
machine_path (Machine *machine, const char *name)
{
  return g_build_filename (machine->folder, name, NULL);
}

static inline char *
machine_write (Machine *machine, const char *name, const void *content, gssize length)
{
  char *path = machine_path (machine, name);
  g_autofree char *folder = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, content, length, NULL));
  return path;
}

#define CATALOG_MODELS(members)                                                                    \
  "{\"schema\":\"tokenwise-catalog/1\",\"catalog_id\":\"test\",\"version\":\"%s\","                \
  "\"generated_at\":\"2026-01-01T00:00:00Z\",\"currency\":\"USD\",\"sources\":[],\"providers\":["  \
  "{\"id\":\"acme\",\"name\":\"Acme\",\"usage_profile\":\"openai\"}],\"models\":[" members "]}"
#define MODEL(id, cards)                                                                           \
  "{\"provider\":\"acme\",\"id\":\"" id "\",\"match\":[{\"equals\":\"" id                          \
  "\"}],\"rate_cards\":[" cards "]}"
#define CARD(id, rest)                                                                             \
  "{\"id\":\"" id "\",\"source\":\"test\",\"verified_at\":\"2026-01-01\"," rest "}"
#define BASE CARD ("base", "\"prices\":{\"input\":\"3\",\"output\":\"15\"}")
#define BATCH                                                                                      \
  CARD ("batch", "\"when\":{\"service_tier\":[\"batch\"]},\"prices\":{\"input\":\"1.5\"}")
/* The five models of the built-in catalogue of these tests. */
#define FOUR_MODELS                                                                                \
  MODEL ("b", BASE) "," MODEL ("c", BASE) "," MODEL ("d", BASE) "," MODEL ("e", BASE)
#define FIVE_MODELS MODEL ("a", BASE "," BATCH) "," FOUR_MODELS
#define BUILT_IN_VERSION "2026.03.01"
#define NEXT_VERSION "2026.04.01"

G_GNUC_PRINTF (1, 2)
static inline char *
catalog_text (const char *format, ...)
{
  char *text;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  return text;
}

static inline void
machine_set_built_in (Machine *machine, const char *version)
{
  g_autofree char *text = catalog_text (CATALOG_MODELS (FIVE_MODELS), version);

  g_free (machine_write (machine, "data/catalog.json", text, -1));
}

static inline void
machine_set_up (Machine *machine, gconstpointer data)
{
  g_autofree char *config = NULL, *cache = NULL, *builtin = NULL;

  machine->folder = g_dir_make_tmp ("tw-update-XXXXXX", NULL);
  g_assert_nonnull (machine->folder);
  config = machine_path (machine, "config");
  cache = machine_path (machine, "cache");
  builtin = machine_path (machine, "data");
  g_setenv ("XDG_CONFIG_HOME", config, TRUE);
  g_setenv ("XDG_CACHE_HOME", cache, TRUE);
  g_setenv ("TOKENWISE_DATA_DIR", builtin, TRUE);
  machine_set_built_in (machine, BUILT_IN_VERSION);
  g_assert_cmpint (sodium ()->keypair (machine->public_key, machine->secret_key), ==, 0);
}

static inline void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_remove (path);
}

static inline void
machine_tear_down (Machine *machine, gconstpointer data)
{
  remove_tree (machine->folder);
  g_free (machine->folder);
}

static inline void
machine_trust (Machine *machine)
{
  g_autofree char *text = g_base64_encode (machine->public_key, sizeof machine->public_key);
  g_autofree char *line = g_strconcat (text, "\n", NULL);

  g_free (machine_write (machine, "config/tokenwise/catalog-keys/release.pub", line, -1));
}

static inline GBytes *
machine_sign (Machine *machine, const char *text)
{
  guint8 signature[64];

  g_assert_cmpint (
      sodium ()->sign (signature, NULL, (const guint8 *) text, strlen (text), machine->secret_key),
      ==, 0);
  return g_bytes_new (signature, sizeof signature);
}

/* Signed, with the key trusted. */
static inline TwCatalogUpdate *
machine_make_update (Machine *machine, const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (GBytes) signature = machine_sign (machine, text);

  machine_trust (machine);
  return tw_catalog_update_new (bytes, signature, "test");
}

static inline cJSON *
parse_answer (char *take_answer)
{
  g_autofree char *answer = take_answer;

  g_assert_nonnull (answer);
  return tw_json_parse (answer, -1, strlen (answer), NULL);
}

static inline cJSON *
check_update (TwCatalogUpdate *update)
{
  g_autoptr (GError) error = NULL;
  char *answer = tw_catalog_update_check (update, &error);

  g_assert_no_error (error);
  return parse_answer (answer);
}

static inline void
install_text (Machine *machine, const char *text)
{
  g_autoptr (TwCatalogUpdate) update = machine_make_update (machine, text);
  g_autoptr (GError) error = NULL;
  g_autofree char *answer = tw_catalog_update_install (update, &error);

  g_assert_no_error (error);
  g_assert_nonnull (answer);
}

/* The version in force, as the rest of the library will find it. */
static inline void
assert_in_force (const char *version)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = tw_catalog_store_find (&error);
  g_autofree char *found = NULL;

  g_assert_no_error (error);
  found = path != NULL ? tw_catalog_store_read_version (path, &error)
                       : tw_catalog_store_read_built_in_version (&error);
  g_assert_no_error (error);
  g_assert_cmpstr (found, ==, version);
}
