/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-app"

/* What the window's actions do: the pages speak to the frame only through them. */

#include "zf-window-private.h"

#include <glib/gi18n.h>

#include "zf-conflict-page.h"
#include "zf-dialogs.h"
#include "zf-family-page.h"
#include "zf-household-list.h"
#include "zf-household-page.h"
#include "zf-household-place.h"
#include "zf-import.h"
#include "zf-ledger.h"
#include "zf-later-page.h"
#include "zf-life-page.h"
#include "zf-photo-view.h"
#include "zf-stick.h"

static ZfFormPage *
form_page (ZfWindow *self)
{
  return ZF_FORM_PAGE (zf_slot_page (self->form));
}

static void
close_form (ZfWindow *self)
{
  if (zf_window_form (self) != NULL)
    zf_form_page_close (form_page (self));
}

static void
toast (ZfWindow *self, const char *sentence)
{
  AdwToast *made = adw_toast_new (sentence);

  adw_toast_set_timeout (made, 5);
  zf_show_toast (GTK_WIDGET (self->toasts), made);
}

static char *
subject_of (ZfWindow *self, const char *id)
{
  g_autoptr (ZfRecord) record = id != NULL ? zf_reader_get (zf_session_reader (self->session), id, NULL) : NULL;
  const char *name = NULL;

  if (record == NULL || record->kind == NULL)
    return g_strdup ("");
  if (g_str_equal (record->kind_name, "household"))
    name = zf_record_get_string (record, "head_name", "");
  else
    name = zf_record_get_string (record, "name", "");
  return g_strdup (name);
}

static void
open_form (ZfWindow *self, ZfFormModel *model, GError *error)
{
  g_autofree char *subject = NULL;

  if (model == NULL)
    {
      g_warning ("A form could not be opened: %s", error->message);
      zf_dialogs_tell (GTK_WIDGET (self), _("This form cannot be opened."), error->message);
      return;
    }
  subject = subject_of (self, zf_form_model_is_draft (model) ? zf_form_model_parent (model) : zf_form_model_id (model));
  if (*subject == '\0' && zf_form_model_parent (model) != NULL)
    {
      g_free (subject);
      subject = subject_of (self, zf_form_model_parent (model));
    }
  zf_form_page_open (form_page (self), model, subject);
  zf_window_show_task (self, self->locked != NULL ? self->family : self->form);
}

/* (nullable): the page that visits are entered from later, while that goes on. */
static ZfLaterPage *
later_page (ZfWindow *self)
{
  ZfPage *page = zf_slot_peek (self->later);

  return page != NULL && zf_later_page_is_on (ZF_LATER_PAGE (page)) ? ZF_LATER_PAGE (page) : NULL;
}

/* Where a form was opened from. */
static void
show_origin (ZfWindow *self)
{
  if (later_page (self) == NULL)
    {
      zf_window_show_shell (self);
      return;
    }
  zf_window_show_task (self, self->later);
  zf_later_page_focus (later_page (self));
}

static void
leave_form (ZfWindow *self)
{
  g_autoptr (ZfFormModel) model = g_object_ref (zf_window_form (self));

  close_form (self);
  show_origin (self);
  zf_session_touch (self->session);
  if (zf_form_model_draft (model) != NULL)
    toast (self, _("The draft is kept"));
}

static void
go_back (ZfWindow *self)
{
  if (zf_window_task_is_open (self))
    {
      gboolean form = gtk_stack_get_visible_child (self->tasks) == GTK_WIDGET (self->form);

      if (self->asked_from != NULL)
        {
          zf_window_answered (self);
          return;
        }
      /* When narrow the arrow is also the way to the screen before. */
      if (form && !self->wide && zf_form_page_step_back (form_page (self)))
        return;
      if (gtk_stack_get_visible_child (self->tasks) == GTK_WIDGET (self->conflict) &&
          zf_conflict_page_back (ZF_CONFLICT_PAGE (zf_slot_page (self->conflict))))
        return;
      if (later_page (self) != NULL && !form)
        zf_later_page_end (later_page (self));
      if (form)
        leave_form (self);
      else if (zf_window_form (self) != NULL)
        gtk_stack_set_visible_child (self->tasks, GTK_WIDGET (self->form));
      else
        zf_window_show_shell (self);
      return;
    }
  adw_leaflet_set_visible_child (self->homes, GTK_WIDGET (self->list));
  zf_window_show_header (self);
}

