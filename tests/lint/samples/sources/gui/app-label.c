/* SPDX-License-Identifier: MIT */
static void
show (GtkLabel *label, const char *reply)
{
  gtk_label_set_markup (label, "<b>Sandbox</b>");
  gtk_label_set_markup (label, reply); /* expect: literal-only */
}
