/* SPDX-License-Identifier: MIT */
#include "libtokenwise/catalog/tw-catalog-import-private.h"

#include "libtokenwise/base/tw-error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RATE_DIGITS 9
#define MILLION G_GINT64_CONSTANT (1000000)
/* As for an update: dearer is a price in another unit. */
#define MAX_TOKEN_RATE G_GINT64_CONSTANT (5000000000000)
/* The digits that always bring a double back, and those that mostly do. */
#define MAX_DIGITS 17
#define USUAL_DIGITS 15
#define MAX_SHIFT 36
#define MAX_PROBLEMS 10000

static void
price_clear (gpointer data)
{
  g_free (((TwImportedPrice *) data)->provider);
  g_free (((TwImportedPrice *) data)->model);
}

void
tw_catalog_import_init (TwCatalogImport *self)
{
  *self = (TwCatalogImport){ g_array_new (FALSE, TRUE, sizeof (TwImportedPrice)),
                             cJSON_CreateArray (), 0, 0 };
  g_array_set_clear_func (self->prices, price_clear);
}

void
tw_catalog_import_clear (TwCatalogImport *self)
{
  g_clear_pointer (&self->prices, g_array_unref);
  g_clear_pointer (&self->problems, cJSON_Delete);
}

gboolean
tw_catalog_import_read (
    TwCatalogImport *self, const cJSON *root, const char *format, gint64 now, GError **error)
{
  static const struct
  {
    const char *name;
    gboolean (*read) (TwCatalogImport *, const cJSON *, gint64);
  } formats[] = {
    { "genai-prices", tw_catalog_import_genai_prices },
    { "litellm", tw_catalog_import_litellm },
    { "models-dev", tw_catalog_import_models_dev },
  };

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      if (strcmp (format, formats[i].name) != 0)
        continue;
      if (formats[i].read (self, root, now))
        return TRUE;
      g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
                   "The file has not the form of %s; choose another --format.", format);
      return FALSE;
    }
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
               "There is no format “%.40s”; use genai-prices, litellm or models-dev.", format);
  return FALSE;
}

/* "7.5e-05" as 75 × 10^-6. */
static void
split_number (const char *text, guint64 *ret_digits, int *ret_exponent)
{
  gboolean in_fraction = FALSE;

  *ret_digits = 0;
  *ret_exponent = 0;
  for (; *text != '\0' && *text != 'e'; text++)
    if (*text == '.')
      in_fraction = TRUE;
    else
      {
        *ret_digits = *ret_digits * 10 + (guint64) (*text - '0');
        *ret_exponent -= in_fraction ? 1 : 0;
      }
  if (*text == 'e')
    *ret_exponent += (int) strtol (text + 1, NULL, 10);
}

/* The fewest digits that mean the same double, which is how programs write one. */
static void
print_number (double number, char *buffer, int size)
{
  for (int digits = USUAL_DIGITS; digits <= MAX_DIGITS; digits++)
    {
      char format[8];

      g_snprintf (format, sizeof format, "%%.%dg", digits);
      g_ascii_formatd (buffer, size, format, number);
      if (g_ascii_strtod (buffer, NULL) == number)
        return;
    }
}

static unsigned __int128
power_of_ten (int exponent)
{
  unsigned __int128 power = 1;

  for (; exponent > 0; exponent--)
    power *= 10;
  return power;
}

gboolean
tw_catalog_import_to_rate (double number, int scale, gint64 *ret_rate, gboolean *ret_derived)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  unsigned __int128 value, divisor;
  guint64 digits;
  int exponent;

  if (!isfinite (number) || number < 0)
    return FALSE;
  print_number (number, text, sizeof text);
  split_number (text, &digits, &exponent);
  exponent += scale + RATE_DIGITS;
  *ret_derived = FALSE;
  if (exponent >= MAX_DIGITS + 2 && digits > 0)
    return FALSE;
  if (exponent >= 0)
    value = digits * power_of_ten (digits > 0 ? exponent : 0);
  else
    {
      divisor = power_of_ten (MIN (-exponent, MAX_SHIFT));
      value = digits / divisor;
      *ret_derived = digits % divisor != 0;
      if (digits % divisor * 2 > divisor || (digits % divisor * 2 == divisor && value % 2 == 1))
        value++;
    }
  *ret_rate = (gint64) value;
  return value <= G_MAXINT64;
}

static void
add_problem (TwCatalogImport *self,
             const char *provider,
             const char *model,
             const char *meter,
             const char *problem,
             const char *message)
{
  cJSON *json;
  g_autofree char *theirs = g_strdup_printf ("%.60s/%.100s", provider, model);

  if (cJSON_GetArraySize (self->problems) >= MAX_PROBLEMS)
    return;
  json = cJSON_CreateObject ();
  cJSON_AddStringToObject (json, "theirs", theirs);
  tw_json_add_string (json, "meter", meter);
  cJSON_AddStringToObject (json, "problem", problem);
  cJSON_AddStringToObject (json, "message", message);
  cJSON_AddItemToArray (self->problems, json);
}

void
tw_catalog_import_begin (TwCatalogImport *self)
{
  self->row = self->prices->len;
  self->n_zeros = 0;
}

void
tw_catalog_import_add (TwCatalogImport *self,
                       const char *provider,
                       const char *model,
                       TwPriceMeter meter,
                       const cJSON *number,
                       int scale,
                       gint64 per)
{
  TwImportedPrice price = { .meter = meter, .per = per };
  const char *name = tw_price_meter_to_string (meter);

  if (number == NULL || cJSON_IsNull (number))
    return;
  if (!cJSON_IsNumber (number)
      || !tw_catalog_import_to_rate (number->valuedouble, scale, &price.rate, &price.is_derived))
    add_problem (self, provider, model, name, "not-a-price", "It is not a number of zero or more.");
  else if (price.rate == 0)
    self->n_zeros++;
  else if (per == MILLION && price.rate > MAX_TOKEN_RATE)
    add_problem (self, provider, model, name, "unit-error",
                 "It is above $5,000 per million: most likely a price in another unit.");
  else
    {
      price.provider = g_strdup (provider);
      price.model = g_strdup (model);
      g_array_append_val (self->prices, price);
    }
}

void
tw_catalog_import_end (TwCatalogImport *self, const char *provider, const char *model)
{
  if (self->n_zeros > 0 && self->prices->len == self->row)
    add_problem (self, provider, model, NULL, "placeholder",
                 "All its prices are zero, which says that nobody filled them in.");
}

const char *
tw_catalog_import_provider (const TwImportName *names, const char *theirs)
{
  for (; names->theirs != NULL; names++)
    if (strcmp (names->theirs, theirs) == 0)
      return names->ours;
  return theirs;
}
