/* SPDX-License-Identifier: MIT */
#include "cli-catalog.h"
#include "cli-output.h"

#include <stdarg.h>

/* Of a long list, for people; --json has all of it. */
#define MAX_ROWS 40

G_GNUC_PRINTF (1, 2)
static void
write_line (const char *format, ...)
{
  g_autofree char *line = NULL;
  va_list args;

  va_start (args, format);
  line = g_strdup_vprintf (format, args);
  va_end (args);
  cli_write_line (line);
}

static gboolean
is_true (const cJSON *object, const char *key)
{
  return cJSON_IsTrue (cJSON_GetObjectItemCaseSensitive (object, key));
}

static void
write_more (int count)
{
  if (count > MAX_ROWS)
    write_line ("… and %d more; --json lists them all.", count - MAX_ROWS);
}

void
cli_catalog_note_findings (const cJSON *report)
{
  const char *fallback = cli_json_string (report, "fallback", NULL);
  const cJSON *finding, *problem;
  int shown = 0;

  if (fallback != NULL)
    cli_note ("The update before is not in force: %s", fallback);
  cJSON_ArrayForEach (problem, cJSON_GetObjectItemCaseSensitive (report, "key_problems"))
  {
    cli_note ("%s", cJSON_GetStringValue (problem));
  }
  cJSON_ArrayForEach (finding, cJSON_GetObjectItemCaseSensitive (report, "findings"))
  {
    const char *subject = cli_json_string (finding, "subject", NULL);

    if (shown++ == MAX_ROWS)
      {
        cli_note ("… and more; --json lists them all.");
        return;
      }
    cli_note ("%s%s%s: %s%s", cli_json_string (finding, "name", ""), subject != NULL ? ":" : "",
              subject != NULL ? subject : "", cli_json_string (finding, "message", ""),
              is_true (finding, "accepted") ? " (accepted)" : "");
  }
}

void
cli_catalog_write_update (const cJSON *report)
{
  const char *state = cli_json_string (report, "state", "");
  const char *version = cli_json_string (report, "version", "");
  const cJSON *signature = cJSON_GetObjectItemCaseSensitive (report, "signature");

  cli_catalog_note_findings (report);
  if (g_str_equal (state, "current"))
    write_line ("The catalogue %s is in force already.", version);
  else if (g_str_equal (state, "ready"))
    write_line ("The catalogue %s can be installed; %s is in force.", version,
                cli_json_string (report, "in_force", ""));
  else
    write_line ("Installed the catalogue %s; %s was in force before.", version,
                cli_json_string (report, "in_force", ""));
  write_line ("%s SHA-256 %s.", cli_json_string (signature, "message", ""),
              cli_json_string (report, "sha256", ""));
}

static char *
to_text (const cJSON *value)
{
  g_autofree char *text = NULL;
  char *printed;

  if (cJSON_IsNull (value))
    return g_strdup ("–");
  if (cJSON_IsString (value))
    return g_strdup (value->valuestring);
  printed = cJSON_PrintUnformatted (value);
  text = g_strdup (printed);
  cJSON_free (printed);
  return g_steal_pointer (&text);
}

static void
write_names (const char *title, const cJSON *names)
{
  const cJSON *name;
  int shown = 0;

  if (cJSON_GetArraySize (names) > 0)
    write_line ("%s (%d):", title, cJSON_GetArraySize (names));
  cJSON_ArrayForEach (name, names)
  {
    if (shown++ < MAX_ROWS)
      write_line ("  %s", cJSON_GetStringValue (name));
  }
  write_more (cJSON_GetArraySize (names));
}

/* Prices are what people look for; the rest is counted. */
static void
write_changes (const cJSON *changes)
{
  const cJSON *change;
  int prices = 0, others = 0;

  cJSON_ArrayForEach (change, changes)
  {
    g_autofree char *before = to_text (cJSON_GetObjectItemCaseSensitive (change, "old"));
    g_autofree char *after = to_text (cJSON_GetObjectItemCaseSensitive (change, "new"));

    if (!is_true (change, "price"))
      others++;
    else if (prices++ < MAX_ROWS)
      write_line ("  %s  %s  %s → %s", cli_json_string (change, "model", "catalogue"),
                  cli_json_string (change, "path", ""), before, after);
  }
  write_more (prices);
  write_line ("%d prices and %d other fields differ.", prices, others);
}

void
cli_catalog_write_diff (const cJSON *report)
{
  const cJSON *from = cJSON_GetObjectItemCaseSensitive (report, "from");
  const cJSON *to = cJSON_GetObjectItemCaseSensitive (report, "to");

  write_line ("From %s (%s) to %s (%s).", cli_json_string (from, "version", ""),
              cli_json_string (from, "path", ""), cli_json_string (to, "version", ""),
              cli_json_string (to, "path", ""));
  write_names ("Models added", cJSON_GetObjectItemCaseSensitive (report, "models_added"));
  write_names ("Models removed", cJSON_GetObjectItemCaseSensitive (report, "models_removed"));
  write_changes (cJSON_GetObjectItemCaseSensitive (report, "changes"));
}

