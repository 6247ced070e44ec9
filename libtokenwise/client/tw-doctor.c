/* SPDX-License-Identifier: MIT */
#include "libtokenwise/client/tw-client-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-json-private.h"
#include "libtokenwise/base/tw-time-private.h"
#include "libtokenwise/catalog/tw-cost-private.h"
#include "libtokenwise/client/tw-outgoing-private.h"
#include "libtokenwise/tokens/tw-encoding-private.h"

#include <string.h>

/* A server that does not accept a connection in this time is as good as down. */
#define REACH_SECONDS 3
#define SECONDS_PER_DAY 86400

typedef struct
{
  cJSON *checks;
  gboolean ok;
} Checkup;

static void
add_check (
    Checkup *checkup, const char *name, const char *status, const char *message, const char *remedy)
{
  cJSON *check = cJSON_CreateObject ();

  cJSON_AddStringToObject (check, "name", name);
  cJSON_AddStringToObject (check, "status", status);
  cJSON_AddStringToObject (check, "message", message);
  tw_json_add_string (check, "remedy", remedy);
  cJSON_AddItemToArray (checkup->checks, check);
  if (strcmp (status, "error") == 0)
    checkup->ok = FALSE;
}

static void
add_error (Checkup *checkup, const char *name, const GError *error)
{
  add_check (checkup, name, "error", error->message, tw_error_to_hint (error));
}

static void
check_config (Checkup *checkup, const TwConfig *config)
{
  g_autofree char *message = g_strdup_printf ("Configuration is read from %s.", config->folder);

  add_check (checkup, "configuration", "ok", message, NULL);
  if (config->policy_path == NULL)
    return;
  g_free (message);
  message = g_strdup_printf ("Budgets come from %s.", config->policy_path);
  add_check (checkup, "policy", "ok", message, NULL);
}

static void
check_ledger (Checkup *checkup, TwClient *client)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *report = NULL;
  g_autofree char *message = NULL;
  g_autoptr (cJSON) json = NULL;
  gboolean bug = FALSE;
  TwLedger *ledger = tw_client_get_ledger (client, &error);

  report = ledger != NULL ? tw_ledger_check (ledger, &error) : NULL;
  if (report == NULL)
    {
      add_error (checkup, "ledger", error);
      return;
    }
  json = tw_json_parse (report, -1, strlen (report), NULL);
  message = g_strdup_printf ("The ledger is %s.", tw_ledger_get_path (ledger));
  add_check (checkup, "ledger", "ok", message, NULL);
  if (tw_json_boolean (json, "wal_reset_bug", &bug) && bug)
    add_check (
        checkup, "sqlite", "note",
        "This SQLite can lose commits when another program checkpoints the ledger; tokenwise "
        "itself checkpoints safely.",
        "Do not open the ledger with other programs while tokenwise runs.");
}

static void
check_prices (Checkup *checkup, TwCatalog *catalog)
{
  const char *version = tw_catalog_get_version (catalog);
  g_autofree char *day = g_strdelimit (g_strndup (version, strlen ("YYYY.MM.DD")), ".", '-');
  g_autofree char *midnight = g_strconcat (day, "T00:00:00Z", NULL);
  g_autofree char *message = NULL;
  gint64 instant, age;

  if (!tw_instant_parse (midnight, &instant, NULL))
    instant = tw_instant_now ();
  age = (tw_instant_now () - instant) / SECONDS_PER_DAY;
  message = g_strdup_printf ("Prices are of %s, %" G_GINT64_FORMAT " days old.", day, age);
  if (age > TW_STALE_PRICE_DAYS)
    add_check (checkup, "prices", "warning", message, "Update tokenwise.");
  else
    add_check (checkup, "prices", "ok", message, NULL);
}

