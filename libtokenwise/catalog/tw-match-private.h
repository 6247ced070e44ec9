/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-json-private.h"

G_BEGIN_DECLS

/* How well a rule of a model fits an id; 0 if none does. A higher class of rule beats a lower one
 * (equals > dated > prefix > suffix > contains), and within a class the longer rule wins. */
guint tw_match_strength (const cJSON *rules, const char *id);
/* As tw_match_strength(), but a prefix must be followed by a version, a date or "latest": for ids
 * that people type, where anything else is a misspelling. */
guint tw_match_strict_strength (const cJSON *rules, const char *id);
/* Whether the rules are ones that the two above can take. */
gboolean tw_match_check (const cJSON *rules, GError **error);

G_END_DECLS
