/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-server"

/* Teams: which villages they have, which tablets they are. Every change makes the scope epoch of the touched tablets grow. */
#include "zf-error.h"
#include "zf-plant.h"
#include "zf-server-core-private.h"

static gboolean
refuse (GError **error, const char *sentence)
{
  g_set_error_literal (error, ZF_ERROR, ZF_ERROR_INVALID, sentence);
  return FALSE;
}

static gboolean
is_team (ZfServerCore *core, const char *name, GError **error)
{
  g_autoptr (JsonArray) teams = core->store->verbs->teams (core->store, error);

  for (guint i = 0; teams != NULL && i < json_array_get_length (teams); i++)
    if (g_str_equal (json_object_get_string_member (json_array_get_object_element (teams, i), "name"), name))
      return TRUE;
  return teams != NULL && refuse (error, "There is no team of this name");
}

static gboolean
touch (ZfServerCore *core, const char *device, const char *village, gboolean enter, GError **error)
{
  ZfServerStore *store = core->store;

  zf_crash_point ("scope-change");
  return store->verbs->next_scope (store, device, error) &&
         store->verbs->log_scope (store, store->verbs->next_seq (store), village, device, enter ? "enter" : "leave", "team", error);
}

static gboolean
touch_team (ZfServerCore *core, const char *team, const char *village, gboolean enter, GError **error)
{
  g_autoptr (GPtrArray) devices = core->store->verbs->team_devices (core->store, team, error);

  for (guint i = 0; devices != NULL && i < devices->len; i++)
    if (!touch (core, devices->pdata[i], village, enter, error))
      return FALSE;
  return devices != NULL;
}

static gboolean
assign_villages (ZfServerCore *core, const char *team, const char *const *villages, gboolean give, GError **error)
{
  if (!is_team (core, team, error))
    return FALSE;
  for (guint i = 0; villages[i] != NULL; i++)
    if (!core->store->verbs->assign (core->store, team, NULL, villages[i], give, error) || !touch_team (core, team, villages[i], give, error))
      return FALSE;
  return core->store->verbs->audit (core->store, zf_clock_now_ms (core->clock), NULL, "team", team, error);
}

static gboolean
add (ZfServerCore *core, const char *team, const char *const *villages, GError **error)
{
  gboolean made = FALSE;

  if (*team == '\0')
    return refuse (error, "A team needs a name");
  if (!core->store->verbs->put_team (core->store, team, zf_clock_now_ms (core->clock), &made, error))
    return FALSE;
  return made ? assign_villages (core, team, villages, TRUE, error) : refuse (error, "There is a team of this name already");
}

static gboolean
enlist (ZfServerCore *core, const char *team, const char *name, GError **error)
{
  ZfServerStore *store = core->store;
  g_autoptr (GPtrArray) found = is_team (core, team, error) ? store->verbs->find_device (store, name, error) : NULL;

  if (found == NULL)
    return FALSE;
  if (found->len != 1)
    return refuse (error, found->len == 0 ? "There is no tablet of this name" : "Several tablets have this name; give the id");
  return store->verbs->unassign (store, found->pdata[0], error) && store->verbs->assign (store, team, found->pdata[0], NULL, TRUE, error) &&
         touch (core, found->pdata[0], NULL, TRUE, error) &&
         store->verbs->audit (store, zf_clock_now_ms (core->clock), found->pdata[0], "team", team, error);
}

gboolean
zf_server_core_team_add (ZfServerCore *core, const char *team, const char *const *villages, GError **error)
{
  return core->store->verbs->txn (core->store, ZF_TXN_BEGIN, error) && zf_server_end (core, add (core, team, villages, error), error);
}

gboolean
zf_server_core_team_give (ZfServerCore *core, const char *team, const char *const *villages, GError **error)
{
  return core->store->verbs->txn (core->store, ZF_TXN_BEGIN, error) &&
         zf_server_end (core, assign_villages (core, team, villages, TRUE, error), error);
}

gboolean
zf_server_core_team_take (ZfServerCore *core, const char *team, const char *const *villages, GError **error)
{
  return core->store->verbs->txn (core->store, ZF_TXN_BEGIN, error) &&
         zf_server_end (core, assign_villages (core, team, villages, FALSE, error), error);
}

gboolean
zf_server_core_team_device (ZfServerCore *core, const char *team, const char *device, GError **error)
{
  return core->store->verbs->txn (core->store, ZF_TXN_BEGIN, error) && zf_server_end (core, enlist (core, team, device, error), error);
}
