/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-forms"

#include "zf-form-private.h"
#include "zf-json.h"

/* A form without groups, or a group that goes on for hundreds of questions, comes in several screens: nobody finds a place again on a screen of 400
 * questions, and each answer would lay all of them out anew. The rows stand group by group already (zf-form-structure.c). */

/* So many questions are still looked through on one screen; more come in equal parts of at most SCREEN_PART. */
#define SCREEN_LONG 30
#define SCREEN_PART 20

/* What XLSForm keeps together, and what the family reads at one go. */
static const char *const WHOLE[] = { "field-list", "family" };

/* The walk over the groups' questions. */
typedef struct
{
  ZfFormParts *parts;
  GPtrArray *screens;    /* JsonObject* or NULL, as parts->pages */
  guint item;            /* the next one, and the next repeat */
  guint repeat;
  guint limit;           /* questions of a screen in the present group */
  guint on_screen;
  int whole;             /* group of the last question that stays together, -1 none */
} Walk;

/* What takes place on the screen itself; where an answer comes from stands below its question. */
static gboolean
is_counted (const ZfFormItem *item)
{
  const char *appearance = zf_json_get_string (item->question.row, "appearance", "");

  return item->repeat < 0 && !item->question.hidden && !(g_str_has_suffix (item->question.name, ZF_SOURCE_SUFFIX) && g_str_equal (appearance, "source"));
}

static gboolean
stays_together (const ZfFormGroup *group)
{
  g_auto (GStrv) words = g_strsplit (zf_json_get_string (group->row, "appearance", ""), " ", -1);

  for (guint i = 0; i < G_N_ELEMENTS (WHOLE); i++)
    if (g_strv_contains ((const char *const *) words, WHOLE[i]))
      return TRUE;
  return FALSE;
}

/* The outermost group around @group that stays together, -1 none. */
static int
find_whole (ZfFormParts *parts, int group)
{
  int found = -1;

  for (int at = group; at >= 0; at = ((ZfFormGroup *) parts->groups->pdata[at])->parent)
    if (stays_together (parts->groups->pdata[at]))
      found = at;
  return found;
}

/* Questions to a screen of the group @page, whose items come next. */
static guint
find_limit (const Walk *walk, guint page)
{
  const GPtrArray *items = walk->parts->items;
  guint n = 0, n_screens;

  for (guint i = walk->item; i < items->len && ((ZfFormItem *) items->pdata[i])->question.page == page; i++)
    n += is_counted (items->pdata[i]) ? 1 : 0;
  if (n <= SCREEN_LONG)
    return SCREEN_LONG;
  n_screens = (n + SCREEN_PART - 1) / SCREEN_PART;
  return (n + n_screens - 1) / n_screens;
}

static void
place_item (Walk *walk, ZfFormItem *item)
{
  if (is_counted (item))
    {
      int whole = find_whole (walk->parts, item->group);

      if (walk->on_screen >= walk->limit && (whole < 0 || whole != walk->whole))
        {
          g_ptr_array_add (walk->screens, walk->screens->pdata[walk->screens->len - 1]);
          walk->on_screen = 0;
        }
      walk->on_screen++;
      walk->whole = whole;
    }
  item->question.page = walk->screens->len - 1;
}

static void
place_repeat (Walk *walk, ZfFormRepeat *repeat)
{
  const ZfFormItem *first = repeat->first < walk->item ? walk->parts->items->pdata[repeat->first] : NULL;

  repeat->page = first != NULL ? first->question.page : walk->screens->len - 1;
}

static void
place_group (Walk *walk, guint page)
{
  ZfFormParts *parts = walk->parts;

  g_ptr_array_add (walk->screens, parts->pages->pdata[page]);
  walk->limit = find_limit (walk, page);
  walk->on_screen = 0;
  walk->whole = -1;
  for (; walk->item < parts->items->len && ((ZfFormItem *) parts->items->pdata[walk->item])->question.page == page; walk->item++)
    place_item (walk, parts->items->pdata[walk->item]);
  for (; walk->repeat < parts->repeats->len && ((ZfFormRepeat *) parts->repeats->pdata[walk->repeat])->page == page; walk->repeat++)
    place_repeat (walk, parts->repeats->pdata[walk->repeat]);
}

void
zf_form_cut_screens (ZfFormParts *parts)
{
  Walk walk = { .parts = parts, .screens = g_ptr_array_new () };

  for (guint page = 0; page < parts->pages->len; page++)
    place_group (&walk, page);
  g_ptr_array_unref (parts->pages);
  parts->pages = walk.screens;
}
