#!/usr/bin/python3
"""The house rule as a test: who may include what, and where SQL may stand (HACKING.md, "Layers").

Usage: check-layers.py SOURCE_ROOT. Reads every #include and every SQL string under src/ against the table below.
"""
import re
import sys
from pathlib import Path

# folder → (folders it may use, foreign headers it may use beyond the C library)
GLIB = r"glib(-object|-unix)?\.h|glib/.*|gobject/.*|gio/.*|gmodule\.h|json-glib/.*"
TABLE = {
    "core": ([], rf"{GLIB}|sqlite3\.h|sodium\.h|unicode/.*|jpeglib\.h|jerror\.h|libexif/.*|libheif/.*|gdk-pixbuf/.*"),
    "forms": (["core"], rf"{GLIB}|libxml/.*"),
    "casework": (["core", "forms"], GLIB),
    "map": (["core"], rf"{GLIB}|sqlite3\.h|cairo\.h|pango/.*|gdk-pixbuf/.*"),
    "tables": (["core", "forms", "casework"], rf"{GLIB}|xlsxwriter\.h|archive\.h|archive_entry\.h|libxml/.*|freexl\.h|iconv\.h|cairo.*\.h|pango/.*"),
    "sync": (["core"], rf"{GLIB}|libsoup/.*|zstd\.h"),
    "server": (["core", "forms", "casework", "map", "tables", "sync"], rf"{GLIB}|libsoup/.*|sqlite3\.h|sodium\.h"),
    "app": (["core", "forms", "casework", "map", "tables", "sync"], rf"{GLIB}|gtk/.*|adwaita\.h|shumate/.*|gdk/.*|gsk/.*|graphene.*\.h|cairo\.h|pango/.*|gdk-pixbuf/.*|sodium\.h|gst/.*|zbar\.h"),
    "ctl": (["core", "forms", "casework", "map", "tables", "sync", "server"], rf"{GLIB}|libsoup/.*|xlsxwriter\.h|cairo\.h|pango/.*|gdk-pixbuf/.*|sodium\.h|libxml/.*"),
}
SQL_FOLDERS = {"core"}
SQL_FILES = re.compile(r"^(map/zf-mbtiles(-[a-z]+)?|server/zf-server-store-sqlite(-[a-z]+)?)\.c$")
# Statements, not prose: the keyword pair must be written as SQL is.
SQL = re.compile(r'"[^"]*\b(SELECT\s.+\bFROM|INSERT\s+(OR\s+\w+\s+)?INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|CREATE\s+(VIRTUAL\s+)?TABLE|PRAGMA\s+\w+)\b')
PRIVATE_CORE = {"zf-db.h", "zf-derived.h"}
INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]')
C_HEADERS = re.compile(r"^([a-z0-9_]+\.h|sys/[a-z_]+\.h|arpa/inet\.h|netinet/[a-z]+\.h|linux/[a-z]+\.h)$")
FOREIGN_PLAIN = {"sqlite3.h", "sodium.h", "jpeglib.h", "jerror.h", "cairo.h", "archive.h", "archive_entry.h", "freexl.h",
                 "xlsxwriter.h", "adwaita.h", "zbar.h", "glib.h", "gmodule.h", "zstd.h", "zlib.h", "ft2build.h"}


def owner_of_headers(src):
    return {p.name: folder for folder in TABLE for p in (src / folder).glob("*.h")}


def check_include(folder, where, quote, header, owners, problems):
    allowed, foreign = TABLE[folder]
    name = Path(header).name
    if quote == '"':
        if name in ("zf-config.h",) or (name.endswith("-resources.h") and folder == "app"):
            return
        owner = owners.get(name)
        if owner is None:
            problems.append(f"{where}: \"{header}\" belongs to no layer")
        elif owner != folder and owner not in allowed:
            problems.append(f"{where}: {folder} may not use {owner} ({header})")
        elif name in PRIVATE_CORE and folder != "core" and not SQL_FILES.match(f"{folder}/{Path(where).name.split(':')[0]}"):
            problems.append(f"{where}: {header} is private to the core")
        return
    if re.fullmatch(foreign, header):
        return
    if header not in FOREIGN_PLAIN and C_HEADERS.match(header):
        return
    problems.append(f"{where}: {folder} may not include <{header}>")


def check_file(path, src, owners, problems):
    folder = path.relative_to(src).parts[0]
    rel = str(path.relative_to(src))
    sql_ok = folder in SQL_FOLDERS or SQL_FILES.match(rel)
    for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        m = INCLUDE.match(line)
        if m:
            check_include(folder, f"{rel}:{n}", m.group(1), m.group(2), owners, problems)
        if not sql_ok and SQL.search(line):
            problems.append(f"{rel}:{n}: SQL outside the store files")


def check_tree(src):
    owners = owner_of_headers(src)
    problems = []
    files = [p for p in sorted(src.rglob("*")) if p.suffix in (".c", ".h")]
    for p in files:
        if p.relative_to(src).parts[0] not in TABLE:
            problems.append(f"{p.relative_to(src)}: not in a folder of the house")
        else:
            check_file(p, src, owners, problems)
    return problems, len(files)


def self_test(tmp):
    """The checker must see planted faults, or it proves nothing."""
    src = Path(tmp)
    faults = {
        "core/zf-a.c": '#include <gtk/gtk.h>\n',
        "forms/zf-b.c": '#include "zf-server.h"\n',
        "tables/zf-c.c": 'x = "SELECT id FROM record";\n',
        "sync/zf-d.c": '#include <sqlite3.h>\n',
        "server/zf-server.h": "",
        "app/zf-e.c": '#include "zf-server.h"\n',
        "ctl/zf-f.c": '#include "zf-db.h"\n',
        "core/zf-db.h": "",
    }
    for rel, text in faults.items():
        (src / rel).parent.mkdir(parents=True, exist_ok=True)
        (src / rel).write_text(text)
    problems, _ = check_tree(src)
    for rel, text in faults.items():
        if text and not any(p.startswith(rel) for p in problems):
            sys.exit(f"the checker missed a planted fault in {rel}")


def main():
    import tempfile
    with tempfile.TemporaryDirectory() as tmp:
        self_test(tmp)
    problems, n = check_tree(Path(sys.argv[1]) / "src")
    for p in problems:
        print(p)
    print(f"{n} files read, {len(problems)} faults")
    sys.exit(1 if problems or n < 20 else 0)


main()
