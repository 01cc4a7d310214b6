/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-forms"

#include "zf-config.h"

#include "zf-form-check-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "zf-form-media.h"
#include "zf-json.h"

/* What is wrong with the picture @name that the file holds; "" nothing. Each is decoded once. */
static const char *
trouble_of (ZfFormCheck *check, const char *name)
{
  char *trouble = g_hash_table_lookup (check->pictures, name);
  if (trouble != NULL)
    return trouble;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = zf_form_picture_check_name (name, &error) ? zf_form_picture_read (check->root, name, &error) : NULL;
  if (bytes != NULL)
    zf_form_picture_check (bytes, &error);
  trouble = g_strdup (error != NULL ? error->message : "");
  g_hash_table_insert (check->pictures, g_strdup (name), trouble);
  return trouble;
}

/* A form from elsewhere often comes without its files: it is taken, and the words must do. A picture that is there must be one. */
static void
check_picture (ZfFormCheck *check, const char *sheet, guint row, const char *column, const char *name)
{
  JsonObject *media = zf_json_get_object (check->root, ZF_FORM_MEDIA);
  const char *trouble = *name != '\0' ? trouble_of (check, name) : NULL;
  if (trouble == NULL)
    return;
  if (*trouble != '\0')
    zf_form_check_fault (check, sheet, row, column, _("“%s”: %s"), name, trouble);
  else if (media == NULL || !json_object_has_member (media, name))
    zf_form_check_fault (check, sheet, row, column, _("there is no picture “%s”; the words must do without it"), name)->harmless = TRUE;
}

/* Sounds and films that belong to words do not travel with a form. @shown: pictures of such a row are. */
void
zf_form_check_media (ZfFormCheck *check, const char *sheet, guint row, JsonObject *object, gboolean shown)
{
  g_autoptr (GList) columns = json_object_get_members (object);
  for (GList *l = columns; l != NULL; l = l->next)
    if (shown && zf_form_picture_is_column (l->data))
      check_picture (check, sheet, row, l->data, zf_form_check_cell (object, l->data));
    else if (g_str_has_prefix (l->data, "media::"))
      zf_form_check_note (check, sheet, row, l->data, _("files beside a text are not shown; the words must do without them"));
}

/* What no row shows must be in order as well: it travels with the form. */
void
zf_form_check_pictures (ZfFormCheck *check)
{
  JsonNode *node = json_object_get_member (check->root, ZF_FORM_MEDIA);
  if (node == NULL)
    return;
  if (!JSON_NODE_HOLDS_OBJECT (node))
    {
      zf_form_check_fault (check, NULL, 0, NULL, "%s", _("The pictures of the form must be an object: name and base64"));
      return;
    }
  g_autoptr (GList) names = json_object_get_members (json_node_get_object (node));
  for (GList *l = names; l != NULL; l = l->next)
    if (g_hash_table_contains (check->pictures, l->data))
      continue;
    else if (*trouble_of (check, l->data) != '\0')
      zf_form_check_fault (check, NULL, 0, NULL, _("“%s”: %s"), (const char *) l->data, trouble_of (check, l->data));
    else
      zf_form_check_fault (check, NULL, 0, NULL, _("No row shows the picture “%s”; a workbook leaves it out"), (const char *) l->data)->harmless = TRUE;
}
