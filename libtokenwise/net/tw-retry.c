/* SPDX-License-Identifier: MIT */
#include "libtokenwise/net/tw-transport-private.h"

/* The vendors' own SDKs: two retries after the first attempt, 0.5 s doubling up to 8 s, and a
 * Retry-After of more than a minute is handed to the caller. */
const TwRetryPolicy tw_retry_policy_default = {
  .max_attempts = 3,
  .base_delay_ms = 500,
  .max_delay_ms = 8000,
  .max_wait_ms = 60000,
};

/* The back-off is all by chance ("full jitter"), so that clients that failed together do not come
 * back together. */
gint64
tw_retry_delay_ms (const TwRetryPolicy *policy,
                   guint attempt,
                   gint64 server_delay_ms,
                   double jitter)
{
  guint64 delay = policy->base_delay_ms;

  if (attempt >= policy->max_attempts)
    return -1;
  if (server_delay_ms > 0)
    return server_delay_ms <= policy->max_wait_ms ? server_delay_ms : -1;
  for (guint i = 1; i < attempt && delay < policy->max_delay_ms; i++)
    delay *= 2;
  delay = MIN (delay, policy->max_delay_ms);
  return (gint64) ((double) delay * CLAMP (jitter, 0.0, 1.0));
}
