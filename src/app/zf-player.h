/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* ZfPlayer: an audio note heard again. Signals: "ended", "failed"; it plays no more by then. With ZF_TEST_SOUND nothing is heard, at the pace of sound. */
#define ZF_TYPE_PLAYER (zf_player_get_type ())
G_DECLARE_FINAL_TYPE (ZfPlayer, zf_player, ZF, PLAYER, GObject)

ZfPlayer *zf_player_new (void);
void zf_player_play (ZfPlayer *self, const char *path);
void zf_player_stop (ZfPlayer *self);
gboolean zf_player_is_playing (ZfPlayer *self);

G_END_DECLS
