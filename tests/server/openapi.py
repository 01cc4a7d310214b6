#!/usr/bin/python3
"""data/openapi.yaml and the route table of zf-server-core.c say the same, and every $ref points somewhere. Usage: openapi.py SOURCE_ROOT"""
import re
import sys
from pathlib import Path

import yaml

root = Path(sys.argv[1])
spec = yaml.safe_load((root / "data/openapi.yaml").read_text(encoding="utf-8"))
source = (root / "src/server/zf-server-core.c").read_text(encoding="utf-8")
METHODS = ("get", "post", "put", "head", "patch", "delete", "options")
UNDOCUMENTED = set()
problems = []


def refs(node):
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"]
        for value in node.values():
            yield from refs(value)
    elif isinstance(node, list):
        for value in node:
            yield from refs(value)


def check_operation(path, item, method):
    operation = item[method]
    where = f"{method.upper()} {path}"
    if not operation.get("summary") or "default" not in operation.get("responses", {}):
        problems.append(f"{where}: no summary or no refusal")
    named = {p.get("name") for p in item.get("parameters", []) + operation.get("parameters", [])}
    named |= {spec["components"]["parameters"][r.rsplit("/", 1)[1]]["name"] for r in refs(item) if "/parameters/" in r}
    problems.extend(f"{where}: {{{name}}} is not described" for name in re.findall(r"{(\w+)}", path) if name not in named)


for ref in refs(spec):
    node = spec
    for step in ref.removeprefix("#/").split("/"):
        node = node.get(step, {}) if isinstance(node, dict) else {}
    if not node:
        problems.append(f"{ref} points nowhere")

documented = set()
for path, item in spec["paths"].items():
    for method in METHODS:
        if method in item:
            check_operation(path, item, method)
            documented.add((method.upper(), path))

table = re.search(r"static const Route routes\[\] = \{(.*?)\n\};", source, re.S).group(1)
routes = [(m, p, below == "TRUE") for m, p, below in re.findall(r'\{ "(\w+)", "([^"]+)", (TRUE|FALSE)', table)]
assert len(routes) > 5, "the route table was not found"
for method, path, below in routes:
    if (method, path) not in UNDOCUMENTED and not any(m == method and (p.startswith(path + "{") if below else p == path) for m, p in documented):
        problems.append(f"{method} {path}: served, not described")
for method, path in documented:
    if not any(m == method and (path.startswith(p) and path != p if below else path == p) for m, p, below in routes):
        problems.append(f"{method} {path}: described, not served")
print("\n".join(problems) or f"{len(documented)} operations, {len(routes)} routes agree")
sys.exit(1 if problems else 0)
