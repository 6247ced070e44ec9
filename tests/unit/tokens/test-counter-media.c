/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-counter-media-private.h"
#include "libtokenwise/tokens/tw-media-probe-private.h"

#include <gio/gio.h>
#include <string.h>

typedef struct
{
  const char *family;
  const char *model;
  TwImageDetail detail;
  guint width;
  guint height;
  gint64 tokens;
} ImageCase;

/* OpenAI's and Anthropic's pages, and for gpt-6, gpt-5.5 and Claude the measured table of
 * JOHNISKING/image-token-cost with its prompt of 65 or 77 tokens taken off. */
static const ImageCase image_cases[] = {
  { "o200k_base", "gpt-4o", TW_DETAIL_AUTO, 1024, 1024, 765 },
  { "o200k_base", "gpt-4o", TW_DETAIL_HIGH, 2048, 4096, 1105 },
  { "o200k_base", "gpt-4o", TW_DETAIL_LOW, 4096, 4096, 85 },
  { "o200k_base", "openai/gpt-4o-mini", TW_DETAIL_AUTO, 512, 512, 8500 },
  { "o200k_base", "gpt-5", TW_DETAIL_AUTO, 1024, 1024, 630 },
  { "o200k_base", "gpt-5.1", TW_DETAIL_LOW, 1024, 1024, 70 },
  { "o200k_base", "o3", TW_DETAIL_AUTO, 1024, 1024, 675 },
  { "o200k_base", "gpt-5.4", TW_DETAIL_HIGH, 1024, 1024, 1229 },
  { "o200k_base", "gpt-5.4", TW_DETAIL_HIGH, 2048, 2048, 3000 },
  { "o200k_base", "gpt-4.1-mini", TW_DETAIL_AUTO, 1024, 1024, 1659 },
  { "o200k_base", "gpt-5-nano", TW_DETAIL_AUTO, 1024, 1024, 1536 },
  { "o200k_base", "o4-mini", TW_DETAIL_AUTO, 1800, 2400, 2498 }, /* 1,452 patches */
  { "o200k_base", "gpt-6-sol", TW_DETAIL_AUTO, 256, 256, 77 },
  { "o200k_base", "gpt-6-sol", TW_DETAIL_AUTO, 768, 768, 692 },
  { "o200k_base", "gpt-6-sol", TW_DETAIL_AUTO, 1920, 1080, 2448 },
  { "o200k_base", "gpt-6-sol", TW_DETAIL_AUTO, 4032, 3024, 14364 },
  { "o200k_base", "gpt-6-sol", TW_DETAIL_HIGH, 2560, 1440, 2931 },
  { "o200k_base", "gpt-6-sol", TW_DETAIL_HIGH, 4032, 3024, 2942 },
  { "o200k_base", "gpt-5.5", TW_DETAIL_AUTO, 3840, 2160, 9792 },
  { "claude-3", "claude-haiku-4-5", TW_DETAIL_AUTO, 1000, 1000, 1296 },
  { "claude-3", "claude-haiku-4-5", TW_DETAIL_AUTO, 1075, 1520, 1551 },
  { "claude-3", "claude-haiku-4-5", TW_DETAIL_AUTO, 1920, 1080, 1560 },
  { "claude-3", "claude-haiku-4-5", TW_DETAIL_AUTO, 2000, 1500, 1564 },
  { "claude-3", "claude-haiku-4-5", TW_DETAIL_AUTO, 3840, 2160, 1560 },
  { "claude-5", "claude-opus-5-5", TW_DETAIL_AUTO, 256, 256, 100 },
  { "claude-5", "claude-opus-5-5", TW_DETAIL_AUTO, 1920, 1080, 2691 },
  { "claude-5", "claude-opus-5-5", TW_DETAIL_AUTO, 2000, 1500, 3888 },
  { "claude-5", "claude-opus-5-5", TW_DETAIL_AUTO, 3840, 2160, 4784 },
  { "gemma3", "gemini-2.5-flash", TW_DETAIL_AUTO, 384, 384, 258 },
  { "gemma3", "gemini-2.5-flash", TW_DETAIL_AUTO, 960, 540, 1548 },
  { "gemma4", "gemini-3.5-flash", TW_DETAIL_AUTO, 1024, 1024, 1090 },
};

