/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* Where a server listens: its own sockets, handed to SoupServer connection by connection, so that each one has a deadline for every step and none can
 * stay behind. Runs on the main context of the thread that makes it. */
typedef struct _ZfServerListen ZfServerListen;

#define ZF_SERVER_HEADER_S 10      /* from the connection to the end of the headers, a TLS handshake included */
#define ZF_SERVER_PROGRESS_S 45    /* a body or an answer that does not move */
#define ZF_SERVER_MIN_RATE 200     /* bytes/s below which a body is given up in any case */
#define ZF_SERVER_MAX_CONNECTIONS 400

/** zf_server_listen_new: listens for @soup at @where: "127.0.0.1:8080" or "[::1]:0" (port 0: any free one), or "unix:/path/of/socket" for a proxy on
 * this machine. @certificate (nullable): TLS ends here; without it any address that is not loopback is refused. */
ZfServerListen *zf_server_listen_new (SoupServer *soup, const char *where, GTlsCertificate *certificate, GError **error);
void zf_server_listen_free (ZfServerListen *listen);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfServerListen, zf_server_listen_free)
/** zf_server_listen_url: "http://127.0.0.1:40123", "https://…" or "unix:/path". */
const char *zf_server_listen_url (ZfServerListen *listen);
/** zf_server_listen_grant: the sender of @message has until now + ZF_SERVER_PROGRESS_S for its next step. @bytes > 0: a body of that size begins. */
void zf_server_listen_grant (ZfServerListen *listen, SoupServerMessage *message, goffset bytes);
/** zf_server_listen_drop: ends the connection of @message without another word. */
void zf_server_listen_drop (ZfServerListen *listen, SoupServerMessage *message);

G_END_DECLS
