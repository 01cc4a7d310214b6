/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-tables"

#include "zf-config.h"

#include <string.h>

#include "zf-json.h"
#include "zf-roster-private.h"

/* What offices print over a column besides the labels of the forms: target, then the spellings. Spaces, brackets, numbering and marks
 * around a header do not count. "" = known, but nothing that we keep. */
static const struct
{
  const char *target;
  const char *headers;
} SYNONYMS[] = {
  { "", "序号 编号 省 市 县 区县 县区 省份 县名 年度 年份 年龄 审核状态 数据来源 户主年龄" },
  { "town", "乡镇 乡镇街道 乡镇/街道 镇街 镇 乡 街道 乡(镇) 所在乡镇 乡镇名称 所属乡镇 镇乡 镇乡街道" },
  { "village", "村 行政村 村社区 村/社区 村居 所在村 村名 社区 行政村名称 村名称 所属村 村庄 村委会 村组所在村 所属行政村" },
  { "village_code", "村代码 村编码 村编号 行政区划代码 区划代码 行政村代码 行政区划编码" },
  { "head_id", "户主证件号码 户主证件号 户主身份证号 户主身份证号码 户主身份证 户主公民身份号码" },
  { "household.code", "户号 户编码 农户编号 家庭编号 农户编码 户籍编号 脱贫户编号" },
  { "household.head_name", "户主姓名 户主名字 户主名称 家庭户主" },
  { "household.group_no", "村民小组 小组 组别 组名 所在组 村组 社 村民组 组号 居民小组 村(居)民小组" },
  { "household.hamlet", "自然村 院落 自然村组 小地名 湾" },
  { "household.address", "住址 地址 详细地址 家庭地址 家庭详细住址 居住地址 现住址 户籍地址 门牌号" },
  { "household.phone", "电话 手机 手机号 手机号码 联系方式 户主电话 户主联系电话 家庭电话 电话号码 户主手机号" },
  { "household.class", "农户类型 户属性 农户属性 家庭类型 脱贫户属性 户类别" },
  { "household.monitored_class", "监测对象类别 监测类别 监测户类型 监测对象类型 监测户类别 监测类型" },
  { "household.monitored_since", "识别监测时间 纳入时间 纳入监测时间 监测对象识别时间 监测识别时间 识别日期" },
  { "household.risk_kinds", "风险类型 返贫风险 致贫返贫风险 返贫致贫风险 主要风险 致贫风险 风险点" },
  { "household.risk_cleared", "风险是否已消除 是否消除风险 风险消除 是否风险消除 风险是否消除" },
  { "household.cleared_on", "风险消除时间 消除日期 风险消除日期" },
  { "household.cleared_how", "风险消除方式" },
  { "household.no_labour", "是否整户无劳动能力 整户无劳力" },
  { "household.population_registered", "户籍人口数 家庭人口 家庭人口数 人口数 家庭人数 户籍人数" },
  { "household.population_living", "共同生活人口数 常住人口 常住人口数 家庭共同生活人口" },
  { "household.helper_name", "帮扶干部 帮扶联系人 帮扶人 帮扶责任人姓名 帮扶人姓名 结对帮扶人" },
  { "household.helper_phone", "帮扶人电话 帮扶干部电话 帮扶责任人联系电话 帮扶责任人手机" },
  { "household.helper_unit", "帮扶责任人单位 帮扶人单位" },
  { "household.grid_name", "网格员姓名" },
  { "household.bank_account", "银行账号 银行卡 开户账号 一卡通账号 社保卡账号" },
  { "household.item_housing", "住房安全 住房安全有保障 住房保障 是否住房安全" },
  { "household.item_education", "义务教育有保障 义务教育保障" },
  { "household.item_medical", "基本医疗有保障 基本医疗保障" },
  { "household.item_water", "饮水安全 饮水安全有保障 安全饮水" },
  { "household.item_food", "吃穿不愁 不愁吃穿 不愁吃不愁穿" },
  { "household.resettled", "居住在集中安置区 是否集中安置" },
  { "household.flags=dibao", "低保户" },
  { "household.flags=tekun", "特困户 五保户" },
  { "household.flags=dibao_edge", "低保边缘 低保边缘户" },
  { "household.flags=relocated", "易地搬迁户 易地扶贫搬迁户 搬迁户" },
  { "household.flags=military", "军烈属 军烈属家庭 烈属" },
  { "person.name", "成员姓名 家庭成员姓名 人员姓名 家庭成员 人口姓名 本人姓名" },
  { "person.id_number", "身份证号 身份证号码 公民身份号码 公民身份证号码 身份证 证件号 居民身份证号 居民身份证号码 成员证件号码 成员身份证号 "
                        "家庭成员证件号码 身份证件号码 公民身份证号" },
  { "person.id_type", "证件种类" },
  { "person.relation", "关系 与户主的关系 和户主关系 家庭关系 与户主之关系 同户主关系 成员关系" },
  { "person.birth", "出生年月日 生日 出生时间 出生年月" },
  { "person.phone", "本人电话 成员电话 本人联系电话 成员联系电话 个人电话" },
  { "person.education", "学历 受教育程度 文化水平" },
  { "person.school_status", "在校情况 在校生情况 在校状况 就读情况 就学状况" },
  { "person.school_name", "就读学校 学校名称 所在学校" },
  { "person.dropout_cause", "失学原因 辍学原因 失学或辍学原因 失学辍学原因" },
  { "person.health", "身体状况 健康情况 身体健康状况" },
  { "person.disease", "患病种类 大病病种 所患疾病 疾病名称" },
  { "person.signed_disease", "签约慢病病种" },
  { "person.disability_type", "残疾类型 残疾种类" },
  { "person.disability_level", "残疾级别" },
  { "person.self_care", "自理能力 生活自理能力" },
  { "person.labour", "劳动能力 劳动力类型 劳动力状况 劳动力情况" },
  { "person.work_area", "务工区域 务工所在地 务工地区 务工范围" },
  { "person.work_place", "务工地点 务工详细地址 务工省市县" },
  { "person.employer", "务工企业 务工单位 工作单位 务工企业名称" },
  { "person.work_months", "务工时间 务工月份 务工时长 本年务工月数 年务工月数" },
  { "person.work_wage", "月收入 务工月收入 月务工收入" },
  { "person.post_kind", "公益性岗位 公益岗位 公益岗类型 公益性岗位类型" },
  { "person.post_months", "公益性岗位月数 公益岗位月数 公益岗月数" },
  { "person.resident_medical", "城乡居民基本医疗保险 参加居民医保 参加城乡居民基本医疗保险 城乡居民医保 居民基本医疗保险 新农合 参加居民基本医疗保险 医保" },
  { "person.employee_medical", "城镇职工基本医疗保险 参加职工医保 参加城镇职工基本医疗保险 城镇职工医保 职工基本医疗保险 参加职工基本医疗保险" },
  { "person.serious_insurance", "参加大病保险 大病医疗保险" },
  { "person.commercial_insurance", "参加商业补充医疗保险 商业补充医疗保险 商业保险" },
  { "person.medical_aid", "享受医疗救助" },
  { "person.pension_kind", "养老保险类型 养老保险种类" },
  { "person.dibao", "享受低保 享受农村低保 享受农村居民最低生活保障 农村低保 最低生活保障" },
  { "person.tekun", "特困供养 特困供养人员 特困人员" },
  { "person.relocated", "易地扶贫搬迁 易地搬迁 易地扶贫搬迁人口" },
  { "person.lives_here", "常住 在家 在家居住" },
  { "person.left_behind", "留守情况 留守人员类型" },
  { "person.mandarin", "会普通话" },
};

