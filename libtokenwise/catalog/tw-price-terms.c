/* SPDX-License-Identifier: MIT */
#include "libtokenwise/catalog/tw-price-terms-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-time-private.h"
#include "libtokenwise/catalog/tw-rate-card-private.h"

/**
 * TwPriceTerms:
 *
 * On what terms a call is priced, besides what it used: when, on which service
 * tier, at which speed, where.
 *
 * Terms are what was asked for. What a reply says of how it was served counts
 * more, and where the reply is silent the cost says that the terms are assumed.
 *
 * Since: 0.1
 */
G_DEFINE_BOXED_TYPE (TwPriceTerms, tw_price_terms, tw_price_terms_copy, tw_price_terms_free)

/* Most terms are a few short words. */
#define CHUNK_BYTES 256u

static const char *
keep (TwPriceTerms *self, const char *text)
{
  return text != NULL ? g_string_chunk_insert (self->strings, text) : NULL;
}

/**
 * tw_price_terms_new:
 *
 * Makes the terms of an ordinary call: now, on the standard service tier.
 *
 * Returns: (transfer full): the terms
 * Since: 0.1
 */
TwPriceTerms *
tw_price_terms_new (void)
{
  TwPriceTerms *self = g_new0 (TwPriceTerms, 1);

  self->at = TW_INSTANT_NONE;
  self->strings = g_string_chunk_new (CHUNK_BYTES);
  return self;
}

/**
 * tw_price_terms_copy:
 * @self: terms
 *
 * Copies terms.
 *
 * Returns: (transfer full): a copy
 * Since: 0.1
 */
TwPriceTerms *
tw_price_terms_copy (const TwPriceTerms *self)
{
  TwPriceTerms *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = g_memdup2 (self, sizeof *self);
  copy->strings = g_string_chunk_new (CHUNK_BYTES);
  copy->service_tier = keep (copy, self->service_tier);
  copy->speed = keep (copy, self->speed);
  copy->region = keep (copy, self->region);
  copy->endpoint = keep (copy, self->endpoint);
  for (guint i = 0; i < copy->n_parameters; i++)
    copy->parameters[i] = (TwPriceParameter){ keep (copy, self->parameters[i].name),
                                              keep (copy, self->parameters[i].value) };
  return copy;
}

/**
 * tw_price_terms_free:
 * @self: (transfer full): terms
 *
 * Frees terms.
 *
 * Since: 0.1
 */
void
tw_price_terms_free (TwPriceTerms *self)
{
  g_string_chunk_free (self->strings);
  g_free (self);
}

/**
 * tw_price_terms_set_instant:
 * @self: terms
 * @at: the instant of the call in seconds since 1970 UTC, in the past or the
 *   future; %G_MININT64 for now
 *
 * Sets when: the prices in force at that instant count.
 *
 * Since: 0.1
 */
void
tw_price_terms_set_instant (TwPriceTerms *self, gint64 at)
{
  g_return_if_fail (self != NULL);

  self->at = at;
}

/**
 * tw_price_terms_set_service_tier:
 * @self: terms
 * @service_tier: (nullable): the tier that was asked for, by its provider's
 *   name (`"flex"`, `"priority"`), `"batch"` for a batch job, or %NULL for the
 *   standard one
 *
 * Sets the service tier.
 *
 * Since: 0.1
 */
void
tw_price_terms_set_service_tier (TwPriceTerms *self, const char *service_tier)
{
  g_return_if_fail (self != NULL);

  self->service_tier = keep (self, service_tier);
}

/**
 * tw_price_terms_set_speed:
 * @self: terms
 * @speed: (nullable): the speed that was asked for (`"fast"`), or %NULL
 *
 * Sets the speed.
 *
 * Since: 0.1
 */
void
tw_price_terms_set_speed (TwPriceTerms *self, const char *speed)
{
  g_return_if_fail (self != NULL);

  self->speed = keep (self, speed);
}

/**
 * tw_price_terms_set_region:
 * @self: terms
 * @region: (nullable): where the call is to be served (`"us"`), or %NULL
 *
 * Sets the region.
 *
 * Since: 0.1
 */
void
tw_price_terms_set_region (TwPriceTerms *self, const char *region)
{
  g_return_if_fail (self != NULL);

  self->region = keep (self, region);
}

/**
 * tw_price_terms_set_endpoint:
 * @self: terms
 * @endpoint: (nullable): which of the provider's endpoints is called, where
 *   they have different prices (`"regional"`), or %NULL for the usual one
 *
 * Sets the endpoint.
 *
 * Since: 0.1
 */
void
tw_price_terms_set_endpoint (TwPriceTerms *self, const char *endpoint)
{
  g_return_if_fail (self != NULL);

  self->endpoint = keep (self, endpoint);
}

/**
 * tw_price_terms_set_parameter:
 * @self: terms
 * @name: a parameter of the request that selects a price:
 *   `"search_context_size"`, `"quality"`, `"size"`
 * @value: its value
 * @error: return location for an error
 *
 * Sets a parameter, in place of the value it had. The error is
 * %TW_ERROR_LIMIT beyond eight parameters.
 *
 * Returns: %TRUE if the parameter was set
 * Since: 0.1
 */
gboolean
tw_price_terms_set_parameter (TwPriceTerms *self,
                              const char *name,
                              const char *value,
                              GError **error)
{
  guint i = 0;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (value != NULL, FALSE);

  while (i < self->n_parameters && !g_str_equal (self->parameters[i].name, name))
    i++;
  if (i == TW_MAX_PRICE_PARAMETERS)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_LIMIT,
                   "A price depends on at most %u parameters; leave out “%.40s”.",
                   TW_MAX_PRICE_PARAMETERS, name);
      return FALSE;
    }
  self->parameters[i] = (TwPriceParameter){ keep (self, name), keep (self, value) };
  self->n_parameters = MAX (self->n_parameters, i + 1);
  return TRUE;
}

/**
 * tw_price_terms_set_rate:
 * @self: terms
 * @meter: a meter of the catalogue: `"input"`, `"output"`, `"cache_read"`
 * @rate: US dollars per 1,000,000 units as a decimal: `"0.25"`
 * @error: return location for an error
 *
 * Sets this call's own price, which counts more than any rate card. Adjustments
 * do not change it. The error is %TW_ERROR_INVALID_INPUT for an unknown meter
 * or a price that is not a decimal.
 *
 * Returns: %TRUE if the price was set
 * Since: 0.1
 */
gboolean
tw_price_terms_set_rate (TwPriceTerms *self, const char *meter, const char *rate, GError **error)
{
  TwCallRate call_rate = { 0 };
  guint i = 0;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (meter != NULL, FALSE);
  g_return_val_if_fail (rate != NULL, FALSE);

  if (!tw_price_meter_from_string (meter, &call_rate.meter))
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                   "“%.60s” is not a meter; input, output and cache_read are some.", meter);
      return FALSE;
    }
  if (!tw_rate_parse_money (meter, rate, &call_rate.rate, error))
    return FALSE;
  while (i < self->n_rates && self->rates[i].meter != call_rate.meter)
    i++;
  if (i == TW_MAX_CALL_RATES)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_LIMIT, "A call has at most %u prices of its own.",
                   TW_MAX_CALL_RATES);
      return FALSE;
    }
  self->rates[i] = call_rate;
  self->n_rates = MAX (self->n_rates, i + 1);
  return TRUE;
}
