/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-encoding-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-paths-private.h"
#include "libtokenwise/tokens/tw-encoder-private.h"

#include <string.h>

#define SUFFIX TW_VOCABULARY_SUFFIX
#define MAX_NAME 64u

struct _TwEncoding
{
  char *name;
  TwEncoder encoder;
  TwClaudePieces *pieces; /* (nullable) instead of the encoder's vocabulary */
};

/* What an added file may end in, the first that is there counts. */
static const char *const suffixes[] = { TW_VOCABULARY_SUFFIX, TW_CLAUDE_PIECES_SUFFIX };

/* Two names may share a file: harmony (gpt-oss) only adds special tokens, which text never has. */
static const struct
{
  const char *name;
  const char *file;
} built_in[] = {
  { "o200k_base", "o200k_base" SUFFIX },   { "o200k_harmony", "o200k_base" SUFFIX },
  { "cl100k_base", "cl100k_base" SUFFIX }, { "p50k_base", "p50k_base" SUFFIX },
  { "r50k_base", "r50k_base" SUFFIX },     { "qwen", "qwen" SUFFIX },
  { "deepseek", "deepseek" SUFFIX },       { "tekken", "tekken" SUFFIX },
  { "mistral-v3", "mistral-v3" SUFFIX },
};

static GRWLock lock;
static GHashTable *opened; /* name → TwEncoding */

static const char *
find_built_in (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (built_in); i++)
    if (strcmp (name, built_in[i].name) == 0)
      return built_in[i].file;
  return NULL;
}

gboolean
tw_encoding_is_built_in (const char *name)
{
  return find_built_in (name) != NULL;
}

gboolean
tw_encoding_check_name (const char *name, GError **error)
{
  gsize length = strspn (name, "abcdefghijklmnopqrstuvwxyz0123456789._-");

  if (length > 0 && length <= MAX_NAME && name[length] == '\0' && g_ascii_isalnum (name[0]))
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
               "“%.64s” cannot name an encoding; use up to %u lower-case letters, digits, “.”, “_” "
               "and “-”, and begin with a letter or digit.",
               name, MAX_NAME);
  return FALSE;
}

char *
tw_encoding_added_folder (void)
{
  return tw_path_cache ("vocabularies");
}

char *
tw_encoding_added_path (const char *name, const char *suffix)
{
  g_autofree char *folder = tw_encoding_added_folder ();
  g_autofree char *file_name = g_strconcat (name, suffix, NULL);

  return g_build_filename (folder, file_name, NULL);
}

char *
tw_encoding_find_file (const char *name, gboolean *ret_added, GError **error)
{
  const char *file = find_built_in (name);

  *ret_added = file == NULL;
  if (file != NULL)
    return tw_path_find_data ("tokens", file, error);
  if (!tw_encoding_check_name (name, error))
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *path = tw_encoding_added_path (name, suffixes[i]);

      if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
        return g_steal_pointer (&path);
    }
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
               "There is no encoding “%s”; “tokenwise encodings” lists those there are, and "
               "“tokenwise vocab add FILE” adds one.",
               name);
  return NULL;
}

static TwEncoding *
open_encoding (const char *name, GError **error)
{
  gboolean added;
  g_autofree char *path = tw_encoding_find_file (name, &added, error);
  TwVocabulary *vocabulary = NULL;
  TwClaudePieces *pieces = NULL;
  TwEncoding *self;

  if (path == NULL)
    return NULL;
  if (g_str_has_suffix (path, TW_CLAUDE_PIECES_SUFFIX))
    pieces = tw_claude_pieces_open_path (path, error);
  else
    vocabulary = tw_vocabulary_open_path (path, error);
  if (vocabulary == NULL && pieces == NULL)
    return NULL;
  self = g_new0 (TwEncoding, 1);
  self->name = g_strdup (name);
  self->pieces = pieces;
  self->encoder.vocabulary = vocabulary;
  if (vocabulary != NULL)
    self->encoder.cache = tw_piece_cache_new ();
  return self;
}

