#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns an .sql file into a C string: embed-sql.py FILE FUNCTION [HEADER] > OUT.c"""
import sys

path, function = sys.argv[1:3]
header = sys.argv[3] if len(sys.argv) > 3 else 'zf-schema.h'
print('/* Made from the .sql file of the same name; edit that one. */')
print('#include "%s"\n\nconst char *\n%s (void)\n{\n  return' % (header, function))
with open(path, encoding='utf-8') as source:
    for line in source:
        print('    "%s\\n"' % line.rstrip('\n').replace('\\', '\\\\').replace('"', '\\"'))
print('    ;\n}')
