/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What happens at the county (S2, S6, S7, P2, P3, new forms). */
#include "sim-ops.h"

#include <string.h>

#include "zf-server-backup.h"

void
op_server_reboot (World *world, Tablet *tablet, const Op *op)
{
  world->net = rng_of (op);
  server_down (world, op->a % 3 != 0);
}

void
op_backup (World *world, Tablet *tablet, const Op *op)
{
  world->net = rng_of (op);
  server_backup (world);
}

void
op_restore (World *world, Tablet *tablet, const Op *op)
{
  world->net = rng_of (op);
  server_restore (world);
}

void
op_zombie (World *world, Tablet *tablet, const Op *op)
{
  world->net = rng_of (op);
  net_zombie (world, op->a);
}

/* P2, P3: a team is made, gets a village, loses one, or takes in a tablet. */
void
op_team (World *world, Tablet *tablet, const Op *op)
{
  Rng rng = rng_of (op);
  g_autofree char *team = g_strdup_printf ("T%u", op->a / 8 % 2);
  guint first = rng_below (&rng, SIM_VILLAGES);
  const char *villages[] = { sim_villages[first], rng_chance (&rng, 500) ? sim_villages[(first + 1) % SIM_VILLAGES] : NULL, NULL };
  g_autoptr (GError) error = NULL;

  if (!server_up (world))
    return;
  world->moves++;
  world->net = rng;
  county_enter (world);
  if (zf_server_core_team_add (world->core, team, villages, NULL) || op->a % 4 == 0)
    zf_server_core_team_device (world->core, team, tablet->device, &error);
  else if (op->a % 4 == 1)
    zf_server_core_team_take (world->core, team, villages, &error);
  else
    zf_server_core_team_give (world->core, team, villages, &error);
  if (!county_leave (world))
    server_down (world, rng_chance (&world->net, 500));
  if (error != NULL)
    world_say (world, "   team: %s", error->message);
}

/* The next version of the household's form: one more question. */
static char *
next_form (World *world)
{
  g_autofree char *path = g_build_filename (g_getenv ("ZF_SRCDIR"), "tests", "sim", "kinds", "forms", "household.json", NULL);
  g_autofree char *text = NULL;
  g_autofree char *version = g_strdup_printf ("%u", 1 + ++world->published);
  g_autoptr (JsonObject) form = NULL;
  g_autoptr (JsonNode) node = NULL;
  JsonArray *survey;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  form = zf_json_parse_object (text, -1, NULL);
  json_object_set_string_member (json_array_get_object_element (zf_json_get_array (form, "settings"), 0), "version", version);
  survey = zf_json_get_array (form, "survey");
  for (guint i = 1; i <= world->published; i++)
    {
      g_autofree char *question = g_strdup_printf ("{\"type\":\"text\",\"name\":\"x%u\",\"label::中文\":\"x\",\"label::English\":\"x\"}", i);

      json_array_add_object_element (survey, zf_json_parse_object (question, -1, NULL));
    }
  node = json_node_init_object (json_node_alloc (), form);
  return zf_json_canonical (node);
}

void
op_publish (World *world, Tablet *tablet, const Op *op)
{
  g_autofree char *text = NULL;
  g_autofree char *said = NULL;
  g_autoptr (GError) error = NULL;
  Rng rng = rng_of (op);

  if (!server_up (world))
    return;
  text = next_form (world);
  county_enter (world);
  zf_server_core_publish_text (world->core, text, &said, &error);
  if (!county_leave (world))
    server_down (world, rng_chance (&rng, 500));
  else if (error != NULL && !mem_machine_faulted (world->machine))
    world_violation (world, INV_ENGINE, "a new version of a form cannot be published: %s", error->message);
}

/* S6: a file of the blob store is gone. The county's own check must name it; who has it brings it again. */
static gboolean
is_named (GPtrArray *problems, const char *sha256)
{
  for (guint i = 0; i < problems->len; i++)
    if (strstr (problems->pdata[i], sha256) != NULL)
      return TRUE;
  return FALSE;
}

void
op_lose_blob (World *world, Tablet *tablet, const Op *op)
{
  g_autoptr (GPtrArray) names = mem_machine_names (world->machine, "/server/data/blobs/");
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *sha256 = names->len > 0 ? g_path_get_basename (names->pdata[op->a % names->len]) : NULL;
  gboolean ok;

  if (sha256 == NULL || strlen (sha256) != 64 || !server_up (world) ||
      zf_db_get_int (server_db (world), 0, "SELECT 1 FROM blob WHERE sha256 = ?1", "s", sha256) != 1)
    return;
  mem_file_remove (world->machine, names->pdata[op->a % names->len]);
  g_hash_table_add (world->lost_blobs, g_strdup (sha256));
  county_enter (world);
  ok = zf_server_core_verify (world->core, problems, NULL);
  county_leave (world);
  if (ok && !mem_machine_faulted (world->machine) && !is_named (problems, sha256))
    world_violation (world, 19, "the county's check does not miss photo %s", sha256);
}
