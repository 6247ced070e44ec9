/* SPDX-License-Identifier: MIT */
#include "libtokenwise/catalog/tw-rate-card-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-money-private.h"
#include "libtokenwise/base/tw-time-private.h"
#include "libtokenwise/catalog/tw-member-private.h"

#include <stdlib.h>
#include <string.h>

/* The schema's money has at most nine digits before the point. */
#define MAX_RATE G_GINT64_CONSTANT (1000000000000000000)
/* A fee is at most a million dollars, per at most a thousand million: what it comes to stays within
 * 128 bits of femto-USD. */
#define MAX_PER G_GINT64_CONSTANT (1000000000)
#define MAX_FEE G_GINT64_CONSTANT (1000000000000000)

static const char *const confidences[TW_N_CONFIDENCES]
    = { "official", "agreed", "single", "derived", "disputed" };

guint
tw_confidence_rank (const char *confidence)
{
  guint rank = 0;

  while (rank < TW_N_CONFIDENCES && g_strcmp0 (confidence, confidences[rank]) != 0)
    rank++;
  return rank;
}

const char *
tw_confidence_name (guint rank)
{
  return confidences[rank];
}

gboolean
tw_rate_read_instant (gint64 *ret_instant, const cJSON *item, GError **error)
{
  const char *text = cJSON_GetStringValue (item);

  if (text != NULL)
    return tw_instant_parse (text, ret_instant, error);
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT, "“%s” is not a string.", item->string);
  return FALSE;
}

gboolean
tw_rate_parse_money (const char *name, const char *decimal, gint64 *ret_rate, GError **error)
{
  if (!tw_rate_parse (decimal, ret_rate, error))
    {
      g_prefix_error (error, "The price of “%.60s”: ", name);
      return FALSE;
    }
  if (*ret_rate < MAX_RATE)
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT, "The price of “%s” is too large.", name);
  return FALSE;
}

gboolean
tw_rate_read_money (const char *name, const cJSON *item, gint64 *ret_rate, GError **error)
{
  if (!cJSON_IsString (item))
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                   "The price of “%s” is not a string; write it as \"0.25\".", name);
      return FALSE;
    }
  return tw_rate_parse_money (name, item->valuestring, ret_rate, error);
}

static gboolean
read_fee (TwPrice *price, const cJSON *item, GError **error)
{
  static const char *const allowed[] = { "price", "per", "max_per_request", "free_per_day", NULL };
  const cJSON *money = cJSON_GetObjectItemCaseSensitive (item, "price");

  tw_json_integer (item, "max_per_request", &price->max_per_request);
  tw_json_integer (item, "free_per_day", &price->free_per_day);
  if (!tw_json_integer (item, "per", &price->per) || price->per < 1 || price->per > MAX_PER
      || money == NULL || tw_json_unknown_key (item, allowed) != NULL || price->max_per_request < 0
      || price->free_per_day < 0)
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                   "The price of “%s” is neither a string nor {\"price\": …, \"per\": …}.",
                   item->string);
      return FALSE;
    }
  if (!tw_rate_read_money (item->string, money, &price->rate, error))
    return FALSE;
  if (price->rate <= MAX_FEE)
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT, "The price of “%s” is too large.",
               item->string);
  return FALSE;
}

static gboolean
read_price (TwPrice *price, const cJSON *item, GError **error)
{
  if (!tw_price_meter_from_string (item->string, &price->meter))
    {
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT, "“%.60s” is not a meter.",
                   item->string);
      return FALSE;
    }
  price->per = TW_PRICE_PER_MILLION;
  if (cJSON_IsObject (item))
    return read_fee (price, item, error);
  return tw_rate_read_money (item->string, item, &price->rate, error);
}

static gboolean
read_prices (gpointer target, const cJSON *item, GError **error)
{
  TwRateCard *card = target;
  const cJSON *child;

  if (!cJSON_IsObject (item) || card->prices != NULL)
    {
      g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                           "“prices” is one object of meters.");
      return FALSE;
    }
  card->prices = g_new0 (TwPrice, (gsize) cJSON_GetArraySize (item) + 1);
  cJSON_ArrayForEach (child, item)
  {
    if (!read_price (&card->prices[card->n_prices], child, error))
      return FALSE;
    for (guint i = 0; i < card->n_prices; i++)
      if (card->prices[i].meter == card->prices[card->n_prices].meter)
        {
          g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT, "“%s” is priced twice.",
                       child->string);
          return FALSE;
        }
    card->n_prices++;
  }
  return TRUE;
}

