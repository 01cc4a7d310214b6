/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-forms"

#include "zf-form-private.h"

#include <string.h>

struct _ZfForm
{
  GObject parent_instance;
  ZfFormParts parts;
};

G_DEFINE_FINAL_TYPE (ZfForm, zf_form, G_TYPE_OBJECT)

static void
zf_form_finalize (GObject *object)
{
  ZfForm *self = ZF_FORM (object);
  g_hash_table_unref (self->parts.by_name);
  g_ptr_array_unref (self->parts.items);
  g_hash_table_unref (self->parts.repeats_by_name);
  g_ptr_array_unref (self->parts.groups);
  g_ptr_array_unref (self->parts.repeats);
  g_ptr_array_unref (self->parts.pages);
  g_array_unref (self->parts.order);
  G_OBJECT_CLASS (zf_form_parent_class)->finalize (object);
}

static void
zf_form_class_init (ZfFormClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = zf_form_finalize;
}

static void
zf_form_init (ZfForm *self)
{
  self->parts.items = g_ptr_array_new_with_free_func ((GDestroyNotify) zf_form_item_free);
  self->parts.groups = g_ptr_array_new_with_free_func ((GDestroyNotify) zf_form_group_free);
  self->parts.repeats = g_ptr_array_new_with_free_func ((GDestroyNotify) zf_form_repeat_free);
  self->parts.repeats_by_name = g_hash_table_new (g_str_hash, g_str_equal);
  self->parts.pages = g_ptr_array_new ();
  self->parts.by_name = g_hash_table_new (g_str_hash, g_str_equal);
  self->parts.order = g_array_new (FALSE, FALSE, sizeof (guint));
}

const char *
zf_address_name (const char *address)
{
  const char *end = strrchr (address, ']');
  return end != NULL && end[1] == '.' ? end + 2 : address;
}

char *
zf_address_repeat (const char *address)
{
  const char *open = strrchr (address, '[');
  return g_strndup (address, open != NULL ? (gsize) (open - address) : strlen (address));
}

char *
zf_address_above (const char *address)
{
  g_autofree char *repeat = zf_address_repeat (address);
  char *dot = strrchr (repeat, '.');
  return dot != NULL ? g_strndup (repeat, (gsize) (dot - repeat)) : NULL;
}

GPtrArray *
zf_form_groups (ZfForm *self, const char *name)
{
  g_return_val_if_fail (ZF_IS_FORM (self), NULL);
  GPtrArray *rows = g_ptr_array_new ();
  int i = zf_form_index (self, name);
  int repeat = i >= 0 ? zf_form_item (self, (guint) i)->repeat : -1;
  for (int g = i >= 0 ? zf_form_item (self, (guint) i)->group : -1; g >= 0 && zf_form_group (self, g)->repeat == repeat; g = zf_form_group (self, g)->parent)
    if (repeat >= 0 || zf_form_group (self, g)->parent >= 0)
      g_ptr_array_insert (rows, 0, zf_form_group (self, g)->row);
  return rows;
}

GPtrArray *
zf_form_repeats (ZfForm *self, const char *in, guint page)
{
  g_return_val_if_fail (ZF_IS_FORM (self), NULL);
  GPtrArray *names = g_ptr_array_new ();
  int parent = in != NULL ? zf_form_repeat_index (self, in) : -1;
  for (guint i = 0; i < self->parts.repeats->len; i++)
    {
      ZfFormRepeat *repeat = g_ptr_array_index (self->parts.repeats, i);
      if (repeat->parent == parent && repeat->page == page)
        g_ptr_array_add (names, (gpointer) repeat->name);
    }
  return names;
}

JsonObject *
zf_form_repeat_row (ZfForm *self, const char *name)
{
  g_return_val_if_fail (ZF_IS_FORM (self), NULL);
  int i = zf_form_repeat_index (self, name);
  return i >= 0 ? zf_form_repeat (self, i)->row : NULL;
}

ZfForm *
zf_form_new (const ZfKind *kind, GError **error)
{
  g_return_val_if_fail (kind != NULL, NULL);
  g_autoptr (ZfForm) self = g_object_new (ZF_TYPE_FORM, NULL);
  self->parts.kind = kind;
  if (!zf_form_compile (&self->parts, error))
    return NULL;
  return g_steal_pointer (&self);
}

/* The very expressions that people will meet. */
static gboolean
compiles (const ZfKind *kind, GError **error)
{
  g_autoptr (ZfForm) form = zf_form_new (kind, error);

  return form != NULL;
}

void
zf_form_guard (ZfKinds *kinds)
{
  zf_kinds_set_check (kinds, compiles);
}

const ZfKind *
zf_form_kind (ZfForm *self)
{
  g_return_val_if_fail (ZF_IS_FORM (self), NULL);
  return self->parts.kind;
}

guint
zf_form_n_pages (ZfForm *self)
{
  g_return_val_if_fail (ZF_IS_FORM (self), 0);
  return self->parts.pages->len;
}

JsonObject *
zf_form_page_row (ZfForm *self, guint i)
{
  g_return_val_if_fail (ZF_IS_FORM (self) && i < self->parts.pages->len, NULL);
  return g_ptr_array_index (self->parts.pages, i);
}

guint
zf_form_n_questions (ZfForm *self)
{
  g_return_val_if_fail (ZF_IS_FORM (self), 0);
  return self->parts.items->len;
}

const ZfQuestion *
zf_form_question_at (ZfForm *self, guint i)
{
  g_return_val_if_fail (ZF_IS_FORM (self) && i < self->parts.items->len, NULL);
  return &zf_form_item (self, i)->question;
}

const ZfQuestion *
zf_form_question (ZfForm *self, const char *name)
{
  g_return_val_if_fail (ZF_IS_FORM (self), NULL);
  int i = zf_form_index (self, name);
  return i >= 0 ? &zf_form_item (self, (guint) i)->question : NULL;
}

guint
zf_form_n_items (ZfForm *self)
{
  return self->parts.items->len;
}

ZfFormItem *
zf_form_item (ZfForm *self, guint i)
{
  return g_ptr_array_index (self->parts.items, i);
}

int
zf_form_index (ZfForm *self, const char *name)
{
  gpointer index = name != NULL ? g_hash_table_lookup (self->parts.by_name, zf_address_name (name)) : NULL;
  return GPOINTER_TO_INT (index) - 1;
}

guint
zf_form_n_repeats (ZfForm *self)
{
  return self->parts.repeats->len;
}

ZfFormRepeat *
zf_form_repeat (ZfForm *self, int i)
{
  return g_ptr_array_index (self->parts.repeats, i);
}

int
zf_form_repeat_index (ZfForm *self, const char *name)
{
  return GPOINTER_TO_INT (g_hash_table_lookup (self->parts.repeats_by_name, name)) - 1;
}

guint
zf_form_n_slots (ZfForm *self, int repeat)
{
  return repeat >= 0 ? zf_form_repeat (self, repeat)->n_slots : self->parts.n_slots;
}

ZfFormGroup *
zf_form_group (ZfForm *self, int i)
{
  return g_ptr_array_index (self->parts.groups, i);
}

guint
zf_form_order (ZfForm *self, guint i)
{
  return g_array_index (self->parts.order, guint, i);
}
