/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-types.h"

G_BEGIN_DECLS

/* Finds a slot of its own for each of n hashes, which must all differ, in a table of n_slots; what
 * tw_hash_to_slot needs to find them again is appended to seeds. Hash and displace: Belazzougui,
 * Botelho, Dietzfelbinger, “Hash, displace, and compress”, ESA 2009. FALSE when n_slots is too
 * small for it. */
gboolean tw_perfect_hash_build (
    const guint64 *hashes, guint32 n, guint32 n_slots, GByteArray *seeds, guint32 *ret_slots);

G_END_DECLS