void
zf_window_open_household (ZfWindow *self, const char *id)
{
  if (later_page (self) != NULL)
    zf_later_page_end (later_page (self));
  zf_household_page_open (ZF_HOUSEHOLD_PAGE (zf_slot_page (self->household)), id);
  close_form (self);
  zf_window_show_shell (self);
  adw_view_stack_set_visible_child_name (self->views, "households");
  adw_leaflet_set_visible_child (self->homes, GTK_WIDGET (self->household));
  zf_window_show_header (self);
}

/* A finished visit can be taken back while its toast stands: nothing of it is sent as long. */

typedef struct
{
  ZfWindow *window;
  ZfFormModel *model;
  char *id;          /* of the visit */
} Finished;

static void
finished_free (gpointer data, GClosure *closure)
{
  Finished *finished = data;

  g_object_unref (finished->window);
  g_object_unref (finished->model);
  g_free (finished->id);
  g_free (finished);
}

/* Where it stops what was being done, it waits as any draft does. */
static void
on_take_back (Finished *finished)
{
  ZfWindow *self = finished->window;
  g_autoptr (GError) error = NULL;

  if (self->session != zf_form_model_session (finished->model))
    return;
  if (!zf_form_model_take_back (finished->model, finished->id, &error))
    {
      g_warning ("A visit could not be taken back: %s", error->message);
      toast (self, _("It is too late to take this back. Correct the visit instead."));
    }
  else if (zf_window_task_is_open (self))
    toast (self, _("The visit is a draft again"));
  else
    zf_window_start_form (self, zf_kind_name (zf_form_model_kind (finished->model)), zf_form_model_parent (finished->model));
}

static void
offer_back (ZfWindow *self, ZfFormModel *model, const char *id, const char *sentence)
{
  Finished *finished = g_new0 (Finished, 1);

  *finished = (Finished) { g_object_ref (self), g_object_ref (model), g_strdup (id) };
  zf_page_offer (GTK_WIDGET (zf_slot_page (self->form)), sentence, G_CALLBACK (on_take_back), finished, finished_free);
}

static gboolean
is_new_visit (ZfFormModel *model)
{
  return zf_form_model_is_draft (model) && g_str_equal (zf_kind_name (zf_form_model_kind (model)), "visit");
}

/* (transfer full) (nullable): what is said when a form is done. */
static char *
finished_words (ZfWindow *self, ZfFormModel *model, const char *home)
{
  g_autofree char *name = NULL;

  if (zf_form_model_was_overtaken (model))
    return g_strdup (_("It is corrected. What was asked again later stays as it was said then."));
  if (zf_form_model_differs (model))
    return g_strdup (zf_form_model_corrects (model) ? _("It is corrected. What was written before stays to be read.") : _("It is changed"));
  if (!is_new_visit (model))
    return NULL;
  name = subject_of (self, home);
  return g_strdup_printf (_("The visit to %s is finished"), name);
}

static void
on_form_finished (ZfFormPage *page, const char *id, ZfWindow *self)
{
  ZfFormModel *model = zf_form_page_model (page);
  gboolean household = g_str_equal (zf_kind_name (zf_form_model_kind (model)), "household");
  g_autofree char *home = g_strdup (household ? id : zf_form_model_parent (model));
  g_autofree char *words = finished_words (self, model, home);

  if (words != NULL)
    {
      if (is_new_visit (model))
        offer_back (self, model, id, words);
      else
        toast (self, words);
      zf_sync_service_hold (zf_session_sync (self->session), ZF_SYNC_HOLD_SECONDS);
    }
  zf_session_touch (self->session);
  if (later_page (self) != NULL && home != NULL)
    {
      zf_later_page_done (later_page (self), home);
      close_form (self);
      show_origin (self);
    }
  else if (home != NULL)
    zf_window_open_household (self, home);
  else
    leave_form (self);
}

