/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/tokens/tw-vocabulary-format-private.h"

G_BEGIN_DECLS

/* Published patterns differ in a few places only. CONTRACTION is 's 't 're 've 'm 'll 'd.
 *
 * r50k_base, p50k_base (OpenAI's tiktoken, tiktoken_ext/openai_public.py)
 *   CONTRACTION | ?\p{L}+ | ?\p{N}+ | ?[^\s\p{L}\p{N}]+ | \s+(?!\S) | \s+
 * cl100k_base (the same file)
 *   (?i:CONTRACTION) | [^\r\n\p{L}\p{N}]?\p{L}+ | \p{N}{1,3} | ?[^\s\p{L}\p{N}]+[\r\n]* | \s+$
 *   | \s*[\r\n] | \s+(?!\S) | \s
 * Llama 3 (its tokenizer.json)
 *   as cl100k_base, with \s*[\r\n]+ and without \s+$
 * Qwen 2 (its tokenizer.json)
 *   as Llama 3, with \p{N} for numbers
 * o200k_base (openai_public.py)
 *   [^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:CONTRACTION)?
 *   | [^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:CONTRACTION)?
 *   | \p{N}{1,3} | ?[^\s\p{L}\p{N}]+[\r\n/]* | \s*[\r\n]+ | \s+(?!\S) | \s+
 * Tekken (Mistral's tekken.json)
 *   as o200k_base, without CONTRACTION and with \p{N} for numbers
 *
 * They mean what Rust's regex makes of them: leftmost match, first alternative that fits, \s is
 * White_Space, (?i:s) is also ſ. */
typedef enum
{
  TW_CONTRACTION_NONE,
  TW_CONTRACTION_FIRST,       /* an alternative of its own */
  TW_CONTRACTION_FIRST_LOWER, /* the same, in lower case only */
  TW_CONTRACTION_LAST,        /* the end of a word */
} TwContraction;

typedef enum
{
  TW_AFTER_SYMBOLS_NOTHING,
  TW_AFTER_SYMBOLS_NEWLINES,
  TW_AFTER_SYMBOLS_NEWLINES_SLASHES,
} TwAfterSymbols;

typedef struct
{
  TwContraction contraction;
  TwAfterSymbols after_symbols;
  guint max_digits;      /* 0: any */
  gboolean case_splits;  /* a lower-case letter ends a word before an upper-case one */
  gboolean space_only;   /* of what may precede a word only U+0020 does, and also before a number */
  gboolean newlines_end; /* white space is cut after its last line end */
  gboolean takes_end;    /* white space at the end of the text is one piece */
} TwSplitRules;

static const TwSplitRules tw_split_rules_r50k = {
  .contraction = TW_CONTRACTION_FIRST_LOWER,
  .space_only = TRUE,
};

static const TwSplitRules tw_split_rules_cl100k = {
  .contraction = TW_CONTRACTION_FIRST,
  .after_symbols = TW_AFTER_SYMBOLS_NEWLINES,
  .max_digits = 3,
  .newlines_end = TRUE,
  .takes_end = TRUE,
};

static const TwSplitRules tw_split_rules_llama3 = {
  .contraction = TW_CONTRACTION_FIRST,
  .after_symbols = TW_AFTER_SYMBOLS_NEWLINES,
  .max_digits = 3,
  .newlines_end = TRUE,
};

static const TwSplitRules tw_split_rules_qwen2 = {
  .contraction = TW_CONTRACTION_FIRST,
  .after_symbols = TW_AFTER_SYMBOLS_NEWLINES,
  .max_digits = 1,
  .newlines_end = TRUE,
};

static const TwSplitRules tw_split_rules_o200k = {
  .contraction = TW_CONTRACTION_LAST,
  .after_symbols = TW_AFTER_SYMBOLS_NEWLINES_SLASHES,
  .max_digits = 3,
  .case_splits = TRUE,
  .newlines_end = TRUE,
};

static const TwSplitRules tw_split_rules_tekken = {
  .after_symbols = TW_AFTER_SYMBOLS_NEWLINES_SLASHES,
  .max_digits = 1,
  .case_splits = TRUE,
  .newlines_end = TRUE,
};

G_END_DECLS
