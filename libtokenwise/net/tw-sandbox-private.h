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
  TW_SANDBOX_STATUS,   /* sandbox:429, and every other status from 400 to 599 */
  TW_SANDBOX_DOWN,     /* sandbox:down: nothing answers */
  TW_SANDBOX_TRUNCATE, /* sandbox:truncate: the reply stops half way, without its end mark */
  TW_SANDBOX_SLOW,     /* sandbox:slow: everything takes ten times as long */
} TwSandboxFault;

/* What was asked. */
typedef struct
{
  char *model;
  char *last_user;   /* text of the last message of the user */
  gint64 tokens;     /* of all text in the request */
  gint64 max_tokens; /* G_MAXINT64 if not said */
  gboolean stream;
  gboolean include_usage;
  TwSandboxFault fault;
  guint fault_status;
} TwSandboxPrompt;

/* What is answered. */
typedef struct
{
  char *id;
  gint64 created; /* instant */
  const TwSandboxPrompt *prompt;
  char *text;
  gint64 tokens;
  gboolean cut; /* at max_tokens */
} TwSandboxAnswer;

/* Bytes, each with the time it is due. */
typedef struct _TwSandboxScript TwSandboxScript;

TwSandboxScript *tw_sandbox_script_new (void);
void tw_sandbox_script_free (TwSandboxScript *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwSandboxScript, tw_sandbox_script_free)
/* due is 0 when the reply begins and 1 when it ends. */
void tw_sandbox_script_add (TwSandboxScript *self, double due, const char *bytes);
/* An event of a stream: "event:" if there is a name, and the JSON, which is freed. */
void
tw_sandbox_script_add_event (TwSandboxScript *self, double due, const char *name, cJSON *take_json);
void tw_sandbox_script_add_json (TwSandboxScript *self, double due, cJSON *take_json);
/* Drops the second half. */
void tw_sandbox_script_truncate (TwSandboxScript *self);

/* tw-sandbox-stream.c: begins now; the first byte after begin_us, the last duration_us later. */
GInputStream *
tw_sandbox_stream_new (TwSandboxScript *take_script, gint64 begin_us, gint64 duration_us);

typedef struct
{
  const char *path;               /* the end of the URL's path */
  const char *max_tokens_keys[3]; /* NULL at the end */
  gboolean max_tokens_is_required;
  void (*write_whole) (const TwSandboxAnswer *answer, TwSandboxScript *script);
  void (*write_stream) (const TwSandboxAnswer *answer, TwSandboxScript *script);
  cJSON *(*make_error) (guint status, const char *message);
} TwSandboxDialect;

extern const TwSandboxDialect tw_sandbox_openai_chat;
extern const TwSandboxDialect tw_sandbox_anthropic;

/* tw-sandbox-prompt.c. NULL with an error that says what is wrong with the body. */
TwSandboxPrompt *tw_sandbox_prompt_new (const TwSandboxDialect *dialect,
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

G_END_DECLS