static void
test_images (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (image_cases); i++)
    {
      const ImageCase *item = &image_cases[i];
      const TwImageRule *rule = tw_image_rule_find (item->family, item->model);
      TwCountRange range = tw_counter_count_image (rule, item->detail, item->width, item->height);

      g_test_message ("%s %u × %u", item->model, item->width, item->height);
      g_assert_cmpint (range.tokens, ==, item->tokens);
      g_assert_cmpint (range.low, <=, range.tokens);
      g_assert_cmpint (range.high, >=, range.tokens);
    }
}

/* Any size, any rule: a positive count inside its range, and the unknown size's range holds all
 * that people send. */
static void
test_image_extremes (void)
{
  static const guint sides[] = { 1, 31, 33, 511, 1568, 4032, 65535, G_MAXUINT };
  static const char *const families[]
      = { "o200k_base", "claude-3", "claude-5", "gemma3", "tekken", "qwen", "grok", "unknown" };
  static const char *const models[] = { NULL, "gpt-5.4", "gpt-5-mini", "gpt-6-sol", "gpt-4o" };

  for (guint i = 0; i < G_N_ELEMENTS (families) * G_N_ELEMENTS (models); i++)
    {
      const TwImageRule *rule = tw_image_rule_find (families[i % G_N_ELEMENTS (families)],
                                                    models[i / G_N_ELEMENTS (families)]);
      TwCountRange unknown = tw_counter_count_image (rule, TW_DETAIL_AUTO, 0, 0);

      for (guint j = 0; j < G_N_ELEMENTS (sides) * G_N_ELEMENTS (sides); j++)
        {
          guint width = sides[j % G_N_ELEMENTS (sides)];
          guint height = sides[j / G_N_ELEMENTS (sides)];
          TwCountRange range = tw_counter_count_image (rule, TW_DETAIL_AUTO, width, height);

          g_assert_cmpint (range.tokens, >, 0);
          g_assert_cmpint (range.low, <=, range.tokens);
          g_assert_cmpint (range.high, >=, range.tokens);
          if (width <= 4032 && height <= 4032)
            g_assert_cmpint (unknown.high, >=, range.tokens);
        }
    }
}

static void
test_image_sizes (void)
{
  static const struct
  {
    const char *head;
    gsize length;
    guint width;
    guint height;
  } cases[] = {
    { "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\x80\0\0\x01\xe0\x08\x06\0\0\0\0\0\0", 32, 640, 480 },
    { "GIF89a\x40\x01\xf0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 32, 320, 240 },
    { "\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xc0\0\x11\x08\x04\x38\x07\x80\3\1\1", 34,
      1920, 1080 },
    { "RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x7f\x02\0\xdf\x01\0\0\0", 32, 640, 480 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *base64 = g_base64_encode ((const guchar *) cases[i].head, cases[i].length);
      guint width = 0;
      guint height = 0;

      g_assert_true (tw_media_read_image_size (base64, &width, &height));
      g_assert_cmpuint (width, ==, cases[i].width);
      g_assert_cmpuint (height, ==, cases[i].height);
      for (gsize cut = 0; cut < strlen (base64); cut++)
        {
          g_autofree char *shorter = g_strndup (base64, cut);

          tw_media_read_image_size (shorter, &width, &height);
        }
    }
  g_assert_false (tw_media_read_image_size (
      "bm90IGFuIGltYWdlLCBqdXN0IHNvbWUgdGV4dCBvZiBlbm91Z2ggYnl0ZXM=", &(guint){ 0 },
      &(guint){ 0 }));
}

static guint
pages_of (const char *pdf, gsize length)
{
  g_autofree char *base64 = g_base64_encode ((const guchar *) pdf, length);
  guint pages = 0;

  return tw_media_read_page_count (base64, &pages) ? pages : 0;
}

static GString *
deflate (const char *text)
{
  g_autoptr (GConverter) converter
      = G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_ZLIB, 6));
  GString *out = g_string_sized_new (4096);
  gsize read = 0;
  gsize written = 0;

  g_assert_cmpint (g_converter_convert (converter, text, strlen (text), out->str, 4096,
                                        G_CONVERTER_INPUT_AT_END, &read, &written, NULL),
                   ==, G_CONVERTER_FINISHED);
  out->len = written;
  return out;
}