struct _ZfRosterHeaders
{
  GHashTable *targets;     /* plain header → target */
  GHashTable *shared;      /* plain headers that label a field of both kinds */
};

char *
zf_roster_plain (const char *text)
{
  g_autofree char *folded = zf_fold_width (text);
  GString *out = g_string_sized_new (strlen (folded));
  for (const char *p = folded; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      if (!g_unichar_isspace (c) && !g_unichar_iszerowidth (c) && !g_unichar_iscntrl (c))
        g_string_append_unichar (out, c);
    }
  return g_string_free (out, FALSE);
}

/* Numbering and marks: "1、", "A12.", "*", ":" */
static char *
strip_marks (const char *plain)
{
  const char *begin = plain;
  while (*begin == '*' || g_ascii_isalnum (*begin) || *begin == '.')
    begin++;
  if (g_str_has_prefix (begin, "、"))
    begin += strlen ("、");
  g_autofree char *out = g_strdup (*begin != '\0' ? begin : plain);
  for (gsize n = strlen (out); n > 1 && strchr ("*:?", out[n - 1]) != NULL; n--)
    out[n - 1] = '\0';
  return g_steal_pointer (&out);
}

static char *
strip_brackets (const char *plain)
{
  GString *out = g_string_new (NULL);
  guint depth = 0;
  for (const char *p = plain; *p != '\0'; p++)
    {
      depth += *p == '(';
      if (depth == 0)
        g_string_append_c (out, *p);
      if (*p == ')' && depth > 0)
        depth--;
    }
  return g_string_free (out, FALSE);
}

