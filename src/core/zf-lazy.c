/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-lazy.h"

#include <dlfcn.h>
#include <glib/gi18n.h>
#include <string.h>

#include "zf-error.h"

static ZfLazyLibrary *libraries;
static gsize n_libraries;

void
zf_lazy_register (ZfLazyLibrary *all, gsize n)
{
  libraries = all;
  n_libraries = n;
}

/* Two threads may open it at once: both get the same handle. */
static gpointer
library_open (ZfLazyLibrary *library)
{
  gpointer handle = g_atomic_pointer_get (&library->handle);

  if (handle == NULL)
    {
      handle = dlopen (library->soname, RTLD_LAZY | RTLD_LOCAL);
      g_atomic_pointer_set (&library->handle, handle);
    }
  return handle;
}

gboolean
zf_lazy_load (const char *stem, GError **error)
{
  gsize length = strlen (stem);

  for (gsize i = 0; i < n_libraries; i++)
    {
      const char *soname = libraries[i].soname;

      if (strncmp (soname, stem, length) != 0 || (soname[length] != '.' && soname[length] != '-') || library_open (&libraries[i]) != NULL)
        continue;
      g_set_error (error, ZF_ERROR, ZF_ERROR_NOT_FOUND, _("A part of this program is missing (%s). What was recorded is safe; have the program installed once more."), soname);
      return FALSE;
    }
  return TRUE;
}

gpointer
zf_lazy_resolve (ZfLazyFunction *function)
{
  gpointer handle = library_open (function->library);
  gpointer address = handle != NULL ? dlsym (handle, function->name) : NULL;

  if (address == NULL)
    g_error ("The library %s, which this program needs, is not installed or lacks %s.", function->library->soname, function->name);
  g_atomic_pointer_set (&function->address, address);
  return address;
}
