/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* ZfWatch: hears one signal of a D-Bus service for as long as it lives, and makes the calls that end what was begun there when it is let go. */
#define ZF_TYPE_WATCH (zf_watch_get_type ())
G_DECLARE_FINAL_TYPE (ZfWatch, zf_watch, ZF, WATCH, GObject)

/** zf_watch_new: @hear is called with @data, which must outlive the watch. */
ZfWatch *zf_watch_new (GDBusConnection *bus, const char *name, const char *path, const char *interface, const char *signal,
                       GDBusSignalCallback hear, gpointer data);
/** zf_watch_end_with: one more call for the end, of @method with @arguments (floating, nullable); calls are made in the order given. */
void zf_watch_end_with (ZfWatch *self, const char *path, const char *interface, const char *method, GVariant *arguments);

G_END_DECLS