static gboolean
read_from (gpointer target, const cJSON *item, GError **error)
{
  return tw_rate_read_instant (&((TwRateCard *) target)->from, item, error);
}

static gboolean
read_to (gpointer target, const cJSON *item, GError **error)
{
  return tw_rate_read_instant (&((TwRateCard *) target)->to, item, error);
}

static gboolean
read_priority (gpointer target, const cJSON *item, GError **error)
{
  if (cJSON_IsNumber (item) && item->valuedouble >= G_MININT && item->valuedouble <= G_MAXINT
      && item->valuedouble == (double) (gint64) item->valuedouble)
    {
      ((TwRateCard *) target)->priority = (gint64) item->valuedouble;
      return TRUE;
    }
  g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID_INPUT, "“priority” is a whole number.");
  return FALSE;
}

static gboolean
read_choice (const cJSON *item, const char *no, const char *yes, gboolean *ret_yes, GError **error)
{
  const char *text = cJSON_GetStringValue (item);

  *ret_yes = g_strcmp0 (text, yes) == 0;
  if (*ret_yes || g_strcmp0 (text, no) == 0)
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT, "“%s” is “%s” or “%s”.", item->string, no,
               yes);
  return FALSE;
}

static gboolean
read_mode (gpointer target, const cJSON *item, GError **error)
{
  return read_choice (item, "replace", "patch", &((TwRateCard *) target)->is_patch, error);
}

static gboolean
read_tier_scope (gpointer target, const cJSON *item, GError **error)
{
  return read_choice (item, "request", "marginal", &((TwRateCard *) target)->is_marginal, error);
}

static gboolean
read_when (gpointer target, const cJSON *item, GError **error)
{
  TwCondition *when = &((TwRateCard *) target)->when;

  tw_condition_clear (when);
  return tw_condition_read (when, item, error);
}

static gboolean
read_announced (gpointer target, const cJSON *item, GError **error)
{
  ((TwRateCard *) target)->is_announced = cJSON_IsTrue (item);
  if (cJSON_IsBool (item))
    return TRUE;
  g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID_INPUT, "“announced” is true or false.");
  return FALSE;
}

static gboolean
read_verified_at (gpointer target, const cJSON *item, GError **error)
{
  const char *text = cJSON_GetStringValue (item);
  gint64 midnight;

  ((TwRateCard *) target)->verified_at = text;
  if (text != NULL && tw_date_parse (text, &midnight))
    return TRUE;
  g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                       "“verified_at” is not a date such as 2026-01-31.");
  return FALSE;
}

static gboolean
read_confidence (gpointer target, const cJSON *item, GError **error)
{
  const char *text = cJSON_GetStringValue (item);

  ((TwRateCard *) target)->confidence = text;
  if (text != NULL && tw_confidence_rank (text) < TW_N_CONFIDENCES)
    return TRUE;
  g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                       "“confidence” is official, agreed, single, disputed or derived.");
  return FALSE;
}

static const TwMember card_members[] = {
  { "id", NULL, G_STRUCT_OFFSET (TwRateCard, id), TRUE },
  { "prices", read_prices, 0, TRUE },
  { "source", tw_member_ignore, 0, TRUE },
  { "verified_at", read_verified_at, 0, TRUE },
  { "confidence", read_confidence, 0, FALSE },
  { "from", read_from, 0, FALSE },
  { "to", read_to, 0, FALSE },
  { "when", read_when, 0, FALSE },
  { "tier_scope", read_tier_scope, 0, FALSE },
  { "mode", read_mode, 0, FALSE },
  { "priority", read_priority, 0, FALSE },
  { "announced", read_announced, 0, FALSE },
  { "note", tw_member_ignore, 0, FALSE },
};

static gboolean
check_card (const TwRateCard *card, GError **error)
{
  const TwCondition *when = &card->when;

  if (card->from >= card->to)
    g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID_INPUT, "“to” is not after “from”.");
  else if (card->is_marginal && (when->input.min > 0) == (when->output.min > 0))
    g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                         "A marginal card needs the start of one range: total_input_tokens or "
                         "output_tokens.");
  else
    return TRUE;
  return FALSE;
}

