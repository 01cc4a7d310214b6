/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "zf-form-check.h"
#include "zf-form-media.h"
#include "zf-json.h"
#include "zf-publication.h"

static ZfKinds *kinds;

#define G "{\"type\": \"begin_group\", \"name\": \"g\"},"
#define A "{\"type\": \"text\", \"name\": \"a\"}"

/* The file with these rows and the faults that are found, a line each. */
static char *
faults_of (const char *survey, const char *choices, const char *kind)
{
  g_autofree char *text = g_strdup_printf ("{\"settings\": [{\"version\": \"1\"}], \"kind\": {\"name\": \"f\"%s}, \"survey\": [%s], \"choices\": [%s]}", kind, survey, choices);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) root = zf_json_parse_object (text, -1, &error);
  g_autoptr (GPtrArray) faults = NULL;
  g_autoptr (GString) lines = g_string_new (NULL);
  g_assert_no_error (error);
  g_autoptr (ZfForm) form = zf_form_check (kinds, "f.json", root, 0, &faults);
  g_assert_true ((form != NULL) == (faults->len == 0));
  for (guint i = 0; i < faults->len; i++)
    {
      g_autofree char *line = zf_form_fault_text (faults->pdata[i]);
      g_string_append_printf (lines, "%s%s", i > 0 ? "\n" : "", line);
    }
  return g_strdup (lines->str);
}

/* A column that means nothing is told of once, whatever it is; so is a word in `parameters`. */
static void
test_columns (void)
{
  g_autoptr (JsonObject) root = zf_json_parse_object ("{\"settings\": [{\"version\": \"1\"}], \"kind\": {\"name\": \"f\"}, \"survey\": ["
                                                      "{\"type\": \"text\", \"name\": \"a\", \"autoplay\": \"audio\", \"unit::中文\": \"亩\", \"intent\": \"\"},"
                                                      "{\"type\": \"text\", \"name\": \"b\", \"autoplay\": \"audio\", \"parameters\": \"rows=3\"},"
                                                      "{\"type\": \"range\", \"name\": \"c\", \"parameters\": \"start=1 end=5 step=1\"}], \"choices\": []}", -1, NULL);
  g_autoptr (GPtrArray) faults = NULL;
  g_autoptr (ZfForm) form = zf_form_check (kinds, "f.json", root, 0, &faults);
  g_assert_nonnull (form);
  g_assert_cmpuint (faults->len, ==, 2);
  g_autofree char *column = zf_form_fault_text (faults->pdata[0]), *word = zf_form_fault_text (faults->pdata[1]);
  g_assert_cmpstr (column, ==, "“survey”, row 1, `autoplay`: this column changes nothing here");
  g_assert_cmpstr (word, ==, "“survey”, row 2, `parameters`: “rows=3” changes nothing here");
}

/* What is left aside is named, and the form can be used all the same. */
static void
test_left_aside (void)
{
  g_autoptr (JsonObject) root = zf_json_parse_object ("{\"settings\": [{\"version\": \"1\", \"public_key\": \"x\"}], \"kind\": {\"name\": \"f\"}, \"survey\": ["
                                                      "{\"type\": \"text\", \"name\": \"a\", \"media::image::English\": \"a.png\", \"appearance\": \"multiline likert\"}], \"choices\": []}", -1, NULL);
  g_autoptr (GPtrArray) faults = NULL;
  g_autoptr (ZfForm) form = zf_form_check (kinds, "f.json", root, 0, &faults);
  g_assert_nonnull (form);
  g_assert_cmpuint (faults->len, ==, 3);
  g_autofree char *media = zf_form_fault_text (faults->pdata[0]), *setting = zf_form_fault_text (faults->pdata[2]);
  g_autofree char *appearance = zf_form_fault_text (faults->pdata[1]);
  g_assert_cmpstr (media, ==, "“survey”, row 1, `media::image::English`: there is no picture “a.png”; the words must do without it");
  g_assert_cmpstr (appearance, ==, "“survey”, row 1, `appearance`: “likert” changes nothing here");
  g_assert_cmpstr (setting, ==, "“settings”, row 1, `public_key`: this setting changes nothing here");
}

