/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-sync-service.h"

#include "zf-json.h"
#include "zf-ledger.h"
#include "zf-power.h"
#include "zf-query.h"
#include "zf-sync-pace.h"

/* Seconds: a sleeping machine, a battery and a metered line tell nobody when they change. */
#define LOOK_AGAIN 300

/* What does not go up then is no question of seconds. */
#define MOST_HELD_RUNS 4

/* Meta value of the store: what is still true after the app was closed. */
#define LAST_KEY "sync_last"

struct _ZfSyncService
{
  GObject parent_instance;

  ZfStore *store;
  GNetworkMonitor *network;
  ZfPower *power;
  ZfSyncPace *pace;
  GCancellable *cancellable;   /* while a run goes on */
  GError *error;
  ZfSyncStatus status;
  gint64 homes_before;
  guint held_runs;             /* runs in a row that arrived and left something */
  guint timer_id;
  gint64 hold_us;              /* nothing by itself before this */
  gboolean started;
};

enum
{
  CHANGED,
  DONE,
  N_SIGNALS,
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZfSyncService, zf_sync_service, G_TYPE_OBJECT)

static void plan (ZfSyncService *self);

static void
tell (ZfSyncService *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

/* What is remembered */

static void
read_last (ZfSyncService *self)
{
  g_autofree char *text = zf_store_get_meta (self->store, LAST_KEY);
  g_autoptr (JsonObject) last = text != NULL ? zf_json_parse_object (text, -1, NULL) : NULL;

  if (last == NULL)
    return;
  self->status.contact_ms = zf_json_get_int (last, "contact_ms", 0);
  self->status.skew_ms = zf_json_get_int (last, "skew_ms", 0);
  self->status.homes_in = zf_json_get_int (last, "in", 0);
  self->status.homes_out = zf_json_get_int (last, "out", 0);
}

static void
write_last (ZfSyncService *self)
{
  g_autoptr (JsonObject) last = json_object_new ();
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  json_object_set_int_member (last, "contact_ms", self->status.contact_ms);
  json_object_set_int_member (last, "skew_ms", self->status.skew_ms);
  json_object_set_int_member (last, "in", self->status.homes_in);
  json_object_set_int_member (last, "out", self->status.homes_out);
  text = zf_json_canonical_object (last);
  if (!zf_store_set_meta (self->store, LAST_KEY, text, &error))
    g_warning ("What the last sync brought could not be kept: %s", error->message);
}

static gint64
count_homes (ZfSyncService *self)
{
  g_autoptr (ZfQuery) query = zf_query_new ("household");

  return zf_query_count (query, zf_store_reader (self->store), NULL);
}

static ZfPaceNow
pace_now (ZfSyncService *self)
{
  ZfPaceNow now = { g_get_monotonic_time () / 1000, zf_clock_now_ms (zf_store_clock (self->store)) };

  return now;
}

static gboolean
has_unsent (ZfSyncService *self)
{
  g_autoptr (JsonObject) unsent = zf_ledger_unsent (zf_store_reader (self->store), NULL);

  return unsent != NULL && zf_json_get_int (unsent, "changes", 0) > 0;
}

/* A run that nobody asked for leaves what was just saved; when that was done before this program began, only the store knows of it. */
static void
go_on_for_held (ZfSyncService *self)
{
  self->held_runs = has_unsent (self) ? self->held_runs + 1 : 0;
  if (self->held_runs > 0 && self->held_runs <= MOST_HELD_RUNS)
    zf_sync_pace_saved (self->pace, pace_now (self));
}

static void
after_run (ZfSyncService *self, const ZfSyncProgress *progress)
{
  zf_sync_pace_ended (self->pace, pace_now (self), self->error, progress);
  if (progress->exchanges > 0 && progress->skew_ms != 0)
    self->status.skew_ms = progress->skew_ms;
  if (self->error == NULL)
    {
      gint64 grown = count_homes (self) - self->homes_before;

      self->status.contact_ms = zf_clock_now_ms (zf_store_clock (self->store));
      self->status.homes_in = MAX (grown, 0);
      self->status.homes_out = MAX (-grown, 0);
      write_last (self);
      go_on_for_held (self);
    }
  plan (self);
}

static void
on_run (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZfSyncService) self = data;
  ZfSyncProgress progress = { 0 };

  g_clear_error (&self->error);
  zf_sync_run_finish (ZF_STORE (source), result, &progress, &self->error);
  g_clear_object (&self->cancellable);
  self->status.running = FALSE;
  self->status.looking = FALSE;
  self->status.progress = progress;
  self->status.error = self->error;
  if (self->error != NULL)
    g_debug ("The sync ended early: %s", self->error->message);
  if (self->store == NULL)
    return;
  after_run (self, &progress);
  tell (self);
  g_signal_emit (self, signals[DONE], 0, self->error == NULL);
}

static void
on_progress (const ZfSyncProgress *progress, gpointer data)
{
  ZfSyncService *self = data;

  if (!self->status.running)
    return;
  self->status.progress = *progress;
  self->status.looking = progress->exchanges == 0;
  tell (self);
}

/* Both begin with a probe; one that nobody asked for leaves what was just saved where it can be taken back. */
static void
run (ZfSyncService *self, gboolean asked)
{
  void (*begin) (ZfStore *, GCancellable *, ZfSyncProgressFunc, gpointer, GAsyncReadyCallback, gpointer) =
    asked ? zf_sync_run_async : zf_sync_run_auto_async;

  if (self->status.running || self->store == NULL || !zf_sync_service_enrolled (self))
    return;
  g_clear_handle_id (&self->timer_id, g_source_remove);
  zf_sync_pace_begun (self->pace, pace_now (self));
  self->homes_before = count_homes (self);
  self->cancellable = g_cancellable_new ();
  self->status.running = TRUE;
  self->status.looking = TRUE;
  memset (&self->status.progress, 0, sizeof self->status.progress);
  tell (self);
  /* The run holds the service: a late report finds it alive. */
  begin (self->store, self->cancellable, on_progress, self, on_run, g_object_ref (self));
}

