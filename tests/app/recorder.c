/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A voice is recorded and how loud it is told, to the end. */
#include "zf-recorder.h"

typedef struct
{
  GMainLoop *loop;
  ZfRecorder *recorder;
  guint n_heard;
  gsize size;
} Hearing;

static void
on_heard (ZfRecorder *recorder, double loudness, Hearing *hearing)
{
  /* Also when it is no number. */
  g_assert_true (loudness >= 0 && loudness <= 1);
  if (++hearing->n_heard == 3)
    g_assert_true (zf_recorder_finish (recorder));
}

static void
on_done (ZfRecorder *recorder, GBytes *bytes, Hearing *hearing)
{
  hearing->size = g_bytes_get_size (bytes);
  g_main_loop_quit (hearing->loop);
}

static void
on_failed (ZfRecorder *recorder, GError *error, Hearing *hearing)
{
  g_assert_no_error (error);
}

/* Whole tenths of a second, so that nothing is left to be told of at the end. */
static void
test_whole_tenths (void)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (ZfRecorder) recorder = zf_recorder_new ();
  Hearing hearing = { loop, recorder, 0, 0 };

  g_setenv ("ZF_TEST_SOUND", "audiotestsrc is-live=true samplesperbuffer=4800 ! audio/x-raw,rate=48000,channels=1", TRUE);
  g_signal_connect (recorder, "heard", G_CALLBACK (on_heard), &hearing);
  g_signal_connect (recorder, "done", G_CALLBACK (on_done), &hearing);
  g_signal_connect (recorder, "failed", G_CALLBACK (on_failed), &hearing);
  zf_recorder_start (recorder);
  g_main_loop_run (loop);
  g_assert_cmpuint (hearing.n_heard, >=, 3);
  g_assert_cmpuint (hearing.size, >, 100);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/recorder/whole-tenths", test_whole_tenths);
  return g_test_run ();
}
