/* SPDX-License-Identifier: MIT */
#include "libtokenwise/net/tw-sandbox-private.h"

#include <string.h>

/* What providers would keep of prompts, with a clock of our own. A token is a word. */

#define MINUTE ((gint64) 60 * G_USEC_PER_SEC)

static gint64
count_words (const char *text, gsize length, gpointer user_data)
{
  gint64 n = 0;

  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isspace (text[i]) && (i == 0 || g_ascii_isspace (text[i - 1])))
      n++;
  return n;
}

/* Words that are all different, so that prefixes are. */
static char *
make_words (const char *stem, guint n)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%s%s%u", i > 0 ? " " : "", stem, i);
  return g_string_free (text, FALSE);
}

static TwSandboxPrompt *
read_prompt (const TwSandboxDialect *dialect, const char *url, cJSON *take_json)
{
  g_autoptr (cJSON) json = take_json;
  char *text = tw_json_print (json);
  g_autoptr (GBytes) body = g_bytes_new_take (text, strlen (text));
  g_autoptr (GError) error = NULL;
  TwSandboxPrompt *prompt = tw_sandbox_prompt_new (dialect, url, body, count_words, NULL, &error);

  g_assert_no_error (error);
  return prompt;
}

static void
add_message (cJSON *messages, const char *role, const char *text)
{
  cJSON *message = cJSON_CreateObject ();

  cJSON_AddItemToArray (messages, message);
  tw_json_add_string (message, "role", role);
  tw_json_add_string (message, "content", text);
}

static TwSandboxPrompt *
make_chat (const char *model, const char *host, const char *stem, guint n, const char *question)
{
  cJSON *json = cJSON_CreateObject ();
  g_autofree char *words = make_words (stem, n);
  g_autofree char *url = g_strdup_printf ("https://%s/v1/chat/completions", host);
  cJSON *messages;

  tw_json_add_string (json, "model", model);
  messages = cJSON_AddArrayToObject (json, "messages");
  add_message (messages, "system", words);
  add_message (messages, "user", question);
  return read_prompt (&tw_sandbox_openai_chat, url, json);
}

static TwSandboxCached
use (TwSandboxCache *cache, TwSandboxCaching caching, TwSandboxPrompt *take_prompt, gint64 now_us)
{
  g_autoptr (TwSandboxPrompt) prompt = take_prompt;
  TwSandboxCached cached;

  tw_sandbox_cache_use (cache, caching, prompt, now_us, &cached);
  return cached;
}

static TwSandboxCached
chat (TwSandboxCache *cache, const char *model, guint n, const char *question, gint64 now_us)
{
  return use (cache, TW_SANDBOX_CACHE_PREFIX, make_chat (model, "api.openai.com", "w", n, question),
              now_us);
}

/* From 1,024 tokens on, in steps of 128; writes are told from gpt-5.6 on. */
static void
test_prefix (void)
{
  g_autoptr (TwSandboxCache) cache = tw_sandbox_cache_new (count_words, NULL);
  TwSandboxCached cached;

  cached = chat (cache, "gpt-5.4", 1200, "one two", 0);
  g_assert_cmpint (cached.read, ==, 0);
  g_assert_cmpint (cached.written_30m, ==, 0);
  cached = chat (cache, "gpt-5.4", 1200, "three", MINUTE);
  g_assert_cmpint (cached.read, ==, 1152);
  /* 1,100 words of the same beginning: the part of a block counts too. */
  cached = chat (cache, "gpt-5.4", 1100, "three", MINUTE);
  g_assert_cmpint (cached.read, ==, 1024);
  cached = chat (cache, "gpt-5.4", 1000, "three", MINUTE);
  g_assert_cmpint (cached.read, ==, 0);
  cached = chat (cache, "gpt-5.4-mini", 1200, "three", MINUTE);
  g_assert_cmpint (cached.read, ==, 0);
  cached = chat (cache, "gpt-5.4", 1200, "three", 8 * MINUTE);
  g_assert_cmpint (cached.read, ==, 0);
}

static void
test_prefix_of_gpt_5_6 (void)
{
  g_autoptr (TwSandboxCache) cache = tw_sandbox_cache_new (count_words, NULL);
  TwSandboxCached cached;

  cached = chat (cache, "gpt-5.6", 1200, "one two", 0);
  g_assert_cmpint (cached.read, ==, 0);
  g_assert_cmpint (cached.written_30m, ==, 1152);
  cached = chat (cache, "gpt-5.6", 2000, "three", 29 * MINUTE);
  g_assert_cmpint (cached.read, ==, 1152);
  g_assert_cmpint (cached.written_30m, ==, 1920 - 1152);
  cached = chat (cache, "gpt-5.6", 1200, "three", 60 * MINUTE);
  g_assert_cmpint (cached.read, ==, 0);
}

