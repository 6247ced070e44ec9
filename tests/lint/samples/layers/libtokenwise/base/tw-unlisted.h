/* SPDX-License-Identifier: MIT */
#pragma once

/* #include "libtokenwise/wire/tw-wire-private.h" is a comment. */
#include "tw-unlisted.h" /* expect: include-form */
#include <sqlite3.h>     /* expect: third-party */
