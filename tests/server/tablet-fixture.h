/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-server.h"

/* A county with the kinds of data/ and one tablet of it, in one temporary folder. */
typedef struct
{
  char *dir;
  ZfKinds *kinds;
  ZfServer *server;
  ZfStore *tablet;
} Fixture;

void tablet_set_up (Fixture *f, gconstpointer data);
void tablet_tear_down (Fixture *f, gconstpointer data);
/* (transfer full): a path in the folder; "county" and "tablet" are taken. */
char *below (Fixture *f, const char *name);
void sync_tablet (Fixture *f);
