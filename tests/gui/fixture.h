/* SPDX-License-Identifier: MIT */
#pragma once

#include "models/app-chat.h"

/* Every test has a home of its own: no chat, no ledger, no key. */
typedef struct
{
  char *root;
  char *folder; /* of the chats */
} Fixture;

#define ADD(path, function)                                                                        \
  g_test_add (path, Fixture, NULL, fixture_set_up, function, fixture_tear_down)

void fixture_init (void);
void fixture_set_up (Fixture *fixture, gconstpointer data);
void fixture_tear_down (Fixture *fixture, gconstpointer data);

/* A question with its answer, settled. */
AppChat *fixture_new_chat (const char *question, const char *answer);
