/* SPDX-License-Identifier: MIT */
#include "libtokenwise/catalog/tw-catalog-update.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-time-private.h"
#include "libtokenwise/catalog/tw-catalog-store-file-private.h"
#include "libtokenwise/catalog/tw-catalog-store-private.h"
#include "libtokenwise/catalog/tw-catalog-update-private.h"

#include <string.h>

#define SHA256_DIGITS 64
#define SIGNATURE_SUFFIX ".sig"
/* How many of the findings an error names. */
#define MAX_NAMED 3

/**
 * TwCatalogUpdate:
 *
 * A catalogue that may take the place of the one in force: its bytes, who
 * signed them, and what a person accepted.
 *
 * Everything is checked before anything is written. What is suspicious but
 * possible is refused until it is accepted by name; see
 * tw_catalog_update_accept(). Used from one thread at a time.
 *
 * Since: 0.1
 */
G_DEFINE_FINAL_TYPE (TwCatalogUpdate, tw_catalog_update, G_TYPE_OBJECT)

static void
tw_catalog_update_finalize (GObject *object)
{
  TwCatalogUpdate *self = TW_CATALOG_UPDATE (object);

  g_clear_pointer (&self->catalog, g_bytes_unref);
  g_clear_pointer (&self->signature, g_bytes_unref);
  g_clear_pointer (&self->keys, g_ptr_array_unref);
  g_ptr_array_unref (self->accepted);
  g_free (self->source);
  g_free (self->sha256);
  g_free (self->wanted_sha256);
  G_OBJECT_CLASS (tw_catalog_update_parent_class)->finalize (object);
}

static void
tw_catalog_update_class_init (TwCatalogUpdateClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tw_catalog_update_finalize;
}

static void
tw_catalog_update_init (TwCatalogUpdate *self)
{
  self->accepted = g_ptr_array_new_with_free_func (g_free);
}

/**
 * tw_catalog_update_new:
 * @catalog: the bytes of a catalogue in the format `tokenwise-catalog/1`
 * @signature: (nullable): its Ed25519 signature, as 64 bytes or their base64
 * @source: where it came from, for messages and for the record
 *
 * Makes an update of bytes that are already here.
 *
 * Returns: (transfer full): the update
 * Since: 0.1
 */
TwCatalogUpdate *
tw_catalog_update_new (GBytes *catalog, GBytes *signature, const char *source)
{
  TwCatalogUpdate *self;

  g_return_val_if_fail (catalog != NULL, NULL);
  g_return_val_if_fail (source != NULL, NULL);

  self = g_object_new (TW_TYPE_CATALOG_UPDATE, NULL);
  self->catalog = g_bytes_ref (catalog);
  self->signature = signature != NULL ? g_bytes_ref (signature) : NULL;
  self->source = g_strdup (source);
  self->sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, catalog);
  return self;
}

/**
 * tw_catalog_update_new_from_file:
 * @path: (type filename): a catalogue; its signature is the file of the same
 *   name with `.sig` after it, if there is one
 * @error: return location for an error
 *
 * Makes an update of a file on this machine. Nothing in it is checked yet.
 *
 * Returns: (transfer full): the update
 * Since: 0.1
 */
TwCatalogUpdate *
tw_catalog_update_new_from_file (const char *path, GError **error)
{
  g_autofree char *signature_path = NULL;
  g_autoptr (GBytes) catalog = NULL;
  g_autoptr (GBytes) signature = NULL;

  g_return_val_if_fail (path != NULL, NULL);

  catalog = tw_catalog_file_read (path, TW_CATALOG_MAX_BYTES, error);
  if (catalog == NULL)
    return NULL;
  signature_path = g_strconcat (path, SIGNATURE_SUFFIX, NULL);
  if (g_file_test (signature_path, G_FILE_TEST_EXISTS))
    {
      signature = tw_catalog_file_read (signature_path, TW_CATALOG_MAX_KEY_BYTES, error);
      if (signature == NULL)
        return NULL;
    }
  return tw_catalog_update_new (catalog, signature, path);
}

/**
 * tw_catalog_update_add_key:
 * @self: an update
 * @path: (type filename): a public Ed25519 key, as 32 bytes or their base64
 * @error: return location for an error
 *
 * Trusts this key for this update. Once there is one, the keys that are
 * installed (`catalog-keys/` in the user's and the system's configuration) do
 * not count.
 *
 * Returns: %TRUE if it is a key
 * Since: 0.1
 */
gboolean
tw_catalog_update_add_key (TwCatalogUpdate *self, const char *path, GError **error)
{
  TwCatalogKey *key;

  g_return_val_if_fail (TW_IS_CATALOG_UPDATE (self), FALSE);
  g_return_val_if_fail (path != NULL, FALSE);

  key = tw_catalog_key_read (path, error);
  if (key == NULL)
    return FALSE;
  if (self->keys == NULL)
    self->keys = g_ptr_array_new_with_free_func ((GDestroyNotify) tw_catalog_key_free);
  g_ptr_array_add (self->keys, key);
  return TRUE;
}

