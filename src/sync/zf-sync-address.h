/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** zf_sync_address_is_loopback: a literal loopback address or "localhost": until answers are proven by TLS, no token leaves the machine. */
gboolean zf_sync_address_is_loopback (const char *host);
/** zf_sync_address_parse: (transfer full): http URL with a loopback host, else ZF_SYNC_ERROR_ADDRESS. */
GUri *zf_sync_address_parse (const char *url, GError **error);
/** zf_sync_address_read: what a person scanned or typed, a URL with "#CODE" or the QR text {"url":…,"code":…}. */
gboolean zf_sync_address_read (const char *text, char **url, char **code, GError **error);

G_END_DECLS
