/* SPDX-License-Identifier: MIT */
#pragma once

#include "libtokenwise/client/tw-provider-private.h"
#include "libtokenwise/net/tw-transport-private.h"
#include "libtokenwise/wire/tw-codec-private.h"

G_BEGIN_DECLS

/* What one call says and to whom, from which the HTTP request of each attempt is made. It holds no
 * key: a key is found, put into a request, and wiped with it. */
typedef struct
{
  TwProvider *provider; /* (nullable): NULL in the sandbox */
  const TwCodec *codec;
  TwWireCall *wire;
  char *url;
  char *id; /* the call's */
} TwOutgoing;

/* Takes wire. An error says what is missing in the provider's settings. */
TwOutgoing *tw_outgoing_new (const TwProvider *provider,
                             const TwCodec *codec,
                             TwWireCall *take_wire,
                             const char *id,
                             GError **error);
void tw_outgoing_free (TwOutgoing *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TwOutgoing, tw_outgoing_free)

TwHttpRequest *tw_outgoing_make_http (const TwOutgoing *self, GError **error);
/* (nullable): the key a request shows, for who must not show it elsewhere. Wipe it. */
char *tw_outgoing_copy_key (TwHttpRequest *http);
/* A signature is good for minutes, so each attempt needs a request of its own. */
gboolean tw_outgoing_ages (const TwOutgoing *self);

/* tw-credential.c: proves who sends it, the last thing that is done to a request. */
gboolean tw_outgoing_add_credential (const TwOutgoing *self, TwHttpRequest *http, GError **error);
/* Finds the credential of a provider that needs one, and wipes it again. */
gboolean tw_credential_check (const TwProvider *provider, GError **error);

G_END_DECLS
