# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the spreadsheets that the table tests read into the directory given: some by other programs' writers, some part by part, since no
writer makes a damaged or hostile workbook."""
import sys
import zipfile
from pathlib import Path

import openpyxl
import xlwt
from datetime import date

OUT = Path(sys.argv[1])
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_REL = "http://purl.oclc.org/ooxml/officeDocument/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def package(name, sheets, strings=None, styles=None, main=MAIN, rel=REL, workbook_pr="", doctype="", states=None, order=None):
    """One workbook from the inner XML of its sheets."""
    parts = {}
    parts["_rels/.rels"] = (f'{HEAD}<Relationships xmlns="{PACKAGE}"><Relationship Id="r" Type="{rel}/officeDocument" '
                            'Target="xl/workbook.xml"/></Relationships>')
    rels, tabs = [], []
    for i, (title, inner) in enumerate(sheets, 1):
        state = (states or {}).get(title)
        tabs.append(f'<sheet name="{title}" sheetId="{i}" r:id="rId{i}"' + (f' state="{state}"' if state else "") + "/>")
        rels.append(f'<Relationship Id="rId{i}" Type="{rel}/worksheet" Target="worksheets/sheet{i}.xml"/>')
        parts[f"xl/worksheets/sheet{i}.xml"] = f'{HEAD}{doctype}<worksheet xmlns="{main}">{inner}</worksheet>'
    if strings is not None:
        rels.append(f'<Relationship Id="rIdS" Type="{rel}/sharedStrings" Target="/xl/sharedStrings.xml"/>')
        parts["xl/sharedStrings.xml"] = f'{HEAD}<sst xmlns="{main}">{strings}</sst>'
    if styles is not None:
        rels.append(f'<Relationship Id="rIdT" Type="{rel}/styles" Target="styles.xml"/>')
        parts["xl/styles.xml"] = f'{HEAD}<styleSheet xmlns="{main}">{styles}</styleSheet>'
    parts["xl/workbook.xml"] = (f'{HEAD}<workbook xmlns="{main}" xmlns:r="{rel}"><workbookPr {workbook_pr}/>'
                                f'<sheets>{"".join(tabs)}</sheets></workbook>')
    parts["xl/_rels/workbook.xml.rels"] = f'{HEAD}<Relationships xmlns="{PACKAGE}">{"".join(rels)}</Relationships>'
    with zipfile.ZipFile(OUT / name, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in order(parts) if order else parts:
            archive.writestr(part, parts[part])


def inline(row, *values):
    cells = "".join(f'<c r="{chr(65 + i)}{row}" t="inlineStr"><is><t>{v}</t></is></c>' for i, v in enumerate(values))
    return f'<row r="{row}">{cells}</row>'


STYLES = ('<numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/>'
          '<numFmt numFmtId="165" formatCode="[Red]0.00E+00;&quot;day&quot;0"/></numFmts>'
          '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>'
          '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs>')
CELLS = ('<dimension ref="A1:XFD1048576"/><sheetData>'
         '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="D1" t="s"><v>2</v></c></row>'
         '<row r="3" hidden="1"><c r="A3" s="1"><v>43832</v></c><c r="B3" s="2"><v>43832.5</v></c><c r="C3" s="3"><v>43832</v></c>'
         '<c r="D3"><v>0.1</v></c><c r="E3"><v>5.0023119990101102E+17</v></c></row>'
         '<row><c t="inlineStr"><is><r><t>一</t></r><r><t xml:space="preserve"> 二</t></r></is></c><c t="b"><v>1</v></c>'
         '<c t="str"><f>A1</f><v>公式</v></c><c t="e"><f>1/0</f><v>#DIV/0!</v></c><c><f>A1</f></c><c><f>1+1</f><v>2</v></c>'
         '<c t="d"><v>2020-01-02T00:00:00</v></c></row>'
         '</sheetData><mergeCells><mergeCell ref="A1:B1"/></mergeCells>')
STRINGS = ('<si><t>姓名</t></si><si><r><rPr><b/></rPr><t>富</t></r><r><t>文本</t></r><rPh sb="0" eb="1"><t>ふ</t></rPh><phoneticPr/></si>'
           '<si><t xml:space="preserve">两行_x000A_文字_x005F_</t></si>')

two = [("藏", "<sheetData>" + inline(1, "hidden") + "</sheetData>"), ("表", CELLS)]
package("parts.xlsx", two, STRINGS, STYLES, states={"藏": "hidden"})
package("strict.xlsx", two, STRINGS, STYLES, main=STRICT, rel=STRICT_REL, states={"藏": "veryHidden"})
package("order.xlsx", two, STRINGS, STYLES, states={"藏": "hidden"}, order=lambda parts: sorted(parts, reverse=True))
package("date1904.xlsx", [("表", '<sheetData><row><c s="1"><v>0</v></c><c s="1"><v>42370</v></c></row></sheetData>')], None, STYLES,
        workbook_pr='date1904="1"')
package("far.xlsx", [("表", '<sheetData><row r="1048577"><c><v>1</v></c></row></sheetData>')])
package("wide.xlsx", [("表", '<sheetData><row r="1"><c r="XFE1"><v>1</v></c></row></sheetData>')])
package("lost-string.xlsx", [("表", '<sheetData><row r="1"><c t="s"><v>7</v></c></row></sheetData>')], "<si><t>a</t></si>")
BOMB = ('<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {chr(98 + i)} "{"&" + chr(97 + i) + ";" * 1}{("&" + chr(97 + i) + ";") * 9}">' for i in range(9)) + "]>")
package("bomb.xlsx", [("表", '<sheetData><row r="1"><c t="inlineStr"><is><t>&j;</t></is></c></row></sheetData>')], doctype=BOMB)
package("not-xml.xlsx", [("表", "<sheetData><row r='1'><c>")])
with zipfile.ZipFile(OUT / "huge.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
    with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
        for _ in range(1100):
            part.write(b" " * (1 << 20))
with zipfile.ZipFile(OUT / "other.xlsx", "w") as archive:
    archive.writestr("mimetype", "application/zip")
whole = (OUT / "parts.xlsx").read_bytes()
(OUT / "truncated.xlsx").write_bytes(whole[: len(whole) * 2 // 3])
(OUT / "flipped.xlsx").write_bytes(whole.replace(whole[200:260], bytes(60), 1))

# A roster as offices have it: title, notes, merged cells, dates as serial and text.
PEOPLE = [
    ("XM-0001", "名山街道", "白沙沱社区", "一般农户", "张三", "户主", "{id1}", date(1970, 1, 2), "13800000001"),
    ("XM-0001", "名山街道", "白沙沱社区", "一般农户", "李四", "配偶", "{id2}", date(1972, 3, 4), "13800000001"),
    ("XM-0002", "名山街道", "白沙沱社区", "脱贫户", "王五", "户主", "{id3}", date(1980, 5, 6), "13800000002"),
]
HEADERS = ("户编号", "乡镇", "村", "户类型", "姓名", "与户主关系", "证件号码", "出生日期", "联系电话")


def check_character(first):
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return "10X98765432"[sum(int(c) * w for c, w in zip(first, weights)) % 11]


def make_id(birth, order):
    first = f"999999{birth:%Y%m%d}{order:03d}"
    return first + check_character(first)


IDS = {"id1": make_id(date(1970, 1, 2), 11), "id2": make_id(date(1972, 3, 4), 22), "id3": make_id(date(1980, 5, 6), 33)}
rows = [[v.format(**IDS) if isinstance(v, str) else v for v in person] for person in PEOPLE]

book = openpyxl.Workbook()
sheet = book.active
sheet.title = "农户"
sheet.merge_cells("A1:I1")
sheet["A1"] = "丰都县农户名册"
sheet["A2"] = "填表说明：每人一行"
sheet.append(HEADERS)
for row in rows:
    sheet.append(row)
sheet.append(["合计", None, None, None, 3])
book.save(OUT / "roster.xlsx")
# The same with a formula that failed in one row, and in all.
sheet["I6"] = "=1/0"
book.save(OUT / "formula-one.xlsx")
for row in range(4, 7):
    sheet[f"E{row}"] = "=NOSUCH()"
book.save(OUT / "formula-all.xlsx")
# ID numbers as numbers.
for i, row in enumerate(rows, 4):
    sheet[f"E{i}"] = row[4]
    sheet[f"I{i}"] = row[8]
    sheet[f"G{i}"] = int(row[6][:17] + "0")
book.save(OUT / "id-number.xlsx")
wrong = openpyxl.Workbook()
wrong.active.append(["甲", "乙"])
wrong.active.append(["1", "2"])
wrong.save(OUT / "wrong-sheet.xlsx")

old = xlwt.Workbook(encoding="utf-8")
tab = old.add_sheet("农户")
style = xlwt.easyxf(num_format_str="YYYY-MM-DD")
for c, header in enumerate(HEADERS):
    tab.write(0, c, header)
for r, row in enumerate(rows, 1):
    for c, value in enumerate(row):
        tab.write(r, c, value, style) if isinstance(value, date) else tab.write(r, c, value)
old.add_sheet("其他").write(0, 0, 12.5)
old.save(str(OUT / "roster.xls"))
data = (OUT / "roster.xls").read_bytes()
(OUT / "truncated.xls").write_bytes(data[: len(data) // 3])
