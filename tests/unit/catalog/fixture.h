/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-time-private.h"
#include "libtokenwise/catalog/tw-catalog-private.h"
#include "libtokenwise/catalog/tw-model-private.h"
#include "libtokenwise/message/tw-usage-private.h"

#include <glib/gstdio.h>
#include <string.h>

/* The catalogue that comes with the library, read once a program. */
static inline TwCatalog *
fixture_catalog (void)
{
  static TwCatalog *catalog = NULL;
  g_autoptr (GError) error = NULL;

  if (catalog == NULL)
    catalog = tw_catalog_new (&error);
  g_assert_no_error (error);
  return catalog;
}

#define FIXTURE_HEAD                                                                               \
  "{\"schema\":\"tokenwise-catalog/1\",\"catalog_id\":\"test\",\"version\":\"2026.01.01\","        \
  "\"generated_at\":\"2026-01-01T00:00:00Z\",\"currency\":\"USD\",\"sources\":[],"                 \
  "\"providers\":[{\"id\":\"acme\",\"name\":\"Acme\",\"usage_profile\":\"openai\"}],"              \
  "\"models\":["
#define FIXTURE_TAIL "]}"

/* What fixture_read_models() adds to the models. */
static inline gsize
fixture_frame_length (void)
{
  return strlen (FIXTURE_HEAD FIXTURE_TAIL);
}

/* A catalogue of one provider, "acme" (usage profile openai), with these members of "models". */
static inline TwCatalog *
fixture_read_models (const char *models, GError **error)
{
  g_autofree char *path = NULL;
  g_autofree char *text = g_strconcat (FIXTURE_HEAD, models, FIXTURE_TAIL, NULL);
  gint file = g_file_open_tmp ("tw-catalog-XXXXXX.json", &path, NULL);
  TwCatalog *catalog;

  g_assert_cmpint (file, >=, 0);
  g_assert_true (g_close (file, NULL));
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  catalog = tw_catalog_new_from_file (path, error);
  g_assert_cmpint (g_unlink (path), ==, 0);
  return catalog;
}

/* A catalogue of the one model acme/m with these rate cards. */
static inline TwCatalog *
fixture_read_cards (const char *cards, GError **error)
{
  g_autofree char *model = g_strdup_printf (
      "{\"provider\":\"acme\",\"id\":\"m\",\"match\":[{\"equals\":\"m\"}],\"rate_cards\":[%s]}",
      cards);

  return fixture_read_models (model, error);
}

/* A card's members that every card has. */
#define FIXTURE_CARD(id, rest)                                                                     \
  "{\"id\":\"" id "\",\"source\":\"test\",\"verified_at\":\"2026-01-01\"," rest "}"

static inline gint64
fixture_instant (const char *text)
{
  gint64 instant = 0;

  g_assert_true (tw_instant_parse (text, &instant, NULL));
  return instant;
}

static inline void
fixture_assert_cost (const TwCost *cost, const char *decimal, const char *state)
{
  g_autofree char *found = tw_cost_to_decimal (cost);

  g_assert_cmpstr (found, ==, decimal);
  g_assert_cmpstr (tw_cost_get_state (cost), ==, state);
}