/* No column of a table is for these: positions (it does not say in which system its coordinates are), and what stands beside an answer, its source
 * and the reason why it is right. */
static gboolean
is_beside (const ZfField *field)
{
  const char *appearance = zf_json_get_string (field->row, "appearance", "");
  return strcmp (appearance, "hidden") == 0 || strcmp (appearance, "source") == 0 || strcmp (zf_json_get_string (field->row, "type", ""), "hidden") == 0;
}

static void
add_labels (ZfRosterHeaders *self, const ZfKind *kind)
{
  for (guint i = 0; i < zf_kind_n_fields (kind); i++)
    {
      const ZfField *field = zf_kind_field_at (kind, i);
      const char *label = field->row != NULL ? zf_row_text (field->plain, "label", "zh") : NULL;
      if (label == NULL || is_beside (field))
        continue;
      char *plain = zf_roster_plain (label);
      if (g_hash_table_contains (self->targets, plain))
        {
          g_hash_table_add (self->shared, plain);
          continue;
        }
      g_hash_table_insert (self->targets, plain, g_strdup_printf ("%s.%s", zf_kind_name (kind), field->name));
    }
}

ZfRosterHeaders *
zf_roster_headers_new (ZfKinds *kinds)
{
  ZfRosterHeaders *self = g_new0 (ZfRosterHeaders, 1);
  self->targets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->shared = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  add_labels (self, zf_kinds_get (kinds, "household"));
  add_labels (self, zf_kinds_get (kinds, "person"));
  for (guint i = 0; i < G_N_ELEMENTS (SYNONYMS); i++)
    {
      g_auto (GStrv) headers = g_strsplit (SYNONYMS[i].headers, " ", -1);
      for (char **header = headers; *header != NULL; header++)
        if (!g_hash_table_contains (self->targets, *header))
          g_hash_table_insert (self->targets, g_strdup (*header), g_strdup (SYNONYMS[i].target));
    }
  return self;
}

void
zf_roster_headers_free (ZfRosterHeaders *self)
{
  g_hash_table_unref (self->targets);
  g_hash_table_unref (self->shared);
  g_free (self);
}

static const char *
find_plain (ZfRosterHeaders *self, const char *plain, gboolean *shared)
{
  const char *target = g_hash_table_lookup (self->targets, plain);
  *shared = target != NULL && g_hash_table_contains (self->shared, plain);
  return target;
}

const char *
zf_roster_headers_find (ZfRosterHeaders *self, const char *header, gboolean *shared)
{
  g_autofree char *plain = zf_roster_plain (header);
  const char *target = find_plain (self, plain, shared);
  if (target != NULL)
    return target;
  g_autofree char *bare = strip_marks (plain);
  g_autofree char *short_form = strip_brackets (bare);
  g_strdelimit (bare, "()", '\001');
  g_auto (GStrv) parts = g_strsplit (bare, "\001", -1);
  g_autofree char *open = g_strjoinv ("", parts);
  const char *forms[] = { short_form, open };
  for (guint i = 0; i < G_N_ELEMENTS (forms) && target == NULL; i++)
    {
      target = find_plain (self, forms[i], shared);
      if (target == NULL && g_str_has_prefix (forms[i], "是否"))
        target = find_plain (self, forms[i] + strlen ("是否"), shared);
    }
  return target;
}
