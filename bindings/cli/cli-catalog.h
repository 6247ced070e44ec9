/* SPDX-License-Identifier: MIT */
#pragma once

#include "cli.h"

G_BEGIN_DECLS

/* What the library answers about catalogues, as text for people. */
void cli_catalog_write_update (const cJSON *report);
void cli_catalog_write_diff (const cJSON *report);
void cli_catalog_write_cross_check (const cJSON *report);
void cli_catalog_write_description (const cJSON *report);
void cli_catalog_write_verdict (const cJSON *report);
/* The findings of an update or a verdict, on standard error. */
void cli_catalog_note_findings (const cJSON *report);

G_END_DECLS
