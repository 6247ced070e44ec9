/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-text-pages-private.h"

#include <string.h>

/* Moving half a page costs less than finding it. New pages leave room to type in. */
#define PAGE_BYTES 4096u
#define PAGE_FILL 3072u
#define PAGE_FEW 1024u
#define CHAPTER_PAGES 128u

typedef struct
{
  guint8 *bytes;
  guint8 *marks; /* (nullable) none is known */
} Page;

typedef struct
{
  guint n_pages;
  guint16 lengths[CHAPTER_PAGES]; /* apart from the pages, to be summed quickly */
  Page pages[CHAPTER_PAGES];
} Pages;

typedef struct
{
  Pages *pages;
  gsize length;
} Chapter;

struct _TwTextPages
{
  GArray *chapters; /* (element-type Chapter) */
  gsize length;
};

typedef struct
{
  guint chapter;
  guint page;
  gsize at; /* in the page */
} Place;

/* As many bytes as are compared at once. */
typedef guint8 Block __attribute__ ((vector_size (16), aligned (1), may_alias));

#define BLOCK sizeof (Block)

static gboolean
is_block_in (const guint8 *bytes, guint8 low, guint8 high)
{
  Block out = (Block) (*(const Block *) bytes - low > (guint8) (high - low));
  guint64 halves[2];

  memcpy (halves, &out, sizeof halves);
  return (halves[0] | halves[1]) == 0;
}

static Chapter *
chapter_at (const TwTextPages *self, guint i)
{
  return &g_array_index (self->chapters, Chapter, i);
}

static void
page_clear (Page *page)
{
  g_free (page->bytes);
  g_free (page->marks);
}

TwTextPages *
tw_text_pages_new (void)
{
  TwTextPages *self = g_new0 (TwTextPages, 1);

  self->chapters = g_array_new (FALSE, FALSE, sizeof (Chapter));
  return self;
}

void
tw_text_pages_free (TwTextPages *self)
{
  for (guint i = 0; i < self->chapters->len; i++)
    {
      Pages *pages = chapter_at (self, i)->pages;

      for (guint j = 0; j < pages->n_pages; j++)
        page_clear (&pages->pages[j]);
      g_free (pages);
    }
  g_array_unref (self->chapters);
  g_free (self);
}

gsize
tw_text_pages_get_length (const TwTextPages *self)
{
  return self->length;
}

/* The page that holds the byte before offset, or the first page. The text must not be empty. */
static Place
find_place (const TwTextPages *self, gsize offset)
{
  Place place = { 0, 0, offset };
  const Pages *pages;

  while (place.at > chapter_at (self, place.chapter)->length)
    place.at -= chapter_at (self, place.chapter++)->length;
  pages = chapter_at (self, place.chapter)->pages;
  while (place.at > pages->lengths[place.page])
    place.at -= pages->lengths[place.page++];
  return place;
}

static gboolean
place_next_page (const TwTextPages *self, Place *place)
{
  place->at = 0;
  if (++place->page < chapter_at (self, place->chapter)->pages->n_pages)
    return TRUE;
  place->page = 0;
  return ++place->chapter < self->chapters->len;
}

static void
insert_chapter (TwTextPages *self, guint at)
{
  Chapter chapter = { g_new (Pages, 1), 0 };

  chapter.pages->n_pages = 0;
  g_array_insert_val (self->chapters, at, chapter);
}

/* The second half of a full chapter becomes one of its own. */
static void
split_chapter (TwTextPages *self, guint at)
{
  Chapter *left;
  Chapter *right;
  guint half = CHAPTER_PAGES / 2;

  insert_chapter (self, at + 1);
  left = chapter_at (self, at);
  right = chapter_at (self, at + 1);
  right->pages->n_pages = left->pages->n_pages - half;
  left->pages->n_pages = half;
  memcpy (right->pages->lengths, left->pages->lengths + half,
          right->pages->n_pages * sizeof *right->pages->lengths);
  memcpy (right->pages->pages, left->pages->pages + half,
          right->pages->n_pages * sizeof *right->pages->pages);
  for (guint i = 0; i < right->pages->n_pages; i++)
    right->length += right->pages->lengths[i];
  left->length -= right->length;
}

