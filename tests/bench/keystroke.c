/* SPDX-License-Identifier: MIT */
/* keystroke [ENCODING [FILE]...]: how long one key takes in a text that is counted as it is
 * written. One JSON array; times are wall time of one insertion or deletion, each of about a
 * character, as a composer sends them. "random": anywhere in the text; "cursor": typing on from one
 * place with some erasing, and now and then a jump. A row ends after SECONDS, so that one that is
 * slow has fewer edits, and says how many. A FILE's first 100 KB are one more text, and its
 * characters what is typed. */
#include "libtokenwise/tokenwise.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define EDITS 20000u
#define WARM_UP 2000u
#define SECONDS 0.4
#define FEWEST 100u
#define FILE_KEYS 512u
#define BURST 200u /* keys before the cursor jumps */
#define KB 1000u
#define MB 1000000u

typedef struct
{
  const char *name;
  gsize bytes;
  const char *const *units; /* what the text is made of, at random; one in a row of a file */
  const char *const *keys;  /* what is typed */
} Subject;

static const char *const prose[]
    = { "the ",    "preview ", "of ",     "costs ",  "stands ",   "on ",    "an ",      "exact ",
        "count, ", "which ",   "a ",      "writer ", "sees ",     "while ", "typing. ", "It ",
        "is ",     "never ",   "wrong; ", "don't ",  "guess\n\n", "In ",    "2026 ",    "tokens " };
static const char *const letters[]
    = { "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m",
        "n", "o", "p", "q", "r", "s", "t", "u", "v", "w", "x", "y", "z" };
static const char *const keys[]
    = { "e", "t", "a", "o", "n", "i", "s", "r", "h", " ", " ", "l", "d", "u", ".", ",", "\n", "E" };
static const char *const han[] = { "的", "一", "是", "不", "了", "人", "我", "在", "有", "他", "这",
                                   "中", "大", "来", "上", "国", "个", "到", "说", "们", "为", "子",
                                   "和", "你", "地", "出", "道", "也", "时", "年", "得", "就" };
static const char *const han_marks[]
    = { "的", "一", "是", "不", "了", "人", "我", "在", "有", "他", "这",
        "中", "大", "来", "上", "国", "，", "到", "说", "们", "为", "子",
        "和", "你", "地", "出", "道", "也", "时", "年", "。", "就" };
/* Words as often as in a text, and clauses as long. */
static const char *const han_prose[]
    = { "的",     "的",   "我们", "可以", "使用", "这个", "文件", "系统", "如果", "需要",
        "时间",   "问题", "没有", "一个", "用户", "程序", "输出", "信息", "所有", "其他",
        "选项",   "在",   "是",   "和",   "了",   "不",   "就",   "应该", "数据", "计算机",
        "有限的", "设置", "运行", "中国", "经济", "发展", "他们", "认为", "今天", "，",
        "，",     "，",   "，",   "。",   "。\n", "、",   "“",    "”",    "2026", "GNU " };
static const char *const kana_prose[]
    = { "この", "ファイル", "は",       "システム", "の", "設定", "を",       "行う", "ため",
        "に",   "使用",     "されます", "。",       "、", "また", "ユーザー", "が",   "必要",
        "な",   "場合",     "には",     "コマンド", "で", "表示", "できる",   "こと", "も",
        "あり", "ます",     "。\n",     "データ",   "と", "、" };
static const char *const code[] = {
  "static ",  "int ",     "char *", "gsize ",  "length", "buffer->len",  " = ",   "0;\n  ",
  "if (",     "i < n",    ")\n",    "    {\n", "      ", "return NULL;", "\n}\n", "g_free (",
  "self->",   "for (",    "++",     " == ",    "/* ",    "what this is", " */\n", "0x1f",
  "array[i]", "\"text\"", ", ",     " && ",    "!found", "my_function",  "();\n", "HTTPServer"
};
static const char *const json[] = { "{\"id\": ",
                                    "1024, ",
                                    "\"name\": ",
                                    "\"Ada Lovelace\", ",
                                    "\"tags\": [",
                                    "\"a\", ",
                                    "\"long value\"], ",
                                    "true, ",
                                    "null, ",
                                    "3.14159, ",
                                    "},\n  ",
                                    "\"key_2\": ",
                                    "\"2026-11-22T10:00:00Z\", ",
                                    "-17}, " };
static const char *const han_keys[] = { "的", "一", "是", "不", "了", "人", "我", "在",
                                        "有", "他", "这", "中", "大", "来", "，", "。" };