static char *
faults_of_root (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) root = zf_json_parse_object (text, -1, &error);
  g_autoptr (GPtrArray) faults = NULL;
  g_autoptr (GString) lines = g_string_new (NULL);
  g_assert_no_error (error);
  g_autoptr (ZfForm) form = zf_form_check (kinds, "f.json", root, strlen (text), &faults);
  for (guint i = 0; i < faults->len; i++)
    {
      g_autofree char *line = zf_form_fault_text (faults->pdata[i]);
      g_string_append_printf (lines, "%s\n", line);
    }
  return g_strdup_printf ("%s%s", lines->str, form != NULL ? "taken" : "refused");
}

/* Pictures beside words: one point, as PNG. */
#define PNG "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

static const struct
{
  const char *media, *survey, *choices, *faults;
} picture_cases[] = {
  { "{\"a.png\": \"" PNG "\", \"b.jpg\": \"" PNG "\"}", "{\"type\": \"select_one l\", \"name\": \"s\", \"media::image\": \"a.png\"}",
    "{\"list_name\": \"l\", \"name\": \"1\", \"media::image::中文\": \"b.jpg\", \"media::image\": \"\"}", "taken" },
  { "{\"a.png\": \"" PNG "\"}", "{\"type\": \"select_one l\", \"name\": \"s\", \"media::image\": \"A.png\"}", "{\"list_name\": \"l\", \"name\": \"1\", \"media::image::en\": \"b.png\"}",
    "“survey”, row 1, `media::image`: there is no picture “A.png”; the words must do without it\n"
    "“choices”, row 1, `media::image::en`: there is no picture “b.png”; the words must do without it\n"
    "No row shows the picture “a.png”; a workbook leaves it out\ntaken" },
  { "{}", "{\"type\": \"text\", \"name\": \"a\"},{\"type\": \"note\", \"name\": \"n\", \"media::image\": \"../a.png\"}", "",
    "“survey”, row 2, `media::image`: “../a.png”: a picture is named by its file alone, without a folder\nrefused" },
  { "{}", "{\"type\": \"note\", \"name\": \"n\", \"media::image\": \".a\", \"media::image::en\": \"c:a\\u0007\"}", "",
    "“survey”, row 1, `media::image`: “.a”: a picture is named by its file alone, without a folder\n"
    "“survey”, row 1, `media::image::en`: “c:a\a”: a picture is named by its file alone, without a folder\nrefused" },
  { "{\"a.png\": \"aGVsbG8=\", \"b.png\": \"a GVsbG8\", \"c.png\": \"\", \"d.png\": 7}", "{\"type\": \"note\", \"name\": \"n\", \"media::image\": \"a.png\"}", "",
    "“survey”, row 1, `media::image`: “a.png”: This file is no PNG and no JPEG picture.\n“b.png”: the picture is not written as base64\n"
    "“c.png”: the picture is not written as base64\n“d.png”: the picture is not written as base64\nrefused" },
  { "[]", "{\"type\": \"note\", \"name\": \"n\"}", "", "The pictures of the form must be an object: name and base64\nrefused" },
  { "{}", "{\"type\": \"begin_group\", \"name\": \"g\", \"media::image\": \"a.png\"},{\"type\": \"note\", \"name\": \"n\", \"media::audio\": \"a.wav\"},{\"type\": \"end_group\"}", "",
    "“survey”, row 1, `media::image`: files beside a text are not shown; the words must do without them\n"
    "“survey”, row 2, `media::audio`: files beside a text are not shown; the words must do without them\ntaken" },
};

static char *
with_media (const char *media, const char *survey, const char *choices)
{
  return g_strdup_printf ("{\"settings\": [{\"version\": \"1\"}], \"kind\": {\"name\": \"f\"}, \"survey\": [%s], \"choices\": [%s], \"media\": %s}", survey, choices, media);
}

static void
test_pictures (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (picture_cases); i++)
    {
      g_autofree char *text = with_media (picture_cases[i].media, picture_cases[i].survey, picture_cases[i].choices);
      g_autofree char *faults = faults_of_root (text);
      g_assert_cmpstr (faults, ==, picture_cases[i].faults);
    }
}