static gboolean
read_card (TwRateCard *card, const cJSON *json, GError **error)
{
  card->from = G_MININT64;
  card->to = G_MAXINT64;
  if (tw_condition_read (&card->when, NULL, error)
      && tw_members_read (json, card_members, G_N_ELEMENTS (card_members), card, error)
      && check_card (card, error))
    return TRUE;
  g_prefix_error (error, "Rate card “%.60s”: ", card->id != NULL ? card->id : "");
  return FALSE;
}

/* The strongest card first. */
static gint
compare_cards (gconstpointer a, gconstpointer b)
{
  const TwRateCard *x = a, *y = b;

  if (x->priority != y->priority)
    return x->priority > y->priority ? -1 : 1;
  if (x->when.n_conditions != y->when.n_conditions)
    return x->when.n_conditions > y->when.n_conditions ? -1 : 1;
  if (x->from != y->from)
    return x->from > y->from ? -1 : 1;
  return 0;
}

gboolean
tw_rate_cards_tie (const TwRateCard *a, const TwRateCard *b)
{
  return compare_cards (a, b) == 0;
}

/* Two that tie have as many members each; those of a must be in b, in any order. */
static gboolean
same_condition (const TwCondition *a, const TwCondition *b)
{
  const cJSON *item;

  cJSON_ArrayForEach (item, a->json)
  {
    const cJSON *other = cJSON_GetObjectItemCaseSensitive (b->json, item->string);
    g_autofree char *text = tw_json_print (item);
    g_autofree char *other_text = other != NULL ? tw_json_print (other) : NULL;

    if (g_strcmp0 (text, other_text) != 0)
      return FALSE;
  }
  return TRUE;
}

static gboolean
check_keys (const TwRateCard *cards, guint n, GError **error)
{
  guint n_patches = 0, n_marginals = 0;

  for (guint i = 0; i < n; i++)
    {
      n_patches += cards[i].is_patch ? 1 : 0;
      n_marginals += cards[i].is_marginal ? 1 : 0;
      for (guint j = i + 1; j < n; j++)
        if (strcmp (cards[i].id, cards[j].id) == 0
            || (tw_rate_cards_tie (&cards[i], &cards[j])
                && same_condition (&cards[i].when, &cards[j].when)))
          {
            g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                         "Rate cards “%.60s” and “%.60s” have the same key; give one of them "
                         "another id, priority, condition or date.",
                         cards[i].id, cards[j].id);
            return FALSE;
          }
    }
  if (n_patches <= TW_MAX_PATCH_CARDS && n_marginals <= TW_MAX_MARGINAL_CARDS)
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_LIMIT,
               "There are more than %u patch cards, or more than %u marginal ones.",
               TW_MAX_PATCH_CARDS, TW_MAX_MARGINAL_CARDS);
  return FALSE;
}

TwRateCard *
tw_rate_cards_read (const cJSON *array, guint *ret_n, GError **error)
{
  guint n = cJSON_IsArray (array) ? (guint) cJSON_GetArraySize (array) : 0;
  TwRateCard *cards = g_new0 (TwRateCard, n + 1);
  gboolean valid = n > 0;
  const cJSON *item;
  guint i = 0;

  if (n == 0)
    g_set_error_literal (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                         "“rate_cards” is a list of at least one card.");
  cJSON_ArrayForEach (item, array)
  {
    valid = valid && read_card (&cards[i++], item, error);
  }
  if (valid && n > 1)
    {
      qsort (cards, n, sizeof *cards, compare_cards);
      valid = check_keys (cards, n, error);
    }
  *ret_n = n;
  if (valid)
    return cards;
  tw_rate_cards_free (cards, n);
  return NULL;
}

void
tw_rate_cards_free (TwRateCard *cards, guint n)
{
  for (guint i = 0; cards != NULL && i < n; i++)
    {
      tw_condition_clear (&cards[i].when);
      g_free (cards[i].prices);
    }
  g_free (cards);
}

gboolean
tw_rate_card_applies (const TwRateCard *self, const TwPriceCall *call)
{
  return call->at >= self->from && call->at < self->to && tw_condition_holds (&self->when, call);
}

const TwPrice *
tw_rate_card_get_price (const TwRateCard *self, TwPriceMeter meter)
{
  for (guint i = 0; i < self->n_prices; i++)
    if (self->prices[i].meter == meter)
      return &self->prices[i];
  return NULL;
}
