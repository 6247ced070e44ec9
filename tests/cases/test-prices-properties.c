/* SPDX-License-Identifier: MIT */
#include "test-prices.h"

#include "libtokenwise/base/tw-time-private.h"
#include "libtokenwise/catalog/tw-catalog-private.h"
#include "libtokenwise/catalog/tw-cost-private.h"
#include "libtokenwise/catalog/tw-model-private.h"
#include "libtokenwise/catalog/tw-price-terms-private.h"
#include "libtokenwise/message/tw-usage-private.h"
#include "libtokenwise/wire/tw-wire.h"

#include <string.h>

/* Made-up calls of every model of the built-in catalogue. The seed is fixed: a failure is the same
 * the next time. */

#define SEED 20261122u
#define N_CALLS 4000u
/* 2025-01-01 and three years: every change of a price that is known lies within. */
#define FIRST_INSTANT G_GINT64_CONSTANT (1735689600)
#define N_SECONDS (3 * 365 * 86400)

typedef struct
{
  TwCatalog *catalog;
  GPtrArray *models;
  GRand *rand;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->catalog = tw_catalog_new (&error);
  g_assert_no_error (error);
  self->models = tw_catalog_list_models (self->catalog, NULL);
  self->rand = g_rand_new_with_seed (SEED);
  g_assert_cmpuint (self->models->len, >, 1000);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_rand_free (self->rand);
  g_ptr_array_unref (self->models);
  g_object_unref (self->catalog);
}

static TwModel *
any_model (Fixture *self)
{
  return g_ptr_array_index (self->models,
                            g_rand_int_range (self->rand, 0, (gint) self->models->len));
}

static gint64
any_instant (Fixture *self)
{
  return FIRST_INSTANT + g_rand_int_range (self->rand, 0, N_SECONDS);
}

/* Small, large, and none at all. */
static gint64
any_count (Fixture *self)
{
  gint bits = g_rand_int_range (self->rand, 0, 20);

  return bits == 0 ? 0 : g_rand_int_range (self->rand, 0, 1 << bits);
}

static void
fill (Fixture *self, TwUsage *usage)
{
  for (guint i = 0; i < TW_N_TOKEN_METERS; i++)
    usage->counts[i] = any_count (self);
}

static TwMoney
total (Fixture *self, TwModel *model, const TwUsage *usage, gint64 at)
{
  TwPriceTerms terms = { .at = at };

  return tw_catalog_price_total (self->catalog, model, usage, &terms);
}

/* What a call costs does not depend on how long it is, nor is there a fee for the call itself. */
static gboolean
is_linear (const TwModel *model)
{
  for (guint i = 0; i < model->n_cards; i++)
    {
      const TwCondition *when = &model->cards[i].when;

      if (when->input.min > 0 || when->input.max < G_MAXINT64 || when->output.min > 0
          || when->output.max < G_MAXINT64
          || tw_rate_card_get_price (&model->cards[i], TW_PRICE_METER_REQUEST) != NULL)
        return FALSE;
    }
  return TRUE;
}

/* The seven buckets of a provider's block add up to what the provider says is in it. */
static void
test_buckets_sum (Fixture *self, gconstpointer data)
{
  for (guint i = 0; i < N_CALLS; i++)
    {
      gint64 uncached = any_count (self), read = any_count (self), written = any_count (self);
      gint64 text = any_count (self), reasoning = any_count (self);
      gint64 in = uncached + read + written, out = text + reasoning;
      g_autofree char *block = g_strdup_printf (
          "{\"prompt_tokens\":%" G_GINT64_FORMAT ",\"completion_tokens\":%" G_GINT64_FORMAT
          ",\"total_tokens\":%" G_GINT64_FORMAT
          ",\"prompt_tokens_details\":{\"cached_tokens\":%" G_GINT64_FORMAT
          ",\"cache_write_tokens\":%" G_GINT64_FORMAT
          "},\"completion_tokens_details\":{\"reasoning_tokens\":%" G_GINT64_FORMAT "}}",
          in, out, in + out, read, written, reasoning);
      g_autoptr (GError) error = NULL;
      g_autoptr (TwUsage) usage = tw_wire_usage_from_json ("openai-chat", "openai", block, &error);

      g_assert_no_error (error);
      g_assert_cmpint (tw_usage_get_input_total (usage), ==, in);
      g_assert_cmpint (tw_usage_get_output_total (usage), ==, out);
      g_assert_cmpint (usage->counts[TW_METER_INPUT_UNCACHED], ==, uncached);
      g_assert_cmpint (usage->counts[TW_METER_INPUT_CACHE_READ], ==, read);
      g_assert_cmpint (usage->counts[TW_METER_OUTPUT_REASONING], ==, reasoning);
    }
}

