# SPDX-License-Identifier: GPL-3.0-or-later
"""The words on screen: the Chinese catalogue is complete and in step with the sources, one Chinese word stands for one source word, and
no word of attendance or ranking is ever shown."""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

root = Path(sys.argv[1])
FORBIDDEN = ("提交", "上报", "打卡", "考核", "签到", "积分", "排名")
MARK = re.compile(r'\b(?:_|N_|C_|NC_|ngettext)\s*\(\s*"')


def entries(text):
    for block in text.split("\n\n"):
        def part(name):
            found = re.search(r'^%s((?: ?"(?:[^"\\]|\\.)*"\n?)+)' % name, block, re.M)
            return "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', found.group(1))) if found else ""
        source = part("msgid")
        if source and not block.lstrip().startswith("#~"):
            yield part("msgctxt"), source, part("msgstr") or part(r"msgstr\[0\]"), "fuzzy" in block.split("msgid")[0]


listed = set((root / "po" / "POTFILES").read_text().split())
marked = {str(p.relative_to(root)) for p in (root / "src").rglob("*.c") if MARK.search(p.read_text())}
marked |= {str(p.relative_to(root)) for p in (root / "ui").glob("*.ui") if "translatable" in p.read_text()}
problems = ["not in po/POTFILES: " + name for name in sorted(marked - listed)]
problems += ["in po/POTFILES, but without words: " + name for name in sorted(listed - marked)]

with tempfile.TemporaryDirectory() as folder:
    pot = Path(folder) / "zoufang.pot"
    subprocess.run(["xgettext", "--from-code=UTF-8", "-f", "po/POTFILES", "-o", str(pot), "--keyword=_", "--keyword=N_", "--keyword=C_:1c,2",
                    "--keyword=NC_:1c,2"], cwd=root, check=True, capture_output=True)
    wanted = {(context, source) for context, source, _, _ in entries(pot.read_text())}
chinese = {}
for context, source, translation, fuzzy in entries((root / "po" / "zh_CN.po").read_text()):
    chinese[(context, source)] = translation
    if fuzzy or not translation:
        problems.append("not translated: " + source)
    problems += ["forbidden word in: " + translation for word in FORBIDDEN if word in translation]
    if "请" in translation or "您" in translation or "！" in translation:
        problems.append("not our voice: " + translation)
problems += ["not in zh_CN.po: %s" % source for _, source in sorted(wanted - set(chinese))]

for word, source in (("今日", "Today"), ("农户", "Households"), ("开始走访", "Start visit"), ("完成走访", "Finish visit"), ("接着填", "Continue"),
                     ("草稿", "Drafts"), ("撤销", "Undo"), ("五项", "Five items"), ("沿用上次", "Carried over"), ("同步", "Sync"),
                     ("只在本机", "On this tablet only"), ("台账", "Ledgers"), ("没有记录", "Not recorded"), ("监测户", "Monitored household")):
    found = {t for (_, s), t in chinese.items() if s == source}
    if word not in found or (len(found) > 1 and source != "Today"):
        problems.append("%s must be %s, is %s" % (source, word, "、".join(sorted(found)) or "missing"))

print("\n".join(problems))
sys.exit(1 if problems else 0)