/* Puts an empty page before the one at place, which then is that page's. */
static void
insert_page (TwTextPages *self, Place *place)
{
  Pages *pages;
  guint behind;

  if (chapter_at (self, place->chapter)->pages->n_pages == CHAPTER_PAGES)
    {
      split_chapter (self, place->chapter);
      if (place->page > CHAPTER_PAGES / 2)
        {
          place->page -= CHAPTER_PAGES / 2;
          place->chapter++;
        }
    }
  pages = chapter_at (self, place->chapter)->pages;
  behind = pages->n_pages++ - place->page;
  memmove (pages->lengths + place->page + 1, pages->lengths + place->page,
           behind * sizeof *pages->lengths);
  memmove (pages->pages + place->page + 1, pages->pages + place->page,
           behind * sizeof *pages->pages);
  pages->pages[place->page] = (Page){ g_malloc (PAGE_BYTES), NULL };
  pages->lengths[place->page] = 0;
}

static void
remove_page (TwTextPages *self, guint at, guint page)
{
  Chapter *chapter = chapter_at (self, at);
  Pages *pages = chapter->pages;
  guint behind = --pages->n_pages - page;

  chapter->length -= pages->lengths[page];
  page_clear (&pages->pages[page]);
  memmove (pages->lengths + page, pages->lengths + page + 1, behind * sizeof *pages->lengths);
  memmove (pages->pages + page, pages->pages + page + 1, behind * sizeof *pages->pages);
  if (pages->n_pages > 0)
    return;
  g_free (pages);
  g_array_remove_index (self->chapters, at);
}

/* There must be room. marks: (nullable) */
static void
page_insert (
    TwTextPages *self, const Place *place, const guint8 *bytes, const guint8 *marks, gsize length)
{
  Chapter *chapter = chapter_at (self, place->chapter);
  Page *page = &chapter->pages->pages[place->page];
  guint16 *page_length = &chapter->pages->lengths[place->page];
  gsize behind = *page_length - place->at;

  memmove (page->bytes + place->at + length, page->bytes + place->at, behind);
  memcpy (page->bytes + place->at, bytes, length);
  if (marks != NULL && page->marks == NULL)
    page->marks = g_malloc0 (PAGE_BYTES);
  if (page->marks != NULL)
    {
      memmove (page->marks + place->at + length, page->marks + place->at, behind);
      if (marks != NULL)
        memcpy (page->marks + place->at, marks, length);
      else
        memset (page->marks + place->at, TW_MARK_UNKNOWN, length);
    }
  *page_length = (guint16) (*page_length + length);
  chapter->length += length;
}

static void
page_delete (TwTextPages *self, const Place *place, gsize length)
{
  Chapter *chapter = chapter_at (self, place->chapter);
  Page *page = &chapter->pages->pages[place->page];
  guint16 *page_length = &chapter->pages->lengths[place->page];
  gsize behind = *page_length - place->at - length;

  memmove (page->bytes + place->at, page->bytes + place->at + length, behind);
  if (page->marks != NULL)
    memmove (page->marks + place->at, page->marks + place->at + length, behind);
  *page_length = (guint16) (*page_length - length);
  chapter->length -= length;
}

/* What is behind the place in its page goes to a new page after it. */
static void
split_page (TwTextPages *self, Place *place)
{
  Place right = { place->chapter, place->page + 1, 0 };
  gsize length = chapter_at (self, place->chapter)->pages->lengths[place->page] - place->at;
  const Page *page;

  if (length == 0)
    return;
  insert_page (self, &right);
  if (right.page > 0)
    *place = (Place){ right.chapter, right.page - 1, place->at };
  page = &chapter_at (self, place->chapter)->pages->pages[place->page];
  page_insert (self, &right, page->bytes + place->at,
               page->marks != NULL ? page->marks + place->at : NULL, length);
  page_delete (self, place, length);
}

