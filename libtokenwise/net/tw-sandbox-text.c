/* SPDX-License-Identifier: MIT */
#include "libtokenwise/net/tw-sandbox-private.h"

#include <string.h>

#define MIN_TOKENS 30
#define MAX_TOKENS 400
#define TOPIC_CHARACTERS 60

/* Each is true wherever it lands, and together they show what an app must be able to render. */
static const char *const blocks[] = {
  "Your prompt was counted and priced as it would be for a real call. The words you read now were "
  "then written by tokenwise itself, on this machine.",
  "## What to look at\n\n"
  "- The *estimate* before sending is a range, not a promise.\n"
  "- The *receipt* after it sets the tokens of this reply beside the estimate.\n"
  "- The clock shows when the first word came, and how fast the rest followed.",
  "## How to get real answers\n\n"
  "1. Give tokenwise a key: an environment variable, a `key-command`, or the Secret Service.\n"
  "2. Choose a model of that provider.\n"
  "3. Send again.\n\n"
  "```sh\ntokenwise doctor\n```\n\nsays which providers are ready.",
  "| Part | Counted |\n|---|---|\n| prompt | before it is sent |\n| reply | as it streams |",
  "Tokens that a model writes usually cost several times as much as tokens that it reads, so a "
  "short answer is the easiest saving. Asking for three sentences, or for a table, often does it.",
  "A prompt whose beginning never changes can be cached by most providers. Put the fixed "
  "instructions first, and what differs last.",
  "A longer prompt waits a little longer for its first word, here as with a real service: a model "
  "has to read before it can write.",
  "> The length of this reply was chosen from your prompt. The same prompt gets the same reply, so "
  "a rehearsal can be repeated.",
  "Failures can be rehearsed here as well. Put `sandbox:429`, `sandbox:500`, `sandbox:truncate`, "
  "`sandbox:slow`, `sandbox:error` or `sandbox:down` in a message, and see what becomes of the "
  "call.",
};

/* The first words, without what Markdown would take for markup. */
static char *
make_topic (const char *text)
{
  g_autoptr (GString) topic = g_string_new (NULL);
  gboolean blank = FALSE;
  glong n = 0;
  const char *p;

  for (p = text; *p != '\0' && n < TOPIC_CHARACTERS; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (g_unichar_isspace (c))
        blank = topic->len > 0;
      else if (g_unichar_isprint (c) && (c > 0x7f || strchr ("*_`#<>[]()|\\~", (int) c) == NULL))
        {
          if (blank)
            g_string_append_c (topic, ' ');
          g_string_append_unichar (topic, c);
          blank = FALSE;
          n++;
        }
    }
  if (*p != '\0')
    {
      const char *space = strrchr (topic->str, ' ');

      g_string_truncate (topic, space != NULL ? (gsize) (space - topic->str) : topic->len);
      g_string_append (topic, " …");
    }
  return g_string_free (g_steal_pointer (&topic), FALSE);
}

/* The longest beginning of whole words that has at most that many tokens. */
static gsize
find_cut (const char *text, gint64 max_tokens, TwSandboxCount count, gpointer user_data)
{
  g_autoptr (GArray) ends = g_array_new (FALSE, FALSE, sizeof (gsize));
  gsize end = 0;
  guint low = 0, high;

  g_array_append_val (ends, end);
  while (text[end] != '\0')
    {
      end += tw_sandbox_text_get_piece (text + end);
      g_array_append_val (ends, end);
    }
  high = ends->len - 1;
  while (low < high)
    {
      guint middle = low + (high - low + 1) / 2;

      if (count (text, g_array_index (ends, gsize, middle), user_data) <= max_tokens)
        low = middle;
      else
        high = middle - 1;
    }
  return g_array_index (ends, gsize, low);
}

gsize
tw_sandbox_text_get_piece (const char *text)
{
  gsize blanks = strspn (text, " \n");

  return blanks + strcspn (text + blanks, " \n");
}

char *
tw_sandbox_text_new (const TwSandboxPrompt *prompt,
                     TwSandboxCount count,
                     gpointer user_data,
                     gint64 *ret_tokens,
                     gboolean *ret_cut)
{
  g_autoptr (GString) text
      = g_string_new ("**Simulated reply.** No provider was called and nothing was billed.");
  g_autofree char *topic = make_topic (prompt->last_user);
  guint hash = g_str_hash (prompt->last_user);
  gint64 wanted = MIN_TOKENS + hash % (MAX_TOKENS - MIN_TOKENS + 1);

  if (*topic != '\0')
    g_string_append_printf (text, " Your message began “%s”.", topic);
  for (guint i = 0; i < G_N_ELEMENTS (blocks); i++)
    {
      gsize before = text->len;

      g_string_append_printf (text, "\n\n%s", blocks[(hash + i) % G_N_ELEMENTS (blocks)]);
      if (count (text->str, text->len, user_data) <= wanted)
        continue;
      g_string_truncate (text, before);
    }
  *ret_tokens = count (text->str, text->len, user_data);
  *ret_cut = *ret_tokens > prompt->max_tokens;
  if (*ret_cut)
    {
      g_string_truncate (text, find_cut (text->str, prompt->max_tokens, count, user_data));
      *ret_tokens = count (text->str, text->len, user_data);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

void
tw_sandbox_text_write (const TwSandboxAnswer *answer,
                       TwSandboxScript *script,
                       TwSandboxWritePiece write)
{
  gsize length = MAX (strlen (answer->text), 1);
  const char *p = answer->text;

  while (*p != '\0')
    {
      gsize n = tw_sandbox_text_get_piece (p);
      g_autofree char *piece = g_strndup (p, n);

      write (answer, script, (double) (p - answer->text) / (double) length, piece);
      p += n;
    }
}
