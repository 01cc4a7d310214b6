/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-forms"

#include "zf-expr-library.h"
#include "zf-form-private.h"
#include "zf-json.h"

#include <string.h>

/* Lists of choices as tables: instance('LIST')/root/item and pulldata(). They stand in an element of the document that no question can be called. */

#define LISTS "zf-lists"

/* Columns with a language or a namespace are no elements; the label is that of the form's first language. */
static void
add_item (xmlNode *root, const ZfChoice *choice, const char *lang)
{
  xmlNode *item = xmlNewChild (root, NULL, (const xmlChar *) "item", NULL);
  const char *label = zf_row_text (choice->plain, "label", lang);
  JsonObjectIter iter;
  const char *column;
  JsonNode *value;
  json_object_iter_init_ordered (&iter, choice->row);
  while (json_object_iter_next_ordered (&iter, &column, &value))
    {
      g_autofree char *text = JSON_NODE_HOLDS_VALUE (value) ? zf_answer_text (NULL, value) : NULL;
      if (text != NULL && xmlValidateNCName ((const xmlChar *) column, 0) == 0 && !g_str_equal (column, "label"))
        xmlNewTextChild (item, NULL, (const xmlChar *) column, (const xmlChar *) text);
    }
  if (label != NULL)
    xmlNewTextChild (item, NULL, (const xmlChar *) "label", (const xmlChar *) label);
}

static xmlNode *
child_named (xmlNode *parent, const char *name)
{
  for (xmlNode *node = parent->children; node != NULL; node = node->next)
    if (node->type == XML_ELEMENT_NODE && g_str_equal ((const char *) node->name, name))
      return node;
  return NULL;
}

static xmlNode *
find_list (xmlNode *lists, const char *name)
{
  for (xmlNode *node = lists->children; node != NULL; node = node->next)
    {
      xmlChar *is = xmlGetProp (node, (const xmlChar *) "name");
      gboolean same = is != NULL && g_str_equal ((const char *) is, name);
      xmlFree (is);
      if (same)
        return node;
    }
  return NULL;
}

static GPtrArray *
choices_of (ZfExprState *state, const char *name)
{
  return state->form.list != NULL ? state->form.list (state->form.data, name) : NULL;
}

/* Built when it is asked for first; the form's choices never change. */
static xmlNode *
list_node (ZfExprState *state, const char *name)
{
  xmlNode *top = state->self != NULL && state->self->doc != NULL ? xmlDocGetRootElement (state->self->doc) : NULL;
  GPtrArray *choices = top != NULL ? choices_of (state, name) : NULL;
  if (choices == NULL)
    return NULL;
  xmlNode *lists = child_named (top, LISTS);
  if (lists == NULL)
    lists = xmlNewChild (top, NULL, (const xmlChar *) LISTS, NULL);
  xmlNode *list = find_list (lists, name);
  if (list != NULL)
    return list;
  list = xmlNewChild (lists, NULL, (const xmlChar *) "list", NULL);
  xmlNewProp (list, (const xmlChar *) "name", (const xmlChar *) name);
  xmlNode *root = xmlNewChild (list, NULL, (const xmlChar *) "root", NULL);
  for (guint i = 0; i < choices->len; i++)
    add_item (root, choices->pdata[i], state->form.lang);
  return list;
}

ZF_EXPR_FUNCTION (instance)
{
  g_autofree char *name = zf_expr_pop_text (ctxt);
  valuePush (ctxt, xmlXPathNewNodeSet (list_node (zf_expr_state (ctxt), name)));
}

/* (transfer full) (nullable): what @choice has in @column. */
static char *
column_of (const ZfChoice *choice, const char *column, const char *lang)
{
  JsonNode *value = json_object_get_member (choice->row, column);
  if (g_str_equal (column, "label"))
    return g_strdup (zf_row_text (choice->plain, "label", lang));
  return value != NULL && JSON_NODE_HOLDS_VALUE (value) ? zf_answer_text (NULL, value) : NULL;
}

/* pulldata('LIST', column wanted, column to look in, what to look for): of the first row that fits, "" when none does. */
ZF_EXPR_FUNCTION (pulldata)
{
  ZfExprState *state = zf_expr_state (ctxt);
  g_autofree char *wanted = zf_expr_pop_text (ctxt);
  g_autofree char *in = zf_expr_pop_text (ctxt);
  g_autofree char *column = zf_expr_pop_text (ctxt);
  g_autofree char *name = zf_expr_pop_text (ctxt);
  GPtrArray *choices = choices_of (state, name);
  g_autofree char *found = NULL;
  for (guint i = 0; choices != NULL && found == NULL && i < choices->len && zf_expr_charge (ctxt, 0); i++)
    {
      g_autofree char *has = column_of (choices->pdata[i], in, state->form.lang);
      if (g_strcmp0 (has, wanted) == 0)
        found = column_of (choices->pdata[i], column, state->form.lang);
    }
  zf_expr_push_text (ctxt, found != NULL ? found : "");
}