/* The first page of an empty text, or room for one byte at least at the end of the place's page or
 * of a new one after it. */
static void
make_room (TwTextPages *self, Place *place)
{
  if (self->chapters->len == 0)
    insert_chapter (self, 0);
  else if (chapter_at (self, place->chapter)->pages->lengths[place->page] < PAGE_FILL)
    return;
  else
    place->page++;
  place->at = 0;
  insert_page (self, place);
}

static void
insert_many (TwTextPages *self, Place place, const guint8 *bytes, gsize length)
{
  while (length > 0)
    {
      gsize n;

      make_room (self, &place);
      n = MIN (length, PAGE_FILL - place.at);
      page_insert (self, &place, bytes, NULL, n);
      place.at += n;
      bytes += n;
      length -= n;
    }
}

void
tw_text_pages_insert (TwTextPages *self, gsize offset, const guint8 *bytes, gsize length)
{
  Place place = { 0 };

  if (length == 0)
    return;
  if (self->length > 0)
    {
      gsize used;

      place = find_place (self, offset);
      used = chapter_at (self, place.chapter)->pages->lengths[place.page];
      if (length <= PAGE_BYTES - used)
        {
          page_insert (self, &place, bytes, NULL, length);
          self->length += length;
          return;
        }
      split_page (self, &place);
    }
  insert_many (self, place, bytes, length);
  self->length += length;
}

/* A page with little in it takes in the next one, so that erasing leaves no crumbs. */
static void
join_pages (TwTextPages *self, const Place *place)
{
  Pages *pages = chapter_at (self, place->chapter)->pages;
  Place end = { place->chapter, place->page, pages->lengths[place->page] };
  const Page *next;
  gsize length;

  if (place->page + 1 >= pages->n_pages || end.at > PAGE_FEW)
    return;
  length = pages->lengths[place->page + 1];
  if (end.at + length > PAGE_FILL)
    return;
  next = &pages->pages[place->page + 1];
  page_insert (self, &end, next->bytes, next->marks, length);
  remove_page (self, place->chapter, place->page + 1);
}

void
tw_text_pages_delete (TwTextPages *self, gsize offset, gsize length)
{
  self->length -= length;
  while (length > 0)
    {
      /* Of the byte to delete, not of the one before it. */
      Place place = find_place (self, offset + 1);
      gsize used = chapter_at (self, place.chapter)->pages->lengths[place.page];
      gsize n;

      place.at--;
      n = MIN (length, used - place.at);
      if (n == used)
        remove_page (self, place.chapter, place.page);
      else
        {
          page_delete (self, &place, n);
          join_pages (self, &place);
        }
      length -= n;
    }
}

void
tw_text_pages_read (const TwTextPages *self, gsize offset, gsize length, guint8 *bytes)
{
  Place place;

  if (length == 0)
    return;
  place = find_place (self, offset);
  do
    {
      const Pages *pages = chapter_at (self, place.chapter)->pages;
      gsize n = MIN (length, pages->lengths[place.page] - place.at);

      memcpy (bytes, pages->pages[place.page].bytes + place.at, n);
      bytes += n;
      length -= n;
    }
  while (length > 0 && place_next_page (self, &place));
}

void
tw_text_pages_read_marks (const TwTextPages *self, gsize offset, gsize length, guint8 *marks)
{
  Place place;

  if (length == 0)
    return;
  place = find_place (self, offset);
  do
    {
      const Pages *pages = chapter_at (self, place.chapter)->pages;
      const guint8 *known = pages->pages[place.page].marks;
      gsize n = MIN (length, pages->lengths[place.page] - place.at);

      if (known != NULL)
        memcpy (marks, known + place.at, n);
      else
        memset (marks, TW_MARK_UNKNOWN, n);
      marks += n;
      length -= n;
    }
  while (length > 0 && place_next_page (self, &place));
}

