/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-ctl"

/* demo: a reproducible county of made-up families in real villages, as roster, county server, synced tablet, photos and map pack. */

#include <errno.h>
#include <stdio.h>

#include <glib/gi18n.h>
#include <glib/gstdio.h>

#include "zf-ctl.h"
#include "zf-demo.h"
#include "zf-divisions.h"
#include "zf-mbtiles-make.h"
#include "zf-server.h"

static const char words[] = "demo --out DIR --households N --seed S [--villages CODE,…] [--server-url URL]";
