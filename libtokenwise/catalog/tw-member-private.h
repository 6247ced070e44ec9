/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-json-private.h"

G_BEGIN_DECLS

typedef gboolean (*TwMemberReader) (gpointer target, const cJSON *item, GError **error);

/* How one member of a JSON object is read: by read, or without it as a string kept at offset in
 * the target. */
typedef struct
{
  const char *key;
  TwMemberReader read;
  gsize offset;
  gboolean required;
} TwMember;

/* A reader for members that are only checked to be known. */
gboolean tw_member_ignore (gpointer target, const cJSON *item, GError **error);

/* Reads every member of object in one pass. An unknown key, a wrong type or a missing required
 * member is an error that names it; at most 32 members. */
gboolean tw_members_read (
    const cJSON *object, const TwMember *members, guint n, gpointer target, GError **error);

G_END_DECLS
