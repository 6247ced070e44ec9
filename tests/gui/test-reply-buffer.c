/* SPDX-License-Identifier: MIT */
/* How a reply is shown: which marks are hidden, what is styled, and that pieces make no difference.
 */
#include "views/app-reply-buffer.h"

static char *
get_visible (AppReplyBuffer *reply)
{
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (GTK_TEXT_BUFFER (reply), &start, &end);
  return gtk_text_buffer_get_text (GTK_TEXT_BUFFER (reply), &start, &end, FALSE);
}

static char *
get_whole (AppReplyBuffer *reply)
{
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (GTK_TEXT_BUFFER (reply), &start, &end);
  return gtk_text_buffer_get_text (GTK_TEXT_BUFFER (reply), &start, &end, TRUE);
}

static gboolean
has_tag (AppReplyBuffer *reply, const char *word, const char *name)
{
  GtkTextBuffer *buffer = GTK_TEXT_BUFFER (reply);
  GtkTextTag *tag = gtk_text_tag_table_lookup (gtk_text_buffer_get_tag_table (buffer), name);
  GtkTextIter start, match;

  gtk_text_buffer_get_start_iter (buffer, &start);
  if (!gtk_text_iter_forward_search (&start, word, GTK_TEXT_SEARCH_TEXT_ONLY, &match, NULL, NULL))
    return FALSE;
  return gtk_text_iter_has_tag (&match, tag);
}

typedef struct
{
  const char *text;
  const char *visible;
  const char *word;
  const char *tag; /* of the word */
} Case;

static const Case cases[] = {
  { "plain", "plain", NULL, NULL },
  { "a **bold** b", "a bold b", "bold", "bold" },
  { "a *slanted* b", "a slanted b", "slanted", "italic" },
  { "call `f (x)` now", "call f (x) now", "f (x)", "code" },
  { "`**raw**` code", "**raw** code", "raw", "code" },
  { "## Über **uns**\ntext", "Über uns\ntext", "Über", "heading" },
  { "#hashtag", "#hashtag", NULL, NULL },
  { "####### seven", "####### seven", NULL, NULL },
  { "2 * 3 * 4", "2 * 3 * 4", NULL, NULL },
  { "open **never closes", "open **never closes", NULL, NULL },
  { "€ and **€uro**", "€ and €uro", "€uro", "bold" },
  { "- one\n- two", "- one\n- two", "two", "item" },
  { "> said **so**", "said so", "said", "quote" },
  { "a > b", "a > b", NULL, NULL },
  { "| a | b |", "| a | b |", "a", "table" },
  { "x\n```c\nint *p, *q;\n```\ny", "x\nint *p, *q;\ny", "int", "block" },
  { "```\nstill *open*", "still *open*", "still", "block" },
  { "```\n```\n**after**", "after", "after", "bold" },
};

static void
check (AppReplyBuffer *reply, const Case *item)
{
  g_autofree char *visible = get_visible (reply);
  g_autofree char *whole = get_whole (reply);

  g_assert_cmpstr (visible, ==, item->visible);
  g_assert_cmpstr (whole, ==, item->text);
  if (item->word != NULL)
    g_assert_true (has_tag (reply, item->word, item->tag));
}

static void
test_whole (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (AppReplyBuffer) reply = g_object_new (APP_TYPE_REPLY_BUFFER, NULL);

      app_reply_buffer_append (reply, cases[i].text, strlen (cases[i].text));
      check (reply, &cases[i]);
    }
}

static void
test_pieces (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (AppReplyBuffer) reply = g_object_new (APP_TYPE_REPLY_BUFFER, NULL);
      const char *p = cases[i].text;

      while (*p != '\0')
        {
          const char *next = g_utf8_next_char (p);

          app_reply_buffer_append (reply, p, (gsize) (next - p));
          p = next;
        }
      check (reply, &cases[i]);
    }
}

static void
test_long_line (void)
{
  g_autoptr (AppReplyBuffer) reply = g_object_new (APP_TYPE_REPLY_BUFFER, NULL);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *visible = NULL;

  for (guint i = 0; i < 20000; i++)
    g_string_append (text, "*a ");
  app_reply_buffer_append (reply, text->str, text->len);
  visible = get_visible (reply);
  g_assert_cmpstr (visible, ==, text->str);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gui/reply-buffer/whole", test_whole);
  g_test_add_func ("/gui/reply-buffer/pieces", test_pieces);
  g_test_add_func ("/gui/reply-buffer/long-line", test_long_line);
  return g_test_run ();
}
