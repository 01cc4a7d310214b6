/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Words of the column `appearance` that change how something is answered. Others change nothing: there they say how a map, a keyboard or a page is
 * dressed elsewhere. */
typedef struct
{
  const char *type;      /* of the question or group; NULL: any */
  const char *word;      /* ends in "-": what a word begins with */
} ZfFormAppearance;

/** zf_form_appearance: (nullable): the @i-th, NULL after the last. */
const ZfFormAppearance *zf_form_appearance (guint i);
/** zf_form_appearance_known: @word changes something for the type @type, "select_one LIST" being one. */
gboolean zf_form_appearance_known (const char *type, const char *word);

G_END_DECLS
