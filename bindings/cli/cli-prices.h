/* SPDX-License-Identifier: MIT */
#pragma once

#include "cli.h"

G_BEGIN_DECLS

/* The prices in force. What was left out because its file cannot be used is said on standard error.
 * The caller owns it. */
TwCatalog *cli_open_catalog (GError **error);
void cli_note_prices (TwCatalog *catalog);

G_END_DECLS
