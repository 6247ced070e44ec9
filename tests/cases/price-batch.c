/* SPDX-License-Identifier: MIT */
/* price-batch: prices the cases it reads, one JSON object a line, and writes one result a line.
 * prices/README.md describes both; "catalog" may also be the path of a whole catalogue. */
#include "price-case.h"

#include "libtokenwise/base/tw-error.h"

#include <stdio.h>

#define MAX_LINE_BYTES (16u << 20)

int
main (void)
{
  g_autoptr (GIOChannel) input = g_io_channel_unix_new (0);
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;
  gsize length = 0;

  g_io_channel_set_encoding (input, NULL, NULL);
  while (g_io_channel_read_line (input, &line, &length, NULL, &error) == G_IO_STATUS_NORMAL)
    {
      g_autoptr (cJSON) price_case = tw_json_parse (line, (gssize) length, MAX_LINE_BYTES, &error);
      g_autoptr (cJSON) result = NULL;
      g_autofree char *text = NULL;

      if (price_case == NULL)
        break;
      result = price_case_run (price_case);
      text = tw_json_print (result);
      puts (text);
      g_clear_pointer (&line, g_free);
    }
  if (error == NULL)
    return 0;
  fprintf (stderr, "price-batch: %s\n", error->message);
  return 1;
}
