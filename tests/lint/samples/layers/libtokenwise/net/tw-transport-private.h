/* SPDX-License-Identifier: MIT */
#pragma once

#include <curl/curl.h>
#include <libtokenwise/base/tw-unlisted.h>
#include <libtokenwise/tokenwise.h> /* expect: include-form */
#include <libtokenwise/wire/tw-wire-private.h> /* expect: include-table */
