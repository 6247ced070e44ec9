/* SPDX-License-Identifier: MIT */
#include "libtokenwise/wire/tw-decoder-private.h"
#include "libtokenwise/wire/tw-openai-private.h"

#include <string.h>

/* The chunk that nearly all of a stream is made of, one choice with a piece of content and nothing
 * else to say, is read here without building a tree. Every byte is checked; at anything unusual (a
 * key not listed, one that comes twice, another type, \u, bytes that are not UTF-8) nothing has
 * been done yet, and the parser reads the chunk. The fuzz target holds both against each other. */

typedef struct
{
  const char *text;
  gsize length;
  gboolean escaped;
} Slice;

typedef struct
{
  const char *at;
  const char *end;
  Slice id;
  Slice model;
  Slice service_tier;
  Slice content;
} Chunk;

typedef struct
{
  const char *name;
  gboolean (*read) (Chunk *self);
} Field;

#define MAX_DIGITS 15

static void
skip_space (Chunk *self)
{
  while (self->at < self->end && *self->at == ' ')
    self->at++;
}

static gboolean
take (Chunk *self, char c)
{
  skip_space (self);
  if (self->at == self->end || *self->at != c)
    return FALSE;
  self->at++;
  return TRUE;
}

/* The bytes of a string up to its quote, which is taken too. */
static gboolean
read_string (Chunk *self, Slice *ret_slice)
{
  const char *at, *start;
  gboolean high = FALSE, escaped = FALSE;

  if (!take (self, '"'))
    return FALSE;
  start = at = self->at;
  while (at < self->end && *at != '"')
    {
      guchar c = (guchar) *at++;

      if (c < 0x20)
        return FALSE;
      high = high || c >= 0x80;
      if (c != '\\')
        continue;
      if (at == self->end || *at == '\0' || strchr ("\"\\/bfnrt", *at) == NULL)
        return FALSE;
      escaped = TRUE;
      at++;
    }
  if (at == self->end || (high && !g_utf8_validate_len (start, (gsize) (at - start), NULL)))
    return FALSE;
  *ret_slice = (Slice){ start, (gsize) (at - start), escaped };
  self->at = at + 1;
  return TRUE;
}

static gboolean
read_null (Chunk *self)
{
  skip_space (self);
  if (self->end - self->at < 4 || memcmp (self->at, "null", 4) != 0)
    return FALSE;
  self->at += 4;
  return TRUE;
}

static gboolean
read_nullable (Chunk *self, Slice *ret_slice)
{
  skip_space (self);
  if (self->at < self->end && *self->at == 'n')
    return read_null (self);
  return read_string (self, ret_slice);
}

static gboolean
skip_text (Chunk *self)
{
  Slice slice;

  return read_nullable (self, &slice);
}

static gboolean
skip_number (Chunk *self)
{
  guint n = 0;

  skip_space (self);
  while (self->at < self->end && g_ascii_isdigit (*self->at) && n++ < MAX_DIGITS)
    self->at++;
  return n > 0 && n <= MAX_DIGITS;
}

static gboolean
read_id (Chunk *self)
{
  return read_nullable (self, &self->id) && !self->id.escaped;
}

static gboolean
read_model (Chunk *self)
{
  return read_nullable (self, &self->model) && !self->model.escaped;
}

static gboolean
read_service_tier (Chunk *self)
{
  return read_nullable (self, &self->service_tier) && !self->service_tier.escaped;
}

static gboolean
read_content (Chunk *self)
{
  return read_nullable (self, &self->content);
}

static gboolean
read_first_index (Chunk *self)
{
  return take (self, '0');
}

static gboolean
read_field (Chunk *self, const Field *fields, guint n_fields, guint *seen)
{
  Slice key;

  if (!read_string (self, &key) || !take (self, ':'))
    return FALSE;
  for (guint i = 0; i < n_fields; i++)
    if (strncmp (fields[i].name, key.text, key.length) == 0 && fields[i].name[key.length] == '\0')
      {
        guint bit = 1u << i;
        gboolean again = (*seen & bit) != 0;

        *seen |= bit;
        return !again && fields[i].read (self);
      }
  return FALSE;
}

