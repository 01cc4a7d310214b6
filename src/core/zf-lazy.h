/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* ZfLazy: libraries that a program loads when one of their functions is first called, so that it starts without them. build-aux/lazy-link.py writes the tables
 * and the jumps; the callers know nothing of it. A program that is linked with these libraries as usual has no tables, and nothing here does anything. */
typedef struct
{
  const char *soname;
  gpointer handle;      /* atomic */
} ZfLazyLibrary;

/* The jumps of build-aux/lazy-link.py know where its parts stand. */
typedef struct
{
  const char *name;
  ZfLazyLibrary *library;
  gpointer address;     /* atomic: of the function, or of the jump that asks for it */
} ZfLazyFunction;

/** zf_lazy_register: @libraries is static; before main. */
void zf_lazy_register (ZfLazyLibrary *libraries, gsize n);
/** zf_lazy_load: loads the library @stem ("libheif") now, any thread; before code that can say what is missing. FALSE + ZF_ERROR_NOT_FOUND when it is not
 * installed. TRUE for a library that the program was linked with. */
gboolean zf_lazy_load (const char *stem, GError **error);
/** zf_lazy_resolve: for the jumps only. Ends the program with a sentence when the library is missing, as the dynamic linker would have done at its start. */
gpointer zf_lazy_resolve (ZfLazyFunction *function);

G_END_DECLS
