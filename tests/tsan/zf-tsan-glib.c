/* SPDX-License-Identifier: GPL-3.0-or-later */

/* ThreadSanitizer sees only what it compiled or intercepts: GLib's mutexes are futexes inside an uninstrumented library, so every
 * correct hand-over would be reported. In the TSan build these wrappers stand before GLib's functions and tell the tool of each
 * hand-over, by the rules that GLib documents; then they call GLib. They are part of no other build. */

#include <dlfcn.h>
#include <glib-object.h>
#include <sanitizer/tsan_interface.h>

/* Relaxed: threads may look the function up at the same time, and looking it up must not count as a hand-over between them. */
#define REAL(name) \
  static __typeof__ (&name) found; \
  __typeof__ (&name) real = __atomic_load_n (&found, __ATOMIC_RELAXED); \
  if (real == NULL) \
    { \
      real = (__typeof__ (&name)) dlsym (RTLD_NEXT, #name); \
      __atomic_store_n (&found, real, __ATOMIC_RELAXED); \
    }

#pragma GCC diagnostic ignored "-Wpedantic"

#define WRAP_LOCK(name, type) \
  void name (type *lock) { REAL (name) real (lock); __tsan_acquire (lock); }
#define WRAP_UNLOCK(name, type) \
  void name (type *lock) { REAL (name) __tsan_release (lock); real (lock); }
/* The last reference is dropped after every other holder is done with the object. */
#define WRAP_UNREF(name, type) \
  void name (type object) { REAL (name) __tsan_release ((void *) object); __tsan_acquire ((void *) object); real (object); }

WRAP_LOCK (g_mutex_lock, GMutex)
WRAP_UNLOCK (g_mutex_unlock, GMutex)
WRAP_LOCK (g_rec_mutex_lock, GRecMutex)
WRAP_UNLOCK (g_rec_mutex_unlock, GRecMutex)
WRAP_LOCK (g_rw_lock_reader_lock, GRWLock)
WRAP_UNLOCK (g_rw_lock_reader_unlock, GRWLock)
WRAP_LOCK (g_rw_lock_writer_lock, GRWLock)
WRAP_UNLOCK (g_rw_lock_writer_unlock, GRWLock)
WRAP_UNREF (g_object_unref, gpointer)
WRAP_UNREF (g_bytes_unref, GBytes *)

gboolean
g_mutex_trylock (GMutex *mutex)
{
  gboolean got;

  REAL (g_mutex_trylock)
  got = real (mutex);
  if (got)
    __tsan_acquire (mutex);
  return got;
}

void
g_cond_wait (GCond *cond, GMutex *mutex)
{
  REAL (g_cond_wait)
  __tsan_release (mutex);
  real (cond, mutex);
  __tsan_acquire (mutex);
}

gboolean
g_cond_wait_until (GCond *cond, GMutex *mutex, gint64 end_time)
{
  gboolean in_time;

  REAL (g_cond_wait_until)
  __tsan_release (mutex);
  in_time = real (cond, mutex, end_time);
  __tsan_acquire (mutex);
  return in_time;
}

/* A queue hands over what is pushed: one address a queue is enough, and never reports less than GLib promises. */
void
g_async_queue_push (GAsyncQueue *queue, gpointer data)
{
  REAL (g_async_queue_push)
  __tsan_release (queue);
  real (queue, data);
}

/* Sorting looks at what others pushed, under the queue's lock: it comes before their taking it out. */
typedef struct
{
  GAsyncQueue *queue;
  GCompareDataFunc func;
  gpointer user_data;
} Sorting;

static int
compare_locked (gconstpointer a, gconstpointer b, gpointer data)
{
  Sorting *sorting = data;
  int order;

  __tsan_acquire (sorting->queue);
  order = sorting->func (a, b, sorting->user_data);
  __tsan_release (sorting->queue);
  return order;
}

void
g_async_queue_push_sorted (GAsyncQueue *queue, gpointer data, GCompareDataFunc func, gpointer user_data)
{
  Sorting sorting = { queue, func, user_data };

  REAL (g_async_queue_push_sorted)
  __tsan_release (queue);
  real (queue, data, compare_locked, &sorting);
}

gpointer
g_async_queue_pop (GAsyncQueue *queue)
{
  gpointer data;

  REAL (g_async_queue_pop)
  data = real (queue);
  __tsan_acquire (queue);
  return data;
}

gpointer
g_async_queue_timeout_pop (GAsyncQueue *queue, guint64 timeout)
{
  gpointer data;

  REAL (g_async_queue_timeout_pop)
  data = real (queue, timeout);
  __tsan_acquire (queue);
  return data;
}

gpointer
g_async_queue_try_pop (GAsyncQueue *queue)
{
  gpointer data;

  REAL (g_async_queue_try_pop)
  data = real (queue);
  __tsan_acquire (queue);
  return data;
}

gboolean
(g_once_init_enter) (volatile void *location)
{
  gboolean first;

  REAL (g_once_init_enter)
  first = real (location);
  __tsan_acquire ((void *) location);
  return first;
}

void
(g_once_init_leave) (volatile void *location, gsize result)
{
  REAL (g_once_init_leave)
  __tsan_release ((void *) location);
  real (location, result);
}

/* A source carries its data from the thread that attaches it to the one that runs the context. */
typedef struct
{
  GSourceFunc func;
  gpointer data;
  GDestroyNotify notify;
} Carried;

static gboolean
run_carried (gpointer data)
{
  Carried *carried = data;

  __tsan_acquire (carried);
  return carried->func (carried->data);
}

static void
free_carried (gpointer data)
{
  Carried *carried = data;

  __tsan_acquire (carried);
  if (carried->notify != NULL)
    carried->notify (carried->data);
  g_free (carried);
}

static Carried *
carry (GSourceFunc func, gpointer data, GDestroyNotify notify)
{
  Carried *carried = g_new (Carried, 1);

  *carried = (Carried) { func, data, notify };
  __tsan_release (carried);
  return carried;
}

void
g_main_context_invoke_full (GMainContext *context, gint priority, GSourceFunc func, gpointer data, GDestroyNotify notify)
{
  REAL (g_main_context_invoke_full)
  real (context, priority, run_carried, carry (func, data, notify), free_carried);
}

void
g_main_context_invoke (GMainContext *context, GSourceFunc func, gpointer data)
{
  g_main_context_invoke_full (context, G_PRIORITY_DEFAULT, func, data, NULL);
}

void
g_source_set_callback (GSource *source, GSourceFunc func, gpointer data, GDestroyNotify notify)
{
  REAL (g_source_set_callback)
  real (source, run_carried, carry (func, data, notify), free_carried);
}
