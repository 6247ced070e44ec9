/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-types.h"

G_BEGIN_DECLS

/* Who holds money. A process keeps a flock on a file of its own for as long as it lives, so whoever
 * can take that lock knows that the owner is gone. Process ids are reused and mean nothing across
 * PID namespaces; clocks jump. */
typedef struct
{
  char *id; /* a UUID, the lock file's name */
  char *path;
  int fd;
} TwOwner;

/* Makes folder where it is missing. */
TwOwner *tw_owner_new (const char *folder, GError **error);
void tw_owner_free (TwOwner *self);
/* In a forked child: gives up the copied descriptor, so that the lock ends with the parent. */
void tw_owner_forget (TwOwner *self);

/* Takes over what a dead owner left; NULL while it lives. The result keeps others out until it is
 * freed, which removes the lock file. */
TwOwner *tw_owner_take_over (const char *folder, const char *id);
/* Removes lock files whose processes are gone without a hold. */
void tw_owner_sweep (const char *folder, const char *const *except);

/* Seconds since this machine booted, and which boot that was; "" where the kernel does not say. */
gint64 tw_boot_seconds (void);
const char *tw_boot_id (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwOwner, tw_owner_free)

G_END_DECLS
