/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-types.h"

G_BEGIN_DECLS

/* What is known of a byte beside its value; it moves with the byte. */
typedef enum
{
  TW_MARK_UNKNOWN,
  TW_MARK_INSIDE, /* the byte is in a token that began before it */
  TW_MARK_START,  /* a token begins here */
} TwMark;

/* A text that is edited anywhere: pages of a few kilobytes, in chapters of a hundred pages, so that
 * an edit moves one page's bytes and is found through two short lists of lengths. */
typedef struct _TwTextPages TwTextPages;

TwTextPages *tw_text_pages_new (void);
void tw_text_pages_free (TwTextPages *self);
gsize tw_text_pages_get_length (const TwTextPages *self);
/* Ranges must lie within the text. New bytes are TW_MARK_UNKNOWN. */
void tw_text_pages_insert (TwTextPages *self, gsize offset, const guint8 *bytes, gsize length);
void tw_text_pages_delete (TwTextPages *self, gsize offset, gsize length);
void tw_text_pages_read (const TwTextPages *self, gsize offset, gsize length, guint8 *bytes);
void tw_text_pages_read_marks (const TwTextPages *self, gsize offset, gsize length, guint8 *marks);
void tw_text_pages_write_marks (TwTextPages *self, gsize offset, gsize length, const guint8 *marks);
void tw_text_pages_forget_marks (TwTextPages *self, gsize offset, gsize length);
/* How many bytes from offset on, or before it, are low…high without another between them. */
gsize tw_text_pages_run_after (const TwTextPages *self, gsize offset, guint8 low, guint8 high);
gsize tw_text_pages_run_before (const TwTextPages *self, gsize offset, guint8 low, guint8 high);
/* Whether every length and sum is right and no page or chapter is empty; for tests. */
gboolean tw_text_pages_check (const TwTextPages *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwTextPages, tw_text_pages_free)

G_END_DECLS
