/* SPDX-License-Identifier: MIT */
#include "libtokenwise/catalog/tw-json-slice-private.h"

#include "libtokenwise/base/tw-json-private.h"

#include <string.h>

static void
skip_space (TwJsonSlicer *self)
{
  while (self->at < self->end
         && (*self->at == ' ' || *self->at == '\n' || *self->at == '\r' || *self->at == '\t'))
    self->at++;
}

static gboolean
take (TwJsonSlicer *self, char wanted)
{
  skip_space (self);
  if (self->at == self->end || *self->at != wanted)
    return FALSE;
  self->at++;
  return TRUE;
}

/* From an opening quote to past the closing one. */
static gboolean
skip_string (TwJsonSlicer *self)
{
  for (self->at++; self->at < self->end; self->at++)
    {
      if (*self->at == '"')
        {
          self->at++;
          return TRUE;
        }
      if (*self->at == '\\' && ++self->at == self->end)
        return FALSE;
    }
  return FALSE;
}

/* From an opening bracket to past the one that closes it. */
static gboolean
skip_nested (TwJsonSlicer *self)
{
  gsize depth = 0;

  while (self->at < self->end)
    switch (*self->at)
      {
      case '"':
        if (!skip_string (self))
          return FALSE;
        break;
      case '{':
      case '[':
        depth++;
        self->at++;
        break;
      case '}':
      case ']':
        self->at++;
        if (--depth == 0)
          return TRUE;
        break;
      default:
        self->at++;
      }
  return FALSE;
}

static gboolean
skip_scalar (TwJsonSlicer *self)
{
  const char *start = self->at;

  while (self->at < self->end && (g_ascii_isalnum (*self->at) || strchr ("+-.", *self->at)))
    self->at++;
  return self->at > start;
}

gboolean
tw_json_slicer_take_value (TwJsonSlicer *self, TwJsonSlice *ret_value)
{
  gboolean found = FALSE;

  skip_space (self);
  ret_value->start = self->at;
  if (self->at == self->end)
    found = FALSE;
  else if (*self->at == '"')
    found = skip_string (self);
  else if (*self->at == '{' || *self->at == '[')
    found = skip_nested (self);
  else
    found = skip_scalar (self);
  ret_value->length = (gsize) (self->at - ret_value->start);
  self->has_failed = !found;
  return found;
}

gboolean
tw_json_slicer_init (TwJsonSlicer *self, TwJsonSlice text)
{
  *self = (TwJsonSlicer){ .at = text.start, .end = text.start + text.length };
  skip_space (self);
  if (self->at == self->end || (*self->at != '{' && *self->at != '['))
    return FALSE;
  self->close = *self->at == '{' ? '}' : ']';
  self->at++;
  return TRUE;
}

/* Past the comma to a further member or element, or past the end. */
static gboolean
has_next (TwJsonSlicer *self)
{
  if (self->has_failed || take (self, self->close))
    return FALSE;
  self->has_failed = self->has_started && !take (self, ',');
  self->has_started = TRUE;
  return !self->has_failed;
}

gboolean
tw_json_slicer_next_key (TwJsonSlicer *self, TwJsonSlice *ret_key)
{
  if (!has_next (self) || !tw_json_slicer_take_value (self, ret_key))
    return FALSE;
  self->has_failed = *ret_key->start != '"' || !take (self, ':');
  return !self->has_failed;
}

gboolean
tw_json_slicer_next (TwJsonSlicer *self, TwJsonSlice *ret_key, TwJsonSlice *ret_value)
{
  if (self->close == '}')
    return tw_json_slicer_next_key (self, ret_key) && tw_json_slicer_take_value (self, ret_value);
  return has_next (self) && tw_json_slicer_take_value (self, ret_value);
}

gboolean
tw_json_slicer_enter (TwJsonSlicer *self, TwJsonSlicer *ret_inner)
{
  TwJsonSlice rest = { self->at, (gsize) (self->end - self->at) };

  return tw_json_slicer_init (ret_inner, rest);
}

void
tw_json_slicer_leave (TwJsonSlicer *self, const TwJsonSlicer *inner)
{
  self->at = inner->at;
  self->has_failed = self->has_failed || inner->has_failed;
}

gboolean
tw_json_slicer_is_at_end (TwJsonSlicer *self)
{
  skip_space (self);
  return !self->has_failed && self->at == self->end;
}

gboolean
tw_json_slice_is_key (TwJsonSlice key, const char *name)
{
  gsize length = strlen (name);

  return key.length == length + 2 && memcmp (key.start + 1, name, length) == 0;
}

char *
tw_json_slice_to_string (TwJsonSlice value)
{
  g_autoptr (cJSON) json = NULL;

  if (value.length < 2 || value.start[0] != '"')
    return NULL;
  if (memchr (value.start, '\\', value.length) == NULL
      && g_utf8_validate (value.start, (gssize) value.length, NULL))
    return g_strndup (value.start + 1, value.length - 2);
  json = tw_json_parse (value.start, (gssize) value.length, value.length, NULL);
  return g_strdup (cJSON_GetStringValue (json));
}
