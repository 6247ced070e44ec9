/* SPDX-License-Identifier: MIT */
#include "libtokenwise/client/tw-client-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-time-private.h"
#include "libtokenwise/client/tw-admission-private.h"
#include "libtokenwise/client/tw-choices-private.h"
#include "libtokenwise/message/tw-request-private.h"
#include "libtokenwise/plan/tw-estimator-private.h"
#include "libtokenwise/tokens/tw-encoding-private.h"

#include <string.h>

/* How much of the past an estimate looks at. */
#define HISTORY_CALLS 200

/**
 * TwClient:
 *
 * The one way from a prompt to a provider: every request is counted, priced,
 * predicted and held in the ledger before it is sent, and settled after.
 *
 * Use a client from the thread that made it. Any number of clients, in any
 * number of threads and processes, share one ledger.
 *
 * Since: 0.1
 */
struct _TwClient
{
  GObject parent_instance;

  TwConfig *config;
  TwCatalog *catalog;
  TwLedger *ledger; /* opened at first use */
  TwTransport *network;
  GHashTable *own_networks; /* provider id → TwTransport, of those with a proxy or certificates */
  gboolean network_is_given;
  TwTransport *sandbox_transport;
  TwRateLimits *limits;
  TwCountMemo *counted; /* a conversation that grows is counted by its new message */
  gboolean sandbox;
};

G_DEFINE_FINAL_TYPE (TwClient, tw_client, G_TYPE_OBJECT)

static void
tw_client_finalize (GObject *object)
{
  TwClient *self = TW_CLIENT (object);

  g_clear_pointer (&self->config, tw_config_free);
  g_clear_object (&self->catalog);
  g_clear_object (&self->ledger);
  g_clear_object (&self->network);
  g_clear_pointer (&self->own_networks, g_hash_table_unref);
  g_clear_object (&self->sandbox_transport);
  g_clear_pointer (&self->limits, tw_rate_limits_unref);
  g_clear_pointer (&self->counted, tw_count_memo_unref);
  G_OBJECT_CLASS (tw_client_parent_class)->finalize (object);
}

static void
tw_client_class_init (TwClientClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tw_client_finalize;
}

static void
tw_client_init (TwClient *self)
{
  self->own_networks = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self->limits = tw_rate_limits_new (NULL);
  self->counted = tw_count_memo_new ();
}

/**
 * tw_client_new:
 * @config_folder: (nullable): the folder of `config.ini` and `policy.ini`;
 *   %NULL is `$XDG_CONFIG_HOME/tokenwise`
 * @error: return location for an error
 *
 * Makes a client with keys, prices and ledger from the usual places. Nothing is
 * sent and no file is made yet.
 *
 * Returns: (transfer full): the client
 * Since: 0.1
 */
TwClient *
tw_client_new (const char *config_folder, GError **error)
{
  g_autoptr (TwClient) self = g_object_new (TW_TYPE_CLIENT, NULL);

  self->config = tw_config_load (config_folder, error);
  if (self->config == NULL)
    return NULL;
  self->catalog = tw_catalog_new (error);
  if (self->catalog == NULL)
    return NULL;
  self->sandbox = self->config->sandbox;
  return g_steal_pointer (&self);
}

const TwConfig *
tw_client_get_config (TwClient *self)
{
  return self->config;
}

TwRateLimits *
tw_client_get_rate_limits (TwClient *self)
{
  return self->limits;
}

/**
 * tw_client_get_catalog:
 * @self: a client
 *
 * Gets the models and prices in use.
 *
 * Returns: (transfer none): the models and prices in use
 * Since: 0.1
 */
TwCatalog *
tw_client_get_catalog (TwClient *self)
{
  g_return_val_if_fail (TW_IS_CLIENT (self), NULL);

  return self->catalog;
}

/**
 * tw_client_get_ledger:
 * @self: a client
 * @error: return location for an error
 *
 * Opens the ledger if it is not open yet, and declares the budgets of the
 * policy file in it.
 *
 * Returns: (transfer none): the ledger
 * Since: 0.1
 */
