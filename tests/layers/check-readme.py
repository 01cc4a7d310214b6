#!/usr/bin/python3
"""Every folder says what it is for: a tracked folder without README.md is a fault. Usage: check-readme.py SOURCE_ROOT."""
import subprocess
import sys
from pathlib import Path

# Leaves whose parent's README speaks for them: fixture files and icon theme folders.
SPOKEN_FOR = ("tests/fixtures/", "tests/fuzz/corpus/", "tests/forms/data/", "data/icons/", "ui/icons/")

root = Path(sys.argv[1])
listed = subprocess.run(["git", "-C", str(root), "ls-files"], capture_output=True, text=True)
if listed.returncode != 0:
    print("not a git checkout: nothing to check")
    sys.exit(0)
folders = {str(Path(name).parent) for name in listed.stdout.splitlines()}
missing = [f for f in sorted(folders) if not (root / f / "README.md").exists() and not (f + "/").startswith(SPOKEN_FOR)]
for f in missing:
    print(f"{f}: no README.md")
print(f"{len(folders)} folders read")
sys.exit(1 if missing or len(folders) < 20 else 0)
