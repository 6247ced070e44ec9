/* SPDX-License-Identifier: MIT */
#pragma once

TW_PUBLIC
G_DECLARE_FINAL_TYPE (TwWords, tw_words, TW, WORDS, GObject)

TW_PUBLIC int tw_words_undocumented (void); /* expect: undocumented */
TW_PUBLIC int tw_words_undated (const char *text, /* expect: since */
                                int count);
TW_PUBLIC int tw_words_documented (void);
