/* SPDX-License-Identifier: MIT */
#pragma once

#include <libtokenwise/message/tw-request.h>
#include <libtokenwise/message/tw-usage.h>

G_BEGIN_DECLS

TW_PUBLIC char *
tw_wire_encode (const char *dialect, const char *model, TwRequest *request, GError **error);
TW_PUBLIC char *tw_wire_decode (const char *dialect,
                                const char *provider,
                                gboolean stream,
                                guint status,
                                const char *const *headers,
                                GBytes *reply,
                                GError **error);
TW_PUBLIC TwUsage *tw_wire_usage_from_json (const char *dialect,
                                            const char *provider,
                                            const char *json,
                                            GError **error);

G_END_DECLS