/**
 * tw_catalog_update_expect_sha256:
 * @self: an update
 * @sha256: the SHA-256 that the bytes must have, in 64 hexadecimal digits
 * @error: return location for an error
 *
 * Lets only these very bytes pass.
 *
 * Returns: %TRUE if @sha256 is one
 * Since: 0.1
 */
gboolean
tw_catalog_update_expect_sha256 (TwCatalogUpdate *self, const char *sha256, GError **error)
{
  gsize digits = 0;

  g_return_val_if_fail (TW_IS_CATALOG_UPDATE (self), FALSE);
  g_return_val_if_fail (sha256 != NULL, FALSE);

  while (g_ascii_isxdigit (sha256[digits]))
    digits++;
  if (digits != SHA256_DIGITS || sha256[digits] != '\0')
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                   "“%.80s” is not a SHA-256; give its %d hexadecimal digits.", sha256,
                   SHA256_DIGITS);
      return FALSE;
    }
  g_free (self->wanted_sha256);
  self->wanted_sha256 = g_ascii_strdown (sha256, -1);
  return TRUE;
}

/**
 * tw_catalog_update_accept:
 * @self: an update
 * @name: the name of a refusal, `"price-jump"`, or of one subject,
 *   `"price-jump:openai/gpt-5.5"`
 * @error: return location for an error
 *
 * Accepts what would be refused: `bad-signature`, `model-loss` (over 20 % of
 * the models would be gone), `older-version`, `price-jump` (over tenfold, in
 * either direction), `price-limit` (above $5,000 per million tokens),
 * `unknown-keys` (they are left out), `unsigned`, `usage-profile` and
 * `zero-price` (a price would become 0).
 *
 * Returns: %TRUE if there is a refusal of that name
 * Since: 0.1
 */
gboolean
tw_catalog_update_accept (TwCatalogUpdate *self, const char *name, GError **error)
{
  g_autofree char *bare = NULL, *names = NULL;

  g_return_val_if_fail (TW_IS_CATALOG_UPDATE (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  bare = g_strndup (name, strcspn (name, ":"));
  if (g_strv_contains (tw_catalog_findings_names (), bare))
    {
      g_ptr_array_add (self->accepted, g_strdup (name));
      return TRUE;
    }
  names = g_strjoinv (", ", (char **) tw_catalog_findings_names ());
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
               "“%.80s” is nothing that can be accepted; use one of %s.", name, names);
  return FALSE;
}

static void
add_list (cJSON *json, const char *key, const GPtrArray *texts)
{
  cJSON *list = cJSON_AddArrayToObject (json, key);

  for (guint i = 0; i < texts->len; i++)
    cJSON_AddItemToArray (list, cJSON_CreateString (texts->pdata[i]));
}

void
tw_catalog_add_signature (cJSON *json, const TwCatalogSignature *signature)
{
  cJSON *member = cJSON_AddObjectToObject (json, "signature");

  cJSON_AddStringToObject (member, "state",
                           tw_catalog_signature_state_to_string (signature->state));
  tw_json_add_string (member, "key", signature->key);
  cJSON_AddStringToObject (member, "message", signature->message);
}

static char *
report (TwCatalogUpdate *self, const TwCatalogOutcome *outcome, const char *state)
{
  g_autoptr (cJSON) json = cJSON_CreateObject ();

  cJSON_AddStringToObject (json, "state", state);
  cJSON_AddStringToObject (json, "source", self->source);
  cJSON_AddStringToObject (json, "version", outcome->version);
  cJSON_AddStringToObject (json, "in_force", outcome->in_force_version);
  cJSON_AddStringToObject (json, "sha256", self->sha256);
  tw_json_add_integer (json, "age_days",
                       tw_catalog_version_get_age_days (outcome->version, tw_instant_now ()));
  tw_catalog_add_signature (json, &outcome->signature);
  cJSON_AddItemToObject (json, "findings",
                         outcome->findings.list != NULL
                             ? cJSON_Duplicate (outcome->findings.list, TRUE)
                             : cJSON_CreateArray ());
  tw_json_add_integer (json, "refused", outcome->findings.n_refused);
  add_list (json, "key_problems", outcome->problems);
  tw_json_add_string (json, "fallback", outcome->fallback);
  return tw_json_print (json);
}

static const char *
get_state (const TwCatalogOutcome *outcome)
{
  if (outcome->is_current)
    return "current";
  return outcome->findings.n_refused > 0 ? "refused" : "ready";
}

/**
 * tw_catalog_update_check:
 * @self: an update
 * @error: return location for an error
 *
 * Checks the update against the catalogue in force. Nothing is written. What
 * nobody can accept is an error: text that is not a catalogue, a price that is
 * a number, an unknown meter or condition, the wrong SHA-256.
 *
 * The answer has `"state"` (`"ready"`, `"refused"` or `"current"`, which is in
 * force already), `"source"`, `"version"`, `"in_force"`, `"sha256"`,
 * `"age_days"`, `"signature"` with its state, key and message, `"findings"`
 * with name, subject, message and whether it was accepted, `"refused"` (how
 * many were not), `"key_problems"` and `"fallback"` (why an update that was
 * installed before is not in force, or null).
 *
 * Returns: (transfer full): a JSON object
 * Since: 0.1
 */
char *
tw_catalog_update_check (TwCatalogUpdate *self, GError **error)
{
  g_auto (TwCatalogOutcome) outcome = { 0 };

  g_return_val_if_fail (TW_IS_CATALOG_UPDATE (self), NULL);

  return tw_catalog_update_run_checks (self, &outcome, error)
             ? report (self, &outcome, get_state (&outcome))
             : NULL;
}

static void
set_refused (const TwCatalogOutcome *outcome, GError **error)
{
  g_autoptr (GString) names = g_string_new (NULL);
  const cJSON *item;
  guint n = 0;

  cJSON_ArrayForEach (item, outcome->findings.list)
  {
    const char *subject = tw_json_string (item, "subject");

    if (cJSON_IsTrue (cJSON_GetObjectItemCaseSensitive (item, "accepted")) || n++ >= MAX_NAMED)
      continue;
    g_string_append_printf (names, "%s%s%s%s", n > 1 ? ", " : "", tw_json_string (item, "name"),
                            subject != NULL ? ":" : "", subject != NULL ? subject : "");
  }
  if (n > MAX_NAMED)
    g_string_append_printf (names, " and %u more", outcome->findings.n_refused - MAX_NAMED);
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
               "The catalogue %s is refused for %s; look at what it would change, and accept that "
               "by name.",
               outcome->version, names->str);
}

