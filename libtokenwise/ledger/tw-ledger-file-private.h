/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-types.h"

#include <sys/stat.h>

G_BEGIN_DECLS

/* Makes folder and file where they are missing (0700, 0600), and refuses a place that another user
 * could read or write, a link, and a network file system. Returns the path with its folder resolved
 * (transfer full). Never opens a file that exists. */
char *tw_ledger_file_prepare (const char *path, struct stat *ret_status, GError **error);

G_END_DECLS
