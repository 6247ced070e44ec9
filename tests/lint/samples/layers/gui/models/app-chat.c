/* SPDX-License-Identifier: MIT */
#include <gtk/gtk.h> /* expect: headless-models */
#include <libtokenwise/tokenwise.h>
#include <libtokenwise/base/tw-unlisted.h> /* expect: public-api-only */
