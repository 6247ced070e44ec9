#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Formatting: clang-format 14 changes nothing in any .c or .h, and text files are plain."""

import re
import shutil
import subprocess
import sys

from findings import ROOT, Finding, files, main

SKIP = 77
# Other versions format the same file differently.
VERSION = "14."
TEXT = (".c", ".h", ".py", ".mjs", ".ui", ".css", "meson.build", "meson_options.txt", ".in", "dev",
        ".editorconfig", ".clang-format")
_BATCH = 64
_WARNING = re.compile(r"^(.*?):(\d+):\d+: (?:error|warning): (.*)$", re.MULTILINE)


def find_clang_format():
    for name in ("clang-format-14", "clang-format"):
        program = shutil.which(name)
        if not program:
            continue
        answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
        if f"version {VERSION}" in answer.stdout:
            return program
    return None


def check_c_format(root, program, paths):
    for start in range(0, len(paths), _BATCH):
        batch = [str(root / path) for path in paths[start:start + _BATCH]]
        style = f"--style=file:{ROOT / '.clang-format'}"
        answer = subprocess.run([program, "--dry-run", "-Werror", style, *batch],
                                capture_output=True, text=True, check=False)
        seen = set()
        for path, line, _ in _WARNING.findall(answer.stderr):
            name = str(path).removeprefix(f"{root}/")
            if name not in seen:
                seen.add(name)
                yield Finding(name, int(line), "format", "clang-format -i would change this file")
        if answer.returncode != 0 and not seen:
            yield Finding(batch[0], 1, "format", answer.stderr.strip() or "clang-format failed")


def check_text(path, data):
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        yield Finding(path, 1, "utf-8", "not UTF-8")
        return
    if text and not text.endswith("\n"):
        yield Finding(path, text.count("\n") + 1, "final-newline", "no newline at the end")
    if "\r" in text:
        yield Finding(path, text.count("\n", 0, text.index("\r")) + 1, "line-end", "LF only")
    for number, line in enumerate(text.split("\n"), start=1):
        if line.rstrip(" \t") != line:
            yield Finding(path, number, "trailing-space", "trailing white space")
        if line.startswith("\t"):
            yield Finding(path, number, "tab", "indent with spaces")


def check(root):
    program = find_clang_format()
    yield from check_c_format(root, program, files(root, (".c", ".h")))
    for path in files(root, TEXT):
        yield from check_text(path, (root / path).read_bytes())


if __name__ == "__main__":
    if find_clang_format() is None:
        print(f"clang-format {VERSION}x is not installed (Debian: clang-format-14); skipped.")
        sys.exit(SKIP)
    main(check, __doc__)
