/* SPDX-License-Identifier: MIT */
#include "cli-prices.h"

#include "cli-output.h"

void
cli_note_prices (TwCatalog *catalog)
{
  const char *const *warnings = tw_catalog_get_warnings (catalog);

  for (guint i = 0; warnings[i] != NULL; i++)
    cli_note ("tokenwise: %s", warnings[i]);
}

TwCatalog *
cli_open_catalog (GError **error)
{
  TwCatalog *catalog = tw_catalog_new (error);

  if (catalog != NULL)
    cli_note_prices (catalog);
  return catalog;
}
