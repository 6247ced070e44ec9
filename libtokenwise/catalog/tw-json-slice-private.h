/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-types.h"

G_BEGIN_DECLS

/* Finds the parts of a JSON text without building a tree: the catalogue has some 1,700 models, of
 * which a call needs one. A slice is only delimited, not checked: parse it before you trust it. */
typedef struct
{
  const char *start;
  gsize length;
} TwJsonSlice;

typedef struct
{
  const char *at;
  const char *end;
  char close;
  gboolean has_started;
  gboolean has_failed;
} TwJsonSlicer;

/* For the members of an object or the elements of an array that text begins with. FALSE if it
 * begins with neither. What follows the value is left alone. */
gboolean tw_json_slicer_init (TwJsonSlicer *self, TwJsonSlice text);
/* The next member or element; ret_key holds the key with its quotes and is not for arrays. FALSE at
 * the end, and if the text is not JSON (has_failed). */
gboolean tw_json_slicer_next (TwJsonSlicer *self, TwJsonSlice *ret_key, TwJsonSlice *ret_value);
/* The next key of an object, of which the value must be taken, or entered and left, at once. */
gboolean tw_json_slicer_next_key (TwJsonSlicer *self, TwJsonSlice *ret_key);
gboolean tw_json_slicer_take_value (TwJsonSlicer *self, TwJsonSlice *ret_value);
/* A slicer for the value, and back to what follows it when that one is at its end. */
gboolean tw_json_slicer_enter (TwJsonSlicer *self, TwJsonSlicer *ret_inner);
void tw_json_slicer_leave (TwJsonSlicer *self, const TwJsonSlicer *inner);
/* Whether nothing but space is left. */
gboolean tw_json_slicer_is_at_end (TwJsonSlicer *self);
/* Whether a key is this one, written without escapes. */
gboolean tw_json_slice_is_key (TwJsonSlice key, const char *name);
/* The string that a slice holds, or NULL. Owned by the caller. */
char *tw_json_slice_to_string (TwJsonSlice value);

G_END_DECLS
