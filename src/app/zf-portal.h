/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The desktop portal (org.freedesktop.portal): what asks the person first answers with a Response signal of a request, and not with the call. */
#define ZF_PORTAL_NAME "org.freedesktop.portal.Desktop"
#define ZF_PORTAL_PATH "/org/freedesktop/portal/desktop"

/** zf_portal_find_async, _finish: the portal is on the session bus and has the interface @name (its property "version" can be read). The result is the
 * interface's proxy (transfer full); ZF_DEVICE_ERROR_NOT_THERE else. */
void zf_portal_find_async (const char *name, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GDBusProxy *zf_portal_find_finish (GAsyncResult *result, GError **error);
/** zf_portal_ask_async, _finish: calls @method with @arguments (floating; NULL: none), behind which a dictionary with the request's token is added, and waits
 * for the response. ZF_DEVICE_ERROR_DENIED when the person or the system said no. */
void zf_portal_ask_async (GDBusProxy *portal, const char *method, GVariant *arguments, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean zf_portal_ask_finish (GAsyncResult *result, GError **error);

G_END_DECLS
