/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-types.h"

G_BEGIN_DECLS

/* What a budget is about: "user", "project:NAME", "workflow:NAME", "model:NAME" (bare or with its
 * provider) or "tag:KEY=VALUE". Project and workflow are the tags of those names. */
gboolean tw_scope_validate (const char *scope, GError **error);
/* tags is (nullable). The scope must be valid. */
gboolean
tw_scope_matches (const char *scope, const char *provider, const char *model, GHashTable *tags);

/* A JSON object with sorted keys; "{}" for NULL. NULL with an error past 64 KiB. */
char *tw_tags_to_json (GHashTable *tags, GError **error);
/* (transfer full) (element-type utf8 utf8); NULL with an error if it is not what was written. */
GHashTable *tw_tags_from_json (const char *json, GError **error);

G_END_DECLS