/* A PNG of @n bytes, the last of which mean nothing, in base64. */
static char *
long_png (gsize n)
{
  gsize len = 0;
  g_autofree guchar *png = g_base64_decode (PNG, &len);
  g_autofree guchar *data = g_malloc0 (n);
  memcpy (data, png, len);
  return g_base64_encode (data, n);
}

/* The largest picture that is taken, one byte more, and pictures that are together more than tablets take. */
static void
test_picture_sizes (void)
{
  g_autofree char *most = long_png (ZF_FORM_PICTURE_MAX), *more = long_png (ZF_FORM_PICTURE_MAX + 1);
  g_autofree char *one = g_strdup_printf ("{\"a.png\": \"%s\", \"b.png\": \"%s\"}", most, most);
  g_autofree char *large = g_strdup_printf ("{\"a.png\": \"%s\"}", more);
  g_autofree char *many = g_strdup_printf ("{\"a.png\": \"%s\", \"b.png\": \"%s\", \"c.png\": \"%s\"}", most, most, most);
  const struct { const char *media, *faults; } cases[] = {
    { one, "No row shows the picture “b.png”; a workbook leaves it out\ntaken" },
    { large, "“survey”, row 1, `media::image`: “a.png”: the picture is larger than 60 kB\nrefused" },
    { many, "The form with its pictures is larger than what tablets take (200 kB)\nrefused" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = with_media (cases[i].media, "{\"type\": \"note\", \"name\": \"n\", \"media::image\": \"a.png\"}", "");
      g_autofree char *faults = faults_of_root (text);
      g_assert_true (g_str_has_suffix (faults, cases[i].faults));
    }
}

/* The county publishes the file as it is written, blanks and all. */
static void
test_length (void)
{
  static const gssize off[] = { 0, 1 };
  for (guint i = 0; i < G_N_ELEMENTS (off); i++)
    {
      g_autoptr (GString) text = g_string_new ("{\"settings\": [{\"version\": \"1\"}], \"kind\": {\"name\": \"f\"}, \"survey\": [" A "], \"choices\": []}");
      while (text->len < (gsize) (ZF_PUBLICATION_MAX + off[i]))
        g_string_append_c (text, ' ');
      g_autofree char *faults = faults_of_root (text->str);
      g_autoptr (ZfPublication) publication = zf_publication_read (text->str, NULL);
      g_assert_cmpstr (faults, ==, off[i] > 0 ? "The form with its pictures is larger than what tablets take (200 kB)\nrefused" : "taken");
      g_assert_true ((publication != NULL) == (off[i] == 0));
    }
}

/* A path from the root finds what it names, whatever the form is called elsewhere and however its groups lie. */
static void
test_root_paths (void)
{
  static const char *const paths[] = { "/data/a", "/f/g/a", "/data/g/h/a", "//a", "/*/a" };
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autofree char *text = g_strdup_printf ("{\"settings\": [{\"version\": \"1\"}], \"kind\": {\"name\": \"f\"}, \"survey\": [" G
                                               "{\"type\": \"begin_group\", \"name\": \"h\"}," A ",{\"type\": \"end_group\"},{\"type\": \"end_group\"},"
                                               "{\"type\": \"text\", \"name\": \"b\", \"relevant\": \"%s = 'x'\"}], \"choices\": []}", paths[i]);
      g_autoptr (JsonObject) root = zf_json_parse_object (text, -1, NULL);
      g_autoptr (GPtrArray) faults = NULL;
      g_autoptr (ZfForm) form = zf_form_check (kinds, "f.json", root, 0, &faults);
      g_autoptr (ZfAnswers) answers = zf_answers_new (form, NULL, "2026-06-01");
      g_assert_false (zf_answers_relevant (answers, "b"));
      g_assert_true (zf_answers_set_text (answers, "a", "x", NULL));
      g_assert_true (zf_answers_relevant (answers, "b"));
    }
}

