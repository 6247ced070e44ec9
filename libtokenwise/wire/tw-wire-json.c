/* SPDX-License-Identifier: MIT */
#include "libtokenwise/wire/tw-wire-json-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-limits-private.h"

#include <string.h>

#define MAX_COUNT (G_GINT64_CONSTANT (1) << 53)
#define ESCAPE_LENGTH 6 /* \uXXXX */
/* Fractional digits of femto-USD. */
#define FEMTO_DIGITS 15

/* The code unit of the \uXXXX at text, or -1. */
static int
read_escape (const char *text, gsize length)
{
  int unit = 0;

  if (length < ESCAPE_LENGTH || text[0] != '\\' || text[1] != 'u')
    return -1;
  for (guint i = 2; i < ESCAPE_LENGTH; i++)
    {
      int digit = g_ascii_xdigit_value (text[i]);

      if (digit < 0)
        return -1;
      unit = unit * 16 + digit;
    }
  return unit;
}

static gboolean
is_high_surrogate (int unit)
{
  return unit >= 0xd800 && unit <= 0xdbff;
}

static gboolean
is_low_surrogate (int unit)
{
  return unit >= 0xdc00 && unit <= 0xdfff;
}

static void
mend_escapes (char *text, gsize length)
{
  gsize i = 0;

  while (i < length)
    {
      int unit = read_escape (text + i, length - i);

      if (is_high_surrogate (unit)
          && is_low_surrogate (read_escape (text + i + ESCAPE_LENGTH, length - i - ESCAPE_LENGTH)))
        i += 2 * ESCAPE_LENGTH;
      else if (unit >= 0)
        {
          if (unit == 0 || is_high_surrogate (unit) || is_low_surrogate (unit))
            memcpy (text + i + 2, "fffd", 4);
          i += ESCAPE_LENGTH;
        }
      else
        i += text[i] == '\\' ? 2 : 1;
    }
}

static gboolean
items_are_allowed (const char *text, gsize length)
{
  gboolean in_string = FALSE;
  guint items = 1;

  for (gsize i = 0; i < length && items <= TW_WIRE_JSON_ITEMS; i++)
    {
      char c = text[i];

      if (in_string && c == '\\')
        i++;
      else if (c == '"')
        in_string = !in_string;
      else if (!in_string && (c == ',' || c == '[' || c == '{'))
        items++;
    }
  return items <= TW_WIRE_JSON_ITEMS;
}

static gsize
count_leading (const char *text, gsize length)
{
  gsize n = length >= 3 && memcmp (text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

  while (n < length && strchr (" \t\r\n", text[n]) != NULL && text[n] != '\0')
    n++;
  return n;
}

cJSON *
tw_wire_json_parse (const char *text, gsize length, gsize max_bytes, GError **error)
{
  gsize leading = count_leading (text, length);
  g_autofree char *copy = NULL;

  text += leading;
  length -= leading;
  if (!g_utf8_validate_len (text, length, NULL))
    copy = g_utf8_make_valid (text, (gssize) length);
  else if (memmem (text, length, "\\u", 2) != NULL)
    copy = g_strndup (text, length);
  if (copy != NULL)
    {
      length = strlen (copy);
      mend_escapes (copy, length);
    }
  if (length > TW_WIRE_JSON_ITEMS && !items_are_allowed (copy ?: text, length))
    {
      g_set_error (error, TW_ERROR, TW_ERROR_LIMIT, "The JSON document has more than %u items.",
                   TW_WIRE_JSON_ITEMS);
      return NULL;
    }
  return tw_json_parse (copy ?: text, (gssize) length, max_bytes, error);
}

gboolean
tw_wire_json_has (const cJSON *object, const char *key)
{
  const cJSON *item = cJSON_GetObjectItemCaseSensitive (object, key);

  return item != NULL && !cJSON_IsNull (item);
}

const char *
tw_wire_json_text (const cJSON *object, const char *key)
{
  const char *text = tw_json_string (object, key);

  return text != NULL && *text != '\0' ? text : NULL;
}

gint64
tw_wire_json_count (const cJSON *object, const char *key, const char **ret_impossible)
{
  const char *text = tw_json_string (object, key);
  guint64 digits;
  gint64 count;

  if (!tw_wire_json_has (object, key))
    return 0;
  if (tw_json_integer (object, key, &count) && count >= 0)
    return count;
  /* JSON made from protocol buffers writes 64-bit numbers as strings. */
  if (text != NULL && g_ascii_string_to_unsigned (text, 10, 0, MAX_COUNT, &digits, NULL))
    return (gint64) digits;
  if (*ret_impossible == NULL)
    *ret_impossible = key;
  return 0;
}

/* printf's "%.*e" or "%.*f", whatever the locale's decimal point. */
static void
print_double (char *text, int length, double value, int precision, char conversion)
{
  char format[16];

  g_snprintf (format, sizeof format, "%%.%d%c", precision, conversion);
  g_ascii_formatd (text, length, format, value);
}

gboolean
tw_wire_json_amount (const cJSON *object, const char *key, TwFemto *ret_femto)
{
  const cJSON *item = cJSON_GetObjectItemCaseSensitive (object, key);
  double value = cJSON_IsNumber (item) ? item->valuedouble : -1;
  char text[G_ASCII_DTOSTR_BUF_SIZE], decimal[64];
  int precision = 0;

  /* A million dollars for one reply is a lie or another currency. */
  if (!(value >= 0 && value < 1e6))
    return FALSE;
  do
    print_double (text, sizeof text, value, precision, 'e');
  while (g_ascii_strtod (text, NULL) != value && ++precision < 17);
  precision -= (int) g_ascii_strtoll (strchr (text, 'e') + 1, NULL, 10);
  print_double (decimal, sizeof decimal, value, CLAMP (precision, 0, FEMTO_DIGITS), 'f');
  return tw_femto_parse (decimal, ret_femto, NULL);
}

gboolean
tw_wire_json_is_object (const char *text)
{
  g_autoptr (cJSON) json = tw_wire_json_parse (text, strlen (text), TW_LIMIT_REPLY_BYTES, NULL);

  return cJSON_IsObject (json);
}
