/* SPDX-License-Identifier: MIT */
#include "libtokenwise/catalog/tw-catalog-store-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-paths-private.h"
#include "libtokenwise/catalog/tw-catalog-store-file-private.h"
#include "libtokenwise/catalog/tw-json-slice-private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define CATALOG "catalog.json"
#define PREVIOUS "catalog.previous.json"
#define ORIGINS "catalog.origins.json"
#define LOCK "catalog.lock"
#define MAX_ORIGINS_BYTES (1u << 20)
/* Of the one in force, the one before, and a few that were in between. */
#define MAX_ORIGINS 8
#define SECONDS_PER_DAY 86400
#define LOCK_MODE 0600

char *
tw_catalog_store_get_path (void)
{
  return tw_path_cache (CATALOG);
}

char *
tw_catalog_store_get_previous_path (void)
{
  return tw_path_cache (PREVIOUS);
}

/* --- versions ------------------------------------------------------------------------------- */

typedef struct
{
  guint year;
  guint month;
  guint day;
  guint64 serial;
} Version;

static gboolean
parse_version (const char *text, Version *ret_version)
{
  gsize day_length = strlen ("YYYY.MM.DD");
  gsize length = strlen (text);

  for (gsize i = 0; i < length; i++)
    if (i == 4 || i == 7 || i == day_length ? text[i] != '.' : !g_ascii_isdigit (text[i]))
      return FALSE;
  if (length < day_length || length == day_length + 1 || length > day_length + 10)
    return FALSE;
  ret_version->year = (guint) g_ascii_strtoull (text, NULL, 10);
  ret_version->month = (guint) g_ascii_strtoull (text + 5, NULL, 10);
  ret_version->day = (guint) g_ascii_strtoull (text + 8, NULL, 10);
  ret_version->serial
      = length > day_length ? g_ascii_strtoull (text + day_length + 1, NULL, 10) : 0;
  return g_date_valid_dmy ((GDateDay) ret_version->day, (GDateMonth) ret_version->month,
                           (GDateYear) ret_version->year);
}

gboolean
tw_catalog_version_is_valid (const char *version)
{
  Version parsed;

  return version != NULL && parse_version (version, &parsed);
}

static int
compare (guint64 a, guint64 b)
{
  return (a > b) - (a < b);
}

int
tw_catalog_version_compare (const char *a, const char *b)
{
  Version x = { 0 }, y = { 0 };

  parse_version (a, &x);
  parse_version (b, &y);
  if (x.year != y.year)
    return compare (x.year, y.year);
  if (x.month != y.month)
    return compare (x.month, y.month);
  if (x.day != y.day)
    return compare (x.day, y.day);
  return compare (x.serial, y.serial);
}

gint64
tw_catalog_version_get_age_days (const char *version, gint64 now)
{
  g_autoptr (GDateTime) midnight = NULL;
  Version parsed;

  if (!parse_version (version, &parsed))
    return 0;
  midnight
      = g_date_time_new_utc ((gint) parsed.year, (gint) parsed.month, (gint) parsed.day, 0, 0, 0);
  return (now - g_date_time_to_unix (midnight)) / SECONDS_PER_DAY;
}

static char *
slice_version (TwJsonSlice text)
{
  TwJsonSlicer slicer;
  TwJsonSlice key, value;

  if (!tw_json_slicer_init (&slicer, text) || slicer.close != '}')
    return NULL;
  while (tw_json_slicer_next (&slicer, &key, &value))
    if (tw_json_slice_is_key (key, "version"))
      return tw_json_slice_to_string (value);
  return NULL;
}

char *
tw_catalog_store_read_version (const char *path, GError **error)
{
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, error);
  g_autofree char *version = NULL;
  gsize length = file != NULL ? g_mapped_file_get_length (file) : 0;

  if (file == NULL)
    return NULL;
  if (length > 0 && length <= TW_CATALOG_MAX_BYTES)
    version = slice_version ((TwJsonSlice){ g_mapped_file_get_contents (file), length });
  if (tw_catalog_version_is_valid (version))
    return g_steal_pointer (&version);
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
               "%s is not a catalogue with a version such as 2026.01.31.", path);
  return NULL;
}

char *
tw_catalog_store_read_built_in_version (GError **error)
{
  g_autofree char *path = tw_path_find_data ("catalog", CATALOG, error);

  return path != NULL ? tw_catalog_store_read_version (path, error) : NULL;
}

/* --- where each came from ----------------------------------------------------------------------
 */

static cJSON *
read_origins (void)
{
  g_autofree char *path = tw_path_cache (ORIGINS);
  g_autoptr (GBytes) content = tw_catalog_file_read (path, MAX_ORIGINS_BYTES, NULL);
  cJSON *origins = NULL;

  if (content != NULL && g_bytes_get_size (content) > 0)
    origins = tw_json_parse (g_bytes_get_data (content, NULL), (gssize) g_bytes_get_size (content),
                             MAX_ORIGINS_BYTES, NULL);
  return origins;
}

static gboolean
is_origin_of (const cJSON *origin, const char *key, const char *value)
{
  return g_strcmp0 (tw_json_string (origin, key), value) == 0;
}

