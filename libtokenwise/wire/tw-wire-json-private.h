/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-json-private.h"
#include "libtokenwise/base/tw-money-private.h"

G_BEGIN_DECLS

/* A cJSON item takes some 80 bytes, so that a document of small numbers is forty times its size in
 * memory; a reply of real use has a few thousand. */
#define TW_WIRE_JSON_ITEMS (1u << 20)

/* tw_json_parse() for what servers really send: a byte order mark or blank lines in front are
 * skipped; bytes that are not UTF-8, half surrogate pairs and escaped NULs become U+FFFD, since
 * cJSON would cut the string there or refuse the whole reply. */
cJSON *tw_wire_json_parse (const char *text, gsize length, gsize max_bytes, GError **error);

/* A count of tokens or calls: 0 when absent or null. Anything but a whole number of at least 0, or
 * digits in a string, is impossible: the key is put into ret_impossible, unless one is there. */
gint64 tw_wire_json_count (const cJSON *object, const char *key, const char **ret_impossible);
/* TRUE if the member is there and not null. */
gboolean tw_wire_json_has (const cJSON *object, const char *key);
/* The string member if it is not empty, else NULL. */
const char *tw_wire_json_text (const cJSON *object, const char *key);

/* An amount in USD: the shortest decimal that is this double, to femto-USD. */
gboolean tw_wire_json_amount (const cJSON *object, const char *key, TwFemto *ret_femto);

/* Text that is a JSON object from the first to the last byte. */
gboolean tw_wire_json_is_object (const char *text);

G_END_DECLS
