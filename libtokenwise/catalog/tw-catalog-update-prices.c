/* SPDX-License-Identifier: MIT */
#include "libtokenwise/catalog/tw-catalog-update-private.h"

#include "libtokenwise/base/tw-money-private.h"
#include "libtokenwise/base/tw-time-private.h"
#include "libtokenwise/catalog/tw-price-meter-private.h"

#include <string.h>

#define MILLION G_GINT64_CONSTANT (1000000)
#define NANO_PER_USD G_GINT64_CONSTANT (1000000000)
/* The dearest model ever listed takes $600 per million tokens; LiteLLM's unit errors (a price per
 * thousand or per token in the wrong field) begin at some $10,000. */
#define MAX_USD_PER_MILLION_TOKENS 5000
#define MAX_JUMP 10

/* One rate card, or one adjustment, as it takes part in a comparison. */
typedef struct
{
  const cJSON *json;
  const char *id;
  char *when; /* the condition with its members in order, so that equal ones are equal texts */
  gint64 from;
  gint64 to;
  gint64 priority;
} Card;

/* nano-USD per so many units; a multiplier is taken as a price per one. */
typedef struct
{
  gint64 rate;
  gint64 per;
} Rate;

static gboolean
read_rate (const cJSON *price, Rate *ret_rate)
{
  const char *text
      = cJSON_IsObject (price) ? tw_json_string (price, "price") : cJSON_GetStringValue (price);

  ret_rate->per = MILLION;
  if (cJSON_IsObject (price) && !tw_json_integer (price, "per", &ret_rate->per))
    return FALSE;
  return text != NULL && ret_rate->per > 0 && tw_rate_parse (text, &ret_rate->rate, NULL);
}

static char *
rate_to_text (Rate rate)
{
  g_autofree char *decimal = tw_rate_to_decimal (rate.rate);

  if (rate.per == MILLION)
    return g_strdup_printf ("$%s per million", decimal);
  return g_strdup_printf ("$%s per %" G_GINT64_FORMAT, decimal, rate.per);
}

static gint
compare_members (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(const cJSON *const *) a)->string, (*(const cJSON *const *) b)->string);
}

static char *
condition_to_text (const cJSON *when)
{
  g_autoptr (GPtrArray) members = g_ptr_array_new ();
  GString *text = g_string_new (NULL);
  const cJSON *item;

  cJSON_ArrayForEach (item, when)
  {
    g_ptr_array_add (members, (gpointer) item);
  }
  g_ptr_array_sort (members, compare_members);
  for (guint i = 0; i < members->len; i++)
    {
      const cJSON *member = members->pdata[i];
      g_autofree char *value = tw_json_print (member);

      g_string_append_printf (text, "%s=%s;", member->string, value);
    }
  return g_string_free (text, FALSE);
}

static void
card_clear (gpointer data)
{
  g_free (((Card *) data)->when);
}

static gint64
read_instant (const cJSON *json, const char *key, gint64 fallback)
{
  const char *text = tw_json_string (json, key);
  gint64 instant;

  return text != NULL && tw_instant_parse (text, &instant, NULL) ? instant : fallback;
}

gboolean
tw_catalog_card_is_in_force (const cJSON *card, gint64 at)
{
  return at >= read_instant (card, "from", G_MININT64)
         && at < read_instant (card, "to", G_MAXINT64);
}

static GArray *
read_cards (const cJSON *list)
{
  GArray *cards = g_array_new (FALSE, TRUE, sizeof (Card));
  const cJSON *item;

  g_array_set_clear_func (cards, card_clear);
  cJSON_ArrayForEach (item, list)
  {
    Card card = { .json = item, .id = tw_json_string (item, "id") };

    card.when = condition_to_text (tw_json_object (item, "when"));
    card.from = read_instant (item, "from", G_MININT64);
    card.to = read_instant (item, "to", G_MAXINT64);
    tw_json_integer (item, "priority", &card.priority);
    g_array_append_val (cards, card);
  }
  return cards;
}

static gboolean
is_stronger (const Card *a, const Card *b)
{
  if (b == NULL || a->priority != b->priority)
    return b == NULL || a->priority > b->priority;
  return a->from > b->from;
}

/* The card in force at the instant with this condition, or with this id. */
static const Card *
find_card (GArray *cards, const char *when, const char *id, gint64 at)
{
  const Card *found = NULL;

  for (guint i = 0; i < cards->len; i++)
    {
      const Card *card = &g_array_index (cards, Card, i);
      gboolean is_meant
          = when != NULL ? strcmp (card->when, when) == 0 : g_strcmp0 (card->id, id) == 0;

      if (is_meant && at >= card->from && at < card->to && is_stronger (card, found))
        found = card;
    }
  return found;
}

/* What a meter costs before the change: on the card of the same condition, else on that of the same
 * id, else on the one without a condition; and where it is not listed, what it inherits. A new card
 * so has something to be measured by. */
static gboolean
find_before (GArray *cards, const Card *after, TwPriceMeter meter, gint64 now, Rate *ret_rate)
{
  const Card *candidates[]
      = { find_card (cards, after->when, NULL, now), find_card (cards, NULL, after->id, now),
          find_card (cards, "", NULL, now) };

  for (; meter != TW_PRICE_METER_NONE; meter = tw_price_meter_parent (meter))
    for (guint i = 0; i < G_N_ELEMENTS (candidates); i++)
      {
        const cJSON *prices
            = candidates[i] != NULL ? tw_json_object (candidates[i]->json, "prices") : NULL;
        const cJSON *price
            = cJSON_GetObjectItemCaseSensitive (prices, tw_price_meter_to_string (meter));

        if (price != NULL && read_rate (price, ret_rate))
          return TRUE;
      }
  return FALSE;
}

