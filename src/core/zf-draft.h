/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-store.h"

G_BEGIN_DECLS

/* A draft is local and never synced; one short transaction per answer, so a kill loses at most the field in hand.
 * `seen` keeps, for every prefilled or save_to answer, the value and rev that the person was shown:
 * {field: {"id":record,"field":target field,"value":…,"rev":n}} . */
typedef struct
{
  char *id;
  char *kind;
  char *parent;
  char *form_version;
  char *by;
  gint64 created_ms;
  gint64 updated_ms;
  JsonObject *answers;
  JsonObject *seen;
  char *place;       /* (nullable) where in the form the person was: the form's own word */
  GPtrArray *made;   /* (element-type utf8): ids of photos that were made for this draft; its answers need not name them any more */
} ZfDraft;
void zf_draft_free (ZfDraft *draft);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZfDraft, zf_draft_free)

/* A draft that changes a finished record: it stands below that record, so that there is one of them, and `seen` says so under this name, which no question
 * can have: {"id": the record, "value": the answers as they were shown, "rev": its revision}. */
#define ZF_DRAFT_EDIT "/edit"
/** zf_draft_edits: (nullable): the finished record that @draft changes. zf_draft_of: *draft (transfer full) (nullable): the one that changes record @id of @kind. */
const char *zf_draft_edits (const ZfDraft *draft);
gboolean zf_draft_of (ZfReader *reader, const char *kind, const char *id, ZfDraft **draft, GError **error);
/** zf_draft_start: (transfer full): makes a draft, or returns the open one of the same kind and parent. */
ZfDraft *zf_draft_start (ZfStore *store, const char *kind, const char *parent, const char *form_version, const char *by,
                         JsonObject *answers, JsonObject *seen, GError **error);
/** zf_draft_set: one answer, durable on return. A null value clears. _async: the same from the main thread. */
gboolean zf_draft_set (ZfStore *store, const char *id, const char *field, JsonNode *value, GError **error);
void zf_draft_set_async (ZfStore *store, const char *id, const char *field, JsonNode *value,
                         GAsyncReadyCallback callback, gpointer user_data);
gboolean zf_draft_set_finish (ZfStore *store, GAsyncResult *result, GError **error);
/** zf_draft_set_place: where the person is now. Who comes back to the draft is brought there; failing does not matter. */
void zf_draft_set_place (ZfStore *store, const char *id, const char *place);
/** zf_draft_add_made: the photo @photo was made for this draft. Kept behind the answer that names it, so that a kill between the two loses no photo. */
void zf_draft_add_made (ZfStore *store, const char *id, const char *photo);
/** zf_draft_lay: all answers and what was seen anew, durable on return: what was shown changed as well. */
gboolean zf_draft_lay (ZfStore *store, const char *id, JsonObject *answers, JsonObject *seen, GError **error);
gboolean zf_draft_discard (ZfStore *store, const char *id, GError **error);
/** zf_draft_text: (transfer full): the answers with the place and the photos, as they stand on the disk. */
char *zf_draft_text (const ZfDraft *draft);
ZfDraft *zf_draft_get (ZfReader *reader, const char *id, GError **error);
/** zf_draft_list: (transfer full) (element-type ZfDraft): newest first; @parent (nullable) limits to one record. */
GPtrArray *zf_draft_list (ZfReader *reader, const char *parent, GError **error);

G_END_DECLS
