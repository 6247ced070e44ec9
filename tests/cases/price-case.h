/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-json-private.h"
#include "libtokenwise/catalog/tw-catalog.h"

G_BEGIN_DECLS

/* Prices one case of tests/cases/prices, of which README.md describes the form. The result has
 * "cost", "state", "lines" and what else tw_cost_to_json() gives, and "model"; or "error", a code
 * of tw_error_to_code(), and "message". Owned by the caller. */
cJSON *price_case_run (const cJSON *price_case);
/* The built-in catalogue, or the one that a case brings; kept until another case brings another.
 * NULL and error as tw_catalog_new_from_file(). */
TwCatalog *price_case_get_catalog (const cJSON *price_case, GError **error);
/* The files of tests/cases/prices; a path is NULL at the end. */
GStrv price_case_list_files (void);
/* A file's array of cases; the program ends with a message if there is none. */
cJSON *price_case_read_file (const char *path);
/* For arrays of strings. */
gint price_case_compare_strings (gconstpointer a, gconstpointer b);

G_END_DECLS
