/* SPDX-License-Identifier: MIT */
#include "libtokenwise/plan/tw-quantile-private.h"

static int
compare_int64 (gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;

  return (x > y) - (x < y);
}

gint64
tw_quantile (GArray *values, guint percent)
{
  guint rank = (values->len * percent + 99) / 100;

  g_array_sort (values, compare_int64);
  return g_array_index (values, gint64, CLAMP (rank, 1, values->len) - 1);
}