static void
test_other_steps (void)
{
  g_autoptr (TwSandboxCache) cache = tw_sandbox_cache_new (count_words, NULL);
  TwSandboxCached cached;

  for (guint i = 0; i < 2; i++)
    cached = use (cache, TW_SANDBOX_CACHE_PREFIX,
                  make_chat ("deepseek-v4-flash", "api.deepseek.com", "w", 200, "hi"), 0);
  g_assert_cmpint (cached.read, ==, 192);
  for (guint i = 0; i < 2; i++)
    cached = chat (cache, "gemini-3-pro", 4000, "hi", 0);
  g_assert_cmpint (cached.read, ==, 0);
  for (guint i = 0; i < 2; i++)
    cached = chat (cache, "gemini-3-pro", 4100, "hi", 0);
  g_assert_cmpint (cached.read, ==, 4096);
}

static cJSON *
make_block (const char *stem, guint n, const char *ttl)
{
  g_autofree char *words = make_words (stem, n);
  cJSON *block = cJSON_CreateObject ();

  tw_json_add_string (block, "type", "text");
  tw_json_add_string (block, "text", words);
  if (ttl != NULL)
    {
      cJSON *mark = cJSON_AddObjectToObject (block, "cache_control");

      tw_json_add_string (mark, "type", "ephemeral");
      tw_json_add_string (mark, "ttl", ttl);
    }
  return block;
}

/* A system text of so many words, marked, and blocks of the user, of which the last is marked. */
static TwSandboxPrompt *
make_marked (
    const char *model, guint n_system, const char *system_ttl, guint n_blocks, const char *ttl)
{
  cJSON *json = cJSON_CreateObject ();
  cJSON *message = cJSON_CreateObject ();
  cJSON *content;

  tw_json_add_string (json, "model", model);
  tw_json_add_integer (json, "max_tokens", 9);
  cJSON_AddItemToArray (cJSON_AddArrayToObject (json, "system"),
                        make_block ("s", n_system, system_ttl));
  cJSON_AddItemToArray (cJSON_AddArrayToObject (json, "messages"), message);
  tw_json_add_string (message, "role", "user");
  content = cJSON_AddArrayToObject (message, "content");
  for (guint i = 0; i < n_blocks; i++)
    cJSON_AddItemToArray (content, make_block ("u", 10, i + 1 == n_blocks ? ttl : NULL));
  return read_prompt (&tw_sandbox_anthropic, "https://api.anthropic.com/v1/messages", json);
}

static void
check_marked (TwSandboxCache *cache,
              TwSandboxPrompt *take_prompt,
              gint64 now_us,
              gint64 read,
              gint64 written_5m,
              gint64 written_1h)
{
  TwSandboxCached cached = use (cache, TW_SANDBOX_CACHE_MARKS, take_prompt, now_us);

  g_assert_cmpint (cached.read, ==, read);
  g_assert_cmpint (cached.written_5m, ==, written_5m);
  g_assert_cmpint (cached.written_1h, ==, written_1h);
}

static void
test_marks (void)
{
  g_autoptr (TwSandboxCache) cache = tw_sandbox_cache_new (count_words, NULL);
  const char *model = "claude-sonnet-5";

  /* Too short, and no mark at all. */
  check_marked (cache, make_marked (model, 900, "5m", 1, NULL), 0, 0, 0, 0);
  check_marked (cache, make_marked (model, 2000, NULL, 1, NULL), 0, 0, 0, 0);
  check_marked (cache, make_marked (model, 2000, NULL, 1, NULL), 0, 0, 0, 0);
  /* Written, read, and written on as the conversation grows. */
  check_marked (cache, make_marked (model, 2000, "1h", 1, "5m"), 0, 0, 10, 2000);
  check_marked (cache, make_marked (model, 2000, "1h", 1, "5m"), MINUTE, 2010, 0, 0);
  check_marked (cache, make_marked (model, 2000, "1h", 3, "5m"), MINUTE, 2010, 20, 0);
  /* A hit begins the time anew; what is not read goes after 5 minutes, and the hour stays. */
  check_marked (cache, make_marked (model, 2000, "1h", 3, "5m"), 5 * MINUTE, 2030, 0, 0);
  check_marked (cache, make_marked (model, 2000, "1h", 3, "5m"), 9 * MINUTE, 2030, 0, 0);
  check_marked (cache, make_marked (model, 2000, "1h", 3, "5m"), 30 * MINUTE, 2000, 30, 0);
  check_marked (cache, make_marked (model, 2000, "1h", 3, "5m"), 200 * MINUTE, 0, 30, 2000);
}

