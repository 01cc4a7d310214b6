/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Readings of Chinese characters as people type them: lower-case ASCII without tones, ü as v. Thread-safe. */

/** zf_pinyin_is_han: a Chinese character, also of the extension planes. */
gboolean zf_pinyin_is_han (gunichar c);
/** zf_pinyin_char: (transfer none): the usual reading of @c ("guo"), "" when it has none. Lives for ever. */
const char *zf_pinyin_char (gunichar c);
/** zf_pinyin_surname: the reading of @c as a surname (曾 zeng, 单 shan), else the usual one. */
const char *zf_pinyin_surname (gunichar c);
/** zf_pinyin_surname_length: characters of the surname that @name begins with: 2 for 欧阳, 尉迟 …, else 1; 0 when @name does not
 * begin with a Chinese character. @reading (nullable) takes the reading of a compound surname, NULL when it is the usual one. */
guint zf_pinyin_surname_length (const char *name, const char **reading);

typedef struct
{
  GString *full;        /* "zhangguohua" */
  GString *initials;    /* "zgh" */
  guint surname_full;   /* bytes of @full that spell the surname */
  guint surname;        /* letters of @initials that are the surname's */
} ZfPinyinName;

/** zf_pinyin_name: spells @name, a run of Chinese characters. */
void zf_pinyin_name (const char *name, ZfPinyinName *spelled);
void zf_pinyin_name_clear (ZfPinyinName *spelled);

G_END_DECLS