static gboolean
read_object (Chunk *self, const Field *fields, guint n_fields)
{
  guint seen = 0;

  if (!take (self, '{'))
    return FALSE;
  if (take (self, '}'))
    return TRUE;
  do
    if (!read_field (self, fields, n_fields, &seen))
      return FALSE;
  while (take (self, ','));
  return take (self, '}');
}

static gboolean
read_delta (Chunk *self)
{
  static const Field fields[] = {
    { "content", read_content },        { "role", skip_text },      { "refusal", read_null },
    { "reasoning_content", read_null }, { "reasoning", read_null }, { "tool_calls", read_null },
    { "function_call", read_null },
  };

  return read_object (self, fields, G_N_ELEMENTS (fields));
}

static gboolean
read_choices (Chunk *self)
{
  static const Field fields[] = {
    { "index", read_first_index },
    { "delta", read_delta },
    { "logprobs", read_null },
    { "finish_reason", read_null },
    { "native_finish_reason", read_null },
    { "stop_reason", read_null },
  };

  return take (self, '[') && read_object (self, fields, G_N_ELEMENTS (fields)) && take (self, ']');
}

static gboolean
read_chunk (Chunk *self)
{
  static const Field fields[] = {
    { "id", read_id },
    { "object", skip_text },
    { "created", skip_number },
    { "model", read_model },
    { "service_tier", read_service_tier },
    { "system_fingerprint", skip_text },
    { "choices", read_choices },
    { "usage", read_null },
    { "obfuscation", skip_text },
    { "provider", skip_text },
  };

  if (!read_object (self, fields, G_N_ELEMENTS (fields)))
    return FALSE;
  skip_space (self);
  return self->at == self->end;
}

static gboolean
slice_is (Slice slice, const char *text)
{
  return slice.length == 0
         || (text != NULL && strncmp (text, slice.text, slice.length) == 0
             && text[slice.length] == '\0');
}

static char *
unescape (Slice slice)
{
  static const char letters[] = "bfnrt", bytes[] = "\b\f\n\r\t";
  char *text = g_malloc (slice.length + 1);
  char *to = text;

  for (gsize i = 0; i < slice.length; i++)
    {
      char c = slice.text[i];

      if (c == '\\')
        {
          const char *letter = strchr (letters, slice.text[++i]);

          c = letter != NULL ? bytes[letter - letters] : slice.text[i];
        }
      *to++ = c;
    }
  *to = '\0';
  return text;
}

static void
tell (TwDecoder *decoder, const Chunk *chunk)
{
  const TwReplyState *state = tw_decoder_get_state (decoder);

  if (!slice_is (chunk->id, state->id) || !slice_is (chunk->model, state->model))
    {
      g_autofree char *id = g_strndup (chunk->id.text, chunk->id.length);
      g_autofree char *model = g_strndup (chunk->model.text, chunk->model.length);

      tw_decoder_set_model (decoder, id, model);
    }
  if (!slice_is (chunk->service_tier, state->service_tier))
    {
      g_autofree char *tier = g_strndup (chunk->service_tier.text, chunk->service_tier.length);

      tw_decoder_set_service_tier (decoder, tier);
    }
  if (chunk->content.length > 0)
    tw_decoder_take_text (decoder, TW_EVENT_TEXT,
                          chunk->content.escaped
                              ? unescape (chunk->content)
                              : g_strndup (chunk->content.text, chunk->content.length));
}

gboolean
tw_openai_chat_quick_event (TwDecoder *decoder, const char *data, gsize length)
{
  Chunk chunk = { .at = data, .end = data + length };

  if (length == 0 || *data != '{' || !read_chunk (&chunk))
    return FALSE;
  tell (decoder, &chunk);
  return TRUE;
}
