/* SPDX-License-Identifier: MIT */
#pragma once

#include "cli.h"

G_BEGIN_DECLS

#define CLI_DEFAULT_ENCODING "o200k_base"

/* The verb count, in parts: verb-count.c reads the options and counts requests, count-texts.c
 * counts texts, count-ids.c turns ids into text and cuts text. */
typedef struct
{
  char *model;
  char *encoding;
  char *request;
  gboolean ids;
  gboolean decode;
  gint64 truncate; /* 0: no */
  char **files;
} CliCountOptions;

/* *ret_tokenizer NULL: the catalogue does not say, and the count gives a range. */
gboolean
cli_count_choose_tokenizer (const CliCountOptions *options, char **ret_tokenizer, GError **error);
/* Fails for a tokenizer without a vocabulary here; what cannot be had then is named by option. */
gboolean cli_count_check_vocabulary (const char *tokenizer, const char *option, GError **error);

/* One object for all: of one text the plain count, of several "files" and their sum. */
cJSON *cli_count_texts (const CliCountOptions *options, GError **error);
void cli_count_write_texts (const cJSON *json);
void cli_count_note_hint (const cJSON *json);
/* "5 tokens (o200k_base, exact)"; the same words for a text, a sum and a request. */
char *cli_count_to_sentence (const cJSON *json);

gboolean cli_count_decode (Cli *cli, const CliCountOptions *options, GError **error);
gboolean cli_count_truncate (Cli *cli, const CliCountOptions *options, GError **error);

G_END_DECLS
