/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-json-private.h"
#include "libtokenwise/message/tw-request.h"

G_BEGIN_DECLS

typedef enum
{
  TW_PART_TEXT,
  TW_PART_IMAGE,
  TW_PART_FILE,
  TW_PART_TOOL_CALL,
  TW_PART_TOOL_RESULT,
  TW_PART_REASONING,
} TwPartKind;

/* In a signature: the reasoning itself is hidden, and this is all of it. No signature of a
 * provider begins so. */
#define TW_REDACTED_PREFIX "redacted:"

/* One part of a message. Which members are set depends on the kind; the rest are NULL. */
typedef struct
{
  TwPartKind kind;
  char *text;       /* text, tool result, reasoning */
  char *url;        /* image, file: https URL */
  char *data;       /* image, file: base64; a path was read when the request was */
  char *media_type; /* image, file */
  char *name;       /* tool call; file name */
  char *id;         /* tool call, tool result */
  char *arguments;  /* tool call: a JSON object as text */
  char *detail;     /* image: low, high, auto, original; NULL: not said */
  char *signature;  /* reasoning: what its provider wants back unchanged; tool call: the same */
  char *cache;      /* a cache breakpoint after this part: 5m, 30m, 1h; NULL: none */
} TwPart;

typedef struct
{
  TwRole role;
  GPtrArray *parts; /* (element-type TwPart) at least one */
} TwMessage;

typedef struct
{
  char *name;
  char *description; /* (nullable) */
  cJSON *parameters; /* (nullable) a JSON Schema */
  gboolean strict;   /* the arguments must follow the schema */
} TwTool;

struct _TwRequest
{
  GObject parent_instance;

  char *model;              /* "auto" or "provider/model" or "model" */
  char *system;             /* (nullable) */
  GPtrArray *messages;      /* (element-type TwMessage) */
  GPtrArray *tools;         /* (element-type TwTool) */
  char *tool_choice;        /* (nullable) auto, none, required, or a tool's name */
  gint64 max_output_tokens; /* 0: not said */
  double temperature;       /* NaN: not said */
  GStrv stop;               /* (nullable) */
  char *reasoning_effort;   /* (nullable) */
  char *schema_name;        /* (nullable) structured output */
  cJSON *schema;            /* (nullable) */
  char *service_tier;       /* (nullable) */
  char *data_class;         /* (nullable) */
  char *cache_key;          /* (nullable) OpenAI's prompt_cache_key */
  char *cache_system;       /* (nullable) a breakpoint after the system text: 5m, 30m, 1h */
  char *cache_tools;        /* (nullable) a breakpoint after the tools */
  GHashTable *metadata;     /* (nullable) (element-type utf8 utf8) kept by the provider */
  GHashTable *tags;         /* (element-type utf8 utf8) */
  gboolean stream;          /* TRUE unless said otherwise */
};

TwPart *tw_part_new (TwPartKind kind);
void tw_part_free (TwPart *self);
TwMessage *tw_request_add_message (TwRequest *self, TwRole role);
TwTool *tw_request_add_tool (TwRequest *self, const char *name);
/* 5m, 30m and 1h: what a cache breakpoint may say. NULL-terminated. */
extern const char *const tw_cache_lifetimes[];
const char *tw_role_to_string (TwRole role);

G_END_DECLS
