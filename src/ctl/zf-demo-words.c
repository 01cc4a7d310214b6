/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "zf-ctl"

#include "zf-demo-private.h"

#include <string.h>

#define MIN_CHARACTERS 20
#define MAX_CHARACTERS 60

typedef struct
{
  const char *topic;
  const char *const *clauses;
} Topic;

#define CLAUSES(...) ((const char *const[]) { __VA_ARGS__, NULL })

static const char *const openings[] = {
  "家里说", "老人说", "户主说", "电话里说", "坐在院坝说", "问起近况，说", "正在做饭，说", "刚从地里回来，说", "带着看了屋里，说", "邻居也在，说", "女儿接的电话，说", "媳妇在家，说",
};

static const char *const ordinary[] = {
  "今年苞谷收成比去年好", "谷子已经晒干进仓", "榨菜种了两亩多，等着收购", "红心柚今年挂果多，价钱还没定", "养了两头猪，过年杀一头", "鸡卖了二十来只，剩的自己吃",
  "花椒摘完了，请工花了一千多", "肉牛下了一头小牛", "儿子在外头上班，每月寄钱回来", "厂里活路少了，工资比上半年低", "工地上工钱还差两个月没结", "孙娃在镇上读书，周末才回来",
  "娃儿成绩一般，老师说还可以", "住校一周生活费一百多", "屋后头的沟通了，下雨不积水", "房子前年修过，没漏雨", "自来水这两个月没停过", "天干的时候水有点小", "院坝的路硬化了，车子能到门口",
  "合作医疗已经交了", "社保卡换了新的", "养老金每月按时到账", "过年儿子要回来", "想明年多种一亩柚子", "晚上在坝子走走路，身体还好", "邻里帮忙收了谷子",
  "赶场坐车方便", "电费每月四五十块", "家里开支不大，够用", "欠亲戚的钱还了一半", "明白纸贴在堂屋墙上",
};
static const char *const ill[] = {
  "每天吃降压药，血压稳得住", "腿脚不太好，下坡要人扶", "上个月住院一周，报销后自己出了两千多", "家庭医生上周来量过血压", "药吃完了要到镇上去拿", "阴雨天关节痛得睡不着", "复查的日子是下个月",
};
static const char *const weak[] = { "屋里只有老人和小娃在家", "重活做不动了，菜还种一点", "侄儿隔几天来看一次", "煮饭洗衣还能自己做", "想申请公益岗位" };
static const char *const wishes[] = { "没有别的要求", "请村里问问报销的事", "想找个近点的活", "盼着路灯装过来", "有事会打电话", "希望水管早点换", "说现在的日子过得去" };

static const char *
one_of (ZfRandom *random, const char *const *words)
{
  guint n = 0;

  while (words[n] != NULL)
    n++;
  return words[zf_random_below (random, n)];
}

static gboolean
append (GString *text, const char *begin, glong *n, const char *clause)
{
  glong more = g_utf8_strlen (clause, -1) + 1;

  if (*n + more > MAX_CHARACTERS || strstr (begin, clause) != NULL)
    return FALSE;
  g_string_append (text, clause);
  g_string_append (text, "，");
  *n += more;
  return TRUE;
}

static const char *
next_clause (ZfRandom *random, gboolean is_ill, gboolean is_weak)
{
  if (is_ill && zf_random_chance (random, 350))
    return ZF_DEMO_PICK (random, ill);
  if (is_weak && zf_random_chance (random, 350))
    return ZF_DEMO_PICK (random, weak);
  return ZF_DEMO_PICK (random, ordinary);
}

void
zf_demo_say (ZfRandom *random, const ZfDemoFamily *family, GString *text)
{
  gsize begin = text->len;
  const char *opening = ZF_DEMO_PICK (random, openings);
  glong n = g_utf8_strlen (opening, -1);
  int wanted = zf_demo_between (random, 2, 4);
  gboolean is_ill = FALSE;

  for (guint i = 0; i < family->n_persons; i++)
    is_ill |= family->persons[i].chronic || family->persons[i].serious;
  g_string_append (text, opening);
  for (int i = 0; i < wanted || n < MIN_CHARACTERS;)
    i += append (text, text->str + begin, &n, next_clause (random, is_ill, family->no_labour)) || n > MAX_CHARACTERS - 12;
  append (text, text->str + begin, &n, ZF_DEMO_PICK (random, wishes));
  g_string_truncate (text, text->len - strlen ("，"));
  g_string_append (text, "。");
}

static const char *
by_topic (ZfRandom *random, const Topic *topics, guint n, const char *topic)
{
  for (guint i = 0; i < n; i++)
    if (strcmp (topics[i].topic, topic) == 0)
      return one_of (random, topics[i].clauses);
  return NULL;
}

