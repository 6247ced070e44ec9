/* SPDX-License-Identifier: MIT */
#pragma once

#include "cli.h"

G_BEGIN_DECLS

/* Watches over a call that blocks, from a thread of its own: the first SIGINT, SIGTERM or SIGHUP
 * cancels the call, so that it is settled and the partial text stays; the second ends the program.
 * On a terminal it also says what is being waited for. There is one in a program, for
 * as long as it runs. */
typedef struct _CliWatch CliWatch;

/* With no cancellable, signals do what they always do. */
CliWatch *cli_watch_start (GCancellable *cancellable);
gboolean cli_watch_get_interrupted (CliWatch *self);

/* Says "MESSAGE, N s" on standard error from half a second on, if that is a terminal. */
void cli_watch_wait (CliWatch *self, const char *message);
/* Takes the line away; call it before anything else is printed. */
void cli_watch_hide (CliWatch *self);

G_END_DECLS