TwLedger *
tw_client_get_ledger (TwClient *self, GError **error)
{
  g_autoptr (TwLedger) ledger = NULL;

  g_return_val_if_fail (TW_IS_CLIENT (self), NULL);

  if (self->ledger != NULL)
    return self->ledger;
  ledger = tw_ledger_open (self->config->ledger_path, error);
  if (ledger == NULL)
    return NULL;
  if (!tw_ledger_load_policy (ledger, self->config->policy, error))
    return NULL;
  self->ledger = g_steal_pointer (&ledger);
  return self->ledger;
}

/**
 * tw_client_set_transport:
 * @self: a client
 * @transport: (nullable): what to reach the network with; %NULL is libcurl
 *
 * Replaces how bytes move. The sandbox is not affected.
 *
 * Since: 0.1
 */
void
tw_client_set_transport (TwClient *self, TwTransport *transport)
{
  g_return_if_fail (TW_IS_CLIENT (self));
  g_return_if_fail (transport == NULL || TW_IS_TRANSPORT (transport));

  g_set_object (&self->network, transport);
  self->network_is_given = transport != NULL;
}

/**
 * tw_client_set_sandbox:
 * @self: a client
 * @sandbox: whether replies are simulated
 *
 * Turns the sandbox on or off. In it nothing leaves the machine and nothing is
 * billed; replies say so, and totals are kept apart.
 *
 * Since: 0.1
 */
void
tw_client_set_sandbox (TwClient *self, gboolean sandbox)
{
  g_return_if_fail (TW_IS_CLIENT (self));

  self->sandbox = sandbox;
}

/**
 * tw_client_get_sandbox:
 * @self: a client
 *
 * Says whether replies are simulated whatever model is asked.
 *
 * Returns: whether replies are simulated whatever model is asked
 * Since: 0.1
 */
gboolean
tw_client_get_sandbox (TwClient *self)
{
  g_return_val_if_fail (TW_IS_CLIENT (self), FALSE);

  return self->sandbox;
}

/**
 * tw_client_has_key:
 * @self: a client
 *
 * Says whether any provider could be called: it has a key, or was set up
 * without one.
 * Without one, an `"auto"` request is answered by the sandbox.
 *
 * Returns: %TRUE if so
 * Since: 0.1
 */
gboolean
tw_client_has_key (TwClient *self)
{
  GHashTableIter iter;
  gpointer provider;

  g_return_val_if_fail (TW_IS_CLIENT (self), FALSE);

  g_hash_table_iter_init (&iter, self->config->providers);
  while (g_hash_table_iter_next (&iter, NULL, &provider))
    if (tw_provider_is_ready (provider))
      return TRUE;
  return FALSE;
}

/**
 * tw_client_list_choices:
 * @self: a client
 *
 * Lists the models to put before a person: general ones that can be called, and
 * those the user's own providers offer. In the sandbox, all of them.
 *
 * Returns: (transfer container) (element-type TwModel): the models
 * Since: 0.1
 */
GPtrArray *
tw_client_list_choices (TwClient *self)
{
  g_return_val_if_fail (TW_IS_CLIENT (self), NULL);

  return tw_choices_list (self->catalog, self->config, self->sandbox || !tw_client_has_key (self));
}

static gboolean
is_automatic (const char *model)
{
  return model == NULL || *model == '\0' || strcmp (model, "auto") == 0;
}

/* The model by name, or NULL without an error for “auto”. */
static gboolean
find_model (TwClient *self, TwRequest *request, TwModel **ret_model, GError **error)
{
  const char *name = tw_request_get_model (request);

  if (is_automatic (name))
    name = self->config->default_model;
  *ret_model = NULL;
  if (is_automatic (name))
    return TRUE;
  *ret_model = tw_choices_find (self->catalog, self->config, name, error);
  return *ret_model != NULL;
}

static GArray *
read_history (TwLedger *ledger, TwModel *model, gboolean simulated, GError **error)
{
  return tw_ledger_get_history (ledger, tw_model_get_provider (model), tw_model_get_id (model),
                                simulated, HISTORY_CALLS, error);
}

static TwEstimate *
estimate_model (TwEstimator *estimator, TwLedger *ledger, TwModel *model, GError **error)
{
  g_autoptr (GArray) history = NULL;
  g_autoptr (TwBudget) budget = NULL;
  g_autoptr (GError) cause = NULL;

  history = read_history (ledger, model, estimator->simulated, error);
  if (history == NULL)
    return NULL;
  budget = tw_ledger_get_tightest_budget (ledger, tw_model_get_provider (model),
                                          tw_model_get_id (model), estimator->request->tags,
                                          estimator->simulated, &cause);
  if (cause != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&cause));
      return NULL;
    }
  return tw_estimator_run (estimator, model, history, budget, error);
}

