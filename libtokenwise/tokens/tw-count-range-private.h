/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-types.h"

G_BEGIN_DECLS

typedef struct
{
  gint64 tokens;
  gint64 low;
  gint64 high;
} TwCountRange;

G_END_DECLS
