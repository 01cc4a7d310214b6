/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "zf-kind.h"

G_BEGIN_DECLS

/* One part of a copied village, made ready for the store: what can be worked out of the items alone is done here, in any thread, so that the store's
 * one writer has the least to do. Pure functions. */
typedef struct _ZfCopy ZfCopy;

/** zf_copy_new: @items (element-type JsonObject): ITEMs without "s" as a part brought them. */
ZfCopy *zf_copy_new (ZfKinds *kinds, JsonArray *items);
ZfCopy *zf_copy_ref (ZfCopy *copy);
void zf_copy_unref (ZfCopy *copy);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfCopy, zf_copy_unref)

G_END_DECLS