static TwEncoding *
find_opened (const char *name)
{
  TwEncoding *found;

  g_rw_lock_reader_lock (&lock);
  found = opened != NULL ? g_hash_table_lookup (opened, name) : NULL;
  g_rw_lock_reader_unlock (&lock);
  return found;
}

const TwEncoding *
tw_encoding_get_to_count (const char *name, GError **error)
{
  TwEncoding *self;

  if (name == NULL)
    name = "";
  self = find_opened (name);
  if (self != NULL)
    return self;
  g_rw_lock_writer_lock (&lock);
  if (opened == NULL)
    opened = g_hash_table_new (g_str_hash, g_str_equal);
  self = g_hash_table_lookup (opened, name);
  if (self == NULL)
    self = open_encoding (name, error);
  if (self != NULL)
    g_hash_table_insert (opened, self->name, self);
  g_rw_lock_writer_unlock (&lock);
  return self;
}

const TwEncoding *
tw_encoding_get (const char *name, GError **error)
{
  const TwEncoding *self = tw_encoding_get_to_count (name, error);

  if (self == NULL || self->pieces == NULL)
    return self;
  g_set_error (error, TW_ERROR, TW_ERROR_UNSUPPORTED,
               "%s has no token ids, because Claude's are not published; it can only count.", name);
  return NULL;
}

const char *
tw_encoding_get_name (const TwEncoding *self)
{
  return self->name;
}

const TwVocabulary *
tw_encoding_get_vocabulary (const TwEncoding *self)
{
  return self->encoder.vocabulary;
}

const TwClaudePieces *
tw_encoding_get_pieces (const TwEncoding *self)
{
  return self->pieces;
}

gsize
tw_encoding_count_part (const TwEncoding *self, const char *text, gsize length, gboolean at_start)
{
  return tw_encoder_run (&self->encoder, text, length, at_start, NULL);
}

gsize
tw_encoding_count_text (const TwEncoding *self, const char *text, gsize length)
{
  if (self->pieces != NULL)
    return tw_claude_pieces_count (self->pieces, text, length);
  return tw_encoding_count_part (self, text, length, TRUE);
}

void
tw_encoding_append_ids (const TwEncoding *self, const char *text, gsize length, GArray *ids)
{
  const guint32 *published = self->encoder.vocabulary->published;
  guint first = ids->len;

  tw_encoder_run (&self->encoder, text, length, TRUE, ids);
  for (guint i = first; published != NULL && i < ids->len; i++)
    {
      guint32 *id = &g_array_index (ids, guint32, i);

      *id = *id < self->encoder.vocabulary->n_tokens ? published[*id] : *id;
    }
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* (transfer full) (nullable) */
static char *
name_of_added (const char *file)
{
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *name = g_strdup (file);

      if (!g_str_has_suffix (file, suffixes[i]))
        continue;
      name[strlen (file) - strlen (suffixes[i])] = '\0';
      if (tw_encoding_check_name (name, NULL) && find_built_in (name) == NULL)
        return g_steal_pointer (&name);
    }
  return NULL;
}

static void
append_added (GPtrArray *names)
{
  g_autofree char *folder = tw_encoding_added_folder ();
  g_autoptr (GDir) files = g_dir_open (folder, 0, NULL);
  guint first = names->len;
  const char *file;

  while (files != NULL && (file = g_dir_read_name (files)) != NULL)
    {
      char *name = name_of_added (file);

      if (name != NULL)
        g_ptr_array_add (names, name);
    }
  if (names->len > first)
    qsort (names->pdata + first, names->len - first, sizeof (gpointer), compare_names);
}

/**
 * tw_encoding_list:
 *
 * The encodings that can be counted exactly here: those that come with the
 * library, then those that were added with [func@encoding_add_file], by name.
 *
 * Returns: (transfer full) (array zero-terminated=1): their names
 * Since: 0.1
 */
char **
tw_encoding_list (void)
{
  GPtrArray *names = g_ptr_array_new ();

  for (guint i = 0; i < G_N_ELEMENTS (built_in); i++)
    g_ptr_array_add (names, g_strdup (built_in[i].name));
  append_added (names);
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_free (names, FALSE);
}
