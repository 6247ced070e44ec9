/* SPDX-License-Identifier: MIT */
#include "app-reply-buffer.h"

#include <string.h>

#define FENCE "```"
#define MAX_HEADING_LEVEL 6

/* A line that grows is styled again with every piece; one this long is data, not prose. */
#define MAX_STYLED_BYTES 16384

/* A grey that is visible on the light and on the dark card. */
static const GdkRGBA shade = { 0.5f, 0.5f, 0.5f, 0.14f };

struct _AppReplyBuffer
{
  GtkTextBuffer parent_instance;

  /* The first line that may still grow, and whether a fence was open before it. Lines above are
   * finished and never looked at again. */
  int line;
  gboolean fenced;
};

G_DEFINE_FINAL_TYPE (AppReplyBuffer, app_reply_buffer, GTK_TYPE_TEXT_BUFFER)

typedef struct
{
  const char *mark;
  const char *tag;
} Inline;

/* The longer mark first, so that two asterisks are not taken for one and another. */
static const Inline inlines[] = {
  { "`", "code" },
  { "**", "bold" },
  { "*", "italic" },
};

static void
app_reply_buffer_constructed (GObject *object)
{
  GtkTextBuffer *buffer = GTK_TEXT_BUFFER (object);

  G_OBJECT_CLASS (app_reply_buffer_parent_class)->constructed (object);
  gtk_text_buffer_set_enable_undo (buffer, FALSE);
  gtk_text_buffer_create_tag (buffer, "bold", "weight", PANGO_WEIGHT_BOLD, NULL);
  gtk_text_buffer_create_tag (buffer, "italic", "style", PANGO_STYLE_ITALIC, NULL);
  gtk_text_buffer_create_tag (buffer, "code", "family", "monospace", "background-rgba", &shade,
                              NULL);
  gtk_text_buffer_create_tag (buffer, "heading", "weight", PANGO_WEIGHT_BOLD, "scale", 1.15,
                              "pixels-above-lines", 4, NULL);
  gtk_text_buffer_create_tag (buffer, "block", "family", "monospace", "paragraph-background-rgba",
                              &shade, "left-margin", 12, "right-margin", 12, NULL);
  gtk_text_buffer_create_tag (buffer, "table", "family", "monospace", NULL);
  gtk_text_buffer_create_tag (buffer, "item", "left-margin", 12, "indent", -12, NULL);
  gtk_text_buffer_create_tag (buffer, "quote", "style", PANGO_STYLE_ITALIC, "left-margin", 12,
                              NULL);
  gtk_text_buffer_create_tag (buffer, "hidden", "invisible", TRUE, NULL);
}

static void
app_reply_buffer_class_init (AppReplyBufferClass *klass)
{
  G_OBJECT_CLASS (klass)->constructed = app_reply_buffer_constructed;
}

static void
app_reply_buffer_init (AppReplyBuffer *self)
{
}

static void
apply (GtkTextBuffer *buffer, const char *tag, int line, glong from, glong to)
{
  GtkTextIter start, end;

  gtk_text_buffer_get_iter_at_line_offset (buffer, &start, line, (int) from);
  gtk_text_buffer_get_iter_at_line_offset (buffer, &end, line, (int) to);
  gtk_text_buffer_apply_tag_by_name (buffer, tag, &start, &end);
}

/* The mark that closes what opens at @p and hugs it on both sides, as CommonMark asks; a lone
 * asterisk is just that. */
static const char *
find_close (const char *p, const char *mark)
{
  gsize length = strlen (mark);
  const char *inner = p + length;
  const char *close;

  if (*inner == '\0' || g_ascii_isspace (*inner))
    return NULL;
  close = strstr (inner + 1, mark);
  return close != NULL && !g_ascii_isspace (close[-1]) ? close : NULL;
}

static const Inline *
match_inline (const char *p, const char **ret_close)
{
  for (guint i = 0; i < G_N_ELEMENTS (inlines); i++)
    {
      if (!g_str_has_prefix (p, inlines[i].mark))
        continue;
      *ret_close = find_close (p, inlines[i].mark);
      return *ret_close != NULL ? &inlines[i] : NULL;
    }
  return NULL;
}

static void
style_inlines (GtkTextBuffer *buffer, int line, const char *text)
{
  const char *p = text;

  while (*p != '\0')
    {
      const char *close = NULL;
      const Inline *found = match_inline (p, &close);
      glong mark, from, to;

      if (found == NULL)
        {
          p = g_utf8_next_char (p);
          continue;
        }
      mark = (glong) strlen (found->mark);
      from = g_utf8_pointer_to_offset (text, p);
      to = g_utf8_pointer_to_offset (text, close);
      apply (buffer, "hidden", line, from, from + mark);
      apply (buffer, found->tag, line, from + mark, to);
      apply (buffer, "hidden", line, to, to + mark);
      p = close + mark;
    }
}

static guint
heading_level (const char *text)
{
  guint level = (guint) strspn (text, "#");

  return level <= MAX_HEADING_LEVEL && text[level] == ' ' ? level : 0;
}

static void
style_prose (GtkTextBuffer *buffer, int line, const char *text)
{
  glong length = g_utf8_strlen (text, -1);
  guint level = heading_level (text);

  if (level > 0)
    {
      apply (buffer, "hidden", line, 0, level + 1);
      apply (buffer, "heading", line, 0, length);
    }
  else if (g_str_has_prefix (text, "> "))
    {
      apply (buffer, "hidden", line, 0, 2);
      apply (buffer, "quote", line, 0, length);
    }
  else if (*text == '|')
    {
      apply (buffer, "table", line, 0, length);
    }
  else if (g_str_has_prefix (text, "- ") || g_str_has_prefix (text, "* "))
    {
      apply (buffer, "item", line, 0, length);
    }
  style_inlines (buffer, line, text);
}

/* Whether a fence is open after the line. */
static gboolean
style_line (GtkTextBuffer *buffer, int line, gboolean fenced, gboolean is_last)
{
  GtkTextIter start, end;
  g_autofree char *text = NULL;
  gboolean is_fence;

  gtk_text_buffer_get_iter_at_line (buffer, &start, line);
  end = start;
  if (!gtk_text_iter_ends_line (&end))
    gtk_text_iter_forward_to_line_end (&end);
  text = gtk_text_buffer_get_text (buffer, &start, &end, TRUE);
  gtk_text_buffer_remove_all_tags (buffer, &start, &end);
  is_fence = g_str_has_prefix (text, FENCE);
  if (is_fence && !is_last)
    gtk_text_iter_forward_line (&end);
  if (is_fence)
    gtk_text_buffer_apply_tag_by_name (buffer, "hidden", &start, &end);
  else if (fenced)
    gtk_text_buffer_apply_tag_by_name (buffer, "block", &start, &end);
  else if (strlen (text) <= MAX_STYLED_BYTES)
    style_prose (buffer, line, text);
  return is_fence ? !fenced : fenced;
}

/* Only lines that can have changed are looked at, so a piece costs the same however long the reply
 * has become. */
void
app_reply_buffer_append (AppReplyBuffer *self, const char *text, gsize length)
{
  GtkTextBuffer *buffer = GTK_TEXT_BUFFER (self);
  GtkTextIter end;
  int last;

  gtk_text_buffer_get_end_iter (buffer, &end);
  gtk_text_buffer_insert (buffer, &end, text, (int) length);
  last = gtk_text_buffer_get_line_count (buffer) - 1;
  for (; self->line < last; self->line++)
    self->fenced = style_line (buffer, self->line, self->fenced, FALSE);
  style_line (buffer, last, self->fenced, TRUE);
}
