/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-forms"

#include "zf-config.h"

#include "zf-form-media.h"

#include <glib/gi18n.h>
#include <string.h>

#include "zf-error.h"
#include "zf-json.h"
#include "zf-photo.h"

#define MAX_NAME 120
/* Long enough for what ZF_FORM_PICTURE_MAX becomes in base64. */
#define MAX_TEXT (4 * ((gsize) ZF_FORM_PICTURE_MAX / 3 + 1))
/* A picture is drawn smaller than this. */
#define CHECK_EDGE 256

static gboolean
fail (GError **error, int code, const char *message)
{
  g_set_error_literal (error, ZF_ERROR, code, message);
  return FALSE;
}

gboolean
zf_form_picture_is_column (const char *column)
{
  gsize n = strlen (ZF_FORM_IMAGE);
  return strncmp (column, ZF_FORM_IMAGE, n) == 0 && (column[n] == '\0' || g_str_has_prefix (column + n, "::"));
}

gboolean
zf_form_picture_check_name (const char *name, GError **error)
{
  g_return_val_if_fail (name != NULL, FALSE);

  if (strlen (name) > MAX_NAME)
    return fail (error, ZF_ERROR_INVALID, _("the name of the picture is too long"));
  if (!g_utf8_validate (name, -1, NULL) || *name == '\0' || *name == '.' || strpbrk (name, "/\\:") != NULL)
    return fail (error, ZF_ERROR_INVALID, _("a picture is named by its file alone, without a folder"));
  for (const char *p = name; *p != '\0'; p = g_utf8_next_char (p))
    if (g_unichar_iscntrl (g_utf8_get_char (p)))
      return fail (error, ZF_ERROR_INVALID, _("a picture is named by its file alone, without a folder"));
  return TRUE;
}

static gboolean
fail_size (GError **error)
{
  g_set_error (error, ZF_ERROR, ZF_ERROR_LIMIT, _("the picture is larger than %d kB"), ZF_FORM_PICTURE_MAX / 1000);
  return FALSE;
}

gboolean
zf_form_picture_check (GBytes *bytes, GError **error)
{
  g_return_val_if_fail (bytes != NULL, FALSE);

  int width = 0, height = 0;
  if (g_bytes_get_size (bytes) > ZF_FORM_PICTURE_MAX)
    return fail_size (error);
  g_autoptr (GBytes) rgb = zf_picture_rgb (bytes, CHECK_EDGE, &width, &height, error);
  return rgb != NULL;
}

GBytes *
zf_form_picture_read (JsonObject *file, const char *name, GError **error)
{
  g_return_val_if_fail (file != NULL && name != NULL, NULL);

  JsonObject *media = zf_json_get_object (file, ZF_FORM_MEDIA);
  if (media == NULL || !json_object_has_member (media, name))
    return NULL;
  const char *text = zf_json_get_string (media, name, "");
  gsize n = 0;
  if (strlen (text) > MAX_TEXT)
    {
      fail_size (error);
      return NULL;
    }
  g_autofree guchar *data = g_base64_decode (text, &n);
  g_autofree char *again = g_base64_encode (data, n);
  /* The decoder leaves aside what it does not know; a file that goes out and comes back must be the same. */
  if (n > 0 && strcmp (again, text) == 0)
    return g_bytes_new_take (g_steal_pointer (&data), n);
  fail (error, ZF_ERROR_INVALID, _("the picture is not written as base64"));
  return NULL;
}

const char *
zf_form_picture_name (ZfForm *form, JsonObject *row, const char *lang)
{
  g_return_val_if_fail (ZF_IS_FORM (form) && row != NULL, NULL);

  JsonObject *media = zf_json_get_object (zf_kind_file (zf_form_kind (form)), ZF_FORM_MEDIA);
  const char *name = media != NULL ? zf_row_text (row, ZF_FORM_IMAGE, lang) : NULL;
  return name != NULL && json_object_has_member (media, name) ? name : NULL;
}

GBytes *
zf_form_picture (ZfForm *form, const char *name)
{
  g_return_val_if_fail (ZF_IS_FORM (form) && name != NULL, NULL);
  return zf_form_picture_read (zf_kind_file (zf_form_kind (form)), name, NULL);
}
