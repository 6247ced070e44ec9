/* SPDX-License-Identifier: MIT */
#include "libtokenwise/base/tw-words.h"

/* TODO: finish this. expect: marker */

/* return count; expect-next: dead-code */
/*
  return count + 1;
*/

G_DEFINE_QUARK (tw - words - quark, tw_words) /* expect: quark */

static double cost_in_usd; /* expect: float-money */

/* What follows in strings and comments is no finding: goto, strcpy (a, b), sprintf (x). */
static const char *text = "goto done; strcpy (a, b); { { { { { {";
static const char schema[] = "CREATE TABLE t (a INTEGER)";

static gboolean
words (sqlite3 *database, const cJSON *json, const char *sql, char *to)
{
  if (sql == NULL)
    goto done; /* expect: goto */
  strcpy (to, sql); /* expect: blocked */
  sprintf (to, "%s", sql); /* expect: blocked */
  strtok (to, " "); /* expect: blocked */
  if (atoi (to) == json->valueint) /* expect: blocked blocked */
    cJSON_Compare (json, json, TRUE); /* expect: blocked */
  cJSON_Parse (to); /* expect: blocked */
  g_print ("%s\n", text); /* expect: blocked */
  sqlite3_exec (database, "BEGIN IMMEDIATE", NULL, NULL, NULL);
  sqlite3_exec (database, schema, NULL, NULL, NULL);
  sqlite3_exec (database, sql, NULL, NULL, NULL); /* expect: literal-only */
done:
  return self->free (to) && g_free (to);
}
