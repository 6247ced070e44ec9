/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-types.h"

#include <curl/curl.h>

G_BEGIN_DECLS

/* The functions of libcurl, which is loaded when a URL is first looked at. */
#define TW_CURL_FUNCTIONS(_)                                                                       \
  _ (easy_cleanup)                                                                                 \
  _ (easy_getinfo)                                                                                 \
  _ (easy_init)                                                                                    \
  _ (easy_pause)                                                                                   \
  _ (easy_setopt)                                                                                  \
  _ (easy_strerror)                                                                                \
  _ (free)                                                                                         \
  _ (global_init)                                                                                  \
  _ (multi_add_handle)                                                                             \
  _ (multi_cleanup)                                                                                \
  _ (multi_info_read)                                                                              \
  _ (multi_init)                                                                                   \
  _ (multi_remove_handle)                                                                          \
  _ (multi_setopt)                                                                                 \
  _ (multi_socket_action)                                                                          \
  _ (slist_append)                                                                                 \
  _ (slist_free_all)                                                                               \
  _ (url)                                                                                          \
  _ (url_cleanup)                                                                                  \
  _ (url_get)                                                                                      \
  _ (url_set)                                                                                      \
  _ (version_info)

#define TW_CURL_POINTER(name) __typeof__ (curl_##name) *name;
typedef struct
{
  TW_CURL_FUNCTIONS (TW_CURL_POINTER)
} TwCurlLibrary;
#undef TW_CURL_POINTER

/* Filled by tw_curl_library_load(), which comes before any use. A call through a pointer is not
 * checked by curl's macros: a number for an option is a long, or a curl_off_t where it says so. */
extern TwCurlLibrary tw_curl;

/* Any thread, as often as one likes; what failed is tried again. */
gboolean tw_curl_library_load (GError **error);

G_END_DECLS