static void
test_minimum_of_model (void)
{
  g_autoptr (TwSandboxCache) cache = tw_sandbox_cache_new (count_words, NULL);

  check_marked (cache, make_marked ("claude-haiku-4-5", 4000, "5m", 1, NULL), 0, 0, 0, 0);
  check_marked (cache, make_marked ("claude-haiku-4-5", 4096, "5m", 1, NULL), 0, 0, 4096, 0);
  check_marked (cache, make_marked ("claude-opus-5", 512, "5m", 1, NULL), 0, 0, 512, 0);
}

/* A breakpoint finds what was written at most 20 blocks before it. */
static void
test_look_back (void)
{
  g_autoptr (TwSandboxCache) cache = tw_sandbox_cache_new (count_words, NULL);
  const char *model = "claude-sonnet-5";

  check_marked (cache, make_marked (model, 2000, NULL, 1, "5m"), 0, 0, 2010, 0);
  check_marked (cache, make_marked (model, 2000, NULL, 21, "5m"), 0, 2010, 200, 0);
  check_marked (cache, make_marked (model, 2000, NULL, 42, "5m"), 0, 0, 2420, 0);
}

static void
check_refused (const char *body, const char *says)
{
  g_autoptr (GBytes) bytes = g_bytes_new (body, strlen (body));
  g_autoptr (GError) error = NULL;

  g_assert_null (tw_sandbox_prompt_new (&tw_sandbox_anthropic, "https://a/v1/messages", bytes,
                                        count_words, NULL, &error));
  g_assert_nonnull (strstr (error->message, says));
}

static void
test_wrong_marks (void)
{
#define MARKED(ttl)                                                                                \
  "{\"type\":\"text\",\"text\":\"a\",\"cache_control\":{\"type\":\"ephemeral\",\"ttl\":\"" ttl     \
  "\"}}"
#define BODY(content)                                                                              \
  "{\"model\":\"m\",\"max_tokens\":1,\"messages\":[{\"role\":\"user\",\"content\":[" content "]}]" \
  "}"
  check_refused (BODY (MARKED ("5m") "," MARKED ("1h")), "must not come after");
  check_refused (
      BODY (MARKED ("5m") "," MARKED ("5m") "," MARKED ("5m") "," MARKED ("5m") "," MARKED ("5m")),
      "maximum of 4");
}

/* Many long prompts: the oldest go. */
static void
test_bounded (void)
{
  g_autoptr (TwSandboxCache) cache = tw_sandbox_cache_new (count_words, NULL);
  TwSandboxCached cached;

  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *stem = g_strdup_printf ("p%u-", i);

      use (cache, TW_SANDBOX_CACHE_PREFIX, make_chat ("m", "a", stem, 1100, "hi"), 0);
    }
  cached = use (cache, TW_SANDBOX_CACHE_PREFIX, make_chat ("m", "a", "p199-", 1100, "hi"), 0);
  g_assert_cmpint (cached.read, ==, 1024);
  cached = use (cache, TW_SANDBOX_CACHE_PREFIX, make_chat ("m", "a", "p0-", 1100, "hi"), 0);
  g_assert_cmpint (cached.read, ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/sandbox-cache/prefix", test_prefix);
  g_test_add_func ("/net/sandbox-cache/prefix-of-gpt-5.6", test_prefix_of_gpt_5_6);
  g_test_add_func ("/net/sandbox-cache/other-steps", test_other_steps);
  g_test_add_func ("/net/sandbox-cache/marks", test_marks);
  g_test_add_func ("/net/sandbox-cache/minimum-of-model", test_minimum_of_model);
  g_test_add_func ("/net/sandbox-cache/look-back", test_look_back);
  g_test_add_func ("/net/sandbox-cache/wrong-marks", test_wrong_marks);
  g_test_add_func ("/net/sandbox-cache/bounded", test_bounded);
  return g_test_run ();
}
