/* SPDX-License-Identifier: MIT */
#include "libtokenwise/ledger/tw-sqlite-library-private.h"

#include "libtokenwise/base/tw-library-private.h"

#define SONAME "libsqlite3.so.0"

TW_LIBRARY_NOTE (note, SONAME, "ledger", "Keeps the ledger of what was spent", "required");

TwSqliteLibrary tw_sqlite;

static const TwLibrary library = {
  .soname = SONAME,
  .purpose = "open the ledger",
  .package = "libsqlite3-0",
};

#define SYMBOL(name) { "sqlite3_" #name, G_STRUCT_OFFSET (TwSqliteLibrary, name) },
static const TwLibrarySymbol symbols[] = { TW_SQLITE_FUNCTIONS (SYMBOL) };
#undef SYMBOL

gboolean
tw_sqlite_library_load (GError **error)
{
  static GMutex lock;
  static gboolean loaded;
  gboolean usable;

  g_mutex_lock (&lock);
  loaded = loaded || tw_library_load (&library, symbols, G_N_ELEMENTS (symbols), &tw_sqlite, error);
  usable = loaded;
  g_mutex_unlock (&lock);
  return usable;
}
