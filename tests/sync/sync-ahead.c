/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A line that fetches before it is asked gives the same answers in the same order, whatever becomes of what nobody asks for any more. */
#include "zf-sync-transport.h"
#include "zf-sync.h"

static int sent;   /* (atomic) requests that reached a line */

#define TEST_TYPE_LINE (test_line_get_type ())
G_DECLARE_FINAL_TYPE (TestLine, test_line, TEST, LINE, GObject)
struct _TestLine
{
  GObject parent;
};
static void test_line_iface (ZfSyncTransportInterface *iface);
G_DEFINE_FINAL_TYPE_WITH_CODE (TestLine, test_line, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (ZF_TYPE_SYNC_TRANSPORT, test_line_iface))

/* "/lost" never comes, "/slow" only when it is stopped. */
static ZfSyncResponse *
test_line_send (ZfSyncTransport *transport, const ZfSyncRequest *request, GCancellable *cancellable, GError **error)
{
  g_atomic_int_inc (&sent);
  while (g_str_equal (request->path, "/slow") && !g_cancellable_is_cancelled (cancellable))
    g_usleep (1000);
  if (g_str_equal (request->path, "/lost") || g_str_equal (request->path, "/slow"))
    {
      g_set_error_literal (error, ZF_SYNC_ERROR, ZF_SYNC_ERROR_OFFLINE, "lost");
      return NULL;
    }
  return zf_sync_response_new (200, "text/plain", "s", g_bytes_new (request->path, strlen (request->path)));
}

static void
test_line_iface (ZfSyncTransportInterface *iface)
{
  iface->send = test_line_send;
}

static void
test_line_class_init (TestLineClass *klass)
{
}

static void
test_line_init (TestLine *self)
{
}

static ZfSyncTransport *
make_line (const char *base, GError **error)
{
  return g_object_new (TEST_TYPE_LINE, NULL);
}

static gpointer
unpack (GBytes *body, GObject *with)
{
  return g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
}

/* Asks for PATH; @ahead: what will be asked for next, separated by spaces. (transfer full) (nullable) */
static ZfSyncResponse *
ask (ZfSyncTransport *line, const char *path, const char *ahead, GCancellable *cancellable, GError **error)
{
  g_autoptr (ZfSyncRequest) request = g_new0 (ZfSyncRequest, 1);

  request->method = "GET";
  request->path = g_strdup (path);
  request->accept = "text/plain";
  request->ahead = ahead != NULL ? g_strsplit (ahead, " ", -1) : NULL;
  request->unpack = unpack;
  request->unpacked_free = g_free;
  return zf_sync_transport_send (line, request, cancellable, error);
}

static void
gives (ZfSyncTransport *line, const char *path, const char *ahead)
{
  g_autoptr (GError) error = NULL;
  ZfSyncResponse *response = ask (line, path, ahead, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (response->body, NULL), g_bytes_get_size (response->body), path, strlen (path));
  if (ahead != NULL)
    g_assert_cmpstr (response->unpacked, ==, path);
  zf_sync_response_free (response);
}

static void
test_order (void)
{
  g_autoptr (ZfSyncTransport) line = zf_sync_ahead_new (make_line, "x", NULL);

  g_atomic_int_set (&sent, 0);
  gives (line, "/1", "/2 /3 /4");
  gives (line, "/2", "/3 /4 /5");
  gives (line, "/other", NULL);
  gives (line, "/3", "/4 /5");
  gives (line, "/4", "/5");
  gives (line, "/5", "");
  g_assert_cmpint (g_atomic_int_get (&sent), ==, 6);
}

static void
test_failure (void)
{
  g_autoptr (ZfSyncTransport) line = zf_sync_ahead_new (make_line, "x", NULL);
  g_autoptr (GError) error = NULL;

  gives (line, "/1", "/lost /3");
  g_assert_null (ask (line, "/lost", "/3", NULL, &error));
  g_assert_error (error, ZF_SYNC_ERROR, ZF_SYNC_ERROR_OFFLINE);
  gives (line, "/3", "/slow /never");
}

static gpointer
stop_soon (gpointer cancellable)
{
  g_usleep (20000);
  g_cancellable_cancel (cancellable);
  return NULL;
}

/* Nobody waits for an answer that is not wanted any more. */
static void
test_stop (void)
{
  g_autoptr (ZfSyncTransport) line = zf_sync_ahead_new (make_line, "x", NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  GThread *thread = g_thread_new ("stop", stop_soon, cancellable);

  g_assert_null (ask (line, "/slow", "/1", cancellable, &error));
  g_assert_nonnull (error);
  g_thread_join (thread);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ahead/order", test_order);
  g_test_add_func ("/ahead/failure", test_failure);
  g_test_add_func ("/ahead/stop", test_stop);
  return g_test_run ();
}
