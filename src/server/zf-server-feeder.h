/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-server.h"

G_BEGIN_DECLS

/* Keeps the county's own store up to date in a thread of its own, so that tablets never wait for it. */
typedef struct _ZfServerFeeder ZfServerFeeder;

ZfServerFeeder *zf_server_feeder_new (ZfServer *server);
/** zf_server_feeder_free: waits for the round that runs. */
void zf_server_feeder_free (ZfServerFeeder *feeder);
/** zf_server_feeder_wake: something new may be there. (A ZfServerPushed.) */
void zf_server_feeder_wake (gpointer feeder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfServerFeeder, zf_server_feeder_free)

G_END_DECLS
