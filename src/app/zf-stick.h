/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What is done with a card or stick in hand. Each asks for the file (@path "" or the one that is meant), works in a thread and says what happened. */
typedef enum
{
  ZF_STICK_OUT,       /* what is only here, for the county */
  ZF_STICK_REPLY,     /* the county's reply */
  ZF_STICK_RESTORE,   /* the backup of another tablet */
  ZF_STICK_CARD,      /* the folder that backups go to */
  ZF_STICK_N,
} ZfStickAct;

void zf_stick_do (GtkWidget *widget, ZfSession *session, ZfStickAct act, const char *path);

G_END_DECLS
