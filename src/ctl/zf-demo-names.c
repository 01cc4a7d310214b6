/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-ctl"

#include "zf-demo-private.h"

#include <string.h>

/* Surnames about as frequent as in the hills along this part of the Yangtze. */
static const struct
{
  const char *name;
  guint weight;
} surnames[] = {
  { "李", 70 }, { "王", 62 }, { "张", 60 }, { "刘", 52 }, { "陈", 50 }, { "杨", 46 }, { "谭", 40 }, { "秦", 38 }, { "周", 36 }, { "向", 30 },
  { "冉", 26 }, { "余", 24 }, { "黄", 24 }, { "罗", 23 }, { "何", 22 }, { "郎", 20 }, { "彭", 20 }, { "付", 19 }, { "孙", 18 }, { "江", 18 },
  { "熊", 17 }, { "徐", 16 }, { "廖", 16 }, { "谢", 15 }, { "曾", 15 }, { "朱", 14 }, { "蒋", 14 }, { "胡", 14 }, { "隆", 13 }, { "杜", 12 },
  { "任", 11 }, { "汪", 11 }, { "古", 10 }, { "湛", 10 }, { "范", 9 },  { "敖", 9 },  { "吴", 14 }, { "赵", 12 }, { "马", 8 },  { "田", 9 },
  { "邓", 12 }, { "唐", 10 }, { "袁", 8 },  { "邹", 7 },  { "龚", 6 },  { "易", 5 },  { "白", 5 },  { "夏", 5 },  { "覃", 5 },  { "单", 2 },
  { "解", 2 },  { "仇", 2 },  { "舒", 4 },  { "石", 5 },  { "许", 6 },  { "郑", 6 },  { "高", 5 },  { "林", 5 },  { "沈", 4 },  { "文", 4 },
};

/* Given names change with the year of birth: syllables by generation. */
typedef struct
{
  int before;                /* year of birth */
  const char *male[2];       /* first and second characters */
  const char *female[2];
} Generation;

static const Generation generations[] = {
  { 1962, { "国世文德天正光明永大学兴朝安清维家良", "华富贵福才林明志全发荣兴昌云祥友平清" },
    { "秀桂素玉淑光世长永明天正大兴", "英兰芳珍碧梅香云华容群菊淑清" } },
  { 1984, { "建志永小长晓洪兴国春海中开廷元", "军平强华勇林明波刚伟兵云生权东" },
    { "小晓红春秋建丽永海素玉冬雪", "琼芳琴霞英燕梅红容蓉华莉萍" } },
  { 2003, { "俊浩鹏晓杰小志海云川江明宇建", "杰涛伟鹏飞超波龙林峰强斌鑫磊" },
    { "小晓雪丽婷娟海春玲云艳思红", "燕丽婷娟玲艳琳霞娜敏静莉萍" } },
  { 9999, { "子浩宇梓俊佳一思文博嘉皓锦明", "涵轩宇豪杰睿瑞阳辰洋航鑫霖泽" },
    { "子梓欣雨诗思佳一语可若心紫", "涵萱怡欣妍琪悦彤蕊瑶馨雯涵" } },
};

static void
append_character (ZfRandom *random, const char *characters, char *name, gsize size)
{
  glong n = g_utf8_strlen (characters, -1);
  const char *at = g_utf8_offset_to_pointer (characters, (glong) zf_random_below (random, (guint32) n));
  char one[8] = "";

  g_utf8_strncpy (one, at, 1);
  g_strlcat (name, one, size);
}

const char *
zf_demo_surname (ZfRandom *random)
{
  static guint weights[G_N_ELEMENTS (surnames) + 1];
  static gsize ready = 0;

  if (g_once_init_enter (&ready))
    {
      for (guint i = 0; i < G_N_ELEMENTS (surnames); i++)
        weights[i] = surnames[i].weight;
      g_once_init_leave (&ready, 1);
    }
  return surnames[zf_demo_weighted (random, weights)].name;
}

static void
append_given_name (ZfRandom *random, gboolean male, int birth_year, char *name, gsize size)
{
  guint i = 0;

  while (birth_year >= generations[i].before)
    i++;
  if (zf_random_chance (random, 860))
    append_character (random, male ? generations[i].male[0] : generations[i].female[0], name, size);
  append_character (random, male ? generations[i].male[1] : generations[i].female[1], name, size);
}

void
zf_demo_full_name (ZfRandom *random, const char *surname, gboolean male, int birth_year, char *name, gsize size)
{
  g_strlcpy (name, surname, size);
  append_given_name (random, male, birth_year, name, size);
}

/* 老三, 幺娃, 华娃子: how neighbours call the householder. */
void
zf_demo_nickname (ZfRandom *random, const char *name, char *nickname, gsize size)
{
  static const char *const whole[] = { "老大", "老二", "老三", "老四", "老幺", "幺娃", "二娃", "三哥", "幺爸", "大表叔" };
  static const char *const tails[] = { "娃", "娃子", "哥", "师傅" };

  nickname[0] = '\0';
  if (zf_random_chance (random, 500))
    {
      g_strlcpy (nickname, ZF_DEMO_PICK (random, whole), size);
      return;
    }
  g_strlcpy (nickname, g_utf8_find_prev_char (name, name + strlen (name)), size);
  g_strlcat (nickname, ZF_DEMO_PICK (random, tails), size);
}

void
zf_demo_phone (ZfRandom *random, char phone[12])
{
  g_snprintf (phone, 12, "126%08u", zf_random_below (random, 100000000));
}
