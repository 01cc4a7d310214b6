/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-ctl"

#include <glib/gi18n.h>
#include <xlsxwriter.h>

#include "zf-demo-private.h"
#include "zf-error.h"

/* Enough for every cell: the longest is an address. */
#define CELL_SIZE 192
/* 2026-11-20 in China, the day of the demo. */
#define DEMO_CREATED ((time_t) 1795136400)

typedef struct
{
  const ZfKind *household, *person;
  const ZfDemoFamily *family;
  const ZfDemoPerson *member;
  guint row;                /* of persons, from 1 */
} Line;

/* A column: its header as offices print it, and what stands in it. */
typedef struct
{
  const char *header;
  double width;
  const char *(*text) (const Line *line, char *buffer);
} Column;

static const char *
label (const ZfKind *kind, const char *list, const char *code)
{
  return code != NULL ? zf_kind_choice_label (kind, list, code, "zh") : "";
}

static const char *
yes (gboolean value)
{
  return value ? "是" : "否";
}

static const char *
number (char *buffer, guint value)
{
  g_snprintf (buffer, CELL_SIZE, "%u", value);
  return buffer;
}

#define COLUMN(name, expression) \
  static const char *name (const Line *line, char *buffer) { return expression; }

COLUMN (serial, number (buffer, line->row))
COLUMN (town, line->family->village->town->name)
COLUMN (village, line->family->village->name)
COLUMN (group_no, number (buffer, (guint) line->family->group_no))
COLUMN (code, line->family->code)
COLUMN (head, line->family->persons[0].name)
COLUMN (address, line->family->address)
COLUMN (phone, line->family->phone)
COLUMN (class, label (line->household, "household_class", line->family->lifted ? "lifted" : "ordinary"))
COLUMN (monitored, label (line->household, "monitored_class", line->family->monitored_class))
COLUMN (since, line->family->monitored_since)
COLUMN (cleared, line->family->monitored_class != NULL ? yes (line->family->cleared) : "")
COLUMN (persons, number (buffer, line->family->n_persons))
COLUMN (helper, line->family->helper)
COLUMN (helper_phone, line->family->helper_phone)
COLUMN (name, line->member->name)
COLUMN (relation, label (line->person, "relation", line->member->relation))
COLUMN (id_type, label (line->person, "id_type", "1"))
COLUMN (id_number, line->member->id_number)
COLUMN (sex, label (line->person, "sex", line->member->male ? "1" : "2"))
COLUMN (birth, line->member->birth)
COLUMN (ethnic, label (line->person, "ethnic", line->member->ethnic))
COLUMN (political, label (line->person, "political", line->member->political))
COLUMN (marital, label (line->person, "marital", line->member->marital))
COLUMN (education, label (line->person, "education", line->member->education))
COLUMN (school, label (line->person, "school_status", line->member->school))
COLUMN (school_name, line->member->school_name)
COLUMN (disease, label (line->person, "disease", line->member->disease))
COLUMN (disability_type, label (line->person, "disability_type", line->member->disability_type))
COLUMN (disability_level, label (line->person, "disability_level", line->member->disability_level))
COLUMN (labour, label (line->person, "labour", line->member->labour))
COLUMN (work_area, label (line->person, "work_area", line->member->work_area))
COLUMN (work_place, line->member->work_place != NULL ? line->member->work_place : "")
COLUMN (work_months, line->member->work_area != NULL ? number (buffer, (guint) line->member->work_months) : "")
COLUMN (post, label (line->person, "post_kind", line->member->post))
COLUMN (post_months, line->member->post != NULL ? number (buffer, (guint) line->member->post_months) : "")
COLUMN (resident, yes (line->member->resident))
COLUMN (employee, yes (line->member->employee))
COLUMN (pension, label (line->person, "pension_kind", line->member->pension))
COLUMN (dibao, yes (line->member->dibao))
COLUMN (tekun, yes (line->member->tekun))

static const char *
health (const Line *line, char *buffer)
{
  const ZfDemoPerson *person = line->member;
  const struct
  {
    gboolean has;
    const char *code;
  } states[] = { { person->chronic, "chronic" }, { person->serious, "serious" }, { person->disabled, "disabled" } };

  buffer[0] = '\0';
  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    if (states[i].has)
      {
        g_strlcat (buffer, buffer[0] != '\0' ? "," : "", CELL_SIZE);
        g_strlcat (buffer, label (line->person, "health", states[i].code), CELL_SIZE);
      }
  return buffer[0] != '\0' ? buffer : label (line->person, "health", "healthy");
}

