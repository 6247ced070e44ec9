/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/net/tw-transport-private.h" /* expect: public-includes-private */
