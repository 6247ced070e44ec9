/* SPDX-License-Identifier: MIT */
#include "libtokenwise/wire/tw-anthropic-private.h"

#include <string.h>

/* Which parameters a model of Claude takes. */

/* Versions are major × 100 + minor. */
#define NEVER G_MAXUINT

/* From Anthropic's pages on adaptive thinking and on migration, as of November 2026. Of a family's
 * later models the same is assumed. */
static const struct
{
  const char *family;
  guint adaptive_from;
  guint no_sampling_from;
} families[] = {
  { "opus", 406, 407 },   { "sonnet", 406, 500 },  { "fable", 500, 500 },
  { "mythos", 500, 500 }, { "haiku", 500, NEVER },
};

/* claude-opus-4-5-20251101, claude-3-7-sonnet-latest, anthropic.claude-opus-4-6-v1:0 and
 * claude-opus-4.6: the first number of at most two digits, and the next if it follows at once. */
static guint
read_version (const char *model)
{
  g_auto (GStrv) words = g_strsplit_set (model, "-.@:", -1);
  guint major = 0;

  for (guint i = 0; words[i] != NULL; i++)
    {
      gboolean is_number = g_ascii_isdigit (words[i][0]) && strlen (words[i]) <= 2;
      guint number = is_number ? (guint) g_ascii_strtoull (words[i], NULL, 10) : 0;

      if (major > 0)
        return major * 100 + number;
      major = number;
    }
  return major * 100;
}

TwAnthropicWays
tw_anthropic_model_ways (const char *model)
{
  const char *name = strstr (model, "claude-");
  guint version = name != NULL ? read_version (name) : 0;

  for (guint i = 0; version > 0 && i < G_N_ELEMENTS (families); i++)
    if (strstr (name, families[i].family) != NULL)
      return (version >= families[i].adaptive_from ? TW_ANTHROPIC_ADAPTIVE : TW_ANTHROPIC_BUDGET)
             | (version >= families[i].no_sampling_from ? TW_ANTHROPIC_NO_SAMPLING : 0);
  return 0;
}
