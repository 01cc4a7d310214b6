/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-form.h"

G_BEGIN_DECLS

/* One thing that is wrong with a kind file, and where. */
typedef struct
{
  const char *sheet;   /* (nullable): "survey" or "choices"; NULL: of no row */
  guint row;           /* 0-based, of the sheet in the kind file */
  char *column;        /* (nullable) */
  char *message;       /* one sentence for the person who writes the form */
  gboolean harmless;   /* the form can be used; what stands there changes nothing */
} ZfFormFault;

/** zf_form_check: (transfer full) (nullable): compiles the kind file @root, which may be named @file_name. @length: bytes of the file as it is written, by
 * which the county publishes it or not (zf_publication_read); 0: it is no file. NULL when it cannot be used; then
 * (and with harmless ones only, when it can) @faults (transfer full) (element-type ZfFormFault) holds everything that is wrong with its rows, in their order: types, lists, names, groups,
 * values of columns, expressions with the position, circles; and where the rows are right, what is wrong with the rest. */
ZfForm *zf_form_check (ZfKinds *kinds, const char *file_name, JsonObject *root, gsize length, GPtrArray **faults);
/** zf_form_fault_text: (transfer full): the fault with its place in the kind file. */
char *zf_form_fault_text (const ZfFormFault *fault);

G_END_DECLS
