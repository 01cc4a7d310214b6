# SPDX-License-Identifier: GPL-3.0-or-later
"""Forms of other organisations, from a workbook to a record: checked, imported, opened on a household, answered by name, finished. They are read from
../shared/testdata/xlsform beside the sources (tests/README.md), or from the folder ZF_PUBLIC_FORMS (tests/forms/README.md lists where they come from), and never
needed; ZF_UI_FORM: only that one. ZF_UI_PICTURES (a folder): a picture of each form; ZF_UI_SIZE, ZF_UI_TEXT as ui-ways.py."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

here = Path(__file__).resolve().parent
books = Path(os.environ.get("ZF_PUBLIC_FORMS", here.parent.parent.parent / "shared" / "testdata" / "xlsform"))
if not books.is_dir():
    print("no foreign forms here")
    sys.exit(77)
data = Path(tempfile.mkdtemp(prefix="zf-data-"))
shutil.copytree(os.environ["ZOUFANG_DATA"], data, dirs_exist_ok=True)
os.environ["ZOUFANG_DATA"] = str(data)
size = os.environ.get("ZF_UI_SIZE", "1280x800")
ctl = sys.argv[2]

from uitest import App, main  # noqa: E402


def shoot(name):
    if "ZF_UI_PICTURES" in os.environ:
        subprocess.run(["import", "-window", "root", "%s/%s-%s.png" % (os.environ["ZF_UI_PICTURES"], size, name)], check=True)


titles = {}   # kind → what people see of it


def run(*args):
    return subprocess.run([ctl, *args], capture_output=True, text=True)


def bring(name):
    """Workbook → kind file among those of this county; a workbook that names no kind becomes a ledger of households."""
    book = str(books / (name + ".xlsx"))
    checked = run("form", "check", book)
    assert checked.returncode == 0, checked.stderr
    made = run("form", "import", book, "-o", str(data / "new.json"))
    assert made.returncode == 0, made.stderr
    kind = json.loads((data / "new.json").read_text())["kind"]
    assert kind["ledger"] is True and kind["parent"]["kind"] == "household", kind
    titles[kind["name"]] = json.loads((data / "new.json").read_text())["settings"][0]["form_title"]
    (data / "new.json").rename(data / "forms" / (kind["name"] + ".json"))
    return kind["name"]


def refused(name, place):
    """What cannot be asked here is named by its place, and nothing is left out in silence."""
    checked = run("form", "check", str(books / (name + ".xlsx")))
    assert checked.returncode != 0 and place in checked.stderr, checked.stderr


def or_other(app):
    app.see("What is your favorite color?")
    # The choice that the form did not write down, and the question that it brings.
    app.press("What is your favorite color?: 其他")
    app.see("其他，写明")
    # Its filter says pastel=yes where 'yes' is meant: as with ODK, a name without quotes is a question that is not there, and no choice fits.
    for color in ("red", "mauve"):
        assert app.showing("What is your favorite pastel?: " + color) is None, "the choice filter does not filter"
    shoot("or_other")
    app.press("What is your favorite color?: mauve")
    return {"fav_color": "mauve"}


def group(app):
    app.type("What's your family name?", "Okello")
    app.press("下一步")
    app.see("Father")
    # A type that says a condition along with what is asked.
    app.type("What's your father's phone number?", "07x")
    app.type("How old is your father?", "61")
    app.press("完成")
    app.see("这个答案不对。", exact=False)
    shoot("group")
    app.type("What's your father's phone number?", "0772000000")
    return {"family_name": "Okello", "phone_number": "0772000000", "age": "61"}


def choice_filter_test(app):
    # A cascade of three lists. The county king stands in its list twice, once for each state (allow_choice_duplicates).
    app.press("state: Texas")
    app.see("county: Cameron")
    assert app.showing("county: Pierce") is None, "a county of another state"
    kings = app.all(lambda node: node.name == "county: King")
    assert len(kings) == 1, "the county of the other state is offered too"
    app.press("county: Cameron")
    app.see("city: harlingen")
    assert app.showing("city: Seattle") is None, "a city of another county"
    app.press("state: Washington")
    # What was answered stays and is told, as long as it is no choice any more; the county that both states have goes on.
    app.see("“Cameron”不在现在的选项里。")
    app.press("county: King")
    app.gone("county: Cameron")
    app.see("city: Seattle")
    app.press("city: Seattle")
    shoot("choice_filter_test")
    app.press("state: Texas")
    app.see("city: Seattle")
    return {"state": "texas", "county": "king", "city": "seattle"}


def specify_other(app):
    app.see("What sex are you?")
    app.press("What sex are you?: Female")
    shoot("specify_other")
    return {"sex": "female"}


def tip(app):
    # The sum of the documents: a bill of 55.88 and 18 percent.
    app.type("Bill amount:", "55.88")
    app.see("Tip (18%): $10.06", exact=False)
    app.see("Total: $65.94", exact=False)
    shoot("tip")
    return {"bill_amount": "55.88", "tip_18": "10.06", "tip_18_total": "65.94"}


def add_row(app, repeat, **answers):
    app.press("再加：" + repeat)
    for label, answer in answers.items():
        app.type(label.replace("_", " "), answer)
    app.press("这一个填好了")
    app.see("再加：" + repeat)


def pets(app):
    # Two children with 2 and 1, and a grown-up with 5, which do not count.
    for age, pet in (("10", "2"), ("40", "5"), ("17", "1")):
        add_row(app, "Person", **{"Age": age, "How many pets does this person have?": pet})
    app.see("2  40")
    shoot("pets-rows")
    app.press("下一步")
    app.see("Total pets owned by children: 3")
    shoot("pets")
    return {"total_pets": "3", "people": ["10", "40", "17"]}


def parallel_repeats(app):
    app.see("Please list the names of the people in your household.")
    app.press("下一步")
    for name in ("Ann", "Bo"):
        add_row(app, "Member of household", Name=name)
    app.press("下一步")
    # As many as there are names, and each knows whose it is.
    app.press("2  Details")
    app.see("Birthday of Bo")
    shoot("parallel_repeats")
    app.press("这一个填好了")
    app.see("1  Details")
    return {"person": ["Ann", "Bo"], "person_details": ["Ann", "Bo"]}


def party(app):
    guests = "How many guests are in your party?"
    app.type(guests, "9")
    app.press("下一步")
    app.see("这个答案不对。", exact=False)
    app.type(guests, "2")
    app.press("下一步")
    app.press("1  Guest details")
    app.type("Guest's name", "Ann")
    app.press("这一个填好了")
    app.see("1  Ann")
    shoot("party")
    return {"number_in_party": "2", "guest_details": ["Ann", None]}


def field_survey(app):
    app.type("What is your name?", "Ana")
    app.type("How old are you?", "200")
    app.press("下一步")
    # The words of the form, in one of its languages: it has none of ours.
    app.see("Age must be between 1 and 149")
    shoot("field_survey")
    app.type("How old are you?", "44")
    app.gone("Age must be between 1 and 149")
    app.press("下一步")
    app.see("Record GPS")
    app.press("Select region: South")
    app.press("下一步")
    app.press("Services needed?: Water")
    app.press("Services needed?: Food")
    app.see("Thank you!")
    return {"age": "44", "region": "south", "services_needed": ["food", "water"]}


AGES = ["0-6 months", "7 months - 4 years", "5-12 years", "13-15 years", "16-17 years", "18-40 years", "41-59 years", "60 or older"]
MALES, FEMALES = (1, 1, 2, 0, 1, 1, 0, 1), (0, 2, 1, 1, 0, 1, 0, 1)


def reach_ab(app):
    app.type("What is the enumerators name?", "Ayan")
    app.type("For enumerators: please enter your contact number", "0612")
    app.type("What organisation is conducting this survey?", "REACH")
    app.press("下一步")
    app.see("Shoud be 10 digits and starts with 0")
    app.type("For enumerators: please enter your contact number", "0612345678")
    app.press("下一步")
    app.see("Hi my name is Ayan and I work for REACH.", exact=False)
    app.press("May I begin now?: No", exact=False)
    app.see("If the respondent has declined consent, please end the interview and delete the form.")
    app.press("May I begin now?: Yes", exact=False)
    app.gone("If the respondent has declined consent, please end the interview and delete the form.")
    district = "What district is the assessment being conducted in?: "
    app.press("What region is the assessment being conducted in?: Bay")
    app.see(district + "Buur Hakaba")
    assert app.showing(district + "Borama") is None, "a district of another region"
    app.press(district + "Baidoa")
    idp = "Is this an IDP settlement? _(Only answer YES if the survey is collected inside an IDP settlement)_"
    app.press(idp + ": Yes")
    app.see("What is the name of the IDP site/settlement?")
    shoot("reach_ab-1")
    app.press(idp + ": No")
    app.gone("What is the name of the IDP site/settlement?")
    app.press("下一步")
    app.press("What is the gender of the respondent?: Female")
    app.press("What is the age of the respondent?", exact=False)   # the menu of a long list
    app.press("(For respondents between the age of 12 and 17 please ensure an adult/guardian is present): Age 31-35", exact=False)
    app.press("Who is the main breadwinner of the household?: Father of household")
    app.press("Who decides on household expenditure?: Father of household")
    app.press("Who decides on household expenditure?: Mother of household", exact=False)
    app.press("Does your household have any identity documentation (for example passport or national ID card) in your possession?: Yes")
    app.see("Demographic list")
    assert app.showing("Males 0-6 months") is None, "children are asked about before there are any"
    app.press("Are there children (aged 0-17) in your household?: Yes")
    app.see("Males 0-6 months")
    shoot("reach_ab-2")
    for age, males, females in zip(AGES, MALES, FEMALES):
        app.type("Males " + age, str(males))
        app.type("Females " + age, str(females))
    while app.showing("Please confirm the total number of household members is 13") is None:
        app.press("下一步")
        app.see("Please confirm the total number", exact=False)
    app.press("Please confirm the total number of household members is 13: Yes")
    app.type("Pregnant or lactating women", "3")
    app.type("Persons with disability or chronic illness", "2")
    app.type("Sick children (under 5 years old)", "1")
    app.type("Members suffering from mental health issues", "0")
    app.type("Unaccompanied or separated children", "0")
    app.see("Please give more details of gender")
    app.type("Males with disability or chronic illness", "1")
    app.type("Females with disability or chronic illness", "1")
    app.type("Sick male child under 5", "1")
    app.type("Sick female child under 5", "0")
    app.press("完成")
    app.see("Should be less than or equal to total females in the age of 13-40 years old")
    shoot("reach_ab-3")
    app.type("Pregnant or lactating women", "2")
    app.gone("Should be less than or equal to total females in the age of 13-40 years old")
    return {"district": "baidoa", "total_hh": "13", "children_vaccine_age": "7", "children_0_4": "4", "total_children": "9", "plw": "2"}


FORMS = [("or_other", or_other), ("group", group), ("specify_other", specify_other), ("choice_filter_test", choice_filter_test), ("tip", tip), ("pets", pets),
         ("parallel_repeats", parallel_repeats), ("party", party), ("field_survey", field_survey), ("reach_ab", reach_ab)]
# Which of a row's answers tells one from another.
TELLING = {"people": "age", "person": "name", "person_details": "current_name", "guest_details": "guest_name"}


def assert_fields(store, kind, record, wanted):
    fields = record.get("fields", record)
    for name, value in wanted.items():
        if name in TELLING:
            rows = [store.rows("get", row["id"])[0] for row in store.rows("list", kind + "_" + name)]
            found = [row.get("fields", row).get(TELLING[name]) for row in rows]
            assert sorted(map(str, found)) == sorted(map(str, value)), (name, found, value)
        else:
            assert str(fields.get(name)) == str(value), (name, fields.get(name), value)


def test(program, store, households):
    home = households["李秀英"]
    for name, fill in FORMS:
        if name not in kinds or os.environ.get("ZF_UI_FORM", name) != name:
            continue
        kind = kinds[name]
        app = App(program, store.dir, "--size", size, "--page", "household:" + home)
        app.press("添加" + titles[kind])
        wanted = fill(app)
        app.press("完成")
        app.see("添加" + titles[kind])
        app.close()
        rows = store.rows("list", kind)
        assert len(rows) == 1 and rows[0]["parent"] == home, rows
        assert_fields(store, kind, store.rows("get", rows[0]["id"])[0], wanted)
    store.run("check")


try:
    if (books / "bad_calc.xlsx").exists():
        refused("bad_calc", "calculation")
    kinds = {name: bring(name) for name, _ in FORMS if (books / (name + ".xlsx")).exists()}
    main(test)
finally:
    shutil.rmtree(data, ignore_errors=True)