static void
write_problems (const cJSON *problems)
{
  const cJSON *problem;
  int shown = 0;

  cJSON_ArrayForEach (problem, problems)
  {
    if (shown++ < MAX_ROWS)
      cli_note ("%s: %s %s: %s", cli_json_string (problem, "problem", ""),
                cli_json_string (problem, "theirs", ""),
                cli_json_string (problem, "meter", "all prices"),
                cli_json_string (problem, "message", ""));
  }
  if (shown > MAX_ROWS)
    cli_note ("… and %d more; --json lists them all.", shown - MAX_ROWS);
}

void
cli_catalog_write_cross_check (const cJSON *report)
{
  const cJSON *row;
  int shown = 0;

  write_problems (cJSON_GetObjectItemCaseSensitive (report, "problems"));
  cJSON_ArrayForEach (row, cJSON_GetObjectItemCaseSensitive (report, "rows"))
  {
    if (!g_str_equal (cli_json_string (row, "verdict", ""), "agree") && shown++ < MAX_ROWS)
      write_line ("  %s  %s  ours %s  theirs %s (%s)%s", cli_json_string (row, "model", ""),
                  cli_json_string (row, "meter", ""), cli_json_string (row, "our_price", "–"),
                  cli_json_string (row, "their_price", ""), cli_json_string (row, "theirs", ""),
                  is_true (row, "derived") ? ", rounded" : "");
  }
  write_more (shown);
  write_line ("%" G_GINT64_FORMAT " prices agree, %" G_GINT64_FORMAT " disagree, %" G_GINT64_FORMAT
              " are missing here; %" G_GINT64_FORMAT
              " of their models are not in the catalogue %s.",
              cli_json_integer (report, "agree"), cli_json_integer (report, "disagree"),
              cli_json_integer (report, "missing"), cli_json_integer (report, "unmatched_models"),
              cli_json_string (report, "version", ""));
}

static void
write_head (const cJSON *report)
{
  gint64 age = cli_json_integer (report, "age_days");
  const cJSON *origin = cJSON_GetObjectItemCaseSensitive (report, "origin");

  write_line ("Catalogue %s, %" G_GINT64_FORMAT " %s old%s: %" G_GINT64_FORMAT
              " models, %" G_GINT64_FORMAT " rate cards.",
              cli_json_string (report, "version", ""), age, age == 1 ? "day" : "days",
              is_true (report, "stale") ? ", which is stale" : "",
              cli_json_integer (report, "models"), cli_json_integer (report, "rate_cards"));
  write_line ("File %s%s.", cli_json_string (report, "path", ""),
              is_true (report, "updated") ? ", an update" : "");
  if (cJSON_IsObject (origin))
    write_line (
        "From %s, installed at %s. %s", cli_json_string (origin, "source", ""),
        cli_json_string (origin, "installed_at", ""),
        cli_json_string (cJSON_GetObjectItemCaseSensitive (origin, "signature"), "message", ""));
}

/* "from X until Y" as far as a card has dates; with a blank before. */
static char *
format_period (const cJSON *card)
{
  const char *from = cli_json_string (card, "from", NULL);
  const char *to = cli_json_string (card, "to", NULL);
  g_autofree char *begins = from != NULL ? g_strconcat (" from ", from, NULL) : g_strdup ("");

  return to != NULL ? g_strconcat (begins, " until ", to, NULL) : g_steal_pointer (&begins);
}

static void
write_card (const cJSON *card)
{
  const cJSON *when = cJSON_GetObjectItemCaseSensitive (card, "when");
  const cJSON *price;
  g_autofree char *condition = when != NULL ? to_text (when) : g_strdup ("always");
  g_autofree char *period = format_period (card);

  write_line ("%s  %s%s  %s", cli_json_string (card, "id", ""), cli_json_string (card, "state", ""),
              period, condition);
  write_line ("  %s, verified %s, %s", cli_json_string (card, "confidence", "no confidence given"),
              cli_json_string (card, "verified_at", ""), cli_json_string (card, "source", ""));
  cJSON_ArrayForEach (price, cJSON_GetObjectItemCaseSensitive (card, "prices"))
  {
    g_autofree char *text = to_text (price);

    write_line ("  %-24s %s", price->string, text);
  }
}

void
cli_catalog_write_description (const cJSON *report)
{
  const cJSON *model = cJSON_GetObjectItemCaseSensitive (report, "model");
  const char *fallback = cli_json_string (report, "fallback", NULL);
  const cJSON *source, *card;

  write_head (report);
  if (fallback != NULL)
    cli_note ("The update is not in force: %s", fallback);
  if (model == NULL)
    cJSON_ArrayForEach (source, cJSON_GetObjectItemCaseSensitive (report, "sources"))
    {
      write_line ("Source %s: %s (%s, retrieved %s)", cli_json_string (source, "id", ""),
                  cli_json_string (source, "url", ""), cli_json_string (source, "licence", ""),
                  cli_json_string (source, "retrieved_at", ""));
    }
  else
    write_line ("%s, %s:", cli_json_string (model, "id", ""),
                cli_json_string (model, "status", ""));
  cJSON_ArrayForEach (card, cJSON_GetObjectItemCaseSensitive (model, "rate_cards"))
  {
    write_card (card);
  }
}

void
cli_catalog_write_verdict (const cJSON *report)
{
  cli_catalog_note_findings (report);
  write_head (report);
  write_line ("%s SHA-256 %s.", is_true (report, "ok") ? "It is sound." : "It is not sound.",
              cli_json_string (report, "sha256", ""));
}
