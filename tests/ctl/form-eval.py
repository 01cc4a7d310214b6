# SPDX-License-Identifier: GPL-3.0-or-later
"""A form without a screen: what it asks, computes, finds wrong and doubts, also in rows of repeats; the faults of a form and of a call are told."""
import json
import os
import subprocess
import tempfile
from pathlib import Path

CTL = os.environ["ZF_CTL"]


def evaluate(form, answers, *words, fails=False):
    done = subprocess.run([CTL, "form", "eval", form, *words], input=answers if isinstance(answers, str) else json.dumps(answers),
                          capture_output=True, text=True)
    assert (done.returncode != 0) == fails, done
    return done.stderr if fails else json.loads(done.stdout)


with tempfile.TemporaryDirectory(prefix="zf-eval-") as folder:
    form = Path(folder) / "farm.json"
    form.write_text(json.dumps({
        "settings": [{"form_title": "farm", "form_id": "farm", "version": "1"}],
        "kind": {"name": "farm"},
        "survey": [
            {"type": "date", "name": "day", "default": "today()"},
            {"type": "select_one yes_no", "name": "farms"},
            {"type": "begin_repeat", "name": "plots", "relevant": "${farms} = 'yes'"},
            {"type": "decimal", "name": "mu", "constraint": ". > 0", "constraint_message": "above 0", "check": ". <= 100", "check_message": "so large?"},
            {"type": "end_repeat", "name": "plots"},
            {"type": "decimal", "name": "all", "calculation": "sum(${mu})", "read_only": "yes"}],
        "choices": []}))
    new = evaluate(str(form), {}, "--today", "2026-11-29")
    assert new["values"]["day"] == "2026-11-29" and new["asked"] == ["day", "farms", "all"], new
    rows = evaluate(str(form), {"farms": "yes", "plots": [{"mu": "1.5"}, {"mu": "-2"}, {"mu": 120}], "nothing": 1})
    assert rows["values"]["all"] == "119.5", rows
    assert rows["problems"] == {"plots[2].mu": "above 0"}, rows
    assert rows["doubts"] == {"plots[3].mu": "so large?"}, rows
    assert rows["ignored"] == ["nothing"], rows
    none = evaluate(str(form), {"farms": "no", "plots": [{"mu": "-2"}]})
    assert none["problems"] == {} and "plots" not in none["values"], none

    assert evaluate(str(form), "[1", fails=True).startswith("zoufangctl:")
    form.write_text(form.read_text().replace("sum(${mu})", "sum(${mu}) + ${all}"))
    assert "all" in evaluate(str(form), {}, fails=True)
    evaluate("no-such-form", {}, fails=True)
