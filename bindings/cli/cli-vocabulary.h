/* SPDX-License-Identifier: MIT */
#pragma once

#include "cli.h"

G_BEGIN_DECLS

/* What `encodings` and `vocab list` have in common. An array with an object per encoding. */
cJSON *cli_vocabulary_describe (gboolean added_only, GError **error);
/* As a table, or as JSON under that key. */
void cli_vocabulary_write (Cli *cli, const char *key, cJSON *take_encodings);

G_END_DECLS
