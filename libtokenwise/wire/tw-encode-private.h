/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/wire/tw-codec-private.h"

G_BEGIN_DECLS

/* What every dialect's encoder needs. The order of members is the order of the calls, and so always
 * the same: providers cache by exact prefix. */

/* Always FALSE: the dialect has no way to say this. */
gboolean tw_encode_unsupported (GError **error, const char *dialect, const char *what);

/* FALSE if a tool asks that its schema be enforced, which the dialect has no word for. */
gboolean tw_encode_check_not_strict (TwRequest *request, const char *dialect, GError **error);
/* What is wrong in any dialect: no messages, a temperature that is no number, a tool choice that
 * names no tool of the request. */
gboolean tw_encode_check (TwRequest *request, const TwWireTarget *target, GError **error);

/* An image or file, wherever it is. */
typedef struct
{
  const char *url;  /* https, or NULL */
  char *media_type; /* (nullable) of the data */
  const char *data; /* base64, or NULL */
} TwEncodedMedia;

void tw_encoded_media_clear (TwEncodedMedia *media);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TwEncodedMedia, tw_encoded_media_clear)

/* Reads url (https: or data:) or data of a part. */
gboolean tw_encode_media (const TwPart *part, TwEncodedMedia *ret_media, GError **error);
/* The four formats that the providers read; PNG, JPEG, GIF and WebP. */
gboolean tw_encode_check_image (const TwEncodedMedia *image, const char *dialect, GError **error);

/* A number as short as it can be, whatever the locale. */
void tw_encode_add_number (cJSON *parent, const char *key, double value);
/* {"type":type} */
cJSON *tw_encode_new_typed (const char *type);
/* A cache breakpoint in Anthropic's form, which routers take too. */
gboolean
tw_encode_cache_control (cJSON *json, const char *lifetime, const char *dialect, GError **error);
/* An object of strings, by name, so that equal requests are equal bytes. */
void tw_encode_add_pairs (cJSON *parent, const char *key, GHashTable *pairs);
/* The tool call's arguments as an object; an error when they are none. */
cJSON *tw_encode_arguments (const TwPart *part, GError **error);

G_END_DECLS
