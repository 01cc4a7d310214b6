/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Bodies on the wire: packed and unpacked within limits, and their digests. Pure functions, for both halves of sync. */
#define ZF_WIRE_PACK_FROM 200                     /* shorter bodies travel as they are */
#define ZF_WIRE_MAX_UNPACKED (4 * 1024 * 1024)
#define ZF_WIRE_MAX_RATIO 100

typedef enum
{
  ZF_WIRE_PLAIN,
  ZF_WIRE_GZIP,
  ZF_WIRE_ZSTD,
} ZfWireCoding;
/** zf_wire_coding_name: as Content-Encoding names it; NULL for plain. */
const char *zf_wire_coding_name (ZfWireCoding coding);
/** zf_wire_coding_parse: a Content-Encoding header (nullable: plain); FALSE for one that is not spoken here. */
gboolean zf_wire_coding_parse (const char *header, ZfWireCoding *coding);
/** zf_wire_coding_choose: the best one that an Accept-Encoding header (nullable: plain only) allows. */
ZfWireCoding zf_wire_coding_choose (const char *accept);
/** ZF_WIRE_ACCEPT_ENCODING: what this side reads. */
#define ZF_WIRE_ACCEPT_ENCODING "zstd, gzip"

/** zf_wire_pack: (transfer full): @plain in *coding (inout). *coding becomes ZF_WIRE_PLAIN where packing brings nothing: short bodies, bodies that
 * do not shrink, and bodies that shrink so much that a careful reader would refuse them. */
GBytes *zf_wire_pack (GBytes *plain, ZfWireCoding *coding);
/** zf_wire_pack_small: the same in as little room as time allows: for what goes up, where lines are slow. */
GBytes *zf_wire_pack_small (GBytes *plain, ZfWireCoding *coding);
/** zf_wire_unpack: (transfer full): ZF_ERROR_LIMIT when more than @max bytes (or ZF_WIRE_MAX_UNPACKED, or ZF_WIRE_MAX_RATIO times the packed ones)
 * would come out; ZF_ERROR_INVALID when it is cut off or broken. Never holds more than the limit in memory. */
GBytes *zf_wire_unpack (GBytes *packed, ZfWireCoding coding, gsize max, GError **error);

/** zf_wire_digest: (transfer full): value of Content-Digest for @bytes. */
char *zf_wire_digest (GBytes *bytes);
/** zf_wire_digest_matches: whether a Content-Digest header fits @bytes. A missing header, or one without sha-256, claims nothing and fits. */
gboolean zf_wire_digest_matches (const char *header, GBytes *bytes);

G_END_DECLS
