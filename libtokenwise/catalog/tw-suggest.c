/* SPDX-License-Identifier: MIT */
#include "libtokenwise/catalog/tw-catalog-object-private.h"

#include <string.h>

#define N_SUGGESTIONS 3u
/* Only this much of a name is compared: ids are shorter. */
#define MAX_COMPARED 64u
/* The share of a name that may differ. */
#define MAX_DISTANCE_PART 2u

typedef struct
{
  TwCatalogEntry *entry;
  guint distance;
} Candidate;

/* Levenshtein's distance, in one row. */
static guint
edit_distance (const char *a, const char *b)
{
  gsize n = MIN (strlen (a), MAX_COMPARED), m = MIN (strlen (b), MAX_COMPARED);
  guint row[MAX_COMPARED + 1];

  for (gsize j = 0; j <= m; j++)
    row[j] = (guint) j;
  for (gsize i = 1; i <= n; i++)
    {
      guint diagonal = row[0];

      row[0] = (guint) i;
      for (gsize j = 1; j <= m; j++)
        {
          guint above = row[j];
          guint changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);

          row[j] = MIN (changed, MIN (above, row[j - 1]) + 1);
          diagonal = above;
        }
    }
  return row[m];
}

/* A name that is the beginning of an id is near it, however long the id. */
static guint
distance (const char *asked, const char *id)
{
  gsize n = strlen (asked);

  if (n >= 3 && strncmp (id, asked, n) == 0)
    return 0;
  return edit_distance (asked, id);
}

/* Kept in order, the nearest first; of equals, the first found stays first. */
static void
consider (Candidate *best, guint *n, TwCatalogEntry *entry, guint found)
{
  guint place = *n;

  while (place > 0 && best[place - 1].distance > found)
    place--;
  if (place == N_SUGGESTIONS)
    return;
  *n = MIN (*n + 1, N_SUGGESTIONS);
  memmove (&best[place + 1], &best[place], (*n - place - 1) * sizeof *best);
  best[place] = (Candidate){ entry, found };
}

static char *
join (TwCatalog *self, const Candidate *best, guint n)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    {
      const TwModel *model = tw_catalog_read_entry (self, best[i].entry, NULL);

      if (i > 0)
        g_string_append (text, i + 1 == n ? " or " : ", ");
      g_string_append (text, model != NULL ? model->qualified_id : best[i].entry->key);
    }
  return g_string_free (text, FALSE);
}

char *
tw_catalog_suggest (TwCatalog *self, const char *name)
{
  g_autofree char *asked = g_ascii_strdown (name, (gssize) MIN (strlen (name), MAX_COMPARED));
  gboolean qualified = strchr (asked, '/') != NULL;
  Candidate best[N_SUGGESTIONS];
  guint n = 0;

  for (guint i = 0; i < self->entries->len; i++)
    {
      TwCatalogEntry *entry = &g_array_index (self->entries, TwCatalogEntry, i);
      const char *id = qualified ? entry->key : entry->key + strlen (entry->host->id) + 1;
      guint found = distance (asked, id);

      if (found <= strlen (asked) / MAX_DISTANCE_PART)
        consider (best, &n, entry, found);
    }
  return n > 0 ? join (self, best, n) : NULL;
}
