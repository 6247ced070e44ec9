/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-json-private.h"

G_BEGIN_DECLS

/* What the providers said last of their rate limits, for each provider and model. Counts and times
 * only; kept in $XDG_CACHE_HOME so that the doctor of another process can show it. One thread at a
 * time; processes add to each other's file. */
typedef struct _TwRateLimits TwRateLimits;

/* path (nullable): the file; NULL is limits.json in the user's cache. Nothing is read yet. */
TwRateLimits *tw_rate_limits_new (const char *path);
TwRateLimits *tw_rate_limits_ref (TwRateLimits *self);
/* The last one writes what is new. */
void tw_rate_limits_unref (TwRateLimits *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwRateLimits, tw_rate_limits_unref)

/* headers are a reply's, as "Name: value" (nullable); without limits among them nothing changes. */
void tw_rate_limits_note (TwRateLimits *self,
                          const char *provider,
                          const char *model,
                          const char *const *headers,
                          gint64 now);
/* One sentence for each provider and model, in the order of their names. */
GStrv tw_rate_limits_list (TwRateLimits *self);

G_END_DECLS