cJSON *
tw_catalog_store_find_origin (const char *sha256)
{
  g_autoptr (cJSON) origins = read_origins ();
  const cJSON *item;

  cJSON_ArrayForEach (item, tw_json_array (origins, "origins"))
  {
    if (is_origin_of (item, "sha256", sha256))
      return cJSON_Duplicate (item, TRUE);
  }
  return NULL;
}

/* Whether someone accepted this version over that built-in one, which is not older. */
static gboolean
is_accepted_over (const char *version, const char *built_in)
{
  g_autoptr (cJSON) origins = read_origins ();
  const cJSON *item;

  cJSON_ArrayForEach (item, tw_json_array (origins, "origins"))
  {
    if (is_origin_of (item, "version", version) && is_origin_of (item, "over", built_in))
      return TRUE;
  }
  return FALSE;
}

char *
tw_catalog_store_find (GError **error)
{
  g_autofree char *path = tw_catalog_store_get_path ();
  g_autofree char *version = NULL, *built_in = NULL;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return NULL;
  version = tw_catalog_store_read_version (path, error);
  built_in = version != NULL ? tw_catalog_store_read_built_in_version (error) : NULL;
  if (built_in == NULL)
    return NULL;
  if (tw_catalog_version_compare (version, built_in) > 0 || is_accepted_over (version, built_in))
    return g_steal_pointer (&path);
  return NULL;
}

static gboolean
write_origins (const cJSON *latest, GError **error)
{
  g_autofree char *path = tw_path_cache (ORIGINS);
  g_autofree char *text = NULL;
  g_autoptr (cJSON) old = read_origins ();
  g_autoptr (cJSON) all = cJSON_CreateObject ();
  g_autoptr (GBytes) content = NULL;
  cJSON *list = cJSON_AddArrayToObject (all, "origins");
  const cJSON *item;

  cJSON_AddItemToArray (list, cJSON_Duplicate (latest, TRUE));
  cJSON_ArrayForEach (item, tw_json_array (old, "origins"))
  {
    if (cJSON_GetArraySize (list) < MAX_ORIGINS
        && !is_origin_of (item, "sha256", tw_json_string (latest, "sha256")))
      cJSON_AddItemToArray (list, cJSON_Duplicate (item, TRUE));
  }
  text = tw_json_print (all);
  content = g_bytes_new (text, strlen (text));
  return tw_catalog_file_replace (path, content, error);
}

/* --- changes -----------------------------------------------------------------------------------
 */

int
tw_catalog_store_lock (GError **error)
{
  g_autofree char *path = tw_path_cache (LOCK);
  g_autofree char *folder = g_path_get_dirname (path);
  int lock;

  if (!tw_path_make_private_folder (folder, error))
    return -1;
  lock = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, LOCK_MODE);
  while (lock >= 0 && flock (lock, LOCK_EX) != 0)
    if (errno != EINTR)
      {
        close (lock);
        lock = -1;
      }
  if (lock < 0)
    g_set_error (error, TW_ERROR, TW_ERROR_FAILED,
                 "%s cannot be locked (%s); check the folder's permissions.", path,
                 g_strerror (errno));
  return lock;
}

void
tw_catalog_store_unlock (int lock)
{
  if (lock >= 0)
    close (lock);
}

/* A copy, so that there is no moment without a catalogue. */
static gboolean
keep_previous (const char *path, const char *previous, GError **error)
{
  g_autoptr (GBytes) content = NULL;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return tw_catalog_file_remove (previous, error);
  content = tw_catalog_file_read (path, TW_CATALOG_MAX_BYTES, error);
  return content != NULL && tw_catalog_file_replace (previous, content, error);
}

gboolean
tw_catalog_store_install (GBytes *catalog, const cJSON *origin, GError **error)
{
  g_autofree char *path = tw_catalog_store_get_path ();
  g_autofree char *previous = tw_catalog_store_get_previous_path ();

  return keep_previous (path, previous, error) && write_origins (origin, error)
         && tw_catalog_file_replace (path, catalog, error);
}

static gboolean
swap (const char *path, const char *previous, GError **error)
{
  g_autoptr (GBytes) current = tw_catalog_file_read (path, TW_CATALOG_MAX_BYTES, error);
  g_autoptr (GBytes) before
      = current != NULL ? tw_catalog_file_read (previous, TW_CATALOG_MAX_BYTES, error) : NULL;

  return before != NULL && tw_catalog_file_replace (path, before, error)
         && tw_catalog_file_replace (previous, current, error);
}

gboolean
tw_catalog_store_revert (GError **error)
{
  g_autofree char *path = tw_catalog_store_get_path ();
  g_autofree char *previous = tw_catalog_store_get_previous_path ();
  gboolean has_current = g_file_test (path, G_FILE_TEST_EXISTS);
  gboolean has_previous = g_file_test (previous, G_FILE_TEST_EXISTS);

  if (has_current && has_previous)
    return swap (path, previous, error);
  if (has_current)
    return tw_catalog_file_move (path, previous, error);
  if (has_previous)
    return tw_catalog_file_move (previous, path, error);
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
               "The catalogue was never updated, so there is nothing to go back to.");
  return FALSE;
}