/* Throwing a draft away asks nothing: the toast can bring it back. Until it is back its answers stand nowhere else. */

typedef struct
{
  ZfFormPage *page;
  ZfFormModel *model;
} Thrown;

static void
thrown_free (gpointer data, GClosure *closure)
{
  Thrown *thrown = data;

  g_object_unref (thrown->page);
  g_object_unref (thrown->model);
  g_free (thrown);
}

static void offer_draft (ZfFormPage *page, ZfFormModel *model, const char *sentence);

static void
on_bring_back (Thrown *thrown)
{
  g_autoptr (GError) error = NULL;

  if (zf_form_model_bring_back (thrown->model, &error))
    return;
  g_warning ("A draft could not be brought back: %s", error->message);
  offer_draft (thrown->page, thrown->model, _("The draft did not come back. Tap once more."));
}

static void
offer_draft (ZfFormPage *page, ZfFormModel *model, const char *sentence)
{
  Thrown *thrown = g_new0 (Thrown, 1);

  *thrown = (Thrown) { g_object_ref (page), g_object_ref (model) };
  zf_page_offer (GTK_WIDGET (page), sentence, G_CALLBACK (on_bring_back), thrown, thrown_free);
}

static void
on_form_discarded (ZfFormPage *page, ZfWindow *self)
{
  g_autoptr (ZfFormModel) model = g_object_ref (zf_form_page_model (page));
  g_autoptr (GError) error = NULL;

  zf_form_page_close (page);
  show_origin (self);
  if (zf_form_model_discard (model, &error))
    {
      offer_draft (page, model, _("The draft is thrown away"));
      return;
    }
  g_warning ("A draft could not be thrown away: %s", error->message);
  toast (self, _("The draft could not be thrown away. It is still there."));
}

/* The tablet goes to the family and comes back */

static void
on_form_family (ZfFormPage *page, guint screen, ZfWindow *self)
{
  zf_family_page_open (ZF_FAMILY_PAGE (zf_slot_page (self->family)), zf_form_page_model (page), screen);
  zf_window_lock (self, TRUE);
  zf_window_show_task (self, self->family);
}

static void
take_back (ZfWindow *self, ZfFamilyPage *page)
{
  zf_family_page_close (page);
  zf_window_lock (self, FALSE);
  zf_window_show_task (self, self->form);
}

static void
on_family_done (ZfFamilyPage *page, ZfWindow *self)
{
  take_back (self, page);
  zf_form_page_step_on (form_page (self));
}

static void
on_family_left (ZfFamilyPage *page, ZfWindow *self)
{
  take_back (self, page);
  if (!zf_form_page_step_back (form_page (self)))
    leave_form (self);
}

void
zf_window_family_built (ZfSlot *slot, ZfPage *page, ZfWindow *self)
{
  g_signal_connect_object (page, "done", G_CALLBACK (on_family_done), self, 0);
  g_signal_connect_object (page, "left", G_CALLBACK (on_family_left), self, 0);
}

void
zf_window_form_built (ZfSlot *slot, ZfPage *page, ZfWindow *self)
{
  g_signal_connect_object (page, "finished", G_CALLBACK (on_form_finished), self, 0);
  g_signal_connect_object (page, "discarded", G_CALLBACK (on_form_discarded), self, 0);
  g_signal_connect_object (page, "family", G_CALLBACK (on_form_family), self, 0);
}

/* Actions */