/* The language is chosen as for words; what the form does not hold is none. */
static void
test_picture_of_row (void)
{
  g_autofree char *text = with_media ("{\"a.png\": \"" PNG "\", \"b.png\": \"" PNG "\"}",
                                      "{\"type\": \"note\", \"name\": \"n\", \"media::image\": \"a.png\", \"media::image::English\": \"b.png\"},"
                                      "{\"type\": \"note\", \"name\": \"m\", \"media::image\": \"c.png\"}", "");
  g_autoptr (JsonObject) root = zf_json_parse_object (text, -1, NULL);
  g_autoptr (GPtrArray) faults = NULL;
  g_autoptr (ZfForm) form = zf_form_check (kinds, "f.json", root, 0, &faults);
  JsonObject *row = zf_form_question (form, "n")->row;
  g_assert_cmpstr (zf_form_picture_name (form, row, "zh"), ==, "a.png");
  g_assert_cmpstr (zf_form_picture_name (form, row, "en"), ==, "b.png");
  g_assert_null (zf_form_picture_name (form, zf_form_question (form, "m")->row, "zh"));
  g_autoptr (GBytes) bytes = zf_form_picture (form, "a.png");
  g_autofree char *again = g_base64_encode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_assert_cmpstr (again, ==, PNG);
}

/* What a county publishes brings its pictures along, also those that nobody checked. */
static void
test_picture_published (void)
{
  g_autofree char *text = with_media ("{\"a.png\": \"" PNG "\", \"b.png\": \"*\"}", "{\"type\": \"note\", \"name\": \"n\", \"media::image\": \"a.png\"}", "");
  g_autoptr (GError) error = NULL;
  g_autoptr (ZfPublication) publication = zf_publication_read (text, &error);
  g_assert_no_error (error);
  g_autoptr (GPtrArray) one = g_ptr_array_new ();
  g_ptr_array_add (one, publication);
  g_autoptr (ZfKinds) extended = zf_kinds_extend (kinds, one);
  g_assert_cmpuint (zf_kinds_refused (extended)->len, ==, 0);
  g_autoptr (ZfForm) form = zf_form_new (zf_kinds_get (extended, "f"), &error);
  g_assert_no_error (error);
  g_autoptr (GBytes) bytes = zf_form_picture (form, "a.png");
  g_assert_nonnull (bytes);
  g_assert_null (zf_form_picture (form, "b.png"));
  g_assert_null (zf_form_picture (form, "c.png"));
}

/* What the settings allow or ask for. */
static const struct
{
  const char *settings, *survey, *choices, *faults;
} settings_cases[] = {
  { "\"allow_choice_duplicates\": \"yes\"", "{\"type\": \"select_one l\", \"name\": \"s\"}",
    "{\"list_name\": \"l\", \"name\": \"1\", \"label\": \"A\"},{\"list_name\": \"l\", \"name\": \"1\", \"label\": \"A\"}", "taken" },
  { "\"allow_choice_duplicates\": \"yes\"", "{\"type\": \"select_one l\", \"name\": \"s\"}",
    "{\"list_name\": \"l\", \"name\": \"1\", \"label\": \"A\"},{\"list_name\": \"l\", \"name\": \"1\", \"label\": \"B\"}",
    "“choices”, row 2, `label`: this choice has other words further up; where records are listed, those stand\ntaken" },
  { "\"allow_choice_duplicates\": \"yes\"", "{\"type\": \"rank l\", \"name\": \"s\"}", "{\"list_name\": \"l\", \"name\": \"1\"},{\"list_name\": \"l\", \"name\": \"1\"}",
    "“survey”, row 1, `type`: nothing can be ranked in the list “l”, where a choice stands twice\nrefused" },
  { "\"allow_choice_duplicates\": \"no\"", "{\"type\": \"select_one l\", \"name\": \"s\"}", "{\"list_name\": \"l\", \"name\": \"1\"},{\"list_name\": \"l\", \"name\": \"1\"}",
    "“choices”, row 2, `name`: the choice “1” stands in the list “l” already\nrefused" },
  { "\"form_id\": \"f\"", "{\"type\": \"deviceid\", \"name\": \"deviceid\"},{\"type\": \"audit\", \"name\": \"audit\"},{\"type\": \"note\", \"name\": \"n\", \"relevant\": \"${deviceid} != ''\"}", "",
    "“survey”, row 1, `type`: nothing is recorded here; who wrote a record is kept with it anyway\n"
    "“survey”, row 2, `type`: nothing is recorded here; who wrote a record is kept with it anyway\ntaken" },
  { "\"\": \"x\"", "{\"type\": \"note\", \"name\": \"n\"}", "", "“settings”, row 1, ``: this setting changes nothing here\ntaken" },
  { "\"instance_name\": \"concat(${a}, 1)\"", "{\"type\": \"text\", \"name\": \"a\"}", "", "taken" },
  { "\"instance_name\": \"concat(${b}, nosuch())\"", "{\"type\": \"text\", \"name\": \"a\"}", "", "“settings”, row 1, `instance_name`: position 8: there is no question “b”\nrefused" },
  { "\"instance_name\": \"${a}\"", "{\"type\": \"text\", \"name\": \"a\"},{\"type\": \"text\", \"name\": \"instance_name\"}", "",
    "“settings”, row 1, `instance_name`: the name “instance_name” stands there already\nrefused" },
};

