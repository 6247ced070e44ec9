/* SPDX-License-Identifier: MIT */
#include "libtokenwise/wire/tw-codec-private.h"

#include "libtokenwise/base/tw-error.h"

/* A new dialect is one file, which defines tw_codec_NAME, and one line here. */
#define DIALECTS(X)                                                                                \
  X (openai_chat)                                                                                  \
  X (anthropic)                                                                                    \
  X (bedrock_converse)                                                                             \
  X (gemini)                                                                                       \
  X (openai_responses)                                                                             \
  X (cohere)                                                                                       \
  X (ollama)

#define DECLARE(name) extern const TwCodec tw_codec_##name;
#define ADDRESS(name) &tw_codec_##name,

DIALECTS (DECLARE)

static const TwCodec *const codecs[] = { DIALECTS (ADDRESS) };

const char *const *
tw_codec_list (void)
{
  static const char *names[G_N_ELEMENTS (codecs) + 1];
  static gsize once = 0;

  if (g_once_init_enter (&once))
    {
      for (guint i = 0; i < G_N_ELEMENTS (codecs); i++)
        names[i] = codecs[i]->name;
      g_once_init_leave (&once, 1);
    }
  return names;
}

const TwCodec *
tw_codec_find (const char *dialect, GError **error)
{
  g_autofree char *known = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (codecs); i++)
    if (g_strcmp0 (dialect, codecs[i]->name) == 0)
      return codecs[i];
  known = g_strjoinv (", ", (GStrv) tw_codec_list ());
  g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT,
               "“%.60s” is not a known dialect; use one of: %s.", dialect ?: "", known);
  return NULL;
}

const char *
tw_finish_to_string (TwFinish finish)
{
  static const char *const names[] = { "unknown",        "stop",    "length", "tool_calls",
                                       "content_filter", "refusal", "pause",  "error" };

  return names[finish];
}

TwWireCall *
tw_wire_call_new (const char *method, const char *path, char *take_body)
{
  TwWireCall *self = g_new0 (TwWireCall, 1);

  self->method = method;
  self->path = g_strdup (path);
  self->headers = g_array_new (FALSE, FALSE, sizeof (TwWireHeader));
  self->body = take_body;
  return self;
}

void
tw_wire_call_add_header (TwWireCall *self, const char *name, const char *value)
{
  TwWireHeader header = { g_strdup (name), g_strdup (value) };

  g_array_append_val (self->headers, header);
}

void
tw_wire_call_free (TwWireCall *self)
{
  for (guint i = 0; i < self->headers->len; i++)
    {
      TwWireHeader *header = &g_array_index (self->headers, TwWireHeader, i);

      g_free (header->name);
      g_free (header->value);
    }
  g_array_unref (self->headers);
  g_free (self->path);
  g_free (self->body);
  g_free (self);
}
