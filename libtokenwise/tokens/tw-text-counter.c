/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-text-counter-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/tokens/tw-merge-private.h"
#include "libtokenwise/tokens/tw-text-edit-private.h"

/**
 * TwTextCounter:
 *
 * The tokens of a text while it is written: exact after every edit, at a cost
 * that depends on the edit and not on the text.
 *
 * It keeps a copy of the text, so an editor forwards what it inserts and
 * deletes. Offsets and lengths are bytes; an edit may leave or split half a
 * character, which counts as U+FFFD until it is whole again, as in
 * [func@encoding_count]. Special tokens in the text count as the plain text
 * that they are.
 *
 * An object is used from one thread at a time. Any number of them share a
 * vocabulary.
 *
 * Since: 0.1
 */

struct _TwTextCounter
{
  GObject parent_instance;
  TwTextEditor editor;
};

G_DEFINE_FINAL_TYPE (TwTextCounter, tw_text_counter, G_TYPE_OBJECT)

enum
{
  PROP_TOKENS = 1,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void
tw_text_counter_finalize (GObject *object)
{
  tw_text_editor_clear (&TW_TEXT_COUNTER (object)->editor);
  G_OBJECT_CLASS (tw_text_counter_parent_class)->finalize (object);
}

static void
tw_text_counter_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  if (id == PROP_TOKENS)
    g_value_set_uint64 (value, TW_TEXT_COUNTER (object)->editor.tokens);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
tw_text_counter_class_init (TwTextCounterClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = tw_text_counter_finalize;
  object_class->get_property = tw_text_counter_get_property;

  /**
   * TwTextCounter:tokens: (getter get_tokens)
   *
   * The tokens of the text. Notified when an edit changes them.
   *
   * Since: 0.1
   */
  properties[PROP_TOKENS]
      = g_param_spec_uint64 ("tokens", NULL, NULL, 0, G_MAXUINT64, 0,
                             G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
tw_text_counter_init (G_GNUC_UNUSED TwTextCounter *self)
{
}

/**
 * tw_text_counter_new:
 * @encoding: the name of an encoding, one of [func@encoding_list]
 * @error: return location for a #GError
 *
 * Makes a counter with an empty text.
 *
 * Returns: (transfer full): a counter, or %NULL with @error set when there is
 *   no such encoding
 * Since: 0.1
 */
TwTextCounter *
tw_text_counter_new (const char *encoding, GError **error)
{
  const TwEncoding *found;
  TwTextCounter *self;

  g_return_val_if_fail (encoding != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  found = tw_encoding_get (encoding, error);
  if (found == NULL)
    return NULL;
  self = g_object_new (TW_TYPE_TEXT_COUNTER, NULL);
  tw_text_editor_init (&self->editor, found);
  return self;
}

static gboolean
check_range (TwTextCounter *self, gsize offset, gsize length, GError **error)
{
  gsize size = tw_text_pages_get_length (self->editor.pages);

  if (offset <= size && length <= size - offset)
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
               "The edit of %" G_GSIZE_FORMAT " bytes at %" G_GSIZE_FORMAT
               " is outside the text of %" G_GSIZE_FORMAT
               " bytes; set the text again to bring both together.",
               length, offset, size);
  return FALSE;
}

static gboolean
check_size (gsize kept, gsize added, GError **error)
{
  if (added <= TW_TEXT_MAX_BYTES - kept)
    return TRUE;
  g_set_error (error, TW_ERROR, TW_ERROR_LIMIT,
               "The text would have more than %u bytes; count it in parts.", TW_TEXT_MAX_BYTES);
  return FALSE;
}

static void
replace (TwTextCounter *self, gsize offset, gsize n_deleted, const char *text, gsize length)
{
  guint64 tokens = self->editor.tokens;

  if (n_deleted == 0 && length == 0)
    return;
  tw_text_editor_replace (&self->editor, offset, n_deleted, (const guint8 *) text, length);
  if (self->editor.tokens != tokens)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TOKENS]);
}

/**
 * tw_text_counter_insert:
 * @self: a counter
 * @offset: where, in bytes from the start of the text
 * @text: (array length=length) (element-type guint8): what, any bytes
 * @length: the bytes of @text, or -1 when it ends with a NUL
 * @error: return location for a #GError
 *
 * Inserts into the text. Nothing changes on failure.
 *
 * Returns: %FALSE with @error set when @offset is behind the end, or the text
 *   would be longer than 1 GiB
 * Since: 0.1
 */
gboolean
tw_text_counter_insert (
    TwTextCounter *self, gsize offset, const char *text, gssize length, GError **error)
{
  gsize size;

  g_return_val_if_fail (TW_IS_TEXT_COUNTER (self), FALSE);
  g_return_val_if_fail (text != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  size = length < 0 ? strlen (text) : (gsize) length;
  if (!check_range (self, offset, 0, error)
      || !check_size (tw_text_pages_get_length (self->editor.pages), size, error))
    return FALSE;
  replace (self, offset, 0, text, size);
  return TRUE;
}

/**
 * tw_text_counter_delete:
 * @self: a counter
 * @offset: where, in bytes from the start of the text
 * @length: how many bytes
 * @error: return location for a #GError
 *
 * Deletes from the text. Nothing changes on failure.
 *
 * Returns: %FALSE with @error set when the text does not have these bytes
 * Since: 0.1
 */
gboolean
tw_text_counter_delete (TwTextCounter *self, gsize offset, gsize length, GError **error)
{
  g_return_val_if_fail (TW_IS_TEXT_COUNTER (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!check_range (self, offset, length, error))
    return FALSE;
  replace (self, offset, length, NULL, 0);
  return TRUE;
}

/**
 * tw_text_counter_set_text:
 * @self: a counter
 * @text: (array length=length) (element-type guint8): the whole text, any bytes
 * @length: the bytes of @text, or -1 when it ends with a NUL
 * @error: return location for a #GError
 *
 * Puts another text in the place of the whole one. Nothing changes on failure.
 *
 * Returns: %FALSE with @error set when @text is longer than 1 GiB
 * Since: 0.1
 */
gboolean
tw_text_counter_set_text (TwTextCounter *self, const char *text, gssize length, GError **error)
{
  gsize size;

  g_return_val_if_fail (TW_IS_TEXT_COUNTER (self), FALSE);
  g_return_val_if_fail (text != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  size = length < 0 ? strlen (text) : (gsize) length;
  if (!check_size (0, size, error))
    return FALSE;
  g_object_freeze_notify (G_OBJECT (self));
  tw_text_counter_clear (self);
  replace (self, 0, 0, text, size);
  g_object_thaw_notify (G_OBJECT (self));
  return TRUE;
}

/**
 * tw_text_counter_clear:
 * @self: a counter
 *
 * Empties the text.
 *
 * Since: 0.1
 */
void
tw_text_counter_clear (TwTextCounter *self)
{
  const TwEncoding *encoding;
  guint64 tokens;

  g_return_if_fail (TW_IS_TEXT_COUNTER (self));

  encoding = self->editor.encoding;
  tokens = self->editor.tokens;
  tw_text_editor_clear (&self->editor);
  tw_text_editor_init (&self->editor, encoding);
  if (tokens != 0)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TOKENS]);
}

/**
 * tw_text_counter_get_tokens:
 * @self: a counter
 *
 * The tokens of the text as it is now, exactly.
 *
 * Returns: how many
 * Since: 0.1
 */
guint64
tw_text_counter_get_tokens (TwTextCounter *self)
{
  g_return_val_if_fail (TW_IS_TEXT_COUNTER (self), 0);

  return self->editor.tokens;
}

/**
 * tw_text_counter_get_length:
 * @self: a counter
 *
 * The length of the text.
 *
 * Returns: bytes
 * Since: 0.1
 */
gsize
tw_text_counter_get_length (TwTextCounter *self)
{
  g_return_val_if_fail (TW_IS_TEXT_COUNTER (self), 0);

  return tw_text_pages_get_length (self->editor.pages);
}

/**
 * tw_text_counter_dup_text:
 * @self: a counter
 * @ret_length: (out) (optional): its bytes, without the NUL after it
 *
 * A copy of the text.
 *
 * Returns: (transfer full) (array length=ret_length) (element-type guint8): the
 *   bytes, followed by a NUL
 * Since: 0.1
 */
char *
tw_text_counter_dup_text (TwTextCounter *self, gsize *ret_length)
{
  gsize length;
  char *text;

  g_return_val_if_fail (TW_IS_TEXT_COUNTER (self), NULL);

  length = tw_text_pages_get_length (self->editor.pages);
  text = g_malloc (length + 1);
  tw_text_pages_read (self->editor.pages, 0, length, (guint8 *) text);
  text[length] = '\0';
  if (ret_length != NULL)
    *ret_length = length;
  return text;
}

gboolean
tw_text_counter_check (TwTextCounter *self)
{
  return tw_text_pages_check (self->editor.pages);
}