static void
test_settings (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (settings_cases); i++)
    {
      g_autofree char *text = g_strdup_printf ("{\"settings\": [{\"version\": \"1\", %s}], \"kind\": {\"name\": \"f\"}, \"survey\": [%s], \"choices\": [%s]}",
                                               settings_cases[i].settings, settings_cases[i].survey, settings_cases[i].choices);
      g_autofree char *lines = faults_of_root (text);
      g_assert_cmpstr (lines, ==, settings_cases[i].faults);
    }
}

static void
test_shipped (void)
{
  g_autoptr (GPtrArray) list = zf_kinds_list (kinds);
  for (guint i = 0; i < list->len; i++)
    {
      const ZfKind *kind = list->pdata[i];
      g_autofree char *name = g_strconcat (zf_kind_name (kind), ".json", NULL);
      g_autoptr (GPtrArray) faults = NULL;
      g_autoptr (ZfForm) form = zf_form_check (kinds, name, zf_kind_file (kind), 0, &faults);
      g_assert_cmpuint (faults->len, ==, 0);
      g_assert_nonnull (form);
    }
}

#define N "{\"type\": \"integer\", \"name\": \"n\"}"
#define OWNER ", \"parent\": {\"kind\": \"household\", \"field\": \"household\"}"

static const struct
{
  const char *survey, *choices, *kind, *faults;
} cases[] = {
  { A "," N ",{\"type\": \"select_one sex\", \"name\": \"s\", \"default\": \"1\", \"relevant\": \"${n} > 1\"},{\"type\": \"note\", \"name\": \"o\"}", "", "", "" },
  { A ",{\"type\": \"date\", \"name\": \"d\", \"relevant\": \"${household} != '' and ${why} = ''\", \"default\": \"${last-saved#a}\", \"save_to\": \"next_visit\"}", "",
    OWNER ", \"append_only\": true", "" },
  /* Types and lists */
  { A ",{\"type\": \"phone number\", \"name\": \"p\"},{\"name\": \"q\"}", "", "", "“survey”, row 2, `type`: the type “phone number” is not supported\n“survey”, row 3, `type`: the row has no type" },
  { "{\"type\": \"select_one nosuch\", \"name\": \"a\"},{\"type\": \"select_multiple\", \"name\": \"b\"}", "", "",
    "“survey”, row 1, `type`: there is no list “nosuch”\n“survey”, row 2, `type`: the type must name a list of choices" },
  { "{\"type\": \"calculate\", \"name\": \"c\", \"calculation\": \"1\", \"bind::type\": \"zzz\"},{\"type\": \"calculate\", \"name\": \"d\"}", "", "",
    "“survey”, row 1, `bind::type`: a calculation has no such result\n“survey”, row 2, `calculation`: the calculation is missing" },
  /* Words that name answers */
  { A ",{\"type\": \"note\", \"name\": \"o\", \"label::English\": \"Dear ${a}, ${ b }\"}", "{\"list_name\": \"l\", \"name\": \"x\", \"label\": \"${a}\"}", "",
    "“survey”, row 2, `label::English`: there is no question “b”\n“choices”, row 1, `label`: the words of a choice cannot name an answer" },
  /* Paths from the root: groups and repeats on the way, a question at the end; other paths are what XPath makes of them */
  { G A ",{\"type\": \"begin_repeat\", \"name\": \"r\"}," N ",{\"type\": \"end_repeat\"},{\"type\": \"end_group\"},"
    "{\"type\": \"text\", \"name\": \"b\", \"relevant\": \"/data/g/a != '' and /f/a != '' and sum(/data/g/r[n > 1]/n) > count(/data/g/r/*) and //n > 1\","
    " \"constraint\": \"../nosuch = 1 or ../../nosuch/x = 2 or current()/../nosuch = 3 or /data/@id = 4 or /data/*[self::nosuch] or instance('sex')/root/item[name = /data/g/a]/nosuch\"}",
    "", "", "" },
  { G A ",{\"type\": \"end_group\"},{\"type\": \"text\", \"name\": \"b\", \"relevant\": \"1 = 1 and /data/g/nosuch = 1\", \"constraint\": \"/f/nosuch\"},"
    "{\"type\": \"text\", \"name\": \"c\", \"relevant\": \"/data/h/a = 1\", \"constraint\": \"//x\", \"check\": \"instance('sex')/root/item[name = /data/x]\"}", "", "",
    "“survey”, row 4, `relevant`: position 19: there is no question “nosuch”\n“survey”, row 4, `constraint`: position 4: there is no question “nosuch”\n"
    "“survey”, row 5, `relevant`: position 7: there is no group “h”\n“survey”, row 5, `check`: position 40: there is no question “x”\n"
    "“survey”, row 5, `constraint`: position 3: there is no question “x”" },
  /* Names */
  { A "," A ",{\"type\": \"text\", \"name\": \"1x\"},{\"type\": \"text\"},7", "", "",
    "“survey”, row 2, `name`: the name “a” stands there already\n“survey”, row 3, `name`: “1x” is no name: letters, digits and _ only, a letter first\n"
    "“survey”, row 4, `name`: the row has no name\n“survey”, row 5: this is not a row" },
  /* Groups */
  { "{\"type\": \"begin_group\", \"name\": \"g\"},{\"type\": \"begin group\", \"name\": \"h\"}," A ",{\"type\": \"end_group\"}", "", "",
    "“survey”, row 1, `type`: this begins here and does not end" },
  { A ",{\"type\": \"end_group\"}", "", "", "“survey”, row 2, `type`: something ends here that did not begin" },
  { "{\"type\": \"begin_group\", \"name\": \"g\"}," A ",{\"type\": \"end_repeat\"}", "", "", "“survey”, row 3, `type`: a repeat ends here, but the group “g” is open" },
  /* Choices */
  { "{\"type\": \"select_one l\", \"name\": \"s\", \"default\": \"9\"}", "{\"list_name\": \"l\", \"name\": \"1\"},{\"list_name\": \"l\", \"name\": \"1\"},{\"list_name\": \"l\"},{\"name\": \"2\"}", "",
    "“survey”, row 1, `default`: the list “l” has no choice “9”\n“choices”, row 2, `name`: the choice “1” stands in the list “l” already\n"
    "“choices”, row 3, `name`: the choice has no name\n“choices”, row 4, `list_name`: the choice belongs to no list" },
  /* Values of columns */
  { "{\"type\": \"text\", \"name\": \"a\", \"read_only\": \"maybe\", \"class\": \"less\", \"body::x\": \"1\", \"instance::y\": \"1\"}", "", "",
    "“survey”, row 1, `read_only`: only yes or no can stand here\n“survey”, row 1, `class`: only “more” can stand here\n"
    "“survey”, row 1, `body::x`: this column is not supported\n"
    "“survey”, row 1, `instance::y`: this column changes nothing here" },
  { "{\"type\": \"text\", \"name\": \"a\", \"save_to\": \"nosuch\"},{\"type\": \"text\", \"name\": \"b\", \"save_to\": \"zzz.x\"}", "", OWNER,
    "“survey”, row 1, `save_to`: the kind “household” has no field “nosuch”\n“survey”, row 2, `save_to`: there is no kind “zzz”" },
  /* Triggers: questions that people answer, in rows that are certain. */
  { A ",{\"type\": \"dateTime\", \"name\": \"b\", \"calculation\": \"now()\", \"trigger\": \"${a}\"},{\"type\": \"calculate\", \"name\": \"c\", \"trigger\": \"${a}, ${b}\"},"
    "{\"type\": \"integer\", \"name\": \"d\", \"calculation\": \"${d} + 1\", \"trigger\": \"${a}\"}", "", "", "" },
  { A ",{\"type\": \"calculate\", \"name\": \"b\", \"calculation\": \"1\"},{\"type\": \"text\", \"name\": \"c\", \"trigger\": \"${b} ${nosuch} ${c}\"},"
    "{\"type\": \"text\", \"name\": \"d\", \"trigger\": \"a or ${a}\"}", "", "",
    "“survey”, row 3, `trigger`: nobody answers “b” there, so it cannot set this answer\n“survey”, row 3, `trigger`: there is no question “nosuch”\n"
    "“survey”, row 3, `trigger`: nobody answers “c” there, so it cannot set this answer\n“survey”, row 4, `trigger`: only names of questions as ${name} can stand here" },
  { "{\"type\": \"begin_repeat\", \"name\": \"r\"},{\"type\": \"text\", \"name\": \"x\"},{\"type\": \"end_repeat\"},{\"type\": \"begin_repeat\", \"name\": \"q\"},"
    "{\"type\": \"text\", \"name\": \"y\", \"trigger\": \"${x}\"},{\"type\": \"end_repeat\"}", "", "",
    "“survey”, row 5, `trigger`: “x” stands in other rows: which of them is meant is not certain" },
  /* Lists as tables: by name, in quotes. */
  { A ",{\"type\": \"text\", \"name\": \"b\", \"calculation\": \"pulldata('sex', 'label', 'name', ${a})\"},"
    "{\"type\": \"text\", \"name\": \"c\", \"calculation\": \"instance('sex')/root/item[name = ${a}]/label\"}", "", "", "" },
  { A ",{\"type\": \"text\", \"name\": \"b\", \"calculation\": \"pulldata('prices', 'price', 'name', ${a})\"},"
    "{\"type\": \"text\", \"name\": \"c\", \"calculation\": \"instance(${a})/root/item\"}", "", "",
    "“survey”, row 2, `calculation`: position 1: there is no list “prices”; rows of a file beside the form belong into the choices sheet, under the file's name\n"
    "“survey”, row 3, `calculation`: position 1: instance() takes the name of a list of choices in quotes" },
  /* A record of a year is named by the year that is asked. */
  { "{\"type\": \"decimal\", \"name\": \"a1\", \"appearance\": \"money\", \"save_to\": \"income.a1\"}", "", OWNER,
    "“survey”, row 1, `save_to`: nothing here says which record of “income” is meant" },
  { "{\"type\": \"integer\", \"name\": \"year\"},{\"type\": \"decimal\", \"name\": \"a1\", \"appearance\": \"money\", \"save_to\": \"income.a1\"}", "", OWNER, "" },
  { "{\"type\": \"text\", \"name\": \"a\", \"save_to\": \"phone\"}", "", "", "“survey”, row 1, `save_to`: the record has no owner that the answer could go to" },
  /* Expressions, each with its position; the ones that are right go on being read. */
  { "{\"type\": \"text\", \"name\": \"a\", \"relevant\": \"1 +\", \"constraint\": \"nosuch(.)\", \"required\": \"${zz} = 1\"}," N
    ",{\"type\": \"text\", \"name\": \"b\", \"default\": \"today(\", \"relevant\": \"${n} > 1\"},{\"type\": \"text\", \"name\": \"c\", \"default\": \"${last-saved#zz}\"}", "", "",
    "“survey”, row 1, `relevant`: position 4: the expression ends too early\n“survey”, row 1, `constraint`: position 1: there is no function nosuch()\n"
    "“survey”, row 1, `required`: position 1: there is no question “zz”\n“survey”, row 3, `default`: position 7: the expression ends too early\n"
    "“survey”, row 4, `default`: there is no question “zz”" },
  { "{\"type\": \"begin_group\", \"name\": \"g\", \"relevant\": \"(1\"}," A ",{\"type\": \"end_group\"}", "", "", "“survey”, row 1, `relevant`: position 3: “)” is missing at the end" },
  /* Circles: through a calculation, through the condition of a group, of one with itself. */
  { "{\"type\": \"calculate\", \"name\": \"x\", \"calculation\": \"${y}\"},{\"type\": \"calculate\", \"name\": \"y\", \"calculation\": \"${z}\"},"
    "{\"type\": \"calculate\", \"name\": \"z\", \"calculation\": \"${x} + 1\"},{\"type\": \"calculate\", \"name\": \"w\", \"calculation\": \"${w}\"}", "", "",
    "“survey”, row 3, `calculation`: these depend on each other in a circle: x → y → z → x\n“survey”, row 4, `calculation`: these depend on each other in a circle: w → w" },
  { "{\"type\": \"begin_group\", \"name\": \"g\", \"relevant\": \"${a} = 1\"}," A ",{\"type\": \"end_group\"}", "", "",
    "“survey”, row 2, `relevant`: these depend on each other in a circle: a → a" },
  /* Repeats */
  { "{\"type\": \"begin_repeat\", \"name\": \"r\", \"repeat_count\": \"${q}\"},{\"type\": \"text\", \"name\": \"a\", \"save_to\": \"phone\", \"default\": \"${last-saved#a}\"},"
    "{\"type\": \"end_repeat\"},{\"type\": \"text\", \"name\": \"r\"}", "", OWNER,
    "“survey”, row 1, `repeat_count`: position 1: there is no question “q”\n“survey”, row 2, `save_to`: this cannot stand in a repeat\n"
    "“survey”, row 2, `default`: an answer of the last record cannot be filled into a repeat\n“survey”, row 4, `name`: the name “r” stands there already" },
  { "{\"type\": \"begin_repeat\", \"name\": \"r\"}," N ",{\"type\": \"end_repeat\"},{\"type\": \"calculate\", \"name\": \"t\", \"calculation\": \"sum(${n}) + count(${r})\"},"
    "{\"type\": \"select_one sex or_other\", \"name\": \"s\", \"source\": \"yes\"},{\"type\": \"note\", \"name\": \"o\", \"relevant\": \"${s_other} != '' and ${s__src} != ''\"}", "", "", "" },
  /* What is wrong beside the rows */
  { A, "", ", \"date\": \"nosuch\"", "f.json: date names the unknown field “nosuch”." },
};

