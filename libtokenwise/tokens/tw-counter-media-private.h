/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/message/tw-request-private.h"
#include "libtokenwise/tokens/tw-counter-image-private.h"

G_BEGIN_DECLS

/* A file that is no text: documents by the page, recordings by the second. */
TwCountRange tw_counter_count_media (const char *family,
                                     const char *model,
                                     const TwPart *part,
                                     TwCountBasis *ret_basis);

G_END_DECLS
