/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-json-private.h"
#include "libtokenwise/message/tw-usage-private.h"
#include "libtokenwise/wire/tw-anthropic-private.h"
#include "libtokenwise/wire/tw-openai-private.h"

G_BEGIN_DECLS

/* Readers of the usage blocks of the API families, each of which counts in its own way. They need
 * no codec. A reader gets the block itself and an empty usage; provider ("" if nobody knows) is for
 * servers that share a family's names and not its rules. FALSE, and TW_ERROR_INCONSISTENT_USAGE
 * that names the fields, when the block cannot be true.
 *
 * A reader puts in the served facts that stand in the block, and notes numbers it does not know.
 * tw_openai_read_usage() and tw_anthropic_read_usage() are two more. */
typedef gboolean (*TwUsageReader) (const char *provider,
                                   const cJSON *block,
                                   TwUsage *usage,
                                   GError **error);

gboolean
tw_gemini_read_usage (const char *provider, const cJSON *block, TwUsage *usage, GError **error);
gboolean
tw_bedrock_read_usage (const char *provider, const cJSON *block, TwUsage *usage, GError **error);
gboolean
tw_cohere_read_usage (const char *provider, const cJSON *block, TwUsage *usage, GError **error);
gboolean
tw_ollama_read_usage (const char *provider, const cJSON *block, TwUsage *usage, GError **error);

/* Tools of OpenAI's servers that are billed by the call stand among the output items of a Responses
 * reply, and not in its usage. */
void tw_openai_count_hosted_tools (const cJSON *output, TwUsage *usage);

/* The facts of service that a reply or a block names, under the names of every family. What the
 * usage already says stays. */
void tw_usage_read_served (TwUsage *usage, const cJSON *json);

/* Notes each number above 0 of the block (nullable) that is not listed. The list (NULL-terminated)
 * is of keys with those they lie under, "details.tokens"; "details.*" is all that lies there. What
 * is noted has under (nullable) in front: "prompt_tokens_details.". */
void tw_usage_note_unknown (TwUsage *usage,
                            const char *under,
                            const cJSON *block,
                            const char *const *known);

/* "The usage is impossible: …", with what is wrong; always FALSE. */
gboolean tw_usage_refuse (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* TRUE unless a count was not one: impossible is the key that tw_wire_json_count() found, or NULL.
 */
gboolean tw_usage_check_counts (const char *impossible, GError **error);

TwUsageReader tw_usage_reader_for_dialect (const char *dialect, GError **error);
/* For a provider's id or a usage profile of the catalogue; NULL if there is none. */
TwUsageReader tw_usage_reader_for_provider (const char *provider);
/* The reader for a block whose keys only one family has, or NULL. */
TwUsageReader tw_usage_reader_for_keys (const cJSON *block);
/* The reader of the first family that has any of the block's counts, or NULL. */
TwUsageReader tw_usage_reader_for_counts (const cJSON *block);
/* FALSE for a block with none of the reader's counts: unknown must not become 0. */
gboolean tw_usage_reader_finds_counts (TwUsageReader reader, const cJSON *block);
/* (nullable): the usage block in a reply, an event or a block itself. */
const cJSON *tw_usage_find_block (const cJSON *json);

G_END_DECLS