static cJSON *
make_origin (TwCatalogUpdate *self, const TwCatalogOutcome *outcome)
{
  cJSON *origin = cJSON_CreateObject ();
  g_autofree char *sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, outcome->content);
  g_autofree char *at = tw_instant_to_string (tw_instant_now ());
  g_autofree char *built_in = tw_catalog_store_read_built_in_version (NULL);

  cJSON_AddStringToObject (origin, "sha256", sha256);
  cJSON_AddStringToObject (origin, "source_sha256", self->sha256);
  cJSON_AddStringToObject (origin, "version", outcome->version);
  tw_json_add_string (origin, "over", built_in);
  cJSON_AddStringToObject (origin, "source", self->source);
  cJSON_AddStringToObject (origin, "installed_at", at);
  tw_catalog_add_signature (origin, &outcome->signature);
  add_list (origin, "accepted", self->accepted);
  return origin;
}

static char *
install (TwCatalogUpdate *self, GError **error)
{
  g_auto (TwCatalogOutcome) outcome = { 0 };
  g_autoptr (cJSON) origin = NULL;

  if (!tw_catalog_update_run_checks (self, &outcome, error))
    return NULL;
  if (outcome.is_current)
    return report (self, &outcome, "current");
  if (outcome.findings.n_refused > 0)
    {
      set_refused (&outcome, error);
      return NULL;
    }
  origin = make_origin (self, &outcome);
  if (!tw_catalog_store_install (outcome.content, origin, error))
    return NULL;
  return report (self, &outcome, "installed");
}

/**
 * tw_catalog_update_install:
 * @self: an update
 * @error: return location for an error
 *
 * Checks the update and puts it in force, for catalogues that are opened from
 * now on; the one before is kept. A failure at any point leaves the one in
 * force as it was. A refusal is an error that names what can be accepted.
 *
 * Returns: (transfer full): what tw_catalog_update_check() answers, with the
 *   state `"installed"` or `"current"`
 * Since: 0.1
 */
char *
tw_catalog_update_install (TwCatalogUpdate *self, GError **error)
{
  char *answer;
  int lock;

  g_return_val_if_fail (TW_IS_CATALOG_UPDATE (self), NULL);

  lock = tw_catalog_store_lock (error);
  if (lock < 0)
    return NULL;
  answer = install (self, error);
  tw_catalog_store_unlock (lock);
  return answer;
}

/**
 * tw_catalog_update_revert:
 * @error: return location for an error
 *
 * Puts the catalogue before the latest update in force again; without one, the
 * catalogue that comes with the library. Doing so twice changes nothing.
 *
 * Returns: (transfer full): a JSON object with the `"version"` and the `"path"`
 *   now in force, and `"fallback"`, why that is not an updated one, or null
 * Since: 0.1
 */
char *
tw_catalog_update_revert (GError **error)
{
  g_autofree char *path = NULL, *version = NULL, *fallback = NULL;
  g_autoptr (cJSON) json = NULL;
  int lock = tw_catalog_store_lock (error);
  gboolean reverted = lock >= 0 && tw_catalog_store_revert (error);

  tw_catalog_store_unlock (lock);
  if (reverted)
    path = tw_catalog_find_in_force (&fallback, error);
  if (path != NULL)
    version = tw_catalog_store_read_version (path, error);
  if (version == NULL)
    return NULL;
  json = cJSON_CreateObject ();
  cJSON_AddStringToObject (json, "version", version);
  cJSON_AddStringToObject (json, "path", path);
  tw_json_add_string (json, "fallback", fallback);
  return tw_json_print (json);
}
