/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-ctl"

/* init, check, rebuild, stats: commands about the store as a whole. */

#include <stdio.h>

#include <glib/gi18n.h>

#include "zf-ctl.h"
#include "zf-divisions.h"
#include "zf-json.h"

static int
run_init (ZfCtl *ctl)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfDivisions) divisions = NULL;
  g_autoptr (JsonArray) villages = NULL;

  if (ctl->argc != 0 || ctl->store_dir == NULL)
    return zf_ctl_usage ("--store DIR init");
  if (!zf_ctl_kinds (ctl))
    return ZF_CTL_FAILED;
  divisions = zf_divisions_load (zf_data_dir (), &error);
  if (divisions == NULL)
    return zf_ctl_fail (error);
  ctl->store = zf_store_create (ctl->store_dir, ctl->kinds, NULL, &error);
  if (ctl->store == NULL)
    return zf_ctl_fail (error);
  villages = zf_divisions_records (divisions, NULL);
  if (!zf_store_seed (ctl->store, "village", villages, &error))
    return zf_ctl_fail (error);
  printf ("%s: %u villages\n", ctl->store_dir, json_array_get_length (villages));
  return ZF_CTL_OK;
}

/* What the county published and this version cannot use is no fault of the store. */
static void
print_refused (ZfCtl *ctl)
{
  GPtrArray *refused = zf_kinds_refused (zf_store_kinds (ctl->store));

  for (guint i = 0; i < refused->len; i++)
    {
      const ZfRefused *at = refused->pdata[i];

      printf ("not used, the older one stays: %s %s, version %s: %s\n", at->kind, at->name, at->version, at->reason);
    }
}

static int
run_check (ZfCtl *ctl)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);

  if (ctl->argc != 0)
    return zf_ctl_usage ("--store DIR check");
  if (!zf_ctl_open (ctl))
    return ZF_CTL_FAILED;
  if (!zf_store_check (ctl->store, problems, &error))
    return zf_ctl_fail (error);
  for (guint i = 0; i < problems->len; i++)
    fprintf (stderr, "%s\n", (const char *) g_ptr_array_index (problems, i));
  print_refused (ctl);
  if (problems->len == 0)
    puts ("ok");
  return problems->len == 0 ? ZF_CTL_OK : ZF_CTL_FAILED;
}

static int
run_rebuild (ZfCtl *ctl)
{
  g_autoptr (GError) error = NULL;

  if (ctl->argc != 0)
    return zf_ctl_usage ("--store DIR rebuild");
  if (!zf_ctl_open (ctl))
    return ZF_CTL_FAILED;
  if (!zf_store_rebuild (ctl->store, &error))
    return zf_ctl_fail (error);
  puts ("ok");
  return ZF_CTL_OK;
}

static void
print_value (const char *path, JsonNode *node)
{
  g_autofree char *text = NULL;

  if (JSON_NODE_HOLDS_OBJECT (node))
    {
      JsonObject *object = json_node_get_object (node);
      g_autoptr (GList) members = json_object_get_members (object);

      for (GList *l = members; l != NULL; l = l->next)
        {
          const char *name = l->data;
          g_autofree char *inner = *path == '\0' ? g_strdup (name) : g_strdup_printf ("%s.%s", path, name);

          print_value (inner, json_object_get_member (object, name));
        }
      return;
    }
  text = zf_json_canonical (node);
  printf ("%-40s %s\n", path, text);
}

static int
run_stats (ZfCtl *ctl)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) stats = NULL;
  g_autoptr (JsonNode) node = NULL;

  if (ctl->argc != 0)
    return zf_ctl_usage ("--store DIR [--json] stats");
  if (!zf_ctl_open (ctl))
    return ZF_CTL_FAILED;
  stats = zf_reader_stats (zf_store_reader (ctl->store), &error);
  if (stats == NULL)
    return zf_ctl_fail (error);
  json_object_set_int_member (stats, "not_used", zf_kinds_refused (zf_store_kinds (ctl->store))->len);
  if (ctl->json)
    {
      zf_ctl_print_json (stats);
      return ZF_CTL_OK;
    }
  node = json_node_init_object (json_node_alloc (), stats);
  print_value ("", node);
  return ZF_CTL_OK;
}

const ZfCtlCommand zf_ctl_store_commands[] = {
  { "init", run_init, "" },
  { "check", run_check, "" },
  { "rebuild", run_rebuild, "" },
  { "stats", run_stats, "" },
  { NULL, NULL, NULL },
};
