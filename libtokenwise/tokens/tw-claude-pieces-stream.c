/* SPDX-License-Identifier: MIT */
#include "libtokenwise/tokens/tw-claude-pieces-text-private.h"

/* Longer ones are rarely met again. */
#define CACHE_MAX_BYTES 64u
#define SMALL_I_WITH_DOT "\xc4\xb0" /* İ */
#define CAPITAL_SHARP_S "\xe1\xba\x9e"

/* Characters of one kind; hard ones also all have borders, or all are numbers, or neither. */
typedef struct
{
  const guint8 *text;
  gsize length;
  TwPieceKind kind;
  guint32 first;  /* records of its first… */
  guint32 last;   /* …and last character */
  guint32 common; /* flags that all have */
} Run;

typedef struct
{
  const TwClaudePieces *pieces;
  TwPieceCacheView cache;
  const guint8 *at; /* where the next run begins */
  const guint8 *end;
  guint32 flags; /* of the frame */
  Run runs[4];   /* before the last one, last, this and next; text NULL: there is none */
  guint8 *part;  /* of the stream, since it could last be cut */
  gsize part_length;
  gsize part_size;
  gboolean after_end;     /* the stream has a word's end last */
  gboolean space_pending; /* after which a single space came */
  gsize tokens;
} Stream;

enum
{
  BEFORE_LAST,
  LAST,
  THIS,
  NEXT,
};

static inline gsize
count_cached (Stream *self, const guint8 *bytes, gsize length)
{
  TwShortSlot key = length <= TW_SHORT_BYTES
                        ? tw_short_key (bytes, length)
                        : tw_piece_cache_long_key (&self->cache, bytes, length);
  TwShortSlot *line = tw_piece_cache_line (self->cache.slots, self->cache.shift, key.low, key.high);
  gsize tokens = tw_piece_cache_read (line, key.low, key.high);

  if (tokens == 0)
    tokens = tw_piece_cache_find (line, key.low, key.high);
  if (tokens > 0)
    return tokens;
  tokens = tw_pieces_tile (self->pieces, bytes, length);
  tw_piece_cache_add (line, key.low, key.high, tokens);
  return tokens;
}

static void
cut (Stream *self)
{
  const guint8 *bytes = self->part;
  gsize length = self->part_length;

  if (length == 0)
    return;
  self->tokens += length <= CACHE_MAX_BYTES ? count_cached (self, bytes, length)
                                            : tw_pieces_tile (self->pieces, bytes, length);
  self->part_length = 0;
}

static inline void
put (Stream *self, const guint8 *bytes, gsize length)
{
  if (G_UNLIKELY (self->part_size - self->part_length < length))
    {
      self->part_size = 2 * self->part_size + length;
      self->part = g_realloc (self->part, self->part_size);
    }
  memcpy (self->part + self->part_length, bytes, length);
  self->part_length += length;
  self->after_end = FALSE;
}

static void
put_pending_space (Stream *self)
{
  if (self->space_pending)
    put (self, (const guint8 *) " ", 1);
  self->space_pending = FALSE;
}

/* The end and the begin of words with one space between them stand for that space. */
static void
put_begin (Stream *self, guint8 case_mark)
{
  guint8 marks[2] = { case_mark, TW_MARK_BEGIN };

  self->space_pending = FALSE;
  if ((self->pieces->flags & TW_PIECES_CLOSED_AT_BEGIN) != 0)
    cut (self);
  if (case_mark != 0)
    put (self, marks, 2);
  else
    put (self, marks + 1, 1);
}

static void
put_end (Stream *self)
{
  guint8 mark = TW_MARK_END;

  put (self, &mark, 1);
  if ((self->pieces->flags & TW_PIECES_CLOSED_AT_END) != 0)
    cut (self);
  self->after_end = TRUE;
}

static TwPieceKind
kind_of (guint32 record)
{
  return (TwPieceKind) (record & TW_RECORD_KIND);
}

/* A hard run's characters are also of one sort. */
static gboolean
continues (const Run *run, guint32 record)
{
  const guint32 sorts = TW_RECORD_BORDERS | TW_RECORD_NUMBER;

  if (run->kind == TW_KIND_STRAY)
    return kind_of (record) == TW_KIND_WORD && (record & TW_RECORD_STRAY) != 0;
  if (kind_of (record) != run->kind)
    return FALSE;
  return run->kind != TW_KIND_HARD || (record & TW_RECORD_SELECTOR) != 0
         || (record & sorts) == (run->first & sorts);
}

/* The ASCII that goes on with a run; none of it is stray or, but for NUL, hard. */
static const guint8 *
skip_ascii (const Stream *self, Run *run, const guint8 *at)
{
  const guint32 *ascii = self->pieces->ascii;

  if (run->kind == TW_KIND_STRAY || run->kind == TW_KIND_HARD)
    return at;
  for (; at < self->end && *at < 0x80 && kind_of (ascii[*at]) == run->kind; at++)
    {
      run->last = ascii[*at];
      run->common &= run->last;
    }
  return at;
}

