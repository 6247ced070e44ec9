/* SPDX-License-Identifier: MIT */
#include "libtokenwise/net/tw-curl-library-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-library-private.h"

/* As meson.build asks of the headers: CURLOPT_PROTOCOLS_STR, and a curl_global_init() that any
 * thread may call. */
#define MIN_VERSION 0x075800
#define MIN_VERSION_TEXT "7.88.0"
#define SONAME "libcurl.so.4"

TW_LIBRARY_NOTE (note, SONAME, "send", "Sends requests to providers", "recommended");

TwCurlLibrary tw_curl;

static const TwLibrary library = {
  .soname = SONAME,
  .purpose = "reach a provider",
  .package = "libcurl4",
};

#define SYMBOL(name) { "curl_" #name, G_STRUCT_OFFSET (TwCurlLibrary, name) },
static const TwLibrarySymbol symbols[] = { TW_CURL_FUNCTIONS (SYMBOL) };
#undef SYMBOL

static gboolean
load (GError **error)
{
  const curl_version_info_data *version;

  if (!tw_library_load (&library, symbols, G_N_ELEMENTS (symbols), &tw_curl, error))
    return FALSE;
  version = tw_curl.version_info (CURLVERSION_NOW);
  if (version->version_num < MIN_VERSION)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_FAILED,
                   "libcurl %s is too old to reach a provider; install %s or later.",
                   version->version, MIN_VERSION_TEXT);
      return FALSE;
    }
  /* Counted by curl and never undone: others in the process may use it. The allocators stay the
   * program's choice for the same reason. */
  if (tw_curl.global_init (CURL_GLOBAL_DEFAULT) == CURLE_OK)
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_FAILED,
               "libcurl could not be started; check the installation.");
  return FALSE;
}

gboolean
tw_curl_library_load (GError **error)
{
  static GMutex lock;
  static gboolean loaded;
  gboolean usable;

  g_mutex_lock (&lock);
  loaded = loaded || load (error);
  usable = loaded;
  g_mutex_unlock (&lock);
  return usable;
}