static const Topic needs[] = {
  { "appraise", CLAUSES ("墙上裂缝比上次宽，想请人来看房子", "后墙开了缝，担心雨季，想做个鉴定") },
  { "repair", CLAUSES ("偏屋漏雨，想把瓦翻一翻", "厨房屋顶烂了几匹瓦，老人上不去") },
  { "water", CLAUSES ("管子冻裂过，接口一直滴水，想换一节", "天干时水池见底，想接大水池的水") },
  { "refund", CLAUSES ("住院的票据还没报，不晓得交到哪里", "外地住院的报销手续办不来，想请人帮忙") },
  { "doctor", CLAUSES ("想让医生按月来量血压", "慢病证没办下来，药费都是自己出") },
  { "school", CLAUSES ("娃儿读职高，想问资助怎么办", "大学生活费重，想申请助学贷款") },
  { "job", CLAUSES ("厂里放假了，想在县里找个活", "会开挖机，想找个离家近的工地") },
  { "post", CLAUSES ("想做保洁或护林，身体还能走", "听说河道要人，想报名试试") },
  { "skill", CLAUSES ("柚子树黄叶，想请技术员来看", "牛不吃料，想学点防病的办法") },
  { "sales", CLAUSES ("榨菜还有三千斤没卖出去", "土鸡蛋多，想请帮忙联系买家") },
  { "loan", CLAUSES ("想贷三万块钱买两头母牛", "想问小额信贷还能不能再贷") },
  { "dibao", CLAUSES ("两个老人都干不动了，想问低保", "家里常年吃药，想申请低保") },
  { "disability", CLAUSES ("残疾证办了，补贴还没到账", "护理补贴停了两个月，想问原因") },
  { "care", CLAUSES ("老人一个人住，想有人隔天看一眼", "想问敬老院还有没有床位") },
  { "errand", CLAUSES ("身份证到期，腿脚不便，想请代办", "社保卡丢了，想请帮忙补") },
};

static const Topic changes[] = {
  { "work", CLAUSES ("儿子八月换了厂，工资低了五百多", "女婿工地停工，在家等活一个多月") },
  { "hospital", CLAUSES ("老伴上月住院九天，自己出了三千多", "户主摔伤骨折，要养两三个月") },
  { "more", CLAUSES ("添了孙女，刚满月", "媳妇户口迁进来了") },
  { "fewer", CLAUSES ("老父亲九月过世", "女儿出嫁，户口还没迁走") },
  { "disaster", CLAUSES ("七月大雨冲了半亩秧田", "大风掀了猪圈的瓦，已经补好") },
  { "industry", CLAUSES ("死了十几只鸡，怕是发瘟", "柚子落果多，少收一半") },
  { "other", CLAUSES ("和弟弟分了家，各自开伙", "借钱给亲戚办酒，暂时紧一点") },
};

static const Topic risks[] = {
  { "illness", CLAUSES ("长期吃药加上今年住院，自付的钱超过全年收入的三成", "大病手术后还要复查，家里积蓄用完了") },
  { "school", CLAUSES ("两个孩子同时读书，一年开支两万多，靠一个人打工", "孩子读大学，学费生活费压力大") },
  { "disability", CLAUSES ("主要劳力残疾后做不了重活，要人照看", "残疾人要长期护理，配偶不能外出务工") },
  { "disaster", CLAUSES ("暴雨冲毁庄稼和圈舍，当年没有收成", "屋后滑坡，庄稼地埋了一半") },
  { "accident", CLAUSES ("工地摔伤，赔偿没谈下来，家里断了工资", "骑车摔伤住院，半年不能干活") },
  { "industry", CLAUSES ("养的牛病死三头，贷款还没还完", "花椒价钱跌，成本都没收回") },
  { "work", CLAUSES ("厂里裁人，在家两个月没找到活", "工地活路时有时无，工资拖欠") },
  { "labour", CLAUSES ("家里只有老人和上学的孩子，没人能干重活", "户主年纪大，儿子外出失去联系") },
  { "housing", CLAUSES ("后墙裂缝变宽，雨天漏水，等鉴定结果", "土墙房年久，屋檐下沉") },
  { "water", CLAUSES ("山泉水枯，天干要到沟里挑水", "水管老化，常断水") },
};

static const Topic plans[] = {
  { "industry", CLAUSES ("发展两亩红心柚，镇里派技术员指导，收后由合作社收购", "补助买两头能繁母牛，防疫员按月上门") },
  { "job", CLAUSES ("联系镇上帮扶车间，先试工一个月", "推荐到县内工地，跟踪三个月看稳不稳") },
  { "finance", CLAUSES ("帮助申请小额信贷三万元，用于养牛，按季贴息") },
  { "post", CLAUSES ("安排村内保洁岗位，一年一签，走访时看活路轻重") },
  { "housing", CLAUSES ("先请人鉴定房屋，鉴定结果出来后按等级维修或重建") },
  { "water", CLAUSES ("从大水池接管入户，换掉老化的管子，水管员每月看一次") },
  { "health", CLAUSES ("帮助整理票据办二次报销，签约家庭医生按月随访", "协助申请医疗救助，交清医保费") },
  { "education", CLAUSES ("学校派老师上门辅导，每周两次") },
  { "education_other", CLAUSES ("申请雨露计划补助，联系学校减免住宿费") },
  { "security", CLAUSES ("协助准备材料申请低保，民政办入户看情况", "申请残疾人两项补贴，村里代办") },
  { "social", CLAUSES ("联系爱心企业捐助学费，邻里轮流照看老人") },
};

const char *
zf_demo_need_text (ZfRandom *random, const char *need)
{
  return by_topic (random, needs, G_N_ELEMENTS (needs), need);
}

const char *
zf_demo_change_text (ZfRandom *random, const char *change)
{
  return by_topic (random, changes, G_N_ELEMENTS (changes), change);
}

const char *
zf_demo_risk_text (ZfRandom *random, const char *risk)
{
  return by_topic (random, risks, G_N_ELEMENTS (risks), risk);
}

const char *
zf_demo_plan_text (ZfRandom *random, const char *category)
{
  return by_topic (random, plans, G_N_ELEMENTS (plans), category);
}
