/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-limits-private.h"
#include "libtokenwise/wire/tw-wire-json-private.h"

#include <string.h>

static cJSON *
parse (const char *text)
{
  return tw_wire_json_parse (text, strlen (text), TW_LIMIT_EVENT_BYTES, NULL);
}

/* What servers send and cJSON would cut or refuse. */
static void
test_mended (void)
{
  static const struct
  {
    const char *json;
    const char *text;
  } cases[] = {
    { "{\"t\":\"plain\"}", "plain" },
    { "\xef\xbb\xbf{\"t\":\"after a mark\"}", "after a mark" },
    { "\n\n \r\n{\"t\":\"after blank lines\"}   \n", "after blank lines" },
    { "{\"t\":\"a\\u0000b\"}", "a\xef\xbf\xbd"
                               "b" },
    { "{\"t\":\"a\\\\u0000b\"}", "a\\u0000b" },
    { "{\"t\":\"a\\\\\\u0000b\"}", "a\\\xef\xbf\xbd"
                                   "b" },
    { "{\"t\":\"\\u00e9\\ud83d\\ude00\"}", "\xc3\xa9\xf0\x9f\x98\x80" },
    { "{\"t\":\"high \\ud83d!\"}", "high \xef\xbf\xbd!" },
    { "{\"t\":\"low \\ude00!\"}", "low \xef\xbf\xbd!" },
    { "{\"t\":\"end \\ud83d\"}", "end \xef\xbf\xbd" },
    { "{\"t\":\"two \\ud83d\\ud83d\\ude00\"}", "two \xef\xbf\xbd\xf0\x9f\x98\x80" },
    { "{\"t\":\"bad \xff byte\"}", "bad \xef\xbf\xbd byte" },
    { "{\"t\":\"half \xe2\x82\"}", "half \xef\xbf\xbd\xef\xbf\xbd" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (cJSON) json = parse (cases[i].json);

      g_assert_cmpstr (tw_json_string (json, "t"), ==, cases[i].text);
    }
}

static void
test_raw_nul (void)
{
  static const char text[] = "{\"t\":\"a\0b\"}";
  g_autoptr (cJSON) json = tw_wire_json_parse (text, sizeof text - 1, TW_LIMIT_EVENT_BYTES, NULL);

  g_assert_cmpstr (tw_json_string (json, "t"), ==,
                   "a\xef\xbf\xbd"
                   "b");
}

static void
test_refused (void)
{
  static const char *const texts[] = {
    "",      " ", "{", "{\"a\":1} x", "{\"a\":1}{\"b\":2}", "nul", "{\"a\":\"\\u12", "{\"a\":\"\\",
    "<html>"
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_assert_null (parse (texts[i]));
}

/* n items: a list with n - 1 numbers is a list, its bracket and n - 2 commas. */
static cJSON *
parse_items (guint n, GError **error)
{
  g_autoptr (GString) text = g_string_new ("[0");

  for (guint i = 0; i < n - 2; i++)
    g_string_append (text, ",0");
  g_string_append_c (text, ']');
  return tw_wire_json_parse (text->str, text->len, TW_LIMIT_REPLY_BYTES, error);
}

static void
test_item_limit (void)
{
  g_autoptr (cJSON) json = parse_items (TW_WIRE_JSON_ITEMS, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (json);
  g_assert_null (parse_items (TW_WIRE_JSON_ITEMS + 1, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_LIMIT);
}

/* Commas within strings are no items. */
static void
test_items_in_strings (void)
{
  g_autofree char *commas = g_strnfill (TW_WIRE_JSON_ITEMS + 10, ',');
  g_autofree char *text = g_strconcat ("[\"\\\"", commas, "\"]", NULL);
  g_autoptr (cJSON) json = tw_wire_json_parse (text, strlen (text), TW_LIMIT_EVENT_BYTES, NULL);

  g_assert_nonnull (json);
}

static void
test_counts (void)
{
  static const struct
  {
    const char *json;
    gint64 count;
    gboolean possible;
  } cases[] = {
    { "{}", 0, TRUE },
    { "{\"n\":null}", 0, TRUE },
    { "{\"n\":0}", 0, TRUE },
    { "{\"n\":12}", 12, TRUE },
    { "{\"n\":12.0}", 12, TRUE },
    { "{\"n\":\"12\"}", 12, TRUE },
    { "{\"n\":9007199254740992}", G_GINT64_CONSTANT (9007199254740992), TRUE },
    { "{\"n\":-1}", 0, FALSE },
    { "{\"n\":1.5}", 0, FALSE },
    { "{\"n\":1e400}", 0, FALSE },
    { "{\"n\":9223372036854775808}", 0, FALSE },
    { "{\"n\":\"-1\"}", 0, FALSE },
    { "{\"n\":\"9223372036854775807\"}", 0, FALSE },
    { "{\"n\":\"\"}", 0, FALSE },
    { "{\"n\":true}", 0, FALSE },
    { "{\"n\":[]}", 0, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (cJSON) json = parse (cases[i].json);
      const char *impossible = NULL;

      g_assert_cmpint (tw_wire_json_count (json, "n", &impossible), ==, cases[i].count);
      g_assert_cmpstr (impossible, ==, cases[i].possible ? NULL : "n");
    }
}

/* The decimal that was written, not the double next to it. */
static void
test_amounts (void)
{
  static const char *const amounts[][2] = {
    { "0", "0" },
    { "1", "1" },
    { "0.1", "0.1" },
    { "0.00219855", "0.00219855" },
    { "4.8e-05", "0.000048" },
    { "1e-15", "0.000000000000001" },
    { "4e-16", "0" },
    { "123.45", "123.45" },
    { "999999.999999999", "999999.999999999" },
    { "0.00019199999999999998", "0.000192" },
    { "0.123456789012345", "0.123456789012345" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (amounts); i++)
    {
      g_autofree char *text = g_strdup_printf ("{\"c\":%s}", amounts[i][0]);
      g_autoptr (cJSON) json = parse (text);
      g_autofree char *decimal = NULL;
      TwFemto femto = -1;

      g_assert_true (tw_wire_json_amount (json, "c", &femto));
      decimal = tw_femto_to_decimal (femto);
      g_assert_cmpstr (decimal, ==, amounts[i][1]);
    }
}

static void
test_no_amounts (void)
{
  static const char *const texts[]
      = { "{}", "{\"c\":null}", "{\"c\":-0.5}", "{\"c\":1e6}", "{\"c\":1e400}", "{\"c\":\"1\"}" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (cJSON) json = parse (texts[i]);
      TwFemto femto;

      g_assert_false (tw_wire_json_amount (json, "c", &femto));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/json/mended", test_mended);
  g_test_add_func ("/wire/json/raw-nul", test_raw_nul);
  g_test_add_func ("/wire/json/refused", test_refused);
  g_test_add_func ("/wire/json/item-limit", test_item_limit);
  g_test_add_func ("/wire/json/items-in-strings", test_items_in_strings);
  g_test_add_func ("/wire/json/counts", test_counts);
  g_test_add_func ("/wire/json/amounts", test_amounts);
  g_test_add_func ("/wire/json/no-amounts", test_no_amounts);
  return g_test_run ();
}
