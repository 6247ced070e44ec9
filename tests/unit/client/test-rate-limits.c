/* SPDX-License-Identifier: MIT */
#include "libtokenwise/client/tw-rate-limits-private.h"

#include <glib/gstdio.h>
#include <string.h>

/* 2026-11-22T10:00:00Z */
#define NOW G_GINT64_CONSTANT (1795341600)

typedef struct
{
  char *folder;
  char *path;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->folder = g_dir_make_tmp ("tokenwise-limits-XXXXXX", NULL);
  self->path = g_build_filename (self->folder, "limits.json", NULL);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_remove (self->path);
  g_rmdir (self->folder);
  g_free (self->path);
  g_free (self->folder);
}

static void
note (Fixture *self, const char *model, gint64 now, const char *const *headers)
{
  g_autoptr (TwRateLimits) limits = tw_rate_limits_new (self->path);

  tw_rate_limits_note (limits, "openai", model, headers, now);
}

static void
test_each_way_of_writing (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *headers[4];
    const char *sentence;
  } cases[] = {
    { { "X-RateLimit-Limit-Requests: 500", "x-ratelimit-remaining-requests: 499",
        "x-ratelimit-reset-requests: 6m0s" },
      "499 of 500 requests (reset 6m0s)" },
    { { "anthropic-ratelimit-input-tokens-limit: 50000",
        "anthropic-ratelimit-input-tokens-remaining:49000",
        "anthropic-ratelimit-input-tokens-reset: 2026-11-22T10:00:30Z" },
      "49000 of 50000 input-tokens (reset 2026-11-22T10:00:30Z)" },
    { { "x-ratelimit-limit-tokens-minute: 500000", "x-ratelimit-remaining-tokens-minute: 0" },
      "0 of 500000 tokens-minute." },
    { { "x-ratelimit-remaining: 7" }, "7 requests." },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TwRateLimits) limits = tw_rate_limits_new (self->path);
      g_auto (GStrv) sentences = NULL;

      tw_rate_limits_note (limits, "openai", "gpt", cases[i].headers, NOW + i);
      sentences = tw_rate_limits_list (limits);
      g_assert_cmpuint (g_strv_length (sentences), ==, 1);
      g_assert_true (g_str_has_prefix (sentences[0], "openai/gpt had left at 2026-11-22T"));
      g_assert_nonnull (strstr (sentences[0], cases[i].sentence));
    }
}

/* Another process sees it, and what two processes saw is kept beside each other. */
static void
test_is_remembered (Fixture *self, gconstpointer data)
{
  static const char *const headers[] = { "x-ratelimit-remaining-tokens: 5", NULL };
  static const char *const newer[] = { "x-ratelimit-remaining-tokens: 4", NULL };
  g_autoptr (TwRateLimits) old = tw_rate_limits_new (self->path);
  g_autoptr (TwRateLimits) reader = NULL;
  g_auto (GStrv) sentences = NULL;
  GStatBuf info;

  tw_rate_limits_note (old, "openai", "a", headers, NOW);
  note (self, "a", NOW + 10, newer);
  note (self, "b", NOW, headers);
  /* The first one writes last, and must not bring back what is older. */
  g_clear_pointer (&old, tw_rate_limits_unref);
  reader = tw_rate_limits_new (self->path);
  sentences = tw_rate_limits_list (reader);
  g_assert_cmpuint (g_strv_length (sentences), ==, 2);
  g_assert_nonnull (strstr (sentences[0], "openai/a"));
  g_assert_nonnull (strstr (sentences[0], ": 4 tokens."));
  g_assert_cmpint (g_stat (self->path, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0600);
}

static void
test_nothing_said (Fixture *self, gconstpointer data)
{
  static const char *const headers[] = { "content-type: application/json",
                                         "x-ratelimit-tokens-query-cost: 5",
                                         "x-ratelimit-remaining-tokens: many",
                                         "x-ratelimit-remaining-\x1b[2J: 3",
                                         "no colon",
                                         NULL };

  note (self, "a", NOW, headers);
  note (self, "a", NOW, NULL);
  {
    g_autoptr (TwRateLimits) reader = tw_rate_limits_new (self->path);
    g_auto (GStrv) sentences = tw_rate_limits_list (reader);

    g_assert_cmpuint (g_strv_length (sentences), ==, 0);
  }
}

/* What a peer or a file controls has a limit, and is never worse than no memory. */
static void
test_limits (Fixture *self, gconstpointer data)
{
  static const char *const broken[]
      = { "", "[]", "{\"a\":1}", "{\"a\":{\"at\":9e15,\"limits\":[]}}",
          "{\"a\":{\"limits\":{\"b\":{\"remaining\":\"x\"}}}}" };
  g_autoptr (TwRateLimits) many = tw_rate_limits_new (self->path);
  g_auto (GStrv) sentences = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (broken); i++)
    {
      g_autoptr (TwRateLimits) reader = tw_rate_limits_new (self->path);
      g_auto (GStrv) none = NULL;

      g_assert_true (g_file_set_contents (self->path, broken[i], -1, NULL));
      none = tw_rate_limits_list (reader);
      g_assert_cmpuint (g_strv_length (none), ==, 0);
    }
  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *model = g_strdup_printf ("m%03u", i);
      g_autofree char *header = g_strdup_printf ("x-ratelimit-remaining-%u: 1", i);
      const char *const headers[] = { header, NULL };

      tw_rate_limits_note (many, "openai", model, headers, NOW + i);
    }
  sentences = tw_rate_limits_list (many);
  g_assert_cmpuint (g_strv_length (sentences), ==, 64);
  g_assert_nonnull (strstr (sentences[0], "openai/m136"));
}

#define ADD(path, function)                                                                        \
  g_test_add ("/client/rate-limits/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("each-way-of-writing", test_each_way_of_writing);
  ADD ("is-remembered", test_is_remembered);
  ADD ("nothing-said", test_nothing_said);
  ADD ("limits", test_limits);
  return g_test_run ();
}
