/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/ledger/tw-budget-private.h"
#include "libtokenwise/ledger/tw-scope-private.h"

#include <string.h>

#define MAX_NAME_LENGTH 64
/* A billion dollars; nine times that still fits the stored column. */
#define MAX_LIMIT (TW_FEMTO_PER_USD * G_GINT64_CONSTANT (1000000000))

static const char *const on_exceed_names[] = { "warn", "ask", "approve", "block" };

gboolean
tw_on_exceed_parse (const char *text, TwOnExceed *ret_on_exceed, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (on_exceed_names); i++)
    if (g_strcmp0 (text, on_exceed_names[i]) == 0)
      {
        *ret_on_exceed = (TwOnExceed) i;
        return TRUE;
      }
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
               "“%.40s” is not what a budget can do when it is exceeded; use warn, ask, approve or "
               "block.",
               text);
  return FALSE;
}

const char *
tw_on_exceed_to_string (TwOnExceed on_exceed)
{
  return on_exceed_names[on_exceed];
}

static gboolean
check_name (const char *name, GError **error)
{
  gsize length = strspn (name, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "._-");

  if (length > 0 && length <= MAX_NAME_LENGTH && name[length] == '\0')
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
               "“%.80s” is not a budget name; use 1 to %d letters, digits, dots, dashes and "
               "underscores.",
               name, MAX_NAME_LENGTH);
  return FALSE;
}

static gboolean
parse_limit (const char *text, TwFemto *ret_limit, GError **error)
{
  if (!tw_femto_parse (text, ret_limit, error))
    return FALSE;
  if (*ret_limit >= 0 && *ret_limit <= MAX_LIMIT)
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
               "“%.40s” is not a limit; write US dollars from 0 to 1000000000, such as 20.00.",
               text);
  return FALSE;
}

static gboolean
check_timezone (const char *zone, GError **error)
{
  TwWindow window;

  return tw_window_at (TW_WINDOW_DAY, zone, 0, &window, error);
}

TwBudgetSpec *
tw_budget_spec_new (const char *name,
                    const char *scope,
                    const char *window,
                    const char *zone,
                    const char *limit,
                    const char *on_exceed,
                    GError **error)
{
  g_autoptr (TwBudgetSpec) self = g_new0 (TwBudgetSpec, 1);

  if (!check_name (name, error) || !tw_scope_validate (scope, error)
      || !tw_window_kind_parse (window, &self->period, error)
      || (zone != NULL && !check_timezone (zone, error))
      || !parse_limit (limit, &self->limit, error)
      || !tw_on_exceed_parse (on_exceed, &self->on_exceed, error))
    return NULL;
  self->name = g_strdup (name);
  self->scope = g_strdup (scope);
  self->timezone = g_strdup (zone);
  return g_steal_pointer (&self);
}

void
tw_budget_spec_free (TwBudgetSpec *self)
{
  g_free (self->name);
  g_free (self->scope);
  g_free (self->timezone);
  g_free (self);
}

char *
tw_local_timezone (void)
{
  g_autoptr (GTimeZone) local = g_time_zone_new_local ();
  const char *name = g_time_zone_get_identifier (local);

  if (name != NULL && check_timezone (name, NULL))
    return g_strdup (name);
  return g_strdup ("UTC");
}
