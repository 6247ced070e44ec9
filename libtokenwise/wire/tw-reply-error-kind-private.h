/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-error.h"

G_BEGIN_DECLS

#define TW_ERROR_FACTS_NAMES 12

/* What an error says of itself, wherever it says it. */
typedef struct
{
  const char *names[TW_ERROR_FACTS_NAMES]; /* codes, types, reasons: most special first */
  guint n_names;
  guint status; /* the HTTP status, or the one in the body of a 200 */
  const char *message;
  const char *more;     /* (nullable): the upstream's own words */
  gboolean daily_quota; /* Google: what is used up comes back tomorrow, not soon */
} TwErrorFacts;

/* The kind of the error, and whether another attempt can help, as the provider means it. */
void tw_error_facts_classify (const TwErrorFacts *self, TwError *ret_code, gboolean *ret_retryable);
gboolean tw_error_facts_mention (const TwErrorFacts *self, const char *phrase);

G_END_DECLS