static const char *const kana_keys[]
    = { "の", "に", "は", "を", "た", "が", "で", "て", "と", "し", "れ", "さ", "る", "、", "。" };
static const char *const code_keys[] = { "e", "t",  "i", "n", "s", "_", "(", ")", ";",  " ",
                                         " ", "\n", "=", "0", "-", ">", "*", "{", "\"", "R" };
static const char *const base64[]
    = { "A", "Q", "x", "b", "G", "h", "0", "9", "z", "W", "k", "+", "M", "j", "V", "d",
        "/", "3", "R", "n", "c", "y", "B", "l", "U", "m", "7", "T", "p", "S", "o", "2" };
static const char *const space[] = { " " };
static const char *const spaces[] = { " ", " ", " ", " ", "\n" };
static const char *const letter[] = { "a" };
static const char *const mark[] = { "=" };
static const char *const marks[] = { "!", "-", "=", "/", "*", "(", ")", ".", ",", "_", "#" };
static const char *const kana[]
    = { "か", "カ", "の", "は", "ー", "漢", "字", "を", "が", "ン", "す", "ま" };
static const char *const hangul[] = { "가", "각", "한", "국", "어", "는", "이", "다", "를", "에" };
static const char *const mixed[] = { "a", "e", "s", "t", "n", "A", "E", "S", "T", "N" };
static const char *const digits[] = { "0", "1", "2", "3", "4", "5", "6", "7", "8", "9" };

/* Arrays of texts differ in length; it is taken from the array. */
typedef struct
{
  Subject subject;
  gsize n_units;
  gsize n_keys;
} Row;

#define ROW(name, bytes, units, keys)                                                              \
  {                                                                                                \
    { name, bytes, units, keys }, G_N_ELEMENTS (units), G_N_ELEMENTS (keys)                        \
  }

static const Row rows[] = {
  ROW ("prose", 100 * KB, prose, keys),
  ROW ("prose", MB, prose, keys),
  ROW ("word", 100 * KB, letters, letters),
  ROW ("word", MB, letters, letters),
  ROW ("word, keys of prose", 100 * KB, letters, keys),
  ROW ("base64", 100 * KB, base64, base64),
  ROW ("cjk", 100 * KB, han_prose, han_keys),
  ROW ("japanese", 100 * KB, kana_prose, kana_keys),
  ROW ("code", 100 * KB, code, code_keys),
  ROW ("json", 100 * KB, json, code_keys),
  ROW ("cjk of random characters", 100 * KB, han_marks, han_marks),
  ROW ("cjk without punctuation", 100 * KB, han, han),
  ROW ("kana word", 100 * KB, kana, kana),
  ROW ("hangul word", 100 * KB, hangul, hangul),
  ROW ("mixed-case word", 100 * KB, mixed, mixed),
  ROW ("one letter", 10 * KB, letter, letter),
  ROW ("one letter", 100 * KB, letter, letter),
  ROW ("spaces", 10 * KB, space, space),
  ROW ("spaces", 100 * KB, space, space),
  ROW ("spaces, keys of prose", 100 * KB, space, keys),
  ROW ("one mark", 100 * KB, mark, mark),
  ROW ("marks", 100 * KB, marks, marks),
  ROW ("white space", 100 * KB, spaces, spaces),
  ROW ("digits", 10 * KB, digits, digits),
  ROW ("digits", 100 * KB, digits, digits),
};

typedef struct
{
  TwTextCounter *counter;
  GRand *random;
  GString *mirror; /* to delete whole characters */
} Desk;

static gint64
now_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (gint64) now.tv_sec * 1000000000 + now.tv_nsec;
}

static const char *
pick (GRand *random, const char *const *from, gsize n)
{
  return from[g_rand_int_range (random, 0, (gint32) n)];
}

static gsize
character_start (const GString *text, gsize at)
{
  while (at > 0 && at < text->len && ((guchar) text->str[at] & 0xc0) == 0x80)
    at--;
  return at;
}

