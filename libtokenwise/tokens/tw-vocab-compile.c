/* SPDX-License-Identifier: MIT */
/* Build tool: NAME.vocab.gz and unicode-classes.txt in, NAME.tokbin out. */
#include "libtokenwise/tokens/tw-vocabulary-compiler-private.h"

static GBytes *
read_gzip (const char *path, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) packed = g_file_read (file, NULL, error);
  g_autoptr (GOutputStream) plain = g_memory_output_stream_new_resizable ();
  g_autoptr (GConverter) inflate = NULL;
  g_autoptr (GInputStream) stream = NULL;

  if (packed == NULL)
    return NULL;
  inflate = G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP));
  stream = g_converter_input_stream_new (G_INPUT_STREAM (packed), inflate);
  if (g_output_stream_splice (plain, stream, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, error) < 0)
    return NULL;
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (plain));
}

static gboolean
compile (char **args, GError **error)
{
  g_autoptr (GBytes) packed = read_gzip (args[1], error);
  g_autoptr (TwVocabularySource) source
      = packed != NULL ? tw_vocabulary_source_read_packed (packed, error) : NULL;
  g_autofree char *classes = NULL;
  g_autoptr (GBytes) file = NULL;

  if (source == NULL || !g_file_get_contents (args[2], &classes, NULL, error))
    return FALSE;
  file = tw_vocabulary_compile (source, classes, error);
  return file != NULL
         && g_file_set_contents (args[3], g_bytes_get_data (file, NULL),
                                 (gssize) g_bytes_get_size (file), error);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  if (argc != 4)
    {
      g_printerr ("usage: tw-vocab-compile NAME.vocab.gz CLASSES.txt NAME.tokbin\n");
      return 2;
    }
  if (compile (argv, &error))
    return 0;
  g_printerr ("tw-vocab-compile: %s\n", error->message);
  return 1;
}
