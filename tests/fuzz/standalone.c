/* SPDX-License-Identifier: MIT */
#include <gio/gio.h>
#include <stdint.h>

/* Runs a fuzz target without libFuzzer: over the files that are named, and over as many
 * mutations of each as --mutations says, from a fixed seed. Any compiler, any sanitizer. */

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
mutate (GRand *rand, GByteArray *bytes)
{
  guint n = (guint) g_rand_int_range (rand, 1, 5);

  for (guint i = 0; i < n && bytes->len > 0; i++)
    {
      guint at = (guint) g_rand_int_range (rand, 0, (gint32) bytes->len);
      guint wanted = (guint) g_rand_int_range (rand, 1, 33);

      switch (g_rand_int_range (rand, 0, 4))
        {
        case 0:
          bytes->data[at] = (guint8) g_rand_int_range (rand, 0, 256);
          break;
        case 1:
          bytes->data[at] = (guint8) "{}[]\":,\\\r\n0-"[g_rand_int_range (rand, 0, 12)];
          break;
        case 2:
          g_byte_array_remove_range (bytes, at, MIN (wanted, bytes->len - at));
          break;
        default:
          g_byte_array_set_size (bytes, MAX (at, 2));
          break;
        }
    }
}

static gboolean
run_file (const char *path, int mutations, GRand *rand)
{
  g_autofree char *contents = NULL;
  gsize length;

  if (!g_file_get_contents (path, &contents, &length, NULL))
    return FALSE;
  LLVMFuzzerTestOneInput ((const uint8_t *) contents, length);
  for (int i = 0; i < mutations; i++)
    {
      g_autoptr (GByteArray) bytes = g_byte_array_new ();

      g_byte_array_append (bytes, (const guint8 *) contents, (guint) length);
      mutate (rand, bytes);
      LLVMFuzzerTestOneInput (bytes->data, bytes->len);
    }
  return TRUE;
}

int
main (int argc, char **argv)
{
  int mutations = 0;
  const GOptionEntry entries[] = {
    { "mutations", 0, 0, G_OPTION_ARG_INT, &mutations, "Mutations of each file", "N" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("FILE…");
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      g_printerr ("%s\n", error->message);
      return 2;
    }
  for (int i = 1; i < argc; i++)
    if (!run_file (argv[i], mutations, rand))
      {
        g_printerr ("The file %s cannot be read.\n", argv[i]);
        return 1;
      }
  g_print ("%d files, %d mutations each: no finding\n", argc - 1, mutations);
  return 0;
}
