/* SPDX-License-Identifier: MIT */
#include "libtokenwise/catalog/tw-match-private.h"

#include "libtokenwise/base/tw-error.h"

#include <string.h>

/* Longer than any id; keeps the classes of strength apart. */
#define CLASS_STEP 4096u

typedef guint (*RuleMatcher) (const char *rule, gsize length, const char *id, gboolean strict);

static gboolean
starts_with (const char *id, const char *rule, gsize length)
{
  return g_ascii_strncasecmp (id, rule, length) == 0;
}

static gboolean
is_digits (const char *text, guint n)
{
  for (guint i = 0; i < n; i++)
    if (!g_ascii_isdigit (text[i]))
      return FALSE;
  return TRUE;
}

/* "-20250807" or "-2025-08-07", to the end. */
static gboolean
is_date (const char *rest)
{
  if (rest[0] != '-')
    return FALSE;
  if (strlen (rest) == strlen ("-YYYYMMDD"))
    return is_digits (rest + 1, 8);
  return strlen (rest) == strlen ("-YYYY-MM-DD") && is_digits (rest + 1, 4) && rest[5] == '-'
         && is_digits (rest + 6, 2) && rest[8] == '-' && is_digits (rest + 9, 2);
}

/* What may follow a prefix: "", "-latest", "-001", "@20250514", "-v1:0", "-preview-05-06". Anything
 * else may be another model at another price: gpt-5 is not gpt-5-pro. */
static gboolean
is_version (const char *rest)
{
  static const char *const words[] = { "latest", "preview", "exp", "beta" };

  while (*rest != '\0')
    {
      gsize skip = strspn (rest, "-@:.v0123456789");

      for (guint i = 0; skip == 0 && i < G_N_ELEMENTS (words); i++)
        if (g_str_has_prefix (rest, words[i]))
          skip = strlen (words[i]);
      if (skip == 0)
        return FALSE;
      rest += skip;
    }
  return TRUE;
}

static guint
match_equals (const char *rule, gsize length, const char *id, gboolean strict)
{
  return g_ascii_strcasecmp (rule, id) == 0 ? 1 : 0;
}

static guint
match_dated (const char *rule, gsize length, const char *id, gboolean strict)
{
  return starts_with (id, rule, length) && is_date (id + length) ? 1 : 0;
}

static guint
match_prefix (const char *rule, gsize length, const char *id, gboolean strict)
{
  return starts_with (id, rule, length) && is_version (id + length) ? 1 : 0;
}

static guint
match_suffix (const char *rule, gsize length, const char *id, gboolean strict)
{
  gsize n = strlen (id);

  return !strict && n >= length && g_ascii_strcasecmp (id + n - length, rule) == 0 ? 1 : 0;
}

static guint
match_contains (const char *rule, gsize length, const char *id, gboolean strict)
{
  gsize n = strlen (id);

  for (gsize i = 0; !strict && i + length <= n; i++)
    if (starts_with (id + i, rule, length))
      return 1;
  return 0;
}

/* The weakest first: equals > dated > prefix > suffix > contains. */
static const struct
{
  const char *kind;
  RuleMatcher match;
} kinds[] = {
  { "contains", match_contains }, { "suffix", match_suffix }, { "prefix", match_prefix },
  { "dated", match_dated },       { "equals", match_equals },
};

static guint
kind_of (const cJSON *rule)
{
  guint kind = 0;

  while (strcmp (rule->child->string, kinds[kind].kind) != 0)
    kind++;
  return kind;
}

static guint
strength (const cJSON *rules, const char *id, gboolean strict)
{
  const cJSON *rule;
  guint best = 0;

  cJSON_ArrayForEach (rule, rules)
  {
    guint kind = kind_of (rule);
    const char *text = rule->child->valuestring;
    gsize length = strlen (text);

    if (kinds[kind].match (text, length, id, strict))
      best = MAX (best, (kind + 1) * CLASS_STEP + (guint) length);
  }
  return best;
}

guint
tw_match_strength (const cJSON *rules, const char *id)
{
  return strength (rules, id, FALSE);
}

guint
tw_match_strict_strength (const cJSON *rules, const char *id)
{
  return strength (rules, id, TRUE);
}

static gboolean
is_rule (const cJSON *rule)
{
  if (!cJSON_IsObject (rule) || rule->child == NULL || rule->child->next != NULL
      || !cJSON_IsString (rule->child) || rule->child->valuestring[0] == '\0'
      || strlen (rule->child->valuestring) >= CLASS_STEP)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (strcmp (rule->child->string, kinds[i].kind) == 0)
      return TRUE;
  return FALSE;
}

gboolean
tw_match_check (const cJSON *rules, GError **error)
{
  const cJSON *rule;

  cJSON_ArrayForEach (rule, rules)
  {
    if (!is_rule (rule))
      {
        g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                             "A match rule has one of equals, dated, prefix, suffix, contains.");
        return FALSE;
      }
  }
  return TRUE;
}