static const Column columns[] = {
  { "序号", 7, serial }, { "乡镇街道", 12, town }, { "村（社区）", 14, village }, { "组", 5, group_no }, { "户编号", 20, code },
  { "户主姓名", 10, head }, { "家庭住址", 36, address }, { "联系电话", 14, phone }, { "户类型", 12, class }, { "监测对象类别", 16, monitored },
  { "识别时间", 12, since }, { "风险是否已消除", 10, cleared }, { "户籍人口", 8, persons }, { "共同生活人口", 8, persons }, { "帮扶责任人", 10, helper },
  { "帮扶责任人电话", 14, helper_phone }, { "姓名", 10, name }, { "与户主关系", 12, relation }, { "证件类型", 14, id_type }, { "证件号码", 21, id_number },
  { "性别", 6, sex }, { "出生日期", 12, birth }, { "民族", 8, ethnic }, { "政治面貌", 10, political }, { "婚姻状况", 8, marital },
  { "文化程度", 12, education }, { "在校生状况", 14, school }, { "学校", 22, school_name }, { "健康状况", 14, health }, { "病种", 12, disease },
  { "残疾类别", 8, disability_type }, { "残疾等级", 8, disability_level }, { "劳动技能", 16, labour }, { "务工地", 10, work_area }, { "务工地点", 18, work_place },
  { "务工月数", 8, work_months }, { "公益岗", 10, post }, { "公益岗聘用月数", 8, post_months }, { "居民医保", 8, resident }, { "职工医保", 8, employee },
  { "养老保险", 14, pension }, { "低保", 6, dibao }, { "特困", 6, tekun },
};
#define N_COLUMNS ((lxw_col_t) G_N_ELEMENTS (columns))

static void
write_head (lxw_workbook *book, lxw_worksheet *sheet)
{
  lxw_format *title = workbook_add_format (book);
  lxw_format *header = workbook_add_format (book);

  format_set_bold (title);
  format_set_font_size (title, 16);
  format_set_align (title, LXW_ALIGN_CENTER);
  format_set_bold (header);
  format_set_text_wrap (header);
  format_set_border (header, LXW_BORDER_THIN);
  for (lxw_col_t i = 0; i < N_COLUMNS; i++)
    worksheet_set_column (sheet, i, i, columns[i].width, NULL);
  worksheet_merge_range (sheet, 0, 0, 0, (lxw_col_t) (N_COLUMNS - 1), "丰都县农户信息花名册（演示数据，不是真人）", title);
  worksheet_write_string (sheet, 1, 0, "制表：演示　　单位：户、人", NULL);
  for (lxw_col_t i = 0; i < N_COLUMNS; i++)
    worksheet_write_string (sheet, 2, i, columns[i].header, header);
  worksheet_freeze_panes (sheet, 3, 0);
}

static void
write_line (lxw_worksheet *sheet, const Line *line)
{
  char buffer[CELL_SIZE];

  for (lxw_col_t i = 0; i < N_COLUMNS; i++)
    {
      const char *text = columns[i].text (line, buffer);

      if (*text != '\0')
        worksheet_write_string (sheet, (lxw_row_t) line->row + 2, i, text, NULL);
    }
}

gboolean
zf_demo_roster (const char *path, ZfKinds *kinds, const ZfDemoOptions *options, GError **error)
{
  /* Not the hour of writing: the same options give the same bytes. */
  lxw_doc_properties properties = { .created = DEMO_CREATED };
  lxw_workbook_options book_options = { .constant_memory = LXW_TRUE };
  g_autoptr (ZfDemoCounty) county = zf_demo_county_new (options, error);
  Line line = { zf_kinds_get (kinds, "household"), zf_kinds_get (kinds, "person"), NULL, NULL, 0 };
  lxw_workbook *book;
  lxw_worksheet *sheet;
  lxw_error result;
  ZfDemoFamily family;

  if (county == NULL)
    return FALSE;
  book = workbook_new_opt (path, &book_options);
  workbook_set_properties (book, &properties);
  sheet = workbook_add_worksheet (book, "花名册");
  write_head (book, sheet);
  line.family = &family;
  while (zf_demo_county_next (county, &family))
    for (guint i = 0; i < family.n_persons; i++)
      {
        line.member = &family.persons[i];
        line.row++;
        write_line (sheet, &line);
      }
  result = workbook_close (book);
  if (result != LXW_NO_ERROR)
    g_set_error (error, ZF_ERROR, ZF_ERROR_IO, _("The roster could not be written: %s"), lxw_strerror (result));
  return result == LXW_NO_ERROR;
}