/* marks: (nullable) TW_MARK_UNKNOWN throughout */
static void
set_marks (TwTextPages *self, gsize offset, gsize length, const guint8 *marks)
{
  Place place;

  if (length == 0)
    return;
  place = find_place (self, offset);
  do
    {
      Pages *pages = chapter_at (self, place.chapter)->pages;
      Page *page = &pages->pages[place.page];
      gsize n = MIN (length, pages->lengths[place.page] - place.at);

      if (marks != NULL && page->marks == NULL)
        page->marks = g_malloc0 (PAGE_BYTES);
      if (marks != NULL)
        {
          memcpy (page->marks + place.at, marks, n);
          marks += n;
        }
      else if (n == pages->lengths[place.page])
        g_clear_pointer (&page->marks, g_free);
      else if (page->marks != NULL)
        memset (page->marks + place.at, TW_MARK_UNKNOWN, n);
      length -= n;
    }
  while (length > 0 && place_next_page (self, &place));
}

void
tw_text_pages_write_marks (TwTextPages *self, gsize offset, gsize length, const guint8 *marks)
{
  set_marks (self, offset, length, marks);
}

void
tw_text_pages_forget_marks (TwTextPages *self, gsize offset, gsize length)
{
  set_marks (self, offset, length, NULL);
}

/* How many of the bytes from the start on are in the range. */
static gsize
count_first (const guint8 *bytes, gsize length, guint8 low, guint8 high)
{
  gsize i = 0;

  for (; i + BLOCK <= length; i += BLOCK)
    if (!is_block_in (bytes + i, low, high))
      break;
  while (i < length && bytes[i] >= low && bytes[i] <= high)
    i++;
  return i;
}

static gsize
count_last (const guint8 *bytes, gsize length, guint8 low, guint8 high)
{
  gsize i = length;

  for (; i >= BLOCK; i -= BLOCK)
    if (!is_block_in (bytes + i - BLOCK, low, high))
      break;
  while (i > 0 && bytes[i - 1] >= low && bytes[i - 1] <= high)
    i--;
  return length - i;
}

gsize
tw_text_pages_run_after (const TwTextPages *self, gsize offset, guint8 low, guint8 high)
{
  Place place;
  gsize total = 0;

  if (offset == self->length)
    return 0;
  place = find_place (self, offset);
  do
    {
      const Pages *pages = chapter_at (self, place.chapter)->pages;
      gsize length = pages->lengths[place.page] - place.at;
      gsize n = count_first (pages->pages[place.page].bytes + place.at, length, low, high);

      total += n;
      if (n < length)
        break;
    }
  while (place_next_page (self, &place));
  return total;
}

gsize
tw_text_pages_run_before (const TwTextPages *self, gsize offset, guint8 low, guint8 high)
{
  gsize total = 0;
  Place place;

  if (offset == 0)
    return 0;
  place = find_place (self, offset);
  for (;;)
    {
      const Pages *pages = chapter_at (self, place.chapter)->pages;
      gsize n = count_last (pages->pages[place.page].bytes, place.at, low, high);

      total += n;
      if (n < place.at || (place.page == 0 && place.chapter == 0))
        return total;
      if (place.page == 0)
        place.page = chapter_at (self, --place.chapter)->pages->n_pages;
      place.page--;
      place.at = chapter_at (self, place.chapter)->pages->lengths[place.page];
    }
}

gboolean
tw_text_pages_check (const TwTextPages *self)
{
  gsize total = 0;

  for (guint i = 0; i < self->chapters->len; i++)
    {
      const Chapter *chapter = chapter_at (self, i);
      gsize length = 0;

      if (chapter->pages->n_pages == 0 || chapter->pages->n_pages > CHAPTER_PAGES)
        return FALSE;
      for (guint j = 0; j < chapter->pages->n_pages; j++)
        {
          if (chapter->pages->lengths[j] == 0 || chapter->pages->lengths[j] > PAGE_BYTES)
            return FALSE;
          length += chapter->pages->lengths[j];
        }
      if (length != chapter->length)
        return FALSE;
      total += length;
    }
  return total == self->length;
}
