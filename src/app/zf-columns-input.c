/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

#include "zf-columns-input.h"

#include <string.h>

#include "zf-json.h"

struct _ZfColumnsInput
{
  ZfChoiceInput parent_instance;
};

G_DEFINE_FINAL_TYPE (ZfColumnsInput, zf_columns_input, ZF_TYPE_CHOICE_INPUT)

/* 0: as many as there is room for. */
static guint
wanted_columns (const ZfQuestion *question)
{
  g_auto (GStrv) words = g_strsplit_set (zf_json_get_string (question->row, "appearance", ""), " \t", -1);

  for (guint i = 0; words[i] != NULL; i++)
    if (g_str_has_prefix (words[i], "columns-"))
      return (guint) CLAMP (g_ascii_strtoll (words[i] + strlen ("columns-"), NULL, 10), 0, 10);
  return 0;
}

static GtkWidget *
zf_columns_input_lay (ZfChoiceInput *choice, GPtrArray *buttons)
{
  return zf_input_flow (buttons, wanted_columns (zf_input_question (ZF_INPUT (choice))));
}

static void
zf_columns_input_class_init (ZfColumnsInputClass *klass)
{
  ZF_CHOICE_INPUT_CLASS (klass)->lay = zf_columns_input_lay;
}

static void
zf_columns_input_init (ZfColumnsInput *self)
{
}
