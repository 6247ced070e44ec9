/* SPDX-License-Identifier: MIT */
#include "libtokenwise/client/tw-rate-limits-private.h"

#include "libtokenwise/base/tw-paths-private.h"
#include "libtokenwise/base/tw-time-private.h"

#include <string.h>

/* The headers are the servers' and the file may be anybody's, so both have limits. */
#define MAX_MODELS 64
#define MAX_LIMITS 16
#define MAX_NAME 40
#define MAX_RESET 40
#define MAX_FILE_BYTES (256u << 10)
/* Many replies a second must not be as many writes. */
#define SAVE_EVERY_US (5 * G_USEC_PER_SEC)

/* Each provider's documentation of its headers: OpenAI's and most others' are
 * x-ratelimit-{limit,remaining,reset}-NAME, Anthropic's anthropic-ratelimit-NAME-{…}. */
static const char *const prefixes[]
    = { "x-ratelimit-", "anthropic-ratelimit-", "anthropic-priority-" };
static const char *const figures[] = { "limit", "remaining", "reset" };

struct _TwRateLimits
{
  char *path;
  cJSON *models; /* (nullable) as in the file: "provider/model" → { "at", "limits" } */
  gboolean changed;
  gint64 saved_us;
};

TwRateLimits *
tw_rate_limits_new (const char *path)
{
  TwRateLimits *self = g_rc_box_new0 (TwRateLimits);

  self->path = path != NULL ? g_strdup (path) : tw_path_cache ("limits.json");
  return self;
}

TwRateLimits *
tw_rate_limits_ref (TwRateLimits *self)
{
  return g_rc_box_acquire (self);
}

/* A file that cannot be read is as good as none: it is a cache. */
static cJSON *
read_file (const char *path)
{
  g_autofree char *text = NULL;
  gsize length = 0;
  cJSON *json = NULL;

  if (g_file_get_contents (path, &text, &length, NULL))
    json = tw_json_parse (text, (gssize) length, MAX_FILE_BYTES, NULL);
  if (!cJSON_IsObject (json))
    {
      cJSON_Delete (json);
      json = cJSON_CreateObject ();
    }
  return json;
}

static gint64
get_at (const cJSON *model)
{
  gint64 at = 0;

  tw_json_integer (model, "at", &at);
  return at;
}

/* Adds what is newer; another process may have written since. */
static void
merge (cJSON *into, const cJSON *from)
{
  const cJSON *model;

  cJSON_ArrayForEach (model, from)
  {
    const cJSON *had = cJSON_GetObjectItemCaseSensitive (into, model->string);

    if (had != NULL && get_at (had) > get_at (model))
      continue;
    cJSON_DeleteItemFromObjectCaseSensitive (into, model->string);
    cJSON_AddItemToObject (into, model->string, cJSON_Duplicate (model, TRUE));
  }
}

static void
drop_oldest (cJSON *models)
{
  while (cJSON_GetArraySize (models) > MAX_MODELS)
    {
      cJSON *oldest = models->child;
      cJSON *model;

      cJSON_ArrayForEach (model, models)
      {
        if (get_at (model) < get_at (oldest))
          oldest = model;
      }
      cJSON_Delete (cJSON_DetachItemViaPointer (models, oldest));
    }
}

static void
load (TwRateLimits *self)
{
  if (self->models == NULL)
    self->models = read_file (self->path);
}

static void
save (TwRateLimits *self)
{
  g_autoptr (cJSON) models = read_file (self->path);
  g_autofree char *folder = g_path_get_dirname (self->path);
  g_autofree char *text = NULL;

  merge (models, self->models);
  drop_oldest (models);
  text = tw_json_print (models);
  self->saved_us = g_get_monotonic_time ();
  self->changed = !tw_path_make_private_folder (folder, NULL)
                  || !g_file_set_contents_full (self->path, text, -1,
                                                G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL);
}

static void
clear (gpointer data)
{
  TwRateLimits *self = data;

  if (self->changed)
    save (self);
  cJSON_Delete (self->models);
  g_free (self->path);
}

void
tw_rate_limits_unref (TwRateLimits *self)
{
  g_rc_box_release_full (self, clear);
}

static gboolean
is_name (const char *name)
{
  gsize length = strspn (name, G_CSET_a_2_z G_CSET_DIGITS "-");

  return length > 0 && length <= MAX_NAME && name[length] == '\0';
}

/* "limit-tokens" and "tokens-limit" are both the figure "limit" of "tokens"; a figure alone counts
 * requests. (transfer full) (nullable): the name. */
static char *
split_name (const char *rest, const char *figure)
{
  g_autofree char *before = g_strconcat (figure, "-", NULL);
  g_autofree char *after = g_strconcat ("-", figure, NULL);

  if (strcmp (rest, figure) == 0)
    return g_strdup ("requests");
  if (g_str_has_prefix (rest, before))
    return g_strdup (rest + strlen (before));
  if (g_str_has_suffix (rest, after))
    return g_strndup (rest, strlen (rest) - strlen (after));
  return NULL;
}