static void
test_pdf (void)
{
  static const char plain[] = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
                              "2 0 obj<</Type/Pages/Kids[3 0 R 4 0 R]/Count 2>>endobj\n"
                              "3 0 obj<</Type /Page/Parent 2 0 R>>endobj\n"
                              "4 0 obj<</Parent 2 0 R /Type\n/Page>>endobj\n"
                              "5 0 obj<</Type/Outlines/Count 40>>endobj\n";
  static const char before[] = "%PDF-1.4\n2 0 obj<</Count 3 /Kids[] /Type /Pages>>endobj\n";
  static const char objects[] = "2 0 3 60 4 90 <</Type/Pages/Kids[3 0 R 4 0 R 5 0 R]/Count 3>>"
                                "<</Type/Page>><</Type/Page>><</Type/Page>>";
  g_autoptr (GString) stream = deflate (objects);
  g_autoptr (GString) packed = g_string_new (
      "%PDF-1.5\n9 0 obj<</Type/ObjStm/N 3/First 14/Filter/FlateDecode>>stream\r\n");

  g_string_append_len (packed, stream->str, (gssize) stream->len);
  g_string_append (packed, "\nendstream endobj\n");
  g_assert_cmpuint (pages_of (plain, strlen (plain)), ==, 2);
  g_assert_cmpuint (pages_of (before, strlen (before)), ==, 3);
  g_assert_cmpuint (pages_of (packed->str, packed->len), ==, 3);
  g_assert_cmpuint (pages_of ("%PDF-1.4 but nothing else", 25), ==, 0);
  g_assert_cmpuint (pages_of ("<html></html>", 13), ==, 0);
  for (gsize cut = 0; cut < packed->len; cut++)
    pages_of (packed->str, cut);
}

/* A stream that inflates to far more than it is costs what the limits allow. */
static void
test_pdf_bomb (void)
{
  gsize size = 64u << 20;
  g_autofree char *zeros = g_malloc0 (size);
  g_autofree char *out = g_malloc (1u << 20);
  g_autoptr (GConverter) converter
      = G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_ZLIB, 9));
  g_autoptr (GString) pdf = g_string_new ("%PDF-1.5\n");
  gsize read = 0;
  gsize written = 0;
  gint64 start;

  g_converter_convert (converter, zeros, size, out, 1u << 20, G_CONVERTER_INPUT_AT_END, &read,
                       &written, NULL);
  for (guint i = 0; i < 200; i++)
    {
      g_string_append (pdf, "9 0 obj<</Type/ObjStm>>stream\n");
      g_string_append_len (pdf, out, (gssize) written);
      g_string_append (pdf, "\nendstream endobj\n");
    }
  start = g_get_monotonic_time ();
  g_assert_cmpuint (pages_of (pdf->str, pdf->len), ==, 0);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 20 * G_USEC_PER_SEC);
}

static gint64
duration_of (const guint8 *data, gsize length)
{
  g_autofree char *base64 = g_base64_encode (data, length);
  gint64 milliseconds = -1;

  return tw_media_read_duration (base64, &milliseconds) ? milliseconds : -1;
}

