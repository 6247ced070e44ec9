/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-json-private.h"
#include "libtokenwise/net/tw-transport-private.h"

G_BEGIN_DECLS

/* The sandbox answers at wire level, without a socket: a request body is read, a text is written,
 * a dialect turns it into bytes with a time for each, and a stream hands them out in time. */

/* Words in the last user message that rehearse a failure. */
typedef enum
{
  TW_SANDBOX_NO_FAULT,
  TW_SANDBOX_STATUS,    /* sandbox:429, and every other status from 400 to 599 */
  TW_SANDBOX_DOWN,      /* sandbox:down: nothing answers */
  TW_SANDBOX_TRUNCATE,  /* sandbox:truncate: the reply stops half way, without its end mark */
  TW_SANDBOX_SLOW,      /* sandbox:slow: everything takes ten times as long */
  TW_SANDBOX_MALFORMED, /* sandbox:malformed: bytes in the middle make no sense */
  TW_SANDBOX_BREAK,     /* sandbox:error: an error half way through a reply of HTTP 200 */
} TwSandboxFault;

/* A piece of a prompt: a tool, a text of the system, a part of a message. */
typedef struct
{
  char *frame; /* what else must be the same for a cache: role, kind, media */
  char *text;  /* what is counted */
  gint64 tokens;
  guint ttl_seconds; /* of the cache breakpoint after it; 0: none */
} TwSandboxBlock;

/* What was asked. */
typedef struct
{
  char *model;
  char *cache_key;   /* requests with different ones share no cache */
  char *last_user;   /* text of the last message of the user */
  GPtrArray *blocks; /* (element-type TwSandboxBlock) in the order in which they are cached */
  gint64 tokens;     /* of all text in the request */
  gint64 max_tokens; /* G_MAXINT64 if not said */
  gboolean stream;
  gboolean include_usage;
  gboolean is_deepseek; /* by the host: its usage has names of its own */
  gboolean by_marks;    /* cache at breakpoints only, and not whatever is long enough */
  gboolean as_events;   /* of a stream: server-sent events, where the dialect knows another way */
  TwSandboxFault fault;
  guint fault_status;
} TwSandboxPrompt;

/* Of the prompt's tokens. */
typedef struct
{
  gint64 read;
  gint64 written_5m;
  gint64 written_30m;
  gint64 written_1h;
} TwSandboxCached;

/* What is answered. */
typedef struct
{
  char *id;
  gint64 created; /* instant */
  const TwSandboxPrompt *prompt;
  char *text;
  gint64 tokens;
  gboolean cut; /* at max_tokens */
  TwSandboxCached cached;
} TwSandboxAnswer;

/* Bytes, each with the time it is due. */
typedef struct _TwSandboxScript TwSandboxScript;

TwSandboxScript *tw_sandbox_script_new (void);
void tw_sandbox_script_free (TwSandboxScript *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwSandboxScript, tw_sandbox_script_free)
/* due is 0 when the reply begins and 1 when it ends. */
void tw_sandbox_script_add (TwSandboxScript *self, double due, const char *bytes);
void tw_sandbox_script_add_bytes (TwSandboxScript *self, double due, GByteArray *take_bytes);
/* An event of a stream: "event:" if there is a name, and the JSON, which is freed. */
void
tw_sandbox_script_add_event (TwSandboxScript *self, double due, const char *name, cJSON *take_json);
void tw_sandbox_script_add_json (TwSandboxScript *self, double due, cJSON *take_json);
/* A line of newline-delimited JSON. */
void tw_sandbox_script_add_line (TwSandboxScript *self, double due, cJSON *take_json);
/* Drops the second half. */
void tw_sandbox_script_truncate (TwSandboxScript *self);
/* Makes the piece in the middle something that nobody can read. */
void tw_sandbox_script_spoil (TwSandboxScript *self);

/* tw-sandbox-stream.c: begins now; the first byte after begin_us, the last duration_us later. */
GInputStream *
tw_sandbox_stream_new (TwSandboxScript *take_script, gint64 begin_us, gint64 duration_us);