static void
check_vocabularies (Checkup *checkup)
{
  g_auto (GStrv) names = tw_encoding_list ();

  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autoptr (GError) error = NULL;
      const TwEncoding *encoding = tw_encoding_get_to_count (names[i], &error);
      gboolean is_pieces = encoding != NULL && tw_encoding_get_pieces (encoding) != NULL;
      g_autofree char *message = g_strdup_printf (
          "Counts %s %s.", names[i], is_pieces ? "as it was reconstructed" : "exactly");

      if (encoding != NULL)
        add_check (checkup, "tokenizer", "ok", message, NULL);
      else
        add_error (checkup, "tokenizer", error);
    }
}

/* Connects and hangs up; nothing is said, so no key and no prompt can leave. */
static void
check_reachable (Checkup *checkup, const TwProvider *provider, const char *url)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  g_autofree char *message = NULL;
  guint16 port = g_str_has_prefix (url, "http:") ? 80 : 443;

  g_socket_client_set_timeout (client, REACH_SECONDS);
  connection = g_socket_client_connect_to_uri (client, url, port, NULL, NULL);
  if (connection != NULL)
    {
      message = g_strdup_printf ("%s can be reached at %s.", provider->id, url);
      add_check (checkup, "provider", "ok", message, NULL);
      return;
    }
  message = g_strdup_printf ("%s cannot be reached at %s.", provider->id, url);
  add_check (checkup, "provider", "warning", message,
             "Check the network, the proxy and base-url in config.ini.");
}

static void
check_provider (Checkup *checkup, const TwProvider *provider)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *url = tw_provider_get_url (provider, &error);

  if (url == NULL || !tw_url_is_allowed (url, &error) || !tw_credential_check (provider, &error))
    add_error (checkup, "provider", error);
  else
    check_reachable (checkup, provider, url);
}

/* Those the user set up or has a key for; the rest would only be noise. */
static void
check_providers (Checkup *checkup, const TwConfig *config)
{
  g_autoptr (GList) providers = tw_config_list_providers (config);
  gboolean any = FALSE;

  for (GList *item = providers; item != NULL; item = item->next)
    {
      const TwProvider *provider = item->data;

      if (!provider->configured && !tw_provider_is_ready (provider))
        continue;
      any = TRUE;
      check_provider (checkup, provider);
    }
  if (!any)
    add_check (checkup, "provider", "note",
               "No key is set up, so replies are simulated and nothing is billed.",
               "Set a variable such as OPENAI_API_KEY, or add a [provider …] to config.ini.");
}

/* What the providers said with their last replies; the next reply may say otherwise. */
static void
check_rate_limits (Checkup *checkup, TwRateLimits *limits)
{
  g_auto (GStrv) sentences = tw_rate_limits_list (limits);

  for (guint i = 0; sentences[i] != NULL; i++)
    add_check (checkup, "rate-limit", "ok", sentences[i], NULL);
}

/**
 * tw_client_check:
 * @self: a client
 *
 * Looks at what is configured, reachable, stale or wrong. Commands that give keys
 * are run, and a connection to each provider that is set up is opened and closed;
 * nothing is sent over it.
 *
 * Returns: (transfer full): a JSON object: `"ok"` and `"checks"`, each with
 *   `"name"`, `"status"` (ok, note, warning, error), `"message"` and `"remedy"`
 * Since: 0.1
 */
char *
tw_client_check (TwClient *self)
{
  Checkup checkup = { cJSON_CreateArray (), TRUE };
  g_autoptr (cJSON) json = cJSON_CreateObject ();

  g_return_val_if_fail (TW_IS_CLIENT (self), NULL);

  check_config (&checkup, tw_client_get_config (self));
  check_ledger (&checkup, self);
  check_prices (&checkup, tw_client_get_catalog (self));
  check_vocabularies (&checkup);
  check_providers (&checkup, tw_client_get_config (self));
  check_rate_limits (&checkup, tw_client_get_rate_limits (self));
  cJSON_AddItemToObject (json, "checks", checkup.checks);
  cJSON_AddBoolToObject (json, "ok", checkup.ok);
  return tw_json_print (json);
}