static gboolean
is_jump (Rate before, Rate after)
{
  __int128 x = (__int128) before.rate * after.per;
  __int128 y = (__int128) after.rate * before.per;

  return y > MAX_JUMP * x || x > MAX_JUMP * y;
}

static void
judge (const TwCatalogComparison *self, const char *what, const Card *card, Rate before, Rate after)
{
  g_autofree char *old_text = rate_to_text (before);
  g_autofree char *new_text = rate_to_text (after);
  g_autofree char *from = card->from > self->now ? tw_instant_to_string (card->from) : NULL;
  const char *name;

  if (after.rate == 0 && before.rate > 0)
    name = TW_CATALOG_FINDING_ZERO_PRICE;
  else if (is_jump (before, after))
    name = TW_CATALOG_FINDING_PRICE_JUMP;
  else
    return;
  tw_catalog_findings_add (self->findings, name, self->subject,
                           g_strdup_printf ("%s of rate card “%.60s” would go from %s to %s%s%s.",
                                            what, card->id, old_text, new_text,
                                            from != NULL ? " from " : "",
                                            from != NULL ? from : " now"));
}

static void
compare_card (const TwCatalogComparison *self, GArray *before, const Card *after)
{
  const cJSON *price;

  cJSON_ArrayForEach (price, tw_json_object (after->json, "prices"))
  {
    TwPriceMeter meter;
    Rate old_rate, new_rate;

    if (tw_price_meter_from_string (price->string, &meter) && read_rate (price, &new_rate)
        && find_before (before, after, meter, self->now, &old_rate))
      judge (self, price->string, after, old_rate, new_rate);
  }
}

static void
compare_adjustment (const TwCatalogComparison *self, GArray *before, const Card *after)
{
  const Card *old_card = find_card (before, NULL, after->id, self->now);
  Rate old_rate = { NANO_PER_USD, 1 }, new_rate = { 0, 1 };
  const char *name = NULL;

  if (!tw_rate_parse (tw_json_string (after->json, "multiply"), &new_rate.rate, NULL))
    return;
  if (old_card != NULL)
    tw_rate_parse (tw_json_string (old_card->json, "multiply"), &old_rate.rate, NULL);
  if (new_rate.rate == 0 && old_rate.rate > 0)
    name = TW_CATALOG_FINDING_ZERO_PRICE;
  else if (is_jump (old_rate, new_rate))
    name = TW_CATALOG_FINDING_PRICE_JUMP;
  if (name != NULL)
    tw_catalog_findings_add (
        self->findings, name, self->subject,
        g_strdup_printf ("The adjustment “%.60s” would multiply by %s, which was %s.", after->id,
                         tw_json_string (after->json, "multiply"),
                         old_card != NULL ? tw_json_string (old_card->json, "multiply") : "1"));
}

/* Of cards that are over nothing can go wrong any more. */
static void
compare_lists (const TwCatalogComparison *self,
               const cJSON *before,
               const cJSON *after,
               void (*compare) (const TwCatalogComparison *, GArray *, const Card *))
{
  g_autoptr (GArray) old_cards = read_cards (before);
  g_autoptr (GArray) new_cards = read_cards (after);

  for (guint i = 0; i < new_cards->len; i++)
    {
      const Card *card = &g_array_index (new_cards, Card, i);

      if (card->to > self->now)
        compare (self, old_cards, card);
    }
}

void
tw_catalog_compare_cards (const TwCatalogComparison *self, const cJSON *before, const cJSON *after)
{
  compare_lists (self, before, after, compare_card);
}

void
tw_catalog_compare_adjustments (const TwCatalogComparison *self,
                                const cJSON *before,
                                const cJSON *after)
{
  compare_lists (self, before, after, compare_adjustment);
}

/* --- limits ------------------------------------------------------------------------------------
 */

/* A million searches or pictures may well cost more. */
static gboolean
counts_tokens (TwPriceMeter meter)
{
  while (tw_price_meter_parent (meter) != TW_PRICE_METER_NONE)
    meter = tw_price_meter_parent (meter);
  return meter == TW_PRICE_METER_INPUT || meter == TW_PRICE_METER_OUTPUT;
}

static gboolean
is_beyond_limit (const cJSON *price, Rate *ret_rate)
{
  TwPriceMeter meter;

  return tw_price_meter_from_string (price->string, &meter) && counts_tokens (meter)
         && read_rate (price, ret_rate)
         && (__int128) ret_rate->rate * MILLION
                > (__int128) MAX_USD_PER_MILLION_TOKENS * NANO_PER_USD * ret_rate->per;
}

static void
check_card_limits (const cJSON *card, const char *key, TwCatalogFindings *findings)
{
  const cJSON *price;

  cJSON_ArrayForEach (price, tw_json_object (card, "prices"))
  {
    Rate rate;

    if (is_beyond_limit (price, &rate))
      {
        g_autofree char *text = rate_to_text (rate);

        tw_catalog_findings_add (
            findings, TW_CATALOG_FINDING_PRICE_LIMIT, key,
            g_strdup_printf ("%s of rate card “%.60s” is %s, above $%d: most likely a price in "
                             "another unit.",
                             price->string, tw_json_string (card, "id"), text,
                             MAX_USD_PER_MILLION_TOKENS));
      }
  }
}

void
tw_catalog_check_limits (const cJSON *root, TwCatalogFindings *findings)
{
  const cJSON *model, *card;

  cJSON_ArrayForEach (model, tw_json_array (root, "models"))
  {
    g_autofree char *key = tw_catalog_model_key (model);

    cJSON_ArrayForEach (card, tw_json_array (model, "rate_cards"))
    {
      check_card_limits (card, key, findings);
    }
  }
}
