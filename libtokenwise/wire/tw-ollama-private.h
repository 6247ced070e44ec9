/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/wire/tw-codec-private.h"

G_BEGIN_DECLS

TwWireCall *tw_ollama_encode (TwRequest *request, const TwWireTarget *target, GError **error);

G_END_DECLS
