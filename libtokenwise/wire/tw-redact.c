/* SPDX-License-Identifier: MIT */
#include "libtokenwise/wire/tw-redact-private.h"

#include <string.h>

#define REDACTED "[redacted]"
#define ELLIPSIS "…"
/* So much is looked at; far more than is ever kept. */
#define MAX_READ 4096
#define MIN_KEY_LENGTH 8
/* A server of one's own may have the key "x", which every second word has in it, too. */
#define MIN_OWN_KEY_LENGTH 4
/* Letters and digits in one piece: keys are longer, model ids and UUIDs have dashes. */
#define MIN_RANDOM_LENGTH 24

/* How the keys of the providers begin. */
static const char *const key_prefixes[]
    = { "sk-", "sk_",  "pk-",  "rk-", "gsk_", "xai-", "AIza",   "ya29.", "hf_",  "pplx-", "csk-",
        "r8_", "AKIA", "ASIA", "eyJ", "ghp_", "tgp_", "nvapi-", "fw_",   "key-", "ABSK",  NULL };

static gboolean
is_token_char (char c)
{
  return g_ascii_isalnum (c) || (c != '\0' && strchr ("_-+=/~*.", c) != NULL);
}

static gboolean
has_random_piece (const char *token, gsize length)
{
  gsize start = 0;
  gboolean letters = FALSE, digits = FALSE;

  for (gsize i = 0; i <= length; i++)
    {
      if (i < length && g_ascii_isalnum (token[i]))
        {
          letters |= g_ascii_isalpha (token[i]) != 0;
          digits |= g_ascii_isdigit (token[i]) != 0;
          continue;
        }
      if (i - start >= MIN_RANDOM_LENGTH && letters && digits)
        return TRUE;
      start = i + 1;
      letters = digits = FALSE;
    }
  return FALSE;
}

static gboolean
looks_like_key (const char *token, gsize length, gboolean after_bearer)
{
  if (length < MIN_KEY_LENGTH)
    return FALSE;
  for (guint i = 0; key_prefixes[i] != NULL; i++)
    if (g_str_has_prefix (token, key_prefixes[i]))
      return TRUE;
  return after_bearer || has_random_piece (token, length);
}

static gboolean
ends_with_bearer (const GString *text)
{
  return text->len >= 7 && g_ascii_strncasecmp (text->str + text->len - 7, "bearer ", 7) == 0;
}

static void
redact (GString *result, const char *text)
{
  while (*text != '\0')
    {
      gsize n = 0;

      while (is_token_char (text[n]))
        n++;
      if (n == 0)
        g_string_append_c (result, g_ascii_iscntrl (*text) ? ' ' : *text);
      else if (looks_like_key (text, n, ends_with_bearer (result)))
        g_string_append (result, REDACTED);
      else
        g_string_append_len (result, text, (gssize) n);
      text += MAX (n, 1);
    }
}

/* Cuts between characters. */
static void
shorten (GString *text, gsize max_bytes)
{
  const char *end;

  if (text->len <= max_bytes)
    return;
  end = g_utf8_find_prev_char (text->str, text->str + max_bytes - strlen (ELLIPSIS) + 1);
  g_string_truncate (text, end != NULL ? (gsize) (end - text->str) : 0);
  g_string_append (text, ELLIPSIS);
}

/* The very key that was sent, whatever it looks like. So much more is read than is kept that none
 * is cut in two. */
static GString *
remove_key (const char *text, gsize length, const char *key)
{
  gsize key_length = key != NULL ? strlen (key) : 0;
  g_autofree char *valid = g_utf8_make_valid (text, (gssize) MIN (length, MAX_READ + key_length));
  GString *result = g_string_new (valid);

  if (key_length >= MIN_OWN_KEY_LENGTH)
    g_string_replace (result, key, REDACTED, 0);
  shorten (result, MAX_READ);
  return result;
}

char *
tw_redact_text (const char *text, gsize length, gsize max_bytes, const char *key)
{
  g_autoptr (GString) without_key = remove_key (text, length, key);
  GString *result = g_string_new (NULL);

  redact (result, without_key->str);
  shorten (result, max_bytes);
  return g_strstrip (g_string_free (result, FALSE));
}

void
tw_redact_clear_key (char *key)
{
  if (key != NULL)
    explicit_bzero (key, strlen (key));
  g_free (key);
}
