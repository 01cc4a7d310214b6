/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-input.h"

#include "zf-choice-input.h"
#include "zf-date-input.h"
#include "zf-json.h"
#include "zf-text-input.h"

typedef struct
{
  ZfFormModel *model;
  const ZfQuestion *question;
  char *address;
} ZfInputPrivate;

enum
{
  REJECTED,
  N_SIGNALS,
};
static guint signals[N_SIGNALS];

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (ZfInput, zf_input, ADW_TYPE_BIN)

static void
zf_input_dispose (GObject *object)
{
  ZfInputPrivate *priv = zf_input_get_instance_private (ZF_INPUT (object));

  g_clear_object (&priv->model);
  g_clear_pointer (&priv->address, g_free);
  G_OBJECT_CLASS (zf_input_parent_class)->dispose (object);
}

static void
zf_input_class_init (ZfInputClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = zf_input_dispose;
  signals[REJECTED] = g_signal_new ("rejected", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
zf_input_init (ZfInput *self)
{
}

static GType
input_type (ZfFieldType type)
{
  switch (type)
    {
    case ZF_FIELD_SELECT_ONE:
    case ZF_FIELD_SET:
    case ZF_FIELD_REF:
      return ZF_TYPE_CHOICE_INPUT;
    case ZF_FIELD_DATE:
      return ZF_TYPE_DATE_INPUT;
    case ZF_FIELD_TEXT:
    case ZF_FIELD_INTEGER:
    case ZF_FIELD_DECIMAL:
    case ZF_FIELD_MONEY:
    case ZF_FIELD_TIME_MS:
    case ZF_FIELD_TIME:
    case ZF_FIELD_RANK:
    case ZF_FIELD_POINT:
    case ZF_FIELD_MEDIA:
    default:
      return ZF_TYPE_TEXT_INPUT;
    }
}

ZfInput *
zf_input_new (ZfFormModel *model, const char *address)
{
  const ZfQuestion *question = NULL;
  ZfInput *self = NULL;
  ZfInputPrivate *priv = NULL;

  g_return_val_if_fail (ZF_IS_FORM_MODEL (model) && address != NULL, NULL);

  question = zf_form_question (zf_form_model_form (model), address);
  g_return_val_if_fail (question != NULL && question->field != NULL, NULL);

  self = g_object_new (input_type (question->field->type), NULL);
  priv = zf_input_get_instance_private (self);
  priv->model = g_object_ref (model);
  priv->question = question;
  priv->address = g_strdup (address);
  ZF_INPUT_GET_CLASS (self)->build (self);
  zf_input_show (self);
  return self;
}

ZfFormModel *
zf_input_model (ZfInput *self)
{
  ZfInputPrivate *priv = zf_input_get_instance_private (self);

  return priv->model;
}

const ZfQuestion *
zf_input_question (ZfInput *self)
{
  ZfInputPrivate *priv = zf_input_get_instance_private (self);

  return priv->question;
}

const char *
zf_input_address (ZfInput *self)
{
  ZfInputPrivate *priv = zf_input_get_instance_private (self);

  return priv->address;
}

const char *
zf_input_label (ZfInput *self)
{
  ZfInputPrivate *priv = zf_input_get_instance_private (self);
  const char *label = zf_row_text (priv->question->row, "label", zf_session_lang (zf_form_model_session (priv->model)));

  return label != NULL ? label : priv->question->name;
}

void
zf_input_show (ZfInput *self)
{
  g_return_if_fail (ZF_IS_INPUT (self));
  ZF_INPUT_GET_CLASS (self)->show (self);
}

void
zf_input_flush (ZfInput *self)
{
  g_return_if_fail (ZF_IS_INPUT (self));
  if (ZF_INPUT_GET_CLASS (self)->flush != NULL)
    ZF_INPUT_GET_CLASS (self)->flush (self);
}

void
zf_input_reject (ZfInput *self, const char *sentence)
{
  g_signal_emit (self, signals[REJECTED], 0, sentence);
}