static GPtrArray *
estimate_choices (TwClient *self, TwEstimator *estimator, TwLedger *ledger, GError **error)
{
  g_autoptr (GPtrArray) models = tw_client_list_choices (self);
  g_autoptr (GPtrArray) estimates
      = g_ptr_array_new_with_free_func ((GDestroyNotify) tw_estimate_free);

  for (guint i = 0; i < models->len; i++)
    {
      TwEstimate *estimate
          = estimate_model (estimator, ledger, g_ptr_array_index (models, i), error);

      if (estimate == NULL)
        return NULL;
      g_ptr_array_add (estimates, estimate);
    }
  return g_steal_pointer (&estimates);
}

static TwEstimate *
choose (GPtrArray *choices, GError **error)
{
  const TwEstimate *best = tw_route_choose (choices);
  TwEstimate *chosen;

  if (best == NULL && choices->len > 0)
    best = g_ptr_array_index (choices, 0);
  if (best == NULL)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                   "There is no model to choose from; name one as provider/model, or list models= "
                   "below a [provider …] in config.ini.");
      return NULL;
    }
  chosen = tw_estimate_copy (best);
  chosen->automatic = TRUE;
  chosen->route_reason
      = g_strdup_printf ("Auto: %s costs least of %u that fit", chosen->model_name, choices->len);
  return chosen;
}

static TwEstimate *
estimate (TwClient *self, TwRequest *request, TwModel *model, GError **error)
{
  g_auto (TwEstimator) estimator = { 0 };
  g_autoptr (GPtrArray) choices = NULL;
  TwLedger *ledger = tw_client_get_ledger (self, error);
  gboolean simulated = self->sandbox || (model == NULL && !tw_client_has_key (self));
  TwEstimate *chosen;

  if (ledger == NULL)
    return NULL;
  tw_estimator_init (&estimator, self->catalog, request, tw_instant_now (), simulated);
  tw_estimator_share_memo (&estimator, self->counted);
  choices = estimate_choices (self, &estimator, ledger, error);
  if (choices == NULL)
    return NULL;
  chosen
      = model != NULL ? estimate_model (&estimator, ledger, model, error) : choose (choices, error);
  if (chosen == NULL)
    return NULL;
  g_ptr_array_unref (chosen->alternatives);
  chosen->alternatives = g_steal_pointer (&choices);
  return chosen;
}

static gboolean
check_request (TwRequest *request, GError **error)
{
  if (request->messages->len > 0)
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT, "The request is empty; write a message.");
  return FALSE;
}

/**
 * tw_client_estimate:
 * @self: a client
 * @request: what would be sent
 * @error: return location for an error
 *
 * Says what @request would cost, how long it would take and who would answer.
 * Local: nothing leaves the machine.
 *
 * Returns: (transfer full): the estimate
 * Since: 0.1
 */
TwEstimate *
tw_client_estimate (TwClient *self, TwRequest *request, GError **error)
{
  g_autoptr (TwModel) model = NULL;

  g_return_val_if_fail (TW_IS_CLIENT (self), NULL);
  g_return_val_if_fail (TW_IS_REQUEST (request), NULL);

  if (!check_request (request, error) || !find_model (self, request, &model, error))
    return NULL;
  return estimate (self, request, model, error);
}

static gint64
count_for_sandbox (const char *text, gsize length, gpointer user_data)
{
  const TwEncoding *encoding = tw_encoding_get ("o200k_base", NULL);

  return encoding != NULL ? (gint64) tw_encoding_count_text (encoding, text, length)
                          : (gint64) (length + 3) / 4;
}

/* TOKENWISE_SANDBOX_SPEED: 1 is the pace of a real service, 10 ten times that, 0 at once. */
static double
sandbox_speed (void)
{
  const char *text = g_getenv ("TOKENWISE_SANDBOX_SPEED");
  char *end = NULL;
  double speed = text != NULL ? g_ascii_strtod (text, &end) : 1.0;

  return end == text || !(speed >= 0.0) ? 1.0 : speed;
}