static void
read_run (Stream *self, Run *run)
{
  const guint8 *at = self->at;
  gsize size;
  guint32 record;

  run->text = NULL;
  if (at == self->end)
    return;
  record = tw_pieces_record_at (self->pieces, at, &size);
  *run = (Run){ at, 0, kind_of (record), record, record, record };
  if (run->kind == TW_KIND_WORD && (record & TW_RECORD_STRAY) != 0)
    run->kind = TW_KIND_STRAY;
  do
    {
      run->last = record;
      run->common &= record;
      at = skip_ascii (self, run, at + size);
      if (at == self->end)
        break;
      record = tw_pieces_record_at (self->pieces, at, &size);
    }
  while (continues (run, record));
  run->length = (gsize) (at - run->text);
  self->at = at;
}

static gboolean
is_quote (const Run *run)
{
  return run->kind == TW_KIND_PUNCTUATION && run->length == 1 && run->text[0] == '\'';
}

/* An apostrophe alone before a word, which has no mark of its own. */
static gboolean
opens_word (const Stream *self)
{
  const Run *next = &self->runs[NEXT];

  return is_quote (&self->runs[THIS]) && next->text != NULL
         && (next->kind == TW_KIND_WORD || next->kind == TW_KIND_STRAY);
}

static gboolean
has_borders (guint32 record)
{
  return (record & (TW_RECORD_BORDERS | TW_RECORD_SELECTOR)) != 0;
}

static gboolean
is_number (const Run *run)
{
  return (run->common & (TW_RECORD_DECIMAL | TW_RECORD_OTHER)) != 0;
}

/* Whether a run that is no word has a mark where a space is before it. */
static gboolean
may_begin (const Run *run)
{
  return run->kind == TW_KIND_PUNCTUATION || has_borders (run->first)
         || (is_number (run) && (run->first & TW_RECORD_NUMBER) != 0);
}

static gboolean
may_end (const Run *run)
{
  return run->kind == TW_KIND_PUNCTUATION || has_borders (run->last)
         || (is_number (run) && (run->last & TW_RECORD_NUMBER) != 0);
}

static gboolean
is_after_space (const Stream *self)
{
  const Run *last = &self->runs[LAST];

  if (last->text == NULL)
    return (self->flags & TW_PIECES_FRAME_BEGINS_WORD) != 0;
  return last->kind == TW_KIND_SPACE && last->text[last->length - 1] == ' ';
}

/* Before one space and no more of them. */
static gboolean
is_before_space (const Stream *self)
{
  const Run *next = &self->runs[NEXT];

  return next->text != NULL && next->kind == TW_KIND_SPACE && next->text[0] == ' '
         && (next->length == 1 || next->text[1] != ' ');
}

/* The “s” of “it's”: the apostrophe stands for its begin. */
static gboolean
is_contraction (const Stream *self)
{
  static const char *const suffixes[] = { "s", "t", "d", "m", "ll", "re", "ve" };
  const Run *word = &self->runs[THIS];
  const Run *before = &self->runs[BEFORE_LAST];

  if (self->runs[LAST].text == NULL || !is_quote (&self->runs[LAST]))
    return FALSE;
  if (before->text != NULL && may_end (before))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    if (strlen (suffixes[i]) == word->length && memcmp (suffixes[i], word->text, word->length) == 0)
      return TRUE;
  return FALSE;
}

/* What decides how a word is capitalised. */
typedef struct
{
  gsize characters;
  guint32 any;  /* flags of any character… */
  guint32 rest; /* …after the first, without İ */
  gboolean has_dotted;
  gboolean has_sharp;
} Letters;

static Letters
look_at_letters (const Stream *self, const Run *word)
{
  Letters found = { 0 };
  gsize size;

  for (gsize i = 0; i < word->length; i += size)
    {
      const guint8 *at = word->text + i;
      guint32 record = tw_pieces_record_at (self->pieces, at, &size);
      gboolean is_dotted = size == 2 && memcmp (at, SMALL_I_WITH_DOT, 2) == 0;

      found.characters++;
      found.any |= record;
      found.rest |= i > 0 && !is_dotted ? record : 0;
      found.has_dotted |= is_dotted;
      found.has_sharp |= size == 3 && memcmp (at, CAPITAL_SHARP_S, 3) == 0;
    }
  return found;
}

