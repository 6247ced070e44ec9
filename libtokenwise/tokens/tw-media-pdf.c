/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-media-probe-private.h"

#include <gio/gio.h>
#include <string.h>

/* The pages of a PDF are counted without a PDF library: the root of the page tree has the greatest
 * /Count of all its nodes, and a node says /Type /Pages. From version 1.5 on, nodes may be inside
 * deflated object streams, so these are inflated, within limits. */
#define MAX_STREAMS 4096u
#define MAX_INFLATED (32u << 20)
#define MAX_STREAM_INFLATED (4u << 20)
/* A node of the tree with a long list of children keeps its /Count within this. */
#define NODE_BYTES 65536u
#define MAX_PAGES 100000u

typedef struct
{
  const char *at;
  const char *end;
} Span;

static const char *
find (Span text, const char *word)
{
  gsize length = strlen (word);

  return (gsize) (text.end - text.at) < length
             ? NULL
             : memmem (text.at, (gsize) (text.end - text.at), word, length);
}

static void
skip_space (Span *text)
{
  while (text->at < text->end && (g_ascii_isspace (*text->at) || *text->at == '\0'))
    text->at++;
}

/* A number of at most six digits; −1 for anything else. */
static int
read_number (Span text)
{
  int number = 0;
  int digits = 0;

  skip_space (&text);
  for (; text.at < text.end && g_ascii_isdigit (*text.at) && digits < 7; text.at++, digits++)
    number = number * 10 + (*text.at - '0');
  return digits > 0 && digits < 7 ? number : -1;
}

static guint
number_after (Span text, const char *word)
{
  const char *at = find (text, word);
  int number = at != NULL ? read_number ((Span){ at + strlen (word), text.end }) : -1;

  return number > 0 ? (guint) number : 0;
}

/* The object around at: from the end of the one before it to its own end. An object stream has no
 * such marks, there the next node's /Type ends it. */
static Span
object_around (Span text, const char *at)
{
  Span object = { MAX (text.at, at - MIN (at - text.at, (gssize) NODE_BYTES)),
                  MIN (text.end, at + MIN (text.end - at, (gssize) NODE_BYTES)) };
  const char *mark;

  while ((mark = find ((Span){ object.at, at }, "endobj")) != NULL)
    object.at = mark + strlen ("endobj");
  mark = find ((Span){ at, object.end }, "endobj");
  if (mark != NULL)
    object.end = mark;
  return object;
}

typedef struct
{
  guint count;  /* the greatest /Count of a node */
  guint leaves; /* the pages themselves, older versions of them too */
} Pages;

static void
see_node (Pages *self, Span text, const char *type)
{
  Span object = object_around (text, type);
  guint after = number_after ((Span){ type, object.end }, "/Count");
  guint before = number_after ((Span){ object.at, type }, "/Count");

  self->count = MAX (self->count, after > 0 ? after : before);
}

static void
see_text (Pages *self, Span text)
{
  Span rest = text;
  const char *type;

  while ((type = find (rest, "/Type")) != NULL)
    {
      rest.at = type + strlen ("/Type");
      skip_space (&rest);
      if (rest.end - rest.at < 6 || memcmp (rest.at, "/Page", 5) != 0)
        continue;
      if (rest.at[5] == 's')
        see_node (self, text, type);
      else if (!g_ascii_isalnum (rest.at[5]))
        self->leaves++;
    }
}

static GString *
inflate (Span stream)
{
  g_autoptr (GConverter) converter
      = G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_ZLIB));
  GString *text = g_string_new (NULL);
  char buffer[16384];
  GConverterResult result = G_CONVERTER_CONVERTED;

  while (result == G_CONVERTER_CONVERTED && text->len < MAX_STREAM_INFLATED)
    {
      gsize read = 0;
      gsize written = 0;

      result = g_converter_convert (converter, stream.at, (gsize) (stream.end - stream.at), buffer,
                                    sizeof buffer, G_CONVERTER_INPUT_AT_END, &read, &written, NULL);
      if (result == G_CONVERTER_ERROR)
        break;
      g_string_append_len (text, buffer, (gssize) written);
      stream.at += read;
    }
  return text;
}

static void
see_object_streams (Pages *self, Span file)
{
  Span rest = file;
  gsize inflated = 0;
  const char *type;

  for (guint i = 0; i < MAX_STREAMS && inflated < MAX_INFLATED; i++)
    {
      g_autoptr (GString) text = NULL;
      const char *start;

      type = find (rest, "/ObjStm");
      start = type != NULL ? find ((Span){ type, rest.end }, "stream") : NULL;
      if (start == NULL)
        return;
      rest.at = start + strlen ("stream");
      rest.at += rest.at < rest.end && *rest.at == '\r';
      rest.at += rest.at < rest.end && *rest.at == '\n';
      text = inflate (rest);
      inflated += text->len;
      see_text (self, (Span){ text->str, text->str + text->len });
    }
}

gboolean
tw_media_read_page_count (const char *base64, guint *ret_pages)
{
  gsize size;
  g_autofree guchar *data = g_base64_decode (base64, &size);
  Span file = { (const char *) data, (const char *) data + size };
  Pages pages = { 0 };

  if (size < 8 || memcmp (data, "%PDF-", 5) != 0)
    return FALSE;
  see_text (&pages, file);
  if (find (file, "/Encrypt") == NULL)
    see_object_streams (&pages, file);
  if (pages.count == 0 && pages.leaves == 0)
    return FALSE;
  /* A bookmark's /Count can be taken for a node's; but no tree has more pages than there are. */
  if (pages.count == 0 || pages.leaves == 0)
    pages.count = pages.leaves = MAX (pages.count, pages.leaves);
  *ret_pages = MIN (MIN (pages.count, pages.leaves), MAX_PAGES);
  return TRUE;
}