static void
test_wav (void)
{
  static const guint8 head[] = "RIFF\0\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x40\x1f\0\0\1\0"
                               "\x08\0data\x80\x3e\0\0"; /* 8,000 bytes a second, 16,000 of data */
  g_autofree guint8 *file = g_malloc0 (44 + 16000);

  memcpy (file, head, 44);
  g_assert_cmpint (duration_of (file, 44 + 16000), ==, 2000);
  memset (file + 40, 0xff, 4);
  g_assert_cmpint (duration_of (file, 44 + 16000), ==, 2000);
  for (gsize cut = 0; cut < 60; cut++)
    duration_of (file, cut);
}

static void
test_mp3 (void)
{
  guint8 file[16000] = { 'I', 'D', '3', 4, 0, 0, 0, 0, 0, 90 };
  guint8 *frame = file + 100;

  memcpy (frame, "\xff\xfb\x90\x00", 4); /* MPEG 1, 128 kbit/s, 44.1 kHz */
  g_assert_cmpint (duration_of (file, sizeof file), ==, (16000 - 100) * 8 / 128);
  memcpy (frame + 36, "Xing\0\0\0\1\0\0\x01\x00", 12); /* 256 frames of 1,152 samples */
  g_assert_cmpint (duration_of (file, sizeof file), ==, 256 * 1152 * 1000 / 44100);
  frame[2] = 0xf0;
  g_assert_cmpint (duration_of (file, sizeof file), ==, -1);
  g_assert_cmpint (duration_of ((const guint8 *) "not a recording", 15), ==, -1);
}

static TwCountRange
count_file (const char *family, const char *model, const char *data, gsize length)
{
  TwPart *part = tw_part_new (TW_PART_FILE);
  TwCountBasis basis;
  TwCountRange range;

  part->data = data != NULL ? g_base64_encode ((const guchar *) data, length) : NULL;
  range = tw_counter_count_media (family, model, part, &basis);
  tw_part_free (part);
  return range;
}

static void
test_files (void)
{
  static const char pdf[] = "%PDF-1.4\n2 0 obj<</Type/Pages/Count 10>>endobj\n";
  char wav[44 + 16000] = "RIFF\0\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x40\x1f\0\0\1\0\x08\0"
                         "data\x80\x3e\0\0";
  TwCountRange range;

  g_assert_cmpint (count_file ("gemma3", "gemini-2.5-pro", pdf, strlen (pdf)).tokens, ==, 2580);
  g_assert_cmpint (count_file ("gemma4", "gemini-3.5-flash", pdf, strlen (pdf)).tokens, ==, 5600);
  range = count_file ("claude-3", "claude-haiku-4-5", pdf, strlen (pdf));
  g_assert_cmpint (range.low, <=, 15920); /* ten scans */
  g_assert_cmpint (range.high, >=, 22780);
  g_assert_cmpint (count_file ("gemma3", "gemini-2.5-pro", wav, sizeof wav).tokens, ==, 64);
  g_assert_cmpint (count_file ("o200k_base", "gpt-audio", wav, sizeof wav).tokens, ==, 20);
  range = count_file ("o200k_base", "gpt-6-sol", "PK\3\4something", 13);
  g_assert_cmpint (range.low, <, range.tokens);
  range = count_file ("o200k_base", "gpt-6-sol", NULL, 0);
  g_assert_cmpint (range.high, ==, 100000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tokens/counter-media/images", test_images);
  g_test_add_func ("/tokens/counter-media/image-extremes", test_image_extremes);
  g_test_add_func ("/tokens/counter-media/image-sizes", test_image_sizes);
  g_test_add_func ("/tokens/counter-media/pdf", test_pdf);
  g_test_add_func ("/tokens/counter-media/pdf-bomb", test_pdf_bomb);
  g_test_add_func ("/tokens/counter-media/wav", test_wav);
  g_test_add_func ("/tokens/counter-media/mp3", test_mp3);
  g_test_add_func ("/tokens/counter-media/files", test_files);
  return g_test_run ();
}
