#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Libraries that a program loads when it first calls them, on x86-64: lazy-link.py OUT.c NM LIBRARY.so… -- ARCHIVE.a…

Writes a C file that defines, hidden, every function of the libraries that the archives call and do not define themselves: a jump through a table that
zf_lazy_resolve (src/core/zf-lazy.c) fills. Linked into the program in front of the libraries, it leaves nothing undefined for them, and --as-needed drops them.
Callers and headers stay what they are, and a program without the file is linked as usual. Data cannot be reached that way and is refused by name.
Packagers find the libraries in the note .note.dlopen (systemd's ELF dlopen metadata), as no DT_NEEDED names them.
"""
import json
import re
import subprocess
import sys
from pathlib import Path

CODE = "TtWwi"

# r11 may be changed by a call; all that arguments can stand in is kept while the library is loaded.
ENTER = """
.text
.hidden zf_lazy_enter
.globl zf_lazy_enter
.type zf_lazy_enter, @function
zf_lazy_enter:
  .cfi_startproc
  endbr64
""" + "".join(f"  push %{r}\n  .cfi_adjust_cfa_offset 8\n" for r in ["rdi", "rsi", "rdx", "rcx", "r8", "r9", "rax", "r10"]) + """
  sub $136, %rsp
  .cfi_adjust_cfa_offset 136
""" + "".join(f"  movups %xmm{i}, {i * 16}(%rsp)\n" for i in range(8)) + """
  mov %r11, %rdi
  call zf_lazy_resolve
  mov %rax, %r11
""" + "".join(f"  movups {i * 16}(%rsp), %xmm{i}\n" for i in range(8)) + """
  add $136, %rsp
  .cfi_adjust_cfa_offset -136
""" + "".join(f"  pop %{r}\n  .cfi_adjust_cfa_offset -8\n" for r in ["r10", "rax", "r9", "r8", "rcx", "rdx", "rsi", "rdi"]) + """
  jmp *%r11
  .cfi_endproc
.size zf_lazy_enter, .-zf_lazy_enter
"""
# 24 is the size of a ZfLazyFunction, 16 where its address stands.
JUMP = """
.hidden {name}
.globl {name}
.type {name}, @function
{name}:
  .cfi_startproc
  endbr64
  lea zf_lazy_functions+{at}(%rip), %r11
  jmp *16(%r11)
  .cfi_endproc
.size {name}, .-{name}
"""
NOTE = """
.pushsection .note.dlopen, "a", @note
.balign 4
.long 4, 2f - 1f, 0x407c0c0a
.asciz "FDO"
1: .asciz {text}
2: .balign 4
.popsection
"""


def symbols(nm, *words):
    """{name: type} of what nm tells."""
    lines = subprocess.run([nm, "--format=posix", *words], check=True, capture_output=True, text=True).stdout.splitlines()
    return {p[0].split("@")[0]: p[1] for p in (line.split() for line in lines) if len(p) > 1}


def soname(library):
    head = subprocess.run(["readelf", "--dynamic", library], check=True, capture_output=True, text=True).stdout
    return re.search(r"SONAME.*\[(.+)\]", head).group(1)


def main():
    out, nm = Path(sys.argv[1]), sys.argv[2]
    split = sys.argv.index("--")
    archives = sys.argv[split + 1:]
    left = set(symbols(nm, "--undefined-only", *archives)) - set(symbols(nm, "--defined-only", "--extern-only", *archives))
    names, functions = [], []
    for library in sys.argv[3:split]:
        exported = symbols(nm, "--dynamic", "--defined-only", library)
        called = sorted(left & exported.keys())
        left -= set(called)
        data = [name for name in called if exported[name] not in CODE]
        if data:
            sys.exit(f"lazy-link: {library}: {', '.join(data)} is data, so this library cannot be loaded later.")
        functions += [(name, len(names)) for name in called]
        names.append(soname(library))
    note = json.dumps([{"soname": [n], "feature": n.split(".so")[0], "priority": "required"} for n in names])
    text = ['#include "zf-lazy.h"', "void zf_lazy_enter (void);"]
    text += ["static ZfLazyLibrary libraries[] = {", *(f'  {{ "{n}", NULL }},' for n in names), "};"]
    text += ['__attribute__ ((used, visibility ("hidden"))) ZfLazyFunction zf_lazy_functions[] = {',
             *(f'  {{ "{name}", &libraries[{i}], zf_lazy_enter }},' for name, i in functions), "};"]
    text += ["__attribute__ ((constructor)) static void", "lazy_register (void)", "{", "  zf_lazy_register (libraries, G_N_ELEMENTS (libraries));", "}"]
    code = ENTER + "".join(JUMP.format(name=name, at=24 * k) for k, (name, _) in enumerate(functions)) + NOTE.format(text=json.dumps(note))
    text += ["asm (", *(json.dumps(line + "\n") for line in code.splitlines()), ");", ""]
    text = "\n".join(text)
    if not out.exists() or out.read_text() != text:
        out.write_text(text)


main()