/* ms; -1: not before something happens. */
static gint64
time_left (ZfSyncService *self)
{
  gint64 held = (self->hold_us - g_get_monotonic_time ()) / 1000;
  gint64 left;

  if (!zf_sync_service_enrolled (self))
    return -1;
  zf_sync_pace_set_metered (self->pace, g_network_monitor_get_network_metered (self->network));
  zf_sync_pace_set_power (self->pace, zf_power_percent (self->power), FALSE);
  left = zf_sync_pace_next (self->pace, pace_now (self));
  return left >= 0 ? MAX (left, held) : left;
}

static gboolean
on_due (gpointer data)
{
  ZfSyncService *self = data;

  self->timer_id = 0;
  if (time_left (self) == 0)
    run (self, FALSE);
  if (!self->status.running)
    plan (self);
  return G_SOURCE_REMOVE;
}

static void
plan (ZfSyncService *self)
{
  gint64 left;

  if (self->status.running || !self->started)
    return;
  left = time_left (self);
  g_clear_handle_id (&self->timer_id, g_source_remove);
  if (left < 0 || left > LOOK_AGAIN * 1000)
    self->timer_id = g_timeout_add_seconds (LOOK_AGAIN, on_due, self);
  else
    self->timer_id = g_timeout_add ((guint) left + 1, on_due, self);
}

static void
on_store_changed (ZfSyncService *self, const char *kind, GStrv ids)
{
  if (g_str_equal (kind, "draft") || !has_unsent (self))
    return;
  zf_sync_pace_saved (self->pace, pace_now (self));
  plan (self);
}

static void
on_network_changed (ZfSyncService *self, gboolean available)
{
  if (!available)
    return;
  zf_sync_pace_network (self->pace, pace_now (self));
  plan (self);
}

/* Object */

static void
zf_sync_service_dispose (GObject *object)
{
  ZfSyncService *self = ZF_SYNC_SERVICE (object);

  g_clear_handle_id (&self->timer_id, g_source_remove);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->power, zf_power_free);
  g_clear_pointer (&self->pace, zf_sync_pace_free);
  g_clear_object (&self->store);
  g_clear_error (&self->error);
  G_OBJECT_CLASS (zf_sync_service_parent_class)->dispose (object);
}

static void
zf_sync_service_class_init (ZfSyncServiceClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = zf_sync_service_dispose;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[DONE] = g_signal_new ("done", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                G_TYPE_BOOLEAN);
}

static void
zf_sync_service_init (ZfSyncService *self)
{
  self->network = g_network_monitor_get_default ();
}

ZfSyncService *
zf_sync_service_new (ZfStore *store)
{
  ZfSyncService *self = NULL;

  g_return_val_if_fail (ZF_IS_STORE (store), NULL);
  self = g_object_new (ZF_TYPE_SYNC_SERVICE, NULL);
  self->store = g_object_ref (store);
  self->pace = zf_sync_pace_new (zf_store_random (store), pace_now (self));
  read_last (self);
  return self;
}

void
zf_sync_service_start (ZfSyncService *self)
{
  g_return_if_fail (ZF_IS_SYNC_SERVICE (self));
  if (self->started)
    return;
  self->started = TRUE;
  self->power = zf_power_new ();
  g_signal_connect_object (self->store, "changed", G_CALLBACK (on_store_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->network, "network-changed", G_CALLBACK (on_network_changed), self, G_CONNECT_SWAPPED);
  plan (self);
}

void
zf_sync_service_now (ZfSyncService *self)
{
  g_return_if_fail (ZF_IS_SYNC_SERVICE (self));
  run (self, TRUE);
}

void
zf_sync_service_soon (ZfSyncService *self)
{
  g_return_if_fail (ZF_IS_SYNC_SERVICE (self));
  run (self, FALSE);
}

void
zf_sync_service_stop (ZfSyncService *self)
{
  g_return_if_fail (ZF_IS_SYNC_SERVICE (self));
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
}

void
zf_sync_service_hold (ZfSyncService *self, guint seconds)
{
  g_return_if_fail (ZF_IS_SYNC_SERVICE (self));
  self->hold_us = g_get_monotonic_time () + (gint64) seconds * G_USEC_PER_SEC;
  plan (self);
}

const ZfSyncStatus *
zf_sync_service_status (ZfSyncService *self)
{
  g_return_val_if_fail (ZF_IS_SYNC_SERVICE (self), NULL);
  return &self->status;
}

double
zf_sync_service_battery (ZfSyncService *self)
{
  g_return_val_if_fail (ZF_IS_SYNC_SERVICE (self), 100);
  return self->power != NULL ? zf_power_percent (self->power) : 100;
}

gboolean
zf_sync_service_enrolled (ZfSyncService *self)
{
  g_autofree char *token = NULL;

  g_return_val_if_fail (ZF_IS_SYNC_SERVICE (self), FALSE);
  token = zf_store_get_meta (self->store, "token");
  return token != NULL && *token != '\0';
}

void
zf_sync_service_show (ZfSyncService *self, const GError *error)
{
  g_return_if_fail (ZF_IS_SYNC_SERVICE (self));
  g_clear_error (&self->error);
  self->error = error != NULL ? g_error_copy (error) : NULL;
  self->status.error = self->error;
  tell (self);
}