static void
test_faults (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *lines = faults_of (cases[i].survey, cases[i].choices, cases[i].kind);
      g_assert_cmpstr (lines, ==, cases[i].faults);
    }
}

/* A long chain is no circle; a long circle is still one. */
static void
test_long_chain (void)
{
  for (guint circle = 0; circle < 2; circle++)
    {
      g_autoptr (GString) survey = g_string_new (NULL);
      for (guint i = 0; i < 2000; i++)
        g_string_append_printf (survey, "%s{\"type\": \"calculate\", \"name\": \"c%u\", \"calculation\": \"%s%u%s\"}", i > 0 ? "," : "", i,
                                i < 1999 || circle ? "${c" : "", (i + 1) % 2000, i < 1999 || circle ? "}" : "");
      g_autofree char *lines = faults_of (survey->str, "", "");
      g_assert_cmpint (*lines != '\0', ==, circle);
    }
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_test_init (&argc, &argv, NULL);
  kinds = zf_kinds_load (zf_data_dir (), &error);
  g_assert_no_error (error);
  g_test_add_func ("/forms/check/shipped", test_shipped);
  g_test_add_func ("/forms/check/columns", test_columns);
  g_test_add_func ("/forms/check/left-aside", test_left_aside);
  g_test_add_func ("/forms/check/faults", test_faults);
  g_test_add_func ("/forms/check/settings", test_settings);
  g_test_add_func ("/forms/check/pictures", test_pictures);
  g_test_add_func ("/forms/check/picture-sizes", test_picture_sizes);
  g_test_add_func ("/forms/check/root-paths", test_root_paths);
  g_test_add_func ("/forms/check/length", test_length);
  g_test_add_func ("/forms/check/picture-of-row", test_picture_of_row);
  g_test_add_func ("/forms/check/picture-published", test_picture_published);
  g_test_add_func ("/forms/check/long-chain", test_long_chain);
  int result = g_test_run ();
  g_object_unref (kinds);
  return result;
}