static void
add_figure (cJSON *limits, const char *name, const char *figure, const char *value)
{
  cJSON *limit = tw_json_object (limits, name);
  gint64 number;

  if (!is_name (name) || (limit == NULL && cJSON_GetArraySize (limits) >= MAX_LIMITS))
    return;
  if (limit == NULL)
    limit = cJSON_AddObjectToObject (limits, name);
  if (cJSON_HasObjectItem (limit, figure))
    return;
  if (strcmp (figure, "reset") != 0)
    {
      if (g_ascii_string_to_signed (value, 10, 0, G_GINT64_CONSTANT (1) << 53, &number, NULL))
        cJSON_AddNumberToObject (limit, figure, (double) number);
    }
  else if (strlen (value) <= MAX_RESET
           && value[strspn (value, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS ".:+-")] == '\0')
    cJSON_AddStringToObject (limit, figure, value);
}

static void
read_header (cJSON *limits, const char *line)
{
  const char *colon = strchr (line, ':');
  g_autofree char *name = colon != NULL ? g_ascii_strdown (line, colon - line) : NULL;

  for (guint i = 0; name != NULL && i < G_N_ELEMENTS (prefixes); i++)
    for (guint j = 0; g_str_has_prefix (name, prefixes[i]) && j < G_N_ELEMENTS (figures); j++)
      {
        g_autofree char *what = split_name (name + strlen (prefixes[i]), figures[j]);

        if (what != NULL)
          add_figure (limits, what, figures[j], colon + 1 + strspn (colon + 1, " \t"));
      }
}

void
tw_rate_limits_note (TwRateLimits *self,
                     const char *provider,
                     const char *model,
                     const char *const *headers,
                     gint64 now)
{
  g_autoptr (cJSON) limits = cJSON_CreateObject ();
  g_autofree char *key = g_strconcat (provider, "/", model, NULL);
  cJSON *entry;

  for (guint i = 0; headers != NULL && headers[i] != NULL; i++)
    read_header (limits, headers[i]);
  if (limits->child == NULL)
    return;
  load (self);
  entry = cJSON_CreateObject ();
  cJSON_AddNumberToObject (entry, "at", (double) now);
  cJSON_AddItemToObject (entry, "limits", g_steal_pointer (&limits));
  cJSON_DeleteItemFromObjectCaseSensitive (self->models, key);
  cJSON_AddItemToObject (self->models, key, entry);
  drop_oldest (self->models);
  self->changed = TRUE;
  if (g_get_monotonic_time () - self->saved_us > SAVE_EVERY_US)
    save (self);
}

static void
describe_limit (GString *text, const cJSON *limit)
{
  const char *reset = tw_json_string (limit, "reset");
  gint64 most, left;
  gboolean has_most = tw_json_integer (limit, "limit", &most);

  if (!tw_json_integer (limit, "remaining", &left) || !is_name (limit->string))
    return;
  if (text->len > 0)
    g_string_append (text, ", ");
  g_string_append_printf (text, "%" G_GINT64_FORMAT, left);
  if (has_most)
    g_string_append_printf (text, " of %" G_GINT64_FORMAT, most);
  g_string_append_printf (text, " %s", limit->string);
  if (reset != NULL)
    g_string_append_printf (text, " (reset %.*s)", MAX_RESET, reset);
}

/* (transfer full) (nullable) */
static char *
describe_model (const cJSON *model)
{
  g_autoptr (GString) figures_text = g_string_new (NULL);
  g_autoptr (GDateTime) at = g_date_time_new_from_unix_utc (get_at (model));
  g_autofree char *when = at != NULL ? g_date_time_format_iso8601 (at) : NULL;
  const cJSON *limit;

  cJSON_ArrayForEach (limit, tw_json_object (model, "limits"))
  {
    describe_limit (figures_text, limit);
  }
  if (figures_text->len == 0 || when == NULL)
    return NULL;
  return g_strdup_printf ("%.120s had left at %s: %s.", model->string, when, figures_text->str);
}

static gint
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

GStrv
tw_rate_limits_list (TwRateLimits *self)
{
  GPtrArray *sentences = g_ptr_array_new ();
  const cJSON *model;

  load (self);
  cJSON_ArrayForEach (model, self->models)
  {
    char *sentence = describe_model (model);

    if (sentence != NULL)
      g_ptr_array_add (sentences, sentence);
  }
  g_ptr_array_sort (sentences, compare_texts);
  g_ptr_array_add (sentences, NULL);
  return (GStrv) g_ptr_array_free (sentences, FALSE);
}