static void
test_anthropic_buckets_sum (Fixture *self, gconstpointer data)
{
  for (guint i = 0; i < N_CALLS; i++)
    {
      gint64 uncached = any_count (self), read = any_count (self);
      gint64 minutes = any_count (self), hour = any_count (self), out = any_count (self);
      g_autofree char *block = g_strdup_printf (
          "{\"input_tokens\":%" G_GINT64_FORMAT ",\"cache_read_input_tokens\":%" G_GINT64_FORMAT
          ",\"cache_creation_input_tokens\":%" G_GINT64_FORMAT
          ",\"cache_creation\":{\"ephemeral_5m_input_tokens\":%" G_GINT64_FORMAT
          ",\"ephemeral_1h_input_tokens\":%" G_GINT64_FORMAT "},\"output_tokens\":%" G_GINT64_FORMAT
          "}",
          uncached, read, minutes + hour, minutes, hour, out);
      g_autoptr (GError) error = NULL;
      g_autoptr (TwUsage) usage = tw_wire_usage_from_json ("anthropic", "anthropic", block, &error);

      g_assert_no_error (error);
      g_assert_cmpint (tw_usage_get_input_total (usage), ==, uncached + read + minutes + hour);
      g_assert_cmpint (tw_usage_get_output_total (usage), ==, out);
      g_assert_cmpint (usage->counts[TW_METER_INPUT_CACHE_WRITE_1H], ==, hour);
      g_assert_cmpint (usage->counts[TW_METER_INPUT_CACHE_WRITE_5M], ==, minutes);
    }
}

/* More of anything never costs less, where the price does not depend on the length. */
static void
test_monotone (Fixture *self, gconstpointer data)
{
  guint n = 0;

  while (n < N_CALLS)
    {
      TwModel *model = any_model (self);
      TwUsage usage = { .counts = { 0 } };
      gint64 at = any_instant (self);
      TwMoney before, after;

      if (!is_linear (model))
        continue;
      fill (self, &usage);
      before = total (self, model, &usage, at);
      usage.counts[g_rand_int_range (self->rand, 0, TW_N_TOKEN_METERS)] += 1 + any_count (self);
      after = total (self, model, &usage, at);
      n++;
      if (before.state != TW_MONEY_UNKNOWN && after.state != TW_MONEY_UNKNOWN)
        g_assert_true (after.femto >= before.femto);
    }
}

/* Two calls cost what one call of their sum costs. */
static void
test_additive (Fixture *self, gconstpointer data)
{
  guint n = 0;

  while (n < N_CALLS)
    {
      TwModel *model = any_model (self);
      TwUsage a = { .counts = { 0 } }, b = { .counts = { 0 } }, sum = { .counts = { 0 } };
      gint64 at = any_instant (self);
      TwMoney apart, together;

      if (!is_linear (model))
        continue;
      fill (self, &a);
      fill (self, &b);
      for (guint i = 0; i < TW_N_TOKEN_METERS; i++)
        sum.counts[i] = a.counts[i] + b.counts[i];
      apart = tw_money_add (total (self, model, &a, at), total (self, model, &b, at));
      together = total (self, model, &sum, at);
      n++;
      if (apart.state == TW_MONEY_KNOWN)
        g_assert_true (together.state == TW_MONEY_KNOWN && together.femto == apart.femto);
    }
}

static char *
price_to_json (TwCatalog *catalog, TwModel *model, const TwUsage *usage, gint64 at)
{
  TwPriceTerms terms = { .at = at };
  g_autoptr (TwCost) cost = tw_catalog_price (catalog, model, usage, &terms);

  return tw_cost_to_json (cost);
}

/* The lines add up to the total, which is the same where only that is asked for. */
static void
test_lines_sum (Fixture *self, gconstpointer data)
{
  for (guint n = 0; n < N_CALLS; n++)
    {
      TwModel *model = any_model (self);
      TwPriceTerms terms = { .at = any_instant (self) };
      TwUsage usage = { .counts = { 0 } };
      g_autoptr (TwCost) cost = NULL;
      TwMoney alone;
      TwFemto sum = 0;

      fill (self, &usage);
      cost = tw_catalog_price (self->catalog, model, &usage, &terms);
      alone = tw_catalog_price_total (self->catalog, model, &usage, &terms);
      for (guint i = 0; i < cost->lines->len; i++)
        sum += g_array_index (cost->lines, TwCostLine, i).femto;
      g_assert_cmpint (cost->total.state, ==, alone.state);
      if (alone.state != TW_MONEY_UNKNOWN)
        g_assert_true (sum == cost->total.femto && sum == alone.femto);
    }
}

/* A catalogue that is read again says the same of any instant, whatever was asked before. */
static void
test_reload (Fixture *self, gconstpointer data)
{
  TwUsage usage = { .counts = { 0 } };

  for (guint n = 0; n < N_CALLS / 100; n++)
    {
      g_autoptr (TwCatalog) again = tw_catalog_new (NULL);

      for (guint i = 0; i < 100; i++)
        {
          TwModel *model = any_model (self);
          gint64 at = any_instant (self);
          g_autoptr (TwModel) same
              = tw_catalog_find_model (again, tw_model_get_qualified_id (model), NULL);
          g_autofree char *first = NULL;
          g_autofree char *second = NULL;

          /* A name that stands for another model. */
          if (model->alias_of != NULL)
            continue;
          fill (self, &usage);
          first = price_to_json (self->catalog, model, &usage, at);
          second = price_to_json (again, same, &usage, at);
          g_assert_cmpstr (first, ==, second);
        }
    }
}

void
test_prices_add_properties (void)
{
  static const struct
  {
    const char *path;
    void (*test) (Fixture *, gconstpointer);
  } tests[] = {
    { "/prices/properties/buckets-sum", test_buckets_sum },
    { "/prices/properties/anthropic-buckets-sum", test_anthropic_buckets_sum },
    { "/prices/properties/monotone", test_monotone },
    { "/prices/properties/additive", test_additive },
    { "/prices/properties/lines-sum", test_lines_sum },
    { "/prices/properties/reload", test_reload },
  };

  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
}
