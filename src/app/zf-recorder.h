/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* ZfRecorder: an audio note, Opus in Ogg, kept in memory until it is done. Signals: "heard" (double: how loud it is now, 0 to 1), "done" (GBytes: the
 * file, from the first sound to the last), "failed" (GError of ZF_DEVICE_ERROR): nothing was heard. It ends by itself after ZF_RECORDER_SECONDS and when
 * the microphone goes, and lives until it has ended, whoever lets it go; so does the program. */
#define ZF_TYPE_RECORDER (zf_recorder_get_type ())
G_DECLARE_FINAL_TYPE (ZfRecorder, zf_recorder, ZF, RECORDER, GObject)

#define ZF_RECORDER_SECONDS 300

ZfRecorder *zf_recorder_new (void);
void zf_recorder_start (ZfRecorder *self);
/** zf_recorder_finish: "done" follows; FALSE when nothing was heard yet: then it is cancelled. zf_recorder_cancel: nothing is kept, and the microphone is free at once. */
gboolean zf_recorder_finish (ZfRecorder *self);
void zf_recorder_cancel (ZfRecorder *self);
/** zf_recorder_seconds: of sound so far. */
double zf_recorder_seconds (ZfRecorder *self);

G_END_DECLS
