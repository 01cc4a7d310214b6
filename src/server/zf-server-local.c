/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-server"

#include "zf-server-local.h"

#define ZF_TYPE_SERVER_LOCAL (zf_server_local_get_type ())
G_DECLARE_FINAL_TYPE (ZfServerLocal, zf_server_local, ZF, SERVER_LOCAL, GObject)

struct _ZfServerLocal
{
  GObject parent;
  ZfServerCore *core;
};

static void zf_server_local_transport (ZfSyncTransportInterface *iface);
G_DEFINE_FINAL_TYPE_WITH_CODE (ZfServerLocal, zf_server_local, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (ZF_TYPE_SYNC_TRANSPORT, zf_server_local_transport))

static ZfSyncResponse *
zf_server_local_send (ZfSyncTransport *transport, const ZfSyncRequest *request, GCancellable *cancellable, GError **error)
{
  return zf_server_core_handle (ZF_SERVER_LOCAL (transport)->core, request);
}

static void
zf_server_local_transport (ZfSyncTransportInterface *iface)
{
  iface->send = zf_server_local_send;
}

static void
zf_server_local_class_init (ZfServerLocalClass *klass)
{
}

static void
zf_server_local_init (ZfServerLocal *self)
{
}

ZfSyncTransport *
zf_sync_transport_new_local (ZfServerCore *core)
{
  ZfServerLocal *self = g_object_new (ZF_TYPE_SERVER_LOCAL, NULL);

  self->core = core;
  return ZF_SYNC_TRANSPORT (self);
}
