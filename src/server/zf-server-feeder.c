/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-server"

#include "zf-server-feeder.h"

/* Pushes come in rows; the store is fed once behind several. */
#define GATHER_US (200 * G_TIME_SPAN_MILLISECOND)

struct _ZfServerFeeder
{
  ZfServer *server;
  GThread *thread;
  GMutex mutex;          /* guards the two below */
  GCond cond;
  gboolean due;
  gboolean stopping;
};

/* FALSE: the thread shall end. */
static gboolean
wait_until_due (ZfServerFeeder *feeder)
{
  gboolean go_on;

  g_mutex_lock (&feeder->mutex);
  while (!feeder->due && !feeder->stopping)
    g_cond_wait (&feeder->cond, &feeder->mutex);
  if (!feeder->stopping)
    {
      gint64 until = g_get_monotonic_time () + GATHER_US;

      while (!feeder->stopping && g_cond_wait_until (&feeder->cond, &feeder->mutex, until))
        ;
    }
  feeder->due = FALSE;
  go_on = !feeder->stopping;
  g_mutex_unlock (&feeder->mutex);
  return go_on;
}

static gpointer
feed (gpointer data)
{
  ZfServerFeeder *feeder = data;

  while (wait_until_due (feeder))
    {
      g_autoptr (GError) error = NULL;

      /* What failed now, the next push tries again. */
      if (!zf_server_pull_county (feeder->server, NULL, &error))
        g_message ("The county's own store was not brought up to date: %s", error->message);
    }
  return NULL;
}

ZfServerFeeder *
zf_server_feeder_new (ZfServer *server)
{
  ZfServerFeeder *feeder = g_new0 (ZfServerFeeder, 1);

  feeder->server = server;
  g_mutex_init (&feeder->mutex);
  g_cond_init (&feeder->cond);
  feeder->thread = g_thread_new ("county-feed", feed, feeder);
  return feeder;
}

void
zf_server_feeder_wake (gpointer data)
{
  ZfServerFeeder *feeder = data;

  g_mutex_lock (&feeder->mutex);
  feeder->due = TRUE;
  g_cond_signal (&feeder->cond);
  g_mutex_unlock (&feeder->mutex);
}

void
zf_server_feeder_free (ZfServerFeeder *feeder)
{
  if (feeder == NULL)
    return;
  g_mutex_lock (&feeder->mutex);
  feeder->stopping = TRUE;
  g_cond_signal (&feeder->cond);
  g_mutex_unlock (&feeder->mutex);
  g_thread_join (feeder->thread);
  g_mutex_clear (&feeder->mutex);
  g_cond_clear (&feeder->cond);
  g_free (feeder);
}
