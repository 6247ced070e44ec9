/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/base/tw-unlisted.h"
#include "libtokenwise/net/tw-transport.h" /* expect: include-table */
