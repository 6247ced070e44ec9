/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/message/tw-request-private.h"

G_BEGIN_DECLS

/* The parts of the reader of request files. */

/* Always FALSE, with an error that says what is wrong. */
gboolean tw_request_refuse (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);
gboolean tw_request_check_keys (const cJSON *object,
                                const char *const *allowed,
                                const char *where,
                                GError **error);
/* An absent or null member leaves ret_text alone; anything but a string is an error. */
gboolean
tw_request_read_string (const cJSON *object, const char *key, char **ret_text, GError **error);
/* The same for one of some words. */
gboolean tw_request_read_word (const cJSON *object,
                               const char *key,
                               const char *const *words,
                               char **ret_word,
                               GError **error);
/* How long a cached prefix lives: 5m, 30m or 1h. */
gboolean
tw_request_read_lifetime (const cJSON *object, const char *key, char **ret_text, GError **error);

gboolean tw_request_read_part (TwMessage *message, const cJSON *json, GError **error);

G_END_DECLS
