/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-types.h"

#include <cjson/cJSON.h>

G_BEGIN_DECLS

G_DEFINE_AUTOPTR_CLEANUP_FUNC (cJSON, cJSON_Delete)

/* cJSON 1.7.15 accepts trailing garbage, invalid UTF-8 and nesting that overflows small stacks;
 * this is the one way in. At most max_bytes, depth TW_LIMIT_JSON_DEPTH, valid UTF-8 without NUL,
 * nothing after the document. The result is owned by the caller. */
cJSON *tw_json_parse (const char *text, gssize length, gsize max_bytes, GError **error);

/* Members. NULL or FALSE when absent, null or of another type. */
cJSON *tw_json_object (const cJSON *parent, const char *key);
cJSON *tw_json_array (const cJSON *parent, const char *key);
const char *tw_json_string (const cJSON *parent, const char *key);
/* An integer that a double holds exactly (|n| ≤ 2^53); ret is untouched otherwise. */
gboolean tw_json_integer (const cJSON *parent, const char *key, gint64 *ret_value);
gboolean tw_json_boolean (const cJSON *parent, const char *key, gboolean *ret_value);

/* The first member of object whose key is not in allowed (NULL-terminated), or NULL. */
const char *tw_json_unknown_key (const cJSON *object, const char *const *allowed);

/* Adds an integer without a float in between. */
void tw_json_add_integer (cJSON *parent, const char *key, gint64 value);
/* Adds a string, or null when value is NULL. */
void tw_json_add_string (cJSON *parent, const char *key, const char *value);
/* Compact text, owned by the caller (g_free). */
char *tw_json_print (const cJSON *json);

G_END_DECLS
