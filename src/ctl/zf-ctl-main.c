/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-ctl"

#include "zf-config.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

#include <glib/gi18n.h>

#include "zf-ctl.h"
#include "zf-error.h"
#include "zf-form.h"
#include "zf-json.h"

static const ZfCtlCommand *const tables[] = {
  zf_ctl_demo_commands, zf_ctl_store_commands, zf_ctl_record_commands, zf_ctl_import_commands,
  zf_ctl_photo_commands, zf_ctl_sync_commands, zf_ctl_backup_commands, zf_ctl_relay_commands, zf_ctl_form_commands, zf_ctl_map_commands,
};

static void
print_usage (FILE *out)
{
  fprintf (out, "usage: zoufangctl [--store DIR] [--json] [--by PERSON] COMMAND …\n");
  for (gsize t = 0; t < G_N_ELEMENTS (tables); t++)
    for (const ZfCtlCommand *c = tables[t]; c->name != NULL; c++)
      fprintf (out, "  %s %s\n", c->name, c->words);
}

int
zf_ctl_usage (const char *words)
{
  fprintf (stderr, "usage: zoufangctl %s\n", words);
  return ZF_CTL_USAGE;
}

int
zf_ctl_fail (const GError *error)
{
  fprintf (stderr, "zoufangctl: %s\n", error->message);
  return ZF_CTL_FAILED;
}

static void
drop_words (ZfCtl *ctl, int at, int n)
{
  memmove (&ctl->argv[at], &ctl->argv[at + n], (gsize) (ctl->argc - at - n + 1) * sizeof (char *));
  ctl->argc -= n;
}

gboolean
zf_ctl_flag (ZfCtl *ctl, const char *name)
{
  for (int i = 0; i < ctl->argc; i++)
    if (strcmp (ctl->argv[i], name) == 0)
      {
        drop_words (ctl, i, 1);
        return TRUE;
      }
  return FALSE;
}

const char *
zf_ctl_value (ZfCtl *ctl, const char *name)
{
  gsize len = strlen (name);

  for (int i = 0; i < ctl->argc; i++)
    {
      const char *value = NULL;

      if (strcmp (ctl->argv[i], name) == 0 && i + 1 < ctl->argc)
        {
          value = ctl->argv[i + 1];
          drop_words (ctl, i, 2);
        }
      else if (g_str_has_prefix (ctl->argv[i], name) && ctl->argv[i][len] == '=')
        {
          value = ctl->argv[i] + len + 1;
          drop_words (ctl, i, 1);
        }
      if (value != NULL)
        return value;
    }
  return NULL;
}

const char *
zf_ctl_unknown_option (ZfCtl *ctl)
{
  for (int i = 0; i < ctl->argc; i++)
    if (g_str_has_prefix (ctl->argv[i], "--"))
      return ctl->argv[i];
  return NULL;
}

gboolean
zf_ctl_kinds (ZfCtl *ctl)
{
  g_autoptr (GError) error = NULL;

  if (ctl->kinds != NULL)
    return TRUE;
  ctl->kinds = zf_kinds_load (zf_data_dir (), &error);
  if (ctl->kinds != NULL)
    zf_form_guard (ctl->kinds);
  if (ctl->kinds == NULL)
    zf_ctl_fail (error);
  return ctl->kinds != NULL;
}

gboolean
zf_ctl_open (ZfCtl *ctl)
{
  g_autoptr (GError) error = NULL;

  if (ctl->store_dir == NULL)
    {
      fprintf (stderr, "zoufangctl: %s\n", _("This needs --store DIR."));
      return FALSE;
    }
  if (!zf_ctl_kinds (ctl))
    return FALSE;
  ctl->store = zf_store_open (ctl->store_dir, ctl->kinds, NULL, &error);
  /* What the county published counts too. */
  if (ctl->store != NULL)
    g_set_object (&ctl->kinds, zf_store_kinds (ctl->store));
  if (ctl->store == NULL)
    zf_ctl_fail (error);
  return ctl->store != NULL;
}

void
zf_ctl_print_json (JsonObject *object)
{
  g_autofree char *line = zf_json_canonical_object (object);

  puts (line);
}

static gboolean
command_matches (const ZfCtlCommand *command, ZfCtl *ctl, int *n_words)
{
  g_auto (GStrv) words = g_strsplit (command->name, " ", 2);
  int n = (int) g_strv_length (words);

  *n_words = n;
  for (int i = 0; i < n; i++)
    if (i >= ctl->argc || strcmp (ctl->argv[i], words[i]) != 0)
      return FALSE;
  return TRUE;
}

static const ZfCtlCommand *
find_command (ZfCtl *ctl)
{
  int n = 0;

  for (gsize t = 0; t < G_N_ELEMENTS (tables); t++)
    for (const ZfCtlCommand *c = tables[t]; c->name != NULL; c++)
      if (command_matches (c, ctl, &n))
        {
          drop_words (ctl, 0, n);
          return c;
        }
  return NULL;
}

int
main (int argc, char **argv)
{
  ZfCtl ctl = { .argc = argc - 1, .argv = argv + 1 };
  const ZfCtlCommand *command = NULL;
  int status = ZF_CTL_USAGE;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, g_getenv ("ZOUFANG_LOCALEDIR") != NULL ? g_getenv ("ZOUFANG_LOCALEDIR") : LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  if (zf_ctl_flag (&ctl, "--help"))
    {
      print_usage (stdout);
      return ZF_CTL_OK;
    }
  ctl.store_dir = zf_ctl_value (&ctl, "--store");
  ctl.json = zf_ctl_flag (&ctl, "--json");
  ctl.by = zf_ctl_value (&ctl, "--by");
  command = find_command (&ctl);
  if (command == NULL)
    print_usage (stderr);
  else
    status = command->run (&ctl);

  if (ctl.store != NULL)
    zf_store_close (ctl.store);
  g_clear_object (&ctl.store);
  g_clear_object (&ctl.kinds);
  return status;
}
