/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-server-core.h"

G_BEGIN_DECLS

/* The server's half on HTTP: limits, headers, packed bodies and errors; what is said is zf-server-core's. Runs on the main context of the thread that
 * makes it. */
typedef struct _ZfServerHttp ZfServerHttp;
/** ZfServerPushed: a tablet's push was committed. */
typedef void (*ZfServerPushed) (gpointer data);

typedef struct
{
  const char *listen;     /* "127.0.0.1:8080", "[::1]:0" (port 0: any free one), "unix:/path/of/socket" */
  const char *tls_cert;   /* (nullable) PEM file: TLS ends here */
  const char *tls_key;    /* (nullable) PEM file, with @tls_cert */
} ZfServerHttpOptions;

/** zf_server_http_new: listens on @listen. Refuses any address that is not loopback: no token travels in clear. @core outlives it. */
ZfServerHttp *zf_server_http_new (ZfServerCore *core, const char *listen, ZfServerPushed pushed, gpointer data, GError **error);
/** zf_server_http_new_with: the same with TLS, where any address will do. */
ZfServerHttp *zf_server_http_new_with (ZfServerCore *core, const ZfServerHttpOptions *options, ZfServerPushed pushed, gpointer data, GError **error);
void zf_server_http_free (ZfServerHttp *http);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfServerHttp, zf_server_http_free)
/** zf_server_http_url: "http://127.0.0.1:40123", "https://…" or "unix:/path". */
const char *zf_server_http_url (ZfServerHttp *http);

G_END_DECLS
