/* SPDX-License-Identifier: MIT */
/* What a stranger's program looks like: built with pkg-config against an installed tokenwise. */
#include <libtokenwise/tokenwise.h>

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TwClient) client = tw_client_new (NULL, &error);
  g_autoptr (TwRequest) request = tw_request_new (argv[1]);
  g_autoptr (TwEstimate) estimate = NULL;
  g_autofree char *cost = NULL;

  if (client == NULL)
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }
  tw_request_add_text (request, TW_ROLE_USER, argv[2]);
  estimate = tw_client_estimate (client, request, &error);
  if (estimate == NULL)
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }
  cost = tw_cost_to_decimal (tw_estimate_get_cost_likely (estimate));
  g_print ("%s %" G_GINT64_FORMAT " %s\n", tw_estimate_get_model (estimate),
           tw_estimate_get_input_tokens (estimate), cost);
  return 0;
}
