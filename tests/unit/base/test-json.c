/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-json-private.h"
#include "libtokenwise/base/tw-limits-private.h"

#include <string.h>

static char *
nested (guint depth)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < depth; i++)
    g_string_append_c (text, '[');
  for (guint i = 0; i < depth; i++)
    g_string_append_c (text, ']');
  return g_string_free (text, FALSE);
}

static void
test_depth_limit (void)
{
  g_autofree char *allowed = nested (TW_LIMIT_JSON_DEPTH);
  g_autofree char *refused = nested (TW_LIMIT_JSON_DEPTH + 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (cJSON) json = tw_json_parse (allowed, -1, 1024, NULL);

  g_assert_nonnull (json);
  g_assert_null (tw_json_parse (refused, -1, 1024, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_LIMIT);
}

static void
test_size_limit (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (cJSON) json = tw_json_parse ("[1,2]", -1, 5, NULL);

  g_assert_nonnull (json);
  g_assert_null (tw_json_parse ("[1,2]", -1, 4, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_LIMIT);
}

static void
test_brackets_in_strings_do_not_nest (void)
{
  g_autofree char *brackets = g_strnfill (500, '[');
  g_autofree char *text = g_strdup_printf ("{\"a\":\"%s\\\"[\"}", brackets);
  g_autoptr (cJSON) json = tw_json_parse (text, -1, 1024, NULL);

  g_assert_nonnull (json);
}

static void
test_refused (void)
{
  static const char *const bad[] = { "", "{", "{\"a\":1} x", "\"\xff\"", "{\"a\"}", "[1,]" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (tw_json_parse (bad[i], -1, 1024, &error));
      g_assert_error (error, TW_ERROR, TW_ERROR_PROTOCOL);
    }
}

static void
test_integers (void)
{
  static const struct
  {
    const char *json;
    gboolean accepted;
    gint64 value;
  } cases[] = {
    { "{\"n\":0}", TRUE, 0 },
    { "{\"n\":9007199254740992}", TRUE, G_GINT64_CONSTANT (9007199254740992) },
    { "{\"n\":1e400}", FALSE, 0 },
    { "{\"n\":1.5}", FALSE, 0 },
    { "{\"n\":\"1\"}", FALSE, 0 },
    { "{\"n\":null}", FALSE, 0 },
    { "{}", FALSE, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (cJSON) json = tw_json_parse (cases[i].json, -1, 1024, NULL);
      gint64 value = -7;

      g_assert_true (tw_json_integer (json, "n", &value) == cases[i].accepted);
      g_assert_cmpint (value, ==, cases[i].accepted ? cases[i].value : -7);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/json/depth-limit", test_depth_limit);
  g_test_add_func ("/base/json/size-limit", test_size_limit);
  g_test_add_func ("/base/json/brackets-in-strings", test_brackets_in_strings_do_not_nest);
  g_test_add_func ("/base/json/refused", test_refused);
  g_test_add_func ("/base/json/integers", test_integers);
  return g_test_run ();
}
