/* SPDX-License-Identifier: MIT */
#pragma once

#include "cli.h"

G_BEGIN_DECLS

/* The library reads requests up to this size; a longer text is refused before it is in memory. */
#define CLI_MAX_INPUT_BYTES (32u << 20)
/* A recorded reply may be as long as a live one. */
#define CLI_MAX_REPLY_BYTES (64u << 20)

/* Reads a file, or standard input when path is NULL or "-". */
GBytes *cli_read (const char *path, gsize max_bytes, GError **error);
/* The same as text: UTF-8 without NUL. what names it in errors ("prompt"). */
char *cli_read_text (const char *path, const char *what, GError **error);

G_END_DECLS
