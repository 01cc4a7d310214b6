/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-core"

#include "zf-pinyin.h"

#include <string.h>

#include <unicode/uchar.h>
#include <unicode/utrans.h>

/* Surnames that are read otherwise than the character usually is. */
static const struct
{
  const char *c;
  const char *reading;
} surnames[] = {
  { "乜", "nie" }, { "乐", "yue" }, { "仇", "qiu" }, { "单", "shan" }, { "区", "ou" }, { "卜", "bu" },
  { "句", "gou" }, { "召", "shao" }, { "员", "yun" }, { "折", "she" }, { "曾", "zeng" }, { "朴", "piao" },
  { "查", "zha" }, { "洗", "xian" }, { "盖", "ge" }, { "祭", "zhai" }, { "种", "chong" }, { "秘", "bi" },
  { "繁", "po" }, { "缪", "miao" }, { "翟", "zhai" }, { "薄", "bo" }, { "覃", "qin" }, { "解", "xie" },
  { "都", "du" }, { "重", "chong" }, { "阚", "kan" }, { "隗", "wei" }, { "黑", "he" },
};

static const struct
{
  const char *name;
  const char *reading;    /* NULL: as its characters are usually read */
} compounds[] = {
  { "欧阳", NULL },       { "司马", NULL },       { "上官", NULL },       { "诸葛", NULL },         { "皇甫", NULL },
  { "令狐", NULL },       { "慕容", NULL },       { "司徒", NULL },       { "夏侯", NULL },         { "公孙", NULL },
  { "东方", NULL },       { "轩辕", NULL },       { "宇文", NULL },       { "端木", NULL },         { "南宫", NULL },
  { "西门", NULL },       { "闻人", NULL },       { "呼延", NULL },       { "申屠", NULL },         { "太史", NULL },
  { "尉迟", "yuchi" },    { "万俟", "moqi" },     { "长孙", "zhangsun" },   { "澹台", "tantai" },
  { "单于", "chanyu" },
};

/* One transliterator for all threads: ICU's is not thread-safe, and each character is asked only once. */
static GMutex lock;
static GHashTable *readings;

gboolean
zf_pinyin_is_han (gunichar c)
{
  return u_hasBinaryProperty ((UChar32) c, UCHAR_IDEOGRAPHIC) && c != 0x3006 && c != 0x3007;
}

/* "lǚ" arrives decomposed: letters stay, the diaeresis makes a v, tone marks go. */
static char *
strip_marks (const UChar *text, int32_t length)
{
  GString *plain = g_string_new (NULL);

  for (int32_t i = 0; i < length; i++)
    if (text[i] < 0x80 && g_ascii_isalpha ((char) text[i]))
      g_string_append_c (plain, g_ascii_tolower ((char) text[i]));
    else if (text[i] == 0x308 && plain->len > 0 && plain->str[plain->len - 1] == 'u')
      plain->str[plain->len - 1] = 'v';
  return g_string_free (plain, FALSE);
}

static UTransliterator *
transliterator (void)
{
  static UTransliterator *shared;
  static const UChar id[] = u"Han-Latin; NFD";
  UErrorCode status = U_ZERO_ERROR;

  if (shared == NULL)
    shared = utrans_openU (id, -1, UTRANS_FORWARD, NULL, 0, NULL, &status);
  if (U_FAILURE (status))
    g_warning ("ICU has no Han-Latin transliterator: %s", u_errorName (status));
  return shared;
}

static const char *
transliterate (gunichar c)
{
  UTransliterator *han_latin = transliterator ();
  UErrorCode status = U_ZERO_ERROR;
  UChar text[64];
  int32_t length = 0, limit;
  g_autofree char *plain = NULL;

  if (han_latin == NULL)
    return "";
  U16_APPEND_UNSAFE (text, length, c);
  limit = length;
  utrans_transUChars (han_latin, text, &length, G_N_ELEMENTS (text), 0, &limit, &status);
  if (U_FAILURE (status))
    return "";
  plain = strip_marks (text, length);
  return g_intern_string (plain);
}

const char *
zf_pinyin_char (gunichar c)
{
  g_autoptr (GMutexLocker) locker = NULL;
  const char *reading;

  if (!zf_pinyin_is_han (c))
    return "";
  locker = g_mutex_locker_new (&lock);
  if (readings == NULL)
    readings = g_hash_table_new (NULL, NULL);
  reading = g_hash_table_lookup (readings, GUINT_TO_POINTER (c));
  if (reading == NULL)
    {
      reading = transliterate (c);
      g_hash_table_insert (readings, GUINT_TO_POINTER (c), (gpointer) reading);
    }
  return reading;
}

const char *
zf_pinyin_surname (gunichar c)
{
  for (guint i = 0; i < G_N_ELEMENTS (surnames); i++)
    if (g_utf8_get_char (surnames[i].c) == c)
      return surnames[i].reading;
  return zf_pinyin_char (c);
}

guint
zf_pinyin_surname_length (const char *name, const char **reading)
{
  if (reading != NULL)
    *reading = NULL;
  for (guint i = 0; i < G_N_ELEMENTS (compounds); i++)
    if (g_str_has_prefix (name, compounds[i].name) && name[strlen (compounds[i].name)] != '\0')
      {
        if (reading != NULL)
          *reading = compounds[i].reading;
        return 2;
      }
  return zf_pinyin_is_han (g_utf8_get_char (name)) ? 1 : 0;
}

static void
spell (ZfPinyinName *spelled, const char *syllable)
{
  g_string_append (spelled->full, syllable);
  if (*syllable != '\0')
    g_string_append_c (spelled->initials, *syllable);
}

/* Compound readings keep their own initials: 尉迟 is y c, not w c. */
static void
spell_compound (ZfPinyinName *spelled, const char *name, const char *reading)
{
  g_string_append (spelled->full, reading);
  g_string_append_c (spelled->initials, *reading);
  g_string_append_c (spelled->initials, *zf_pinyin_char (g_utf8_get_char (g_utf8_next_char (name))));
}

void
zf_pinyin_name (const char *name, ZfPinyinName *spelled)
{
  gboolean whole_name = g_utf8_strlen (name, -1) > 1;
  const char *reading = NULL;
  guint surname = zf_pinyin_surname_length (name, &reading);
  guint i = 0;

  spelled->full = g_string_new (NULL);
  spelled->initials = g_string_new (NULL);
  spelled->surname_full = spelled->surname = 0;
  if (reading != NULL)
    spell_compound (spelled, name, reading);
  for (const char *p = name; *p != '\0'; p = g_utf8_next_char (p), i++)
    {
      if (i == surname)
        {
          spelled->surname_full = (guint) spelled->full->len;
          spelled->surname = (guint) spelled->initials->len;
        }
      if (i < surname && reading != NULL)
        continue;
      spell (spelled, i == 0 && surname == 1 && whole_name ? zf_pinyin_surname (g_utf8_get_char (p))
                                                           : zf_pinyin_char (g_utf8_get_char (p)));
    }
}

void
zf_pinyin_name_clear (ZfPinyinName *spelled)
{
  g_string_free (spelled->full, TRUE);
  g_string_free (spelled->initials, TRUE);
}
