/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-vocabulary-import-private.h"

/* Lines of a token in base64, a space and its rank, which is its number. */

#define MAX_LINE 512u

static gboolean
read_line (TwImport *self, const char *line, gsize length, guint number)
{
  char text[MAX_LINE];
  char *space;
  guint64 rank;

  if (length > 0 && line[length - 1] == '\r')
    length--;
  if (length == 0)
    return TRUE;
  if (length >= sizeof text)
    return tw_import_fail (self, "line %u is not “BASE64 RANK”.", number);
  memcpy (text, line, length);
  text[length] = '\0';
  space = strchr (text, ' ');
  if (space == NULL || space == text
      || !g_ascii_string_to_unsigned (space + 1, 10, 0, TW_ID_MAX, &rank, NULL))
    return tw_import_fail (self, "line %u is not “BASE64 RANK”.", number);
  *space = '\0';
  return tw_import_add_base64 (self, text, rank);
}

gboolean
tw_import_tiktoken (TwImport *self, const char *text, gsize length)
{
  const char *end = text + length;
  guint number = 0;

  if (!tw_import_find_ranks (self->name, &self->source->pretokenizer, &self->source->flags))
    return tw_import_fail (self, "a file of ranks does not say how text is split. Name it after "
                                 "its encoding: o200k…, cl100k…, p50k…, r50k…, llama3…, llama4… or "
                                 "qwen….");
  while (text < end)
    {
      const char *line_end = memchr (text, '\n', (gsize) (end - text));

      if (line_end == NULL)
        line_end = end;
      if (!read_line (self, text, (gsize) (line_end - text), ++number))
        return FALSE;
      text = line_end + 1;
    }
  return tw_import_index (self, FALSE);
}