/* Types or erases one character at the cursor, and moves it. The time of the counter alone. */
static gint64
press (Desk *desk, const Row *row, gsize *cursor)
{
  gboolean erase = *cursor > 0 && g_rand_int_range (desk->random, 0, 2) == 0;
  gsize from = erase ? character_start (desk->mirror, *cursor - 1) : *cursor;
  const char *key = pick (desk->random, row->subject.keys, row->n_keys);
  gint64 start = now_ns ();

  if (erase)
    tw_text_counter_delete (desk->counter, from, *cursor - from, NULL);
  else
    tw_text_counter_insert (desk->counter, from, key, -1, NULL);
  start = now_ns () - start;
  if (erase)
    g_string_erase (desk->mirror, (gssize) from, (gssize) (*cursor - from));
  else
    g_string_insert (desk->mirror, (gssize) from, key);
  *cursor = erase ? from : from + strlen (key);
  return start;
}

static int
compare_times (gconstpointer a, gconstpointer b)
{
  gint64 left = *(const gint64 *) a;
  gint64 right = *(const gint64 *) b;

  return (left > right) - (left < right);
}

static void
measure (Desk *desk, const Row *row, gboolean anywhere, gboolean first)
{
  g_autofree gint64 *times = g_new (gint64, EDITS);
  gsize cursor = 0;
  gint64 end = now_ns () + (gint64) (SECONDS * 1e9);
  guint n = 0;

  for (guint i = 0; i < WARM_UP + EDITS && (now_ns () < end || n < FEWEST); i++)
    {
      gint64 time;

      if (anywhere || i % BURST == 0)
        cursor = character_start (
            desk->mirror, (gsize) g_rand_int_range (desk->random, 0, (gint) desk->mirror->len + 1));
      time = press (desk, row, &cursor);
      if (i >= WARM_UP || now_ns () >= end)
        times[n++] = time;
    }
  qsort (times, n, sizeof *times, compare_times);
  g_print ("%s{\"text\":\"%s\",\"where\":\"%s\",\"text_bytes\":%" G_GSIZE_FORMAT
           ",\"edits\":%u,\"p50_us\":%.2f,\"p99_us\":%.2f,\"max_us\":%.2f}",
           first ? "" : ",\n ", row->subject.name, anywhere ? "random" : "cursor",
           row->subject.bytes, n, (double) times[n / 2] / 1000, (double) times[n * 99 / 100] / 1000,
           (double) times[n - 1] / 1000);
}

static gboolean
run (const char *encoding, const Row *row, gboolean first, GError **error)
{
  g_autoptr (TwTextCounter) counter = tw_text_counter_new (encoding, error);
  Desk desk = { counter, g_rand_new_with_seed (1), g_string_new (NULL) };

  while (desk.mirror->len < row->subject.bytes)
    g_string_append (desk.mirror, pick (desk.random, row->subject.units, row->n_units));
  if (counter != NULL
      && tw_text_counter_set_text (counter, desk.mirror->str, (gssize) desk.mirror->len, error))
    {
      measure (&desk, row, TRUE, first);
      measure (&desk, row, FALSE, FALSE);
    }
  g_rand_free (desk.random);
  g_string_free (desk.mirror, TRUE);
  return counter != NULL;
}

/* A text of one's own. */
static gboolean
run_file (const char *encoding, const char *path, GError **error)
{
  g_autofree char *text = NULL;
  g_autofree char *name = g_path_get_basename (path);
  g_autoptr (GPtrArray) typed = g_ptr_array_new_with_free_func (g_free);
  gsize length;
  const char *at;
  Row row;

  if (!g_file_get_contents (path, &text, &length, error))
    return FALSE;
  text[MIN (length, 100 * KB)] = '\0';
  at = g_utf8_make_valid (text, -1);
  g_free (text);
  text = (char *) at;
  for (guint i = 0; i < FILE_KEYS && *at != '\0'; i++, at = g_utf8_next_char (at))
    g_ptr_array_add (typed, g_strndup (at, (gsize) (g_utf8_next_char (at) - at)));
  if (typed->len == 0)
    return TRUE;
  row = (Row){ { name, strlen (text), (const char *const *) &text,
                 (const char *const *) (gpointer) typed->pdata },
               1,
               typed->len };
  return run (encoding, &row, FALSE, error);
}

int
main (int argc, char **argv)
{
  const char *encoding = argc > 1 ? argv[1] : "o200k_base";
  g_autoptr (GError) error = NULL;

  g_print ("[");
  for (guint i = 0; i < G_N_ELEMENTS (rows) && error == NULL; i++)
    run (encoding, &rows[i], i == 0, &error);
  for (int i = 2; i < argc && error == NULL; i++)
    run_file (encoding, argv[i], &error);
  g_print ("]\n");
  if (error == NULL)
    return 0;
  g_printerr ("keystroke: %s\n", error->message);
  return 1;
}