/* A proxy and certificates belong to a connection, so a provider that has its own has a transport
 * of its own, which keeps its connections apart from the others'. */
static TwTransport *
get_own_network (TwClient *self, const TwProvider *provider, GError **error)
{
  const TwTransportOptions options = { .proxy = provider->proxy, .ca_file = provider->ca_file };
  TwTransport *network = g_hash_table_lookup (self->own_networks, provider->id);

  if (network != NULL)
    return network;
  network = tw_curl_transport_new_with_options (&options, error);
  if (network != NULL)
    g_hash_table_insert (self->own_networks, g_strdup (provider->id), network);
  return network;
}

static TwTransport *
get_transport (TwClient *self, const TwEstimate *chosen, GError **error)
{
  const TwProvider *provider = g_hash_table_lookup (self->config->providers, chosen->provider);

  if (chosen->simulated)
    {
      if (self->sandbox_transport == NULL)
        self->sandbox_transport
            = tw_sandbox_transport_new (count_for_sandbox, NULL, sandbox_speed ());
      return self->sandbox_transport;
    }
  if (!self->network_is_given && provider != NULL
      && (provider->proxy != NULL || provider->ca_file != NULL))
    return get_own_network (self, provider, error);
  if (self->network == NULL)
    self->network = tw_curl_transport_new ();
  return self->network;
}

/**
 * tw_client_send:
 * @self: a client
 * @request: what to send
 * @cancellable: (nullable): checked before the call is admitted
 * @error: return location for an error
 *
 * Estimates, holds and sends @request. The request goes out when the reply is
 * first asked for an event. Refusals come from here: no key, no budget, not
 * sendable; what goes wrong later comes from tw_reply_next().
 *
 * Returns: (transfer full): the reply to pull from
 * Since: 0.1
 */
TwReply *
tw_client_send (TwClient *self, TwRequest *request, GCancellable *cancellable, GError **error)
{
  g_autoptr (TwModel) model = NULL;
  TwAdmission admission;
  TwEstimate *chosen;

  g_return_val_if_fail (TW_IS_CLIENT (self), NULL);
  g_return_val_if_fail (TW_IS_REQUEST (request), NULL);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), NULL);

  if (g_cancellable_set_error_if_cancelled (cancellable, error) || !check_request (request, error)
      || !find_model (self, request, &model, error))
    return NULL;
  chosen = estimate (self, request, model, error);
  if (chosen == NULL)
    return NULL;
  if (model == NULL)
    model = tw_choices_find (self->catalog, self->config, chosen->model, error);
  if (model == NULL)
    {
      tw_estimate_free (chosen);
      return NULL;
    }
  admission = (TwAdmission){
    .config = self->config,
    .catalog = self->catalog,
    .ledger = self->ledger,
    .transport = get_transport (self, chosen, error),
    .limits = self->limits,
  };
  if (admission.transport != NULL)
    return tw_admit (&admission, request, chosen, model, error);
  tw_estimate_free (chosen);
  return NULL;
}

/**
 * tw_client_send_async:
 * @self: a client
 * @request: what to send
 * @cancellable: (nullable): as for tw_client_send()
 * @callback: (scope async): called when the call is admitted or refused
 * @user_data: (closure): for @callback
 *
 * As tw_client_send(), for use in a main loop. Admission itself is local and
 * takes milliseconds; what waits for the network is tw_reply_next_async().
 *
 * Since: 0.1
 */
void
tw_client_send_async (TwClient *self,
                      TwRequest *request,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  TwReply *reply;
  GError *error = NULL;

  g_return_if_fail (TW_IS_CLIENT (self));
  g_return_if_fail (TW_IS_REQUEST (request));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, tw_client_send_async);
  reply = tw_client_send (self, request, cancellable, &error);
  if (reply != NULL)
    g_task_return_pointer (task, reply, g_object_unref);
  else
    g_task_return_error (task, error);
}

/**
 * tw_client_send_finish:
 * @self: a client
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Finishes tw_client_send_async().
 *
 * Returns: (transfer full): the reply to pull from
 * Since: 0.1
 */
TwReply *
tw_client_send_finish (TwClient *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (TW_IS_CLIENT (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