static void
on_tab (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ZfWindow *self = data;

  close_form (self);
  zf_window_show_shell (self);
  adw_view_stack_set_visible_child_name (self->views, g_variant_get_string (parameter, NULL));
}

static void
on_household (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  zf_window_open_household (data, g_variant_get_string (parameter, NULL));
}

void
zf_window_start_form (ZfWindow *self, const char *kind, const char *parent)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfFormModel) model = zf_form_model_start (self->session, kind, *parent != '\0' ? parent : NULL, &error);

  open_form (self, model, error);
}

static void
on_visit (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  zf_window_start_form (data, "visit", g_variant_get_string (parameter, NULL));
}

static void
on_add (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ZfWindow *self = data;
  const char *kind = NULL;
  const char *parent = NULL;

  g_variant_get (parameter, "(&s&s)", &kind, &parent);
  if (g_str_equal (kind, "household") && *parent == '\0')
    {
      zf_life_page_open (ZF_LIFE_PAGE (zf_slot_page (self->life)), ZF_LIFE_NEW, "");
      zf_window_show_task (self, self->life);
      return;
    }
  zf_window_start_form (self, kind, parent);
}

static void
on_edit (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ZfWindow *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfFormModel) model = zf_form_model_edit (self->session, g_variant_get_string (parameter, NULL), &error);

  open_form (self, model, error);
}

static void
on_life (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ZfWindow *self = data;
  const char *what = NULL;
  const char *id = NULL;

  g_variant_get (parameter, "(&s&s)", &what, &id);
  zf_life_page_open (ZF_LIFE_PAGE (zf_slot_page (self->life)), zf_life_parse (what), id);
  zf_window_show_task (self, self->life);
}

static void
on_later (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ZfWindow *self = data;
  g_autofree char *name = NULL;
  ZfLaterPage *page = NULL;

  if (self->session == NULL)
    return;
  name = subject_of (self, g_variant_get_string (parameter, NULL));
  close_form (self);
  page = ZF_LATER_PAGE (zf_slot_page (self->later));
  zf_later_page_begin (page, name);
  zf_window_show_task (self, self->later);
  zf_later_page_focus (page);
}

static void
on_later_visit (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ZfWindow *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfFormModel) model = NULL;
  const char *household = NULL;
  const char *day = NULL;

  g_variant_get (parameter, "(&s&s)", &household, &day);
  model = zf_form_model_start_later (self->session, "visit", household, day, &error);
  open_form (self, model, error);
  if (model == NULL)
    return;
  zf_form_page_focus (form_page (self));
  if (zf_form_model_was_open (model))
    toast (self, _("A visit of this household was begun before. Finish it first."));
}

static void
on_conflict (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ZfWindow *self = data;

  zf_conflict_page_open (ZF_CONFLICT_PAGE (zf_slot_page (self->conflict)), g_variant_get_string (parameter, NULL));
  zf_window_show_task (self, self->conflict);
}

/* A decision that was not sent yet can be taken back; the sync leaves it alone for as long as the toast stands. */
typedef struct
{
  ZfStore *store;
  char *resolution;
} Decided;

static void
decided_free (Decided *decided, GClosure *closure)
{
  g_object_unref (decided->store);
  g_free (decided->resolution);
  g_free (decided);
}

static void
on_undecide (AdwToast *made, Decided *decided)
{
  g_autoptr (GError) error = NULL;

  if (!zf_ledger_unresolve (decided->store, decided->resolution, &error))
    g_warning ("A decision could not be taken back: %s", error->message);
}

