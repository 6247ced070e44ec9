/* SPDX-License-Identifier: MIT */
#include "cli-input.h"
#include "cli-options.h"
#include "cli-output.h"
#include "cli-prices.h"

#include <string.h>

#define DATE_LENGTH 10

typedef struct
{
  char *provider;
  char *model;
  char *usage;
  char *at;
  char *tier;
  char *speed;
  char *region;
  char *endpoint;
  char **parameters;
  char **rates;
  char *dialect;
} PriceOptions;

static void
price_options_clear (PriceOptions *self)
{
  g_free (self->provider);
  g_free (self->model);
  g_free (self->usage);
  g_free (self->at);
  g_free (self->tier);
  g_free (self->speed);
  g_free (self->region);
  g_free (self->endpoint);
  g_strfreev (self->parameters);
  g_strfreev (self->rates);
  g_free (self->dialect);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PriceOptions, price_options_clear)

static gboolean
parse_instant (const char *text, gint64 *ret_at, GError **error)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) date = NULL;
  g_autofree char *whole = NULL;

  if (text == NULL)
    {
      *ret_at = g_get_real_time () / G_USEC_PER_SEC;
      return TRUE;
    }
  whole = strlen (text) == DATE_LENGTH ? g_strconcat (text, "T00:00:00Z", NULL) : g_strdup (text);
  date = g_date_time_new_from_iso8601 (whole, utc);
  if (date != NULL)
    *ret_at = g_date_time_to_unix (date);
  else
    g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                 "The instant “%s” is not valid; write it as 2026-01-31T12:00:00Z.", text);
  return date != NULL;
}

/* NAME=VALUE, as the two. */
static GStrv
split_pair (const char *text, GError **error)
{
  g_auto (GStrv) pair = g_strsplit (text, "=", 2);

  if (g_strv_length (pair) == 2 && pair[0][0] != '\0' && pair[1][0] != '\0')
    return g_steal_pointer (&pair);
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT, "“%s” is not of the form NAME=VALUE.",
               text);
  return NULL;
}

/* As the provider's replies name it, or as people do. */
static TwModel *
find_model (TwCatalog *catalog, const PriceOptions *options, gint64 at, GError **error)
{
  g_autofree char *qualified = NULL;
  TwModel *served;

  if (options->provider == NULL)
    return tw_catalog_find_model_at (catalog, options->model, at, error);
  served = tw_catalog_match_model (catalog, options->provider, options->model, at);
  if (served != NULL)
    return g_object_ref (served);
  qualified = g_strconcat (options->provider, "/", options->model, NULL);
  return tw_catalog_find_model_at (catalog, qualified, at, error);
}

static TwUsage *
read_usage (const PriceOptions *options, const char *provider, GError **error)
{
  g_autofree char *json = g_str_equal (options->usage, "-") ? cli_read_text (NULL, "usage", error)
                                                            : g_strdup (options->usage);

  if (json == NULL)
    return NULL;
  return tw_wire_usage_from_json (options->dialect, provider, json, error);
}

static TwPriceTerms *
make_terms (const PriceOptions *options, gint64 at, GError **error)
{
  g_autoptr (TwPriceTerms) terms = tw_price_terms_new ();

  tw_price_terms_set_instant (terms, at);
  tw_price_terms_set_service_tier (terms, options->tier);
  tw_price_terms_set_speed (terms, options->speed);
  tw_price_terms_set_region (terms, options->region);
  tw_price_terms_set_endpoint (terms, options->endpoint);
  for (guint i = 0; options->parameters != NULL && options->parameters[i] != NULL; i++)
    {
      g_auto (GStrv) pair = split_pair (options->parameters[i], error);

      if (pair == NULL || !tw_price_terms_set_parameter (terms, pair[0], pair[1], error))
        return NULL;
    }
  for (guint i = 0; options->rates != NULL && options->rates[i] != NULL; i++)
    {
      g_auto (GStrv) pair = split_pair (options->rates[i], error);

      if (pair == NULL || !tw_price_terms_set_rate (terms, pair[0], pair[1], error))
        return NULL;
    }
  return g_steal_pointer (&terms);
}

static TwCost *
price (const PriceOptions *options, GError **error)
{
  g_autoptr (TwCatalog) catalog = NULL;
  g_autoptr (TwUsage) usage = NULL;
  g_autoptr (TwModel) model = NULL;
  g_autoptr (TwPriceTerms) terms = NULL;
  const char *provider;
  gint64 at;

  if (!parse_instant (options->at, &at, error))
    return NULL;
  catalog = cli_open_catalog (error);
  if (catalog != NULL)
    model = find_model (catalog, options, at, error);
  if (model == NULL)
    return NULL;
  provider = options->provider != NULL ? options->provider : tw_model_get_provider (model);
  usage = read_usage (options, provider, error);
  if (usage == NULL)
    return NULL;
  terms = make_terms (options, at, error);
  return terms != NULL ? tw_catalog_price_usage (catalog, model, usage, terms, error) : NULL;
}

