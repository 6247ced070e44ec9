/* SPDX-License-Identifier: MIT */
/* net.c with plain libcurl and nothing else: `net-peer first|text|many URL BODY N`. text is the
 * first byte of the answer's text, which begins with "content":" and a character. */
#include "net-clock.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

typedef struct
{
  const char *wanted; /* NULL: any byte */
  double first;
} Mark;

static size_t n_bytes;

static size_t
on_mark (char *bytes, size_t size, size_t count, void *user_data)
{
  Mark *mark = user_data;

  if (mark->first == 0
      && (mark->wanted == NULL
          || memmem (bytes, count, mark->wanted, strlen (mark->wanted)) != NULL))
    mark->first = now_us () - last_poll_us;
  return size * count;
}

static size_t
on_bytes (char *bytes, size_t size, size_t count, void *user_data)
{
  n_bytes += size * count;
  return size * count;
}

static CURL *
make_easy (const char *url, const char *body, struct curl_slist *lines)
{
  CURL *easy = curl_easy_init ();

  curl_easy_setopt (easy, CURLOPT_URL, url);
  curl_easy_setopt (easy, CURLOPT_PROXY, "");
  curl_easy_setopt (easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt (easy, CURLOPT_POSTFIELDS, body);
  curl_easy_setopt (easy, CURLOPT_HTTPHEADER, lines);
  return easy;
}

static int
measure_first (CURL *easy, const char *wanted, int n)
{
  printf ("[");
  for (int i = 0; i < n; i++)
    {
      Mark mark = { wanted, 0 };

      curl_easy_setopt (easy, CURLOPT_WRITEFUNCTION, on_mark);
      curl_easy_setopt (easy, CURLOPT_WRITEDATA, &mark);
      if (curl_easy_perform (easy) != CURLE_OK || mark.first == 0)
        return 1;
      printf ("%s%.2f", i != 0 ? "," : "", mark.first);
    }
  puts ("]");
  curl_easy_cleanup (easy);
  return 0;
}

static void
run_streams (CURLM *multi, const char *url, const char *body, struct curl_slist *lines, int n)
{
  int running = n;

  n_bytes = 0;
  for (int i = 0; i < n; i++)
    {
      CURL *easy = make_easy (url, body, lines);

      curl_easy_setopt (easy, CURLOPT_WRITEFUNCTION, on_bytes);
      curl_multi_add_handle (multi, easy);
    }
  while (running > 0)
    {
      CURLMsg *message;
      int left;

      curl_multi_perform (multi, &running);
      while ((message = curl_multi_info_read (multi, &left)) != NULL)
        {
          CURL *easy = message->easy_handle;

          curl_multi_remove_handle (multi, easy);
          curl_easy_cleanup (easy);
        }
      if (running > 0)
        curl_multi_poll (multi, NULL, 0, 1000, NULL);
    }
}

static int
measure_many (const char *url, const char *body, struct curl_slist *lines, int n)
{
  CURLM *multi = curl_multi_init ();
  long before;
  double begin;
  double cpu;

  run_streams (multi, url, body, lines, 1);
  before = memory_kb ("VmRSS:");
  cpu = cpu_seconds ();
  begin = now_us ();
  run_streams (multi, url, body, lines, n);
  printf ("{\"seconds\": %.4f, \"cpu\": %.4f, \"bytes\": %zu, \"kb\": %.2f}\n",
          (now_us () - begin) / 1e6, cpu_seconds () - cpu, n_bytes,
          (double) (memory_kb ("VmHWM:") - before) / n);
  curl_multi_cleanup (multi);
  return 0;
}

int
main (int argc, char *argv[])
{
  int n = argc == 5 ? (int) strtol (argv[4], NULL, 10) : 0;
  struct curl_slist *lines = NULL;
  int status = 2;

  curl_global_init (CURL_GLOBAL_DEFAULT);
  lines = curl_slist_append (lines, "Content-Type: application/json");
  lines = curl_slist_append (lines, "Expect:");
  if (n > 0 && strcmp (argv[1], "first") == 0)
    status = measure_first (make_easy (argv[2], argv[3], lines), NULL, n);
  else if (n > 0 && strcmp (argv[1], "text") == 0)
    status = measure_first (make_easy (argv[2], argv[3], lines), "\"content\":\"H", n);
  else if (n > 0 && strcmp (argv[1], "many") == 0)
    status = measure_many (argv[2], argv[3], lines, n);
  else
    fputs ("Usage: net-peer first|text|many URL BODY N\n", stderr);
  curl_slist_free_all (lines);
  return status;
}
