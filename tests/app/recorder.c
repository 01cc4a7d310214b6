/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A voice is recorded and how loud it is told, to the end, however it ends. */
#include "zf-recorder.h"

#define TENTHS "audiotestsrc is-live=true samplesperbuffer=4800"
#define PATIENCE (12 * G_TIME_SPAN_SECOND)
#define FORMAT "audio/x-raw,rate=48000,channels=1"

typedef struct
{
  GMainLoop *loop;
  guint n_heard;
  guint finish_at;   /* 0: it ends by itself */
  gint64 finished;   /* µs */
  gsize size;
} Hearing;

static void
on_heard (ZfRecorder *recorder, double loudness, Hearing *hearing)
{
  /* Also when it is no number. */
  g_assert_true (loudness >= 0 && loudness <= 1);
  if (++hearing->n_heard != hearing->finish_at)
    return;
  hearing->finished = g_get_monotonic_time ();
  g_assert_true (zf_recorder_finish (recorder));
}

static void
on_done (ZfRecorder *recorder, GBytes *bytes, Hearing *hearing)
{
  hearing->size = g_bytes_get_size (bytes);
  if (hearing->loop != NULL)
    g_main_loop_quit (hearing->loop);
}

static void
on_failed (ZfRecorder *recorder, GError *error, Hearing *hearing)
{
  g_assert_no_error (error);
}

/* Nobody but the recorder keeps it. */
static void
start (Hearing *hearing, const char *source)
{
  g_autoptr (ZfRecorder) recorder = zf_recorder_new ();

  g_setenv ("ZF_TEST_SOUND", source, TRUE);
  g_signal_connect (recorder, "heard", G_CALLBACK (on_heard), hearing);
  g_signal_connect (recorder, "done", G_CALLBACK (on_done), hearing);
  g_signal_connect (recorder, "failed", G_CALLBACK (on_failed), hearing);
  zf_recorder_start (recorder);
}

static void
record (const char *source, guint finish_at)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Hearing hearing = { loop, 0, finish_at, 0, 0 };

  start (&hearing, source);
  g_main_loop_run (loop);
  g_assert_cmpuint (hearing.n_heard, >=, 3);
  g_assert_cmpuint (hearing.size, >, 100);
  g_assert_true (finish_at == 0 || g_get_monotonic_time () - hearing.finished < PATIENCE);
}

/* Nothing is left to be told of at the end. */
static void
test_whole_tenths (void)
{
  record (TENTHS " ! " FORMAT, 3);
}

static void
test_unplugged (void)
{
  record (TENTHS " ! " FORMAT " ! identity error-after=8", 0);
}

/* The second source sleeps, and what ends it waits behind: nobody waits with it. */
static void
test_no_end (void)
{
  record (TENTHS " num-buffers=6 ! " FORMAT " ! c. " TENTHS " ! " FORMAT " ! identity sleep-time=30000000 ! c. concat name=c", 5);
}

/* No window holds the program. */
static void
on_activate (GApplication *application, Hearing *hearing)
{
  start (hearing, TENTHS " ! " FORMAT);
}

static void
test_window_closed (void)
{
  g_autoptr (GApplication) application = g_application_new (NULL, G_APPLICATION_NON_UNIQUE);
  Hearing hearing = { NULL, 0, 3, 0, 0 };

  g_signal_connect (application, "activate", G_CALLBACK (on_activate), &hearing);
  g_assert_cmpint (g_application_run (application, 0, NULL), ==, 0);
  g_assert_cmpuint (hearing.size, >, 100);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  /* That a microphone did not let go is a warning. */
  g_log_set_always_fatal (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL);
  g_test_add_func ("/app/recorder/whole-tenths", test_whole_tenths);
  g_test_add_func ("/app/recorder/unplugged", test_unplugged);
  g_test_add_func ("/app/recorder/no-end", test_no_end);
  g_test_add_func ("/app/recorder/window-closed", test_window_closed);
  return g_test_run ();
}