static void
on_decided (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ZfWindow *self = data;
  Decided *decided = g_new0 (Decided, 1);
  const char *words = NULL;
  const char *resolution = NULL;
  g_autofree char *sentence = NULL;
  AdwToast *made = NULL;

  g_variant_get (parameter, "(&s&s)", &words, &resolution);
  decided->store = g_object_ref (zf_session_store (self->session));
  decided->resolution = g_strdup (resolution);
  sentence = g_strdup_printf (_("Decided: %s"), words);
  made = adw_toast_new (sentence);
  adw_toast_set_button_label (made, _("Undo"));
  adw_toast_set_timeout (made, 10);
  g_signal_connect_data (made, "button-clicked", G_CALLBACK (on_undecide), decided, (GClosureNotify) decided_free, 0);
  zf_show_toast (GTK_WIDGET (self->toasts), made);
  zf_sync_service_hold (zf_session_sync (self->session), ZF_SYNC_HOLD_SECONDS);
  zf_session_touch (self->session);
}

static void
on_photo (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ZfWindow *self = data;
  const char *household = NULL;
  const char *photo = NULL;

  g_variant_get (parameter, "(&s&s)", &household, &photo);
  zf_photo_view_show (ZF_PHOTO_VIEW (zf_slot_page (self->photo)), household, photo);
  zf_window_show_task (self, self->photo);
}

/* Said in front of the pages: the household's may not be seen again. */
static void
on_place (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ZfWindow *self = data;

  if (self->session != NULL)
    zf_household_place (self->shell, self->session, g_variant_get_string (parameter, NULL));
}

static void
on_photo_file (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ZfWindow *self = data;
  const char *path = g_variant_get_string (parameter, NULL);

  if (zf_window_task_is_open (self))
    zf_form_page_add_photo (form_page (self), path);
  else
    zf_household_page_add_photo (ZF_HOUSEHOLD_PAGE (zf_slot_page (self->household)), path);
}

static void
on_back (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ZfWindow *self = data;

  if (self->session != NULL)
    go_back (self);
}

static void
on_toast (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  toast (data, g_variant_get_string (parameter, NULL));
}

static void
on_search (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ZfWindow *self = data;

  if (self->session == NULL || zf_window_task_is_open (self))
    return;
  adw_view_stack_set_visible_child_name (self->views, "households");
  adw_leaflet_set_visible_child (self->homes, GTK_WIDGET (self->list));
  zf_window_show_header (self);
  zf_household_list_focus_search (ZF_HOUSEHOLD_LIST (zf_slot_page (self->list)));
}

static void
on_import (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ZfWindow *self = data;

  if (self->session != NULL)
    zf_import_roster (GTK_WIDGET (self), self->session);
}

static void
on_stick (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  static const char *const NAMES[ZF_STICK_N] = { "stick-out", "stick-reply", "stick-restore", "stick-card" };
  ZfWindow *self = data;
  const char *name = g_action_get_name (G_ACTION (action));

  for (guint i = 0; self->session != NULL && i < ZF_STICK_N; i++)
    if (g_str_equal (NAMES[i], name))
      zf_stick_do (GTK_WIDGET (self), self->session, i, g_variant_get_string (parameter, NULL));
}

static void
on_about (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  zf_dialogs_about (GTK_WINDOW (data));
}

static const GActionEntry ACTIONS[] = {
  { "tab", on_tab, "s" },
  { "household", on_household, "s" },
  { "visit", on_visit, "s" },
  { "add", on_add, "(ss)" },
  { "edit", on_edit, "s" },
  { "life", on_life, "(ss)" },
  { "later", on_later, "s" },
  { "later-visit", on_later_visit, "(ss)" },
  { "conflict", on_conflict, "s" },
  { "decided", on_decided, "(ss)" },
  { "photo", on_photo, "(ss)" },
  { "photo-file", on_photo_file, "s" },
  { "place", on_place, "s" },
  { "back", on_back },
  { "toast", on_toast, "s" },
  { "search", on_search },
  { "import", on_import },
  { "stick-out", on_stick, "s" },
  { "stick-reply", on_stick, "s" },
  { "stick-restore", on_stick, "s" },
  { "stick-card", on_stick, "s" },
  { "about", on_about },
};

void
zf_window_add_actions (ZfWindow *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), ACTIONS, G_N_ELEMENTS (ACTIONS), self);
}
