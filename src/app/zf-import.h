/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "zf-session.h"

G_BEGIN_DECLS

/** zf_import_roster: asks for a table of households, reads it in a thread and tells in words what came of it. @widget: where dialogs belong. */
void zf_import_roster (GtkWidget *widget, ZfSession *session);

G_END_DECLS