/* A rate is for a million units unless the line says for how many. */
static void
write_line (const cJSON *line)
{
  gint64 per = cli_json_integer (line, "per");
  g_autofree char *units = per > 0 ? g_strdup_printf ("%" G_GINT64_FORMAT, per) : NULL;
  g_autofree char *row = g_strdup_printf (
      "%-16s %12" G_GINT64_FORMAT "  at $%-8s per %-8s = $%s", cli_json_string (line, "meter", "-"),
      cli_json_integer (line, "quantity"), cli_json_string (line, "rate", "unknown"),
      units != NULL ? units : "million", cli_json_string (line, "cost", "unknown"));

  cli_write_line (row);
}

/* A sentence around a member's text, unless that is null. */
static void
write_member (const cJSON *json, const char *key, const char *before, const char *after)
{
  const char *value = cli_json_string (json, key, NULL);
  g_autofree char *text = value != NULL ? g_strconcat (before, value, after, NULL) : NULL;

  if (text != NULL)
    cli_write_line (text);
}

static void
write_doubts (const cJSON *json)
{
  const cJSON *item;

  cJSON_ArrayForEach (item, cJSON_GetObjectItemCaseSensitive (json, "assumed"))
  {
    g_autofree char *text = g_strdup_printf (
        "The usage does not say the %s that served it; yours is assumed.", item->valuestring);

    g_strdelimit (text, "_", ' ');
    cli_write_line (text);
  }
  write_member (json, "reason", "", "");
  if (cJSON_IsTrue (cJSON_GetObjectItemCaseSensitive (json, "stale")))
    write_member (json, "prices_as_of", "These prices were last checked on ",
                  "; “tokenwise catalog update” takes newer ones.");
}

static void
write_bill (const TwCost *cost)
{
  g_autofree char *text = tw_cost_to_json (cost);
  g_autofree char *total = NULL;
  g_autoptr (cJSON) json = cli_parse_json (text);
  const cJSON *line;

  cJSON_ArrayForEach (line, cJSON_GetObjectItemCaseSensitive (json, "lines"))
  {
    write_line (line);
  }
  total
      = g_strdup_printf ("Total $%s (%s; catalogue %s)", cli_json_string (json, "cost", "unknown"),
                         cli_json_string (json, "state", "unknown"),
                         cli_json_string (json, "catalog_version", "unknown"));
  cli_write_line (total);
  if (g_str_equal (cli_json_string (json, "source", ""), "provider"))
    {
      write_member (json, "computed", "The provider named this cost; its prices give $", ".");
      write_member (json, "difference", "The difference is $", ".");
    }
  write_doubts (json);
}

static CliExit
fail (Cli *cli, const GError *error)
{
  CliExit status = cli_fail (cli, error);

  /* Here the usage is the input, not what a provider answered. */
  return g_error_matches (error, TW_ERROR, TW_ERROR_INCONSISTENT_USAGE) ? CLI_EXIT_USAGE : status;
}

CliExit
cli_verb_price (Cli *cli, int argc, char **argv)
{
  g_auto (PriceOptions) options = { 0 };
  const GOptionEntry entries[] = {
    { "provider", 0, 0, CLI_ARG_TEXT, &options.provider, "Who bills it", "PROVIDER" },
    { "model", 'm', 0, CLI_ARG_TEXT, &options.model, "The model that answered", "MODEL" },
    { "usage", 0, 0, CLI_ARG_TEXT, &options.usage, "The usage block; - reads it", "JSON" },
    { "at", 0, 0, CLI_ARG_TEXT, &options.at, "When it was used (now)", "TIME" },
    { "tier", 0, 0, CLI_ARG_TEXT, &options.tier, "Service tier", "TIER" },
    { "speed", 0, 0, CLI_ARG_TEXT, &options.speed, "Speed", "SPEED" },
    { "region", 0, 0, CLI_ARG_TEXT, &options.region, "Region", "REGION" },
    { "endpoint", 0, 0, CLI_ARG_TEXT, &options.endpoint, "Which endpoint", "NAME" },
    { "param", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.parameters,
      "A request's parameter that selects a price", "NAME=VALUE" },
    { "rate", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.rates,
      "This call's own price in USD per million", "METER=USD" },
    { "dialect", 0, 0, CLI_ARG_TEXT, &options.dialect, "Dialect of the block", "DIALECT" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (TwCost) cost = NULL;
  g_autofree char *json = NULL;
  CliExit status;

  if (!cli_parse (cli, entries, argc, argv, &status))
    return status;
  if (options.model == NULL || options.usage == NULL)
    return cli_usage_error (cli, "A price needs --model and --usage.");
  cost = price (&options, &error);
  if (cost == NULL)
    return fail (cli, error);
  if (!cli->json)
    {
      write_bill (cost);
      return CLI_EXIT_DONE;
    }
  json = tw_cost_to_json (cost);
  cli_write_line (json);
  return CLI_EXIT_DONE;
}
