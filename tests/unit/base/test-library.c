/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-library-private.h"

#include <math.h>
#include <string.h>

typedef struct
{
  __typeof__ (cos) *cosine;
  __typeof__ (sin) *sine;
} Functions;

static const TwLibrarySymbol symbols[] = {
  { "cos", G_STRUCT_OFFSET (Functions, cosine) },
  { "sin", G_STRUCT_OFFSET (Functions, sine) },
};
static const TwLibrarySymbol no_such[] = {
  { "cos", G_STRUCT_OFFSET (Functions, cosine) },
  { "tw_no_such_function", G_STRUCT_OFFSET (Functions, sine) },
};

static void
test_load (void)
{
  static const TwLibrary library = { "libm.so.6", "do sums", "libc6" };
  g_autoptr (GError) error = NULL;
  Functions functions;

  g_assert_true (tw_library_load (&library, symbols, G_N_ELEMENTS (symbols), &functions, &error));
  g_assert_no_error (error);
  g_assert_cmpfloat (functions.cosine (0.0), ==, 1.0);
  g_assert_cmpfloat (functions.sine (0.0), ==, 0.0);
}

/* The message says what it is for and what to install. */
static void
assert_fails (const TwLibrary *library, const TwLibrarySymbol *wanted, const char *reason)
{
  const char *const parts[] = { library->soname, library->purpose, library->package, reason };
  g_autoptr (GError) error = NULL;
  Functions functions;

  g_assert_false (tw_library_load (library, wanted, 2, &functions, &error));
  g_assert_error (error, TW_ERROR, TW_ERROR_FAILED);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    g_assert_nonnull (strstr (error->message, parts[i]));
}

static void
test_missing_library (void)
{
  static const TwLibrary library = { "libtw-no-such.so.0", "do sums", "libtw-no-such0" };

  assert_fails (&library, symbols, "No such file");
}

static void
test_missing_symbol (void)
{
  static const TwLibrary library = { "libm.so.6", "do sums", "libc6" };

  assert_fails (&library, no_such, "tw_no_such_function");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/library/load", test_load);
  g_test_add_func ("/library/missing-library", test_missing_library);
  g_test_add_func ("/library/missing-symbol", test_missing_symbol);
  return g_test_run ();
}
