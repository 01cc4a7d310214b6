#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns an .sql file into a C string: embed-sql.py FILE FUNCTION > OUT.c"""
import sys

path, function = sys.argv[1:]
print('/* Made from the .sql file of the same name; edit that one. */')
print('#include "zf-schema.h"\n\nconst char *\n%s (void)\n{\n  return' % function)
with open(path, encoding='utf-8') as source:
    for line in source:
        print('    "%s\\n"' % line.rstrip('\n').replace('\\', '\\\\').replace('"', '\\"'))
print('    ;\n}')
