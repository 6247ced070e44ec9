/* SPDX-License-Identifier: MIT */
#include "libtokenwise/wire/tw-framing-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-limits-private.h"

#include <string.h>

/* Finds where the elements of an array begin and end, and nothing more: whether they are JSON the
 * parser says. Commas may be missing or too many. */
typedef enum
{
  BEFORE,  /* the opening bracket is awaited */
  BETWEEN, /* elements */
  INSIDE,  /* one */
  AFTER,   /* the closing bracket */
} State;

typedef struct
{
  TwFramer framer;
  GString *element;
  State state;
  guint depth; /* open brackets within the element */
  gboolean in_string;
  gboolean escaped; /* the byte after a backslash */
} JsonArray;

/* Takes one byte of an element; TRUE if the element ends with it. */
static gboolean
scan (JsonArray *self, char c)
{
  if (self->escaped)
    self->escaped = FALSE;
  else if (self->in_string)
    {
      self->escaped = c == '\\';
      self->in_string = c != '"';
      return !self->in_string && self->depth == 0;
    }
  else if (c == '"')
    self->in_string = TRUE;
  else if (c == '{' || c == '[')
    self->depth++;
  else if (c == '}' || c == ']')
    return self->depth > 0 && --self->depth == 0;
  return FALSE;
}

/* Numbers, true, false and null end where something else begins. */
static gboolean
ends_scalar (const JsonArray *self, char c)
{
  return self->depth == 0 && !self->in_string && strchr (", \t\r\n]", c) != NULL && c != '\0';
}

static gboolean
emit_element (JsonArray *self, gboolean unfinished, GError **error)
{
  const TwFrame frame
      = { .data = self->element->str, .length = self->element->len, .unfinished = unfinished };
  gboolean ok = self->framer.handler (&frame, self->framer.user_data, error);

  g_string_truncate (self->element, 0);
  return ok;
}

/* Up to the end of the element or of the bytes; what was used up is put into ret_used. */
static gboolean
push_element (JsonArray *self, const char *bytes, gsize length, gsize *ret_used, GError **error)
{
  gsize n = 0;
  gboolean ends = FALSE, scalar_ends = FALSE;

  while (n < length && !ends && !scalar_ends)
    {
      scalar_ends = ends_scalar (self, bytes[n]);
      if (!scalar_ends)
        ends = scan (self, bytes[n++]);
      if (self->depth > TW_LIMIT_JSON_DEPTH)
        {
          g_set_error (error, TW_ERROR, TW_ERROR_LIMIT,
                       "The reply has an event that is nested deeper than %u levels.",
                       TW_LIMIT_JSON_DEPTH);
          return FALSE;
        }
    }
  *ret_used = n;
  if (!tw_framer_append (self->element, bytes, n, error))
    return FALSE;
  if (!ends && !scalar_ends)
    return TRUE;
  self->state = BETWEEN;
  return emit_element (self, FALSE, error);
}

/* One byte outside the elements. */
static gboolean
step (JsonArray *self, char c, GError **error)
{
  if (c != '\0' && strchr (" \t\r\n", c) != NULL)
    return TRUE;
  if (self->state == AFTER || (self->state == BEFORE && c != '['))
    {
      g_set_error (error, TW_ERROR, TW_ERROR_PROTOCOL,
                   "The reply goes on after the end of its list; what came before is kept.");
      return FALSE;
    }
  if (self->state == BEFORE)
    self->state = BETWEEN;
  else if (c == ']')
    self->state = AFTER;
  return TRUE;
}

static gboolean
begins_element (const JsonArray *self, char c)
{
  return self->state == BETWEEN && (c == '\0' || strchr (", \t\r\n]", c) == NULL);
}

static gboolean
push (TwFramer *framer, const char *bytes, gsize length, GError **error)
{
  JsonArray *self = (JsonArray *) framer;
  gsize i = 0;

  while (i < length)
    {
      gsize used = 0;

      if (begins_element (self, bytes[i]))
        self->state = INSIDE;
      if (self->state != INSIDE)
        {
          if (!step (self, bytes[i++], error))
            return FALSE;
          continue;
        }
      if (!push_element (self, bytes + i, length - i, &used, error))
        return FALSE;
      i += used;
    }
  return TRUE;
}

static gboolean
end_array (TwFramer *framer, GError **error)
{
  return emit_element ((JsonArray *) framer, TRUE, error);
}

static void
free_array (TwFramer *framer)
{
  JsonArray *self = (JsonArray *) framer;

  g_string_free (self->element, TRUE);
  g_free (self);
}

TwFramer *
tw_json_array_new (TwFrameHandler handler, gpointer user_data)
{
  JsonArray *self = g_new0 (JsonArray, 1);

  self->framer = (TwFramer){ handler, user_data, push, end_array, free_array };
  self->element = g_string_new (NULL);
  return &self->framer;
}
