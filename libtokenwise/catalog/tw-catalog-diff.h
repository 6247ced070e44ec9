/* SPDX-License-Identifier: MIT */
#pragma once

#include <libtokenwise/base/tw-types.h>

G_BEGIN_DECLS

TW_PUBLIC char *tw_catalog_diff (const char *from, const char *to, GError **error);
TW_PUBLIC char *tw_catalog_cross_check (const char *path, const char *format, GError **error);
TW_PUBLIC char *tw_catalog_describe (const char *model, GError **error);
TW_PUBLIC char *tw_catalog_verify (const char *path, GError **error);

G_END_DECLS