/* 0 for a word that is spelled as it is. */
static guint8
find_case_mark (const Stream *self, const Run *word)
{
  Letters letters;
  guint32 caps_min = self->pieces->caps_min;

  if ((word->first & (TW_RECORD_LOWER | TW_RECORD_CASELESS)) != 0)
    return 0;
  letters = look_at_letters (self, word);
  if (letters.has_sharp)
    return 0;
  if (!letters.has_dotted && caps_min != 0 && letters.characters >= caps_min
      && (letters.any & (TW_RECORD_UPPER | TW_RECORD_LOWER | TW_RECORD_CASELESS))
             == TW_RECORD_UPPER)
    return TW_MARK_CAPS;
  if ((word->first & TW_RECORD_UPPER) == 0 || (letters.rest & TW_RECORD_UPPER) != 0)
    return 0;
  /* İ in front: its small letter is no single character. */
  return word->first >> TW_RECORD_TARGET_SHIFT != 0 ? TW_MARK_SHIFT : 0;
}

static void
put_lower (Stream *self, const Run *word)
{
  gsize size;

  for (gsize i = 0; i < word->length; i += size)
    {
      guint32 record = tw_pieces_record_at (self->pieces, word->text + i, &size);
      guint32 target = (record & TW_RECORD_EDIT) == 0 ? record >> TW_RECORD_TARGET_SHIFT : 0;
      char letter[6] = { (char) target };

      if (target == 0)
        put (self, word->text + i, size);
      else
        put (self, (const guint8 *) letter,
             target < 0x80 ? 1 : (gsize) g_unichar_to_utf8 (target, letter));
    }
}

static void
put_word (Stream *self)
{
  const Run *word = &self->runs[THIS];
  const Run *last = &self->runs[LAST];
  gboolean fused = last->text != NULL && last->kind == TW_KIND_STRAY;
  guint8 case_mark = fused ? 0 : find_case_mark (self, word);

  if (!fused && !is_contraction (self))
    put_begin (self, case_mark);
  if (case_mark == 0)
    put (self, word->text, word->length);
  else
    put_lower (self, word);
  put_end (self);
}

static void
put_stray (Stream *self)
{
  const Run *next = &self->runs[NEXT];

  put_begin (self, 0);
  put (self, self->runs[THIS].text, self->runs[THIS].length);
  if (next->text == NULL || next->kind != TW_KIND_WORD)
    put_end (self);
}

static void
put_other (Stream *self)
{
  const Run *run = &self->runs[THIS];

  if (may_begin (run) && is_after_space (self) && !opens_word (self))
    put_begin (self, 0);
  put_pending_space (self);
  put (self, run->text, run->length);
  if (may_end (run) && is_before_space (self))
    put_end (self);
}

static void
put_space (Stream *self)
{
  const Run *run = &self->runs[THIS];

  if (self->after_end && run->length == 1 && run->text[0] == ' ')
    self->space_pending = TRUE;
  else
    put (self, run->text, run->length);
}

static void
put_run (Stream *self)
{
  switch (self->runs[THIS].kind)
    {
    case TW_KIND_WORD:
      put_word (self);
      return;
    case TW_KIND_STRAY:
      put_stray (self);
      return;
    case TW_KIND_SPACE:
      put_space (self);
      return;
    default:
      put_other (self);
      return;
    }
}

/* The frame ends with a word's begin. What has none of its own, and is no space, pays for it; for
 * the apostrophe before a word it is a space. */
static void
put_frame (Stream *self)
{
  const Run *first = &self->runs[THIS];

  if ((self->flags & TW_PIECES_FRAME_BEGINS_WORD) == 0)
    return;
  if (first->text != NULL && opens_word (self))
    put (self, (const guint8 *) " ", 1);
  else if (first->text == NULL
           || (first->kind != TW_KIND_WORD && first->kind != TW_KIND_STRAY && !may_begin (first)
               && !(first->kind == TW_KIND_SPACE && first->text[0] == ' ')))
    put_begin (self, 0);
}

gsize
tw_pieces_count_stream (const TwClaudePieces *self,
                        const TwPiecesForm *form,
                        guint32 flags,
                        gboolean takes_space)
{
  Stream stream = { .pieces = self,
                    .cache = tw_piece_cache_view (self->cache, form->length),
                    .at = form->text,
                    .end = form->text + form->length,
                    .flags = flags };

  if (takes_space && (flags & TW_PIECES_FRAME_BEGINS_WORD) != 0 && form->length > 0
      && form->text[0] == ' ' && (form->length == 1 || form->text[1] != ' '))
    stream.at++;
  read_run (&stream, &stream.runs[THIS]);
  read_run (&stream, &stream.runs[NEXT]);
  put_frame (&stream);
  while (stream.runs[THIS].text != NULL)
    {
      put_run (&stream);
      stream.runs[BEFORE_LAST] = stream.runs[LAST];
      stream.runs[LAST] = stream.runs[THIS];
      stream.runs[THIS] = stream.runs[NEXT];
      read_run (&stream, &stream.runs[NEXT]);
    }
  put_pending_space (&stream);
  cut (&stream);
  g_free (stream.part);
  return stream.tokens;
}
