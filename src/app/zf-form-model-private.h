/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-form-model.h"

G_BEGIN_DECLS

/* What the files of the model share: the object and what it says of itself (zf-form-model.c), opening (-open), keeping answers (-keep), what stood there
 * before (-before), the end (-finish). */
struct _ZfFormModel
{
  GObject parent_instance;

  ZfSession *session;
  ZfForm *form;
  ZfAnswers *answers;
  char *id;
  char *parent;
  JsonObject *seen;      /* what was shown, as a draft has it */
  ZfFormEdit *edit;      /* (nullable) of a finished record; its answers are these */
  gboolean scratch;      /* nothing of it is kept */
  GHashTable *carried;   /* addresses of answers from last time that nobody asked yet */
  gboolean noted;        /* the form has a place that says which these are */
  gboolean draft;
  gboolean was_open;
  char *place;           /* "PAGE" or "PAGE ROW": where the person was */
  GPtrArray *made;       /* (element-type utf8): photos that were made for this draft */
  guint saving;          /* answers on their way to the disk */
  guint awaited;         /* photos and voices that will be answers */
  gint64 saved_ms;
  char *failure;         /* (nullable): what was answered is not all on the disk, and why */
  guint again_id;        /* until it is tried again */
  ZfDraft *finished;     /* (nullable) what the record was made of, to take it back */
  gboolean over;         /* finished or thrown away: nothing is missing any more */
};

enum
{
  ZF_FORM_MODEL_ANSWERED,
  ZF_FORM_MODEL_SAVED,
  ZF_FORM_MODEL_N_SIGNALS,
};
extern guint zf_form_model_signals[ZF_FORM_MODEL_N_SIGNALS];

/** zf_form_model_find_carried: in what was opened. zf_form_model_note_carried: kept with the answers, so that what was asked stays asked. */
void zf_form_model_find_carried (ZfFormModel *self);
void zf_form_model_note_carried (ZfFormModel *self);
/** zf_form_model_waiting: (transfer full) (nullable): a form of the record or draft @id that was left while a photo, voice or signature of it was on its way: what
 * arrives goes into that one. */
ZfFormModel *zf_form_model_waiting (ZfSession *session, const char *id);
/** zf_form_model_store: the answer at @address into the draft. */
void zf_form_model_store (ZfFormModel *self, const char *address);
/** zf_form_model_store_all: all answers; an edit that has no draft yet gets one. */
void zf_form_model_store_all (ZfFormModel *self);

G_END_DECLS
