/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* Carries what the worker changed to the main context that was the thread's default when it was made: noted inside a transaction, told
 * after its commit, several commits in one go. */
typedef struct _ZfNews ZfNews;
typedef void (*ZfNewsFunc) (const char *kind, const char *const *ids, gpointer user_data);

/** zf_news_new: @owner (not referenced; outlives the object) is held during @func and is its user_data. */
ZfNews *zf_news_new (GObject *owner, ZfNewsFunc func);
/** zf_news_note: worker only. @id NULL: all of the kind. */
void zf_news_note (ZfNews *news, const char *kind, const char *id);
/** zf_news_tell: worker only: the transaction committed. zf_news_drop: it did not. */
void zf_news_tell (ZfNews *news);
void zf_news_drop (ZfNews *news);
/** zf_news_mute: nothing is told after this. */
void zf_news_mute (ZfNews *news);
void zf_news_free (ZfNews *news);

G_END_DECLS
