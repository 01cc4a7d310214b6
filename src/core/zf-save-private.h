/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-save.h"

G_BEGIN_DECLS

/* The inside of ZfSave, for zf-commit.c. */
typedef enum
{
  ZF_EDIT_CREATE,
  ZF_EDIT_SET,
  ZF_EDIT_SEEN,
  ZF_EDIT_DELETE,
  ZF_EDIT_UNDELETE,
  ZF_EDIT_MERGE,
} ZfEditType;

typedef struct
{
  ZfEditType type;
  char *kind;
  char *id;             /* filled in by the commit when it was NULL */
  JsonObject *fields;   /* create, set, seen (one field) */
  JsonNode *seen;       /* seen */
  gint64 seen_rev;
  char *argument;       /* delete: reason; merge: the other id */
} ZfEdit;

typedef struct
{
  char *source;
  char *row_key;
  char *record;
  char *values;
} ZfImportRow;

typedef struct
{
  char *sha256;
  char *source;
  gint64 size;
} ZfBlobRow;

struct _ZfSave
{
  char *by;
  gboolean tx;
  GPtrArray *edits;     /* of ZfEdit */
  GPtrArray *drafts;    /* ids of drafts that end */
  GPtrArray *imports;   /* of ZfImportRow */
  GPtrArray *blobs;     /* of ZfBlobRow */
  GPtrArray *conflicts; /* of JsonObject: items of table conflict without id */
  guint n_written;
};

G_END_DECLS
