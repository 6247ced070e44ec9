/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-json-private.h"
#include "libtokenwise/catalog/tw-catalog-private.h"
#include "libtokenwise/catalog/tw-catalog-signature-private.h"
#include "libtokenwise/catalog/tw-catalog-update.h"

G_BEGIN_DECLS

/* Why an update is refused unless a person accepts it by name. */
#define TW_CATALOG_FINDING_BAD_SIGNATURE "bad-signature"
#define TW_CATALOG_FINDING_MODEL_LOSS "model-loss"
#define TW_CATALOG_FINDING_OLDER_VERSION "older-version"
#define TW_CATALOG_FINDING_PRICE_JUMP "price-jump"
#define TW_CATALOG_FINDING_PRICE_LIMIT "price-limit"
#define TW_CATALOG_FINDING_UNKNOWN_KEYS "unknown-keys"
#define TW_CATALOG_FINDING_UNSIGNED "unsigned"
#define TW_CATALOG_FINDING_USAGE_PROFILE "usage-profile"
#define TW_CATALOG_FINDING_ZERO_PRICE "zero-price"

typedef struct
{
  cJSON *list;         /* {"name", "subject", "message", "accepted"} each; owned */
  GPtrArray *accepted; /* "NAME" or "NAME:SUBJECT"; not owned */
  guint n_refused;
} TwCatalogFindings;

void tw_catalog_findings_clear (TwCatalogFindings *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TwCatalogFindings, tw_catalog_findings_clear)

/* subject is what of the catalogue it is about, or NULL for all of it. Takes the message. */
void tw_catalog_findings_add (TwCatalogFindings *self,
                              const char *name,
                              const char *subject,
                              char *take_message);
/* The names of findings, NULL-terminated. */
const char *const *tw_catalog_findings_names (void);

struct _TwCatalogUpdate
{
  GObject parent_instance;

  GBytes *catalog;
  GBytes *signature; /* (nullable) */
  char *source;
  char *sha256;        /* of the bytes */
  char *wanted_sha256; /* (nullable) */
  GPtrArray *accepted;
  GPtrArray *keys; /* (nullable): the only keys to trust */
};

/* What the checks found out, before anything is written. */
typedef struct
{
  TwCatalogFindings findings;
  TwCatalogSignature signature;
  GPtrArray *problems; /* keys that could not be read */
  GPtrArray *keys;
  GBytes *content; /* what would be written */
  char *version;
  char *in_force_path;
  char *in_force_version;
  char *fallback; /* (nullable): why it is not the updated one */
  gboolean is_current;
} TwCatalogOutcome;

void tw_catalog_outcome_clear (TwCatalogOutcome *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TwCatalogOutcome, tw_catalog_outcome_clear)

/* What can be wrong with the update by itself; its content is the answer. */
cJSON *tw_catalog_update_run_own_checks (TwCatalogUpdate *self,
                                         TwCatalogOutcome *outcome,
                                         gboolean with_signature,
                                         GError **error);
/* Everything that can be wrong, in the order in which it is worth knowing. */
gboolean
tw_catalog_update_run_checks (TwCatalogUpdate *self, TwCatalogOutcome *outcome, GError **error);

/* Adds the member "signature": state, key and message. */
void tw_catalog_add_signature (cJSON *json, const TwCatalogSignature *signature);

/* Unknown keys are findings, and taken out of root, which ret_sifted says; a key that comes twice
 * is an error, because two readers may take another of them. */
gboolean tw_catalog_check_keys (cJSON *root,
                                TwCatalogFindings *findings,
                                gboolean *ret_sifted,
                                GError **error);
/* Prices beyond any model's. */
void tw_catalog_check_limits (const cJSON *root, TwCatalogFindings *findings);
/* What would change between two catalogues that are valid: models lost, jumps and zeros among the
 * prices in force now or later. */
void tw_catalog_check_changes (const cJSON *before,
                               const cJSON *after,
                               gint64 now,
                               TwCatalogFindings *findings);

/* One model or provider before and after; findings are about subject. */
typedef struct
{
  TwCatalogFindings *findings;
  const char *subject;
  gint64 now;
} TwCatalogComparison;

/* Lists of rate cards, and of adjustments. */
void
tw_catalog_compare_cards (const TwCatalogComparison *self, const cJSON *before, const cJSON *after);
void tw_catalog_compare_adjustments (const TwCatalogComparison *self,
                                     const cJSON *before,
                                     const cJSON *after);
gboolean tw_catalog_card_is_in_force (const cJSON *card, gint64 at);

/* A catalogue's bytes, read as strictly as tw_catalog_new_from_file() reads them, without a file.
 * name is for messages. */
TwCatalog *tw_catalog_load_bytes (GBytes *bytes, const char *name, GError **error);

/* The catalogue that is in force: its file, and why it is not the updated one where that cannot be
 * used. Owned by the caller; NULL when there is not even a built-in one. */
char *tw_catalog_find_in_force (char **ret_fallback, GError **error);

/* Text of JSON, as a tree. */
cJSON *tw_catalog_parse (GBytes *bytes, const char *name, GError **error);

/* "provider/id" of a model, in lower case; NULL if it has no such members. */
char *tw_catalog_model_key (const cJSON *model);
/* The models by that key; they belong to root. */
GHashTable *tw_catalog_index_models (const cJSON *root);

G_END_DECLS