typedef enum
{
  TW_SANDBOX_CACHE_NONE,
  TW_SANDBOX_CACHE_PREFIX, /* whatever is long enough and was there before */
  TW_SANDBOX_CACHE_MARKS,  /* what the request marks */
} TwSandboxCaching;

typedef struct
{
  const char *path; /* the end of the URL's path */
  /* Of a stream, where the path says what is wanted and names the model after model_mark. */
  const char *stream_path;
  const char *model_mark;
  const char *messages_key;
  const char *max_tokens_parent;  /* (nullable): the object that has the limit */
  const char *max_tokens_keys[3]; /* NULL at the end */
  gboolean max_tokens_is_required;
  gboolean streams_by_default;
  TwSandboxCaching caching;
  const char *stream_type; /* (nullable) media type of a stream; server-sent events */
  void (*write_whole) (const TwSandboxAnswer *answer, TwSandboxScript *script);
  void (*write_stream) (const TwSandboxAnswer *answer, TwSandboxScript *script);
  /* An error in the middle of a stream. */
  void (*write_break) (const TwSandboxAnswer *answer, TwSandboxScript *script, const char *message);
  cJSON *(*make_error) (guint status, const char *message);
  /* (nullable): the type of an error, for a header. */
  const char *(*get_error_type) (guint status);
} TwSandboxDialect;

extern const TwSandboxDialect tw_sandbox_openai_chat;
extern const TwSandboxDialect tw_sandbox_openai_responses;
extern const TwSandboxDialect tw_sandbox_anthropic;
extern const TwSandboxDialect tw_sandbox_gemini;
extern const TwSandboxDialect tw_sandbox_ollama;
extern const TwSandboxDialect tw_sandbox_bedrock;
extern const TwSandboxDialect tw_sandbox_cohere;

/* {"error":{…}}, which Chat Completions and Responses share. */
cJSON *tw_sandbox_openai_make_error (guint status, const char *message);

/* tw-sandbox-blocks.c. The pieces of a request, in the order in which providers cache: tools,
 * system, messages. */
GPtrArray *tw_sandbox_blocks_new (const cJSON *json, TwSandboxCount count, gpointer user_data);
/* The text of the last message of the user. */
char *tw_sandbox_blocks_find_last_user (const cJSON *messages);

/* tw-sandbox-cache.c. What the provider would have kept of earlier prompts; any thread. */
typedef struct _TwSandboxCache TwSandboxCache;

TwSandboxCache *tw_sandbox_cache_new (TwSandboxCount count, gpointer user_data);
void tw_sandbox_cache_free (TwSandboxCache *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwSandboxCache, tw_sandbox_cache_free)
/* What is read and written for the prompt, which is kept. Monotonic microseconds. */
void tw_sandbox_cache_use (TwSandboxCache *self,
                           TwSandboxCaching caching,
                           const TwSandboxPrompt *prompt,
                           gint64 now_us,
                           TwSandboxCached *ret_cached);

/* tw-sandbox-prompt.c. NULL with an error that says what is wrong with the body. */
TwSandboxPrompt *tw_sandbox_prompt_new (const TwSandboxDialect *dialect,
                                        const char *url,
                                        GBytes *body,
                                        TwSandboxCount count,
                                        gpointer user_data,
                                        GError **error);
void tw_sandbox_prompt_free (TwSandboxPrompt *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwSandboxPrompt, tw_sandbox_prompt_free)

/* tw-sandbox-text.c. The same prompt gets the same text. */
char *tw_sandbox_text_new (const TwSandboxPrompt *prompt,
                           TwSandboxCount count,
                           gpointer user_data,
                           gint64 *ret_tokens,
                           gboolean *ret_cut);
/* The length of the next piece of a streamed text, about a token: blanks and a word. */
gsize tw_sandbox_text_get_piece (const char *text);
/* Calls write for each piece of the answer's text, with the time it is due. */
typedef void (*TwSandboxWritePiece) (const TwSandboxAnswer *answer,
                                     TwSandboxScript *script,
                                     double due,
                                     const char *piece);
void tw_sandbox_text_write (const TwSandboxAnswer *answer,
                            TwSandboxScript *script,
                            TwSandboxWritePiece write);

G_END_DECLS
