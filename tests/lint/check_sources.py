#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The house rules for C: sizes, nesting, blocked functions, documented symbols."""

import re
from dataclasses import dataclass

import c_source
from findings import Finding, files, main

MAX_FUNCTION_LINES = 80
MAX_FILE_LINES = 1000
MAX_NESTING = 4
# Tests write their own inputs; rules about other people's do not bind them.
TESTS = "tests/"
SPDX = "/* SPDX-License-Identifier: MIT */"


@dataclass(frozen=True)
class Blocked:
    """A name that is not called, what to use instead, where it matters and who is excused."""

    pattern: str
    instead: str
    under: str = ""
    excused: tuple = ()


_LOGS = "return a GError; library code never logs"
# Programs of the build that live beside the layer they serve, and talk to the person who builds.
_BUILD_PROGRAMS = ("libtokenwise/tokens/tw-vocab-compile.c",)

BLOCKED = (
    Blocked(r"strcpy|strcat|strncpy|strncat", "use g_strlcpy() or GString"),
    Blocked(r"v?sprintf", "use g_strdup_printf() or g_snprintf()"),
    Blocked(r"strtok(?:_r)?", "use g_strsplit(): strtok() writes into its input"),
    Blocked(r"ato[ifl]|atoll", "use g_ascii_string_to_signed(): it reports what is no number"),
    Blocked(r"gets|tmpnam|mktemp", "use a call that cannot be raced or overrun"),
    Blocked(r"system|popen", "use GSubprocess with an argument vector: no shell"),
    Blocked(r"malloc|calloc|realloc|strdup", "use g_new(), g_strdup() and g_autofree",
            under="libtokenwise/", excused=("libtokenwise/base/tw-json.c",)),
    Blocked(r"cJSON_Compare", "compare members: cJSON_Compare() is quadratic and case-blind"),
    Blocked(r"cJSON_Parse\w*", "use tw_json_parse(): it limits bytes and depth",
            under="libtokenwise/", excused=("libtokenwise/base/tw-json.c",)),
    Blocked(r"cJSON_(?:GetNumberValue|SetIntValue)", "use tw_json_get_int64(): a double loses digits",
            under="libtokenwise/", excused=("libtokenwise/base/tw-json.c",)),
    Blocked(r"g_(?:print|printerr|message|warning|debug|info|log|error)", _LOGS,
            under="libtokenwise/", excused=_BUILD_PROGRAMS),
    Blocked(r"v?f?printf|puts|perror", _LOGS, under="libtokenwise/", excused=_BUILD_PROGRAMS),
    Blocked(r"setlocale|setenv|g_setenv|putenv|chdir|umask|signal|exit|abort",
            "a library does not change its process",
            under="libtokenwise/", excused=_BUILD_PROGRAMS),
)
# Calls that are safe only with text that was written here: function, index of the text, advice.
LITERAL_ONLY = (
    ("sqlite3_exec", 1, "prepare a statement and bind the values"),
    ("gtk_label_set_markup", 1, "use gtk_label_set_text(), or escape with g_markup_printf_escaped()"),
    ("gtk_window_set_title_markup", 1, "escape with g_markup_printf_escaped()"),
)
_MARKER = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
_FLOAT_MONEY = re.compile(
    r"\b(?:double|float)\s+\*?(\w*(?:cost|price|usd|money|dollar|cents)\w*)", re.IGNORECASE)
_DEAD_CODE = re.compile(
    r"^[\s*/]*(?:(?:if|for|while|return|else)\b.*[;{]|[\w>.\[\]-]+\s*(?:=|\+=|\()[^.]*;|#\s*(?:if|include)\b.*)"
    r"\s*(?:\*/)?$")
# Types come by macro and without a semicolon; the scanner checks their documentation.
_PUBLIC = re.compile(r"\bTW_PUBLIC\s+(?!G_DECLARE)([^;{(]*?\b(\w+)\s*\([^;{]*);")
# An array that frees its elements: a binding that was promised both would free them twice.
_ELEMENTS_TWICE = re.compile(r"\(transfer full\)[\s*]*\(element-type Tw")
_DOC_NAME = re.compile(r"/\*\*\s*\n\s*\*\s*(\w+):")


def check_head(path, source):
    if not source.text.startswith(SPDX):
        yield Finding(path, 1, "spdx", f"the first line must be {SPDX}")
    if path.endswith(".h") and "#pragma once" not in source.code:
        yield Finding(path, 1, "pragma-once", "a header starts with #pragma once")


def check_sizes(path, source):
    if len(source.lines) > MAX_FILE_LINES:
        yield Finding(path, 1, "file-length",
                      f"{len(source.lines)} lines, the limit is {MAX_FILE_LINES}; split by concern")
    for function in source.functions:
        if function.length > MAX_FUNCTION_LINES:
            yield Finding(path, function.first_line, "function-length",
                          f"{function.name}() has {function.length} lines, the limit is "
                          f"{MAX_FUNCTION_LINES}")
        if function.max_depth > MAX_NESTING:
            yield Finding(path, function.deepest_line, "nesting",
                          f"{function.name}() nests {function.max_depth} levels, the limit is "
                          f"{MAX_NESTING}; return early or split")


def check_words(path, source):
    for match in re.finditer(r"\bgoto\b", source.bare):
        yield Finding(path, source.line_of(match.start()), "goto",
                      "no goto: use g_autoptr, an early return or a function")
    for match in re.finditer(r"\bG_DEFINE_QUARK\s*\([^,]*\s-\s", source.bare):
        yield Finding(path, source.line_of(match.start()), "quark",
                      "the formatter's spaces become part of the name; write the function instead")
    if path.startswith(TESTS):
        return
    for match in re.finditer(r"->\s*valueint\b|\.valueint\b", source.bare):
        yield Finding(path, source.line_of(match.start()), "blocked",
                      "valueint stops at 2³¹; use tw_json_get_int64()")
    for match in _FLOAT_MONEY.finditer(source.bare):
        yield Finding(path, source.line_of(match.start()), "float-money",
                      f"{match.group(1)} is money; money is TwFemto or a decimal string")


def check_comments(path, source):
    for comment in source.comments:
        for offset, line in enumerate(comment.text.splitlines()):
            marker = _MARKER.search(line)
            if marker:
                yield Finding(path, comment.line + offset, "marker",
                              f"no {marker.group(1)} in the tree: open an issue")
            if not comment.is_doc and _DEAD_CODE.match(line):
                yield Finding(path, comment.line + offset, "dead-code",
                              "no code in comments: the history keeps it")


def check_annotations(path, source):
    for comment in source.comments:
        match = comment.is_doc and _ELEMENTS_TWICE.search(comment.text)
        if match:
            yield Finding(path, comment.line + comment.text.count("\n", 0, match.start()),
                          "transfer", "a GPtrArray of ours frees its elements: (transfer container)")


def check_blocked(path, source):
    for blocked in BLOCKED:
        if not path.startswith(blocked.under) or path in blocked.excused:
            continue
        for match in re.finditer(rf"(?<![\w>.])({blocked.pattern})\s*\(", source.bare):
            yield Finding(path, source.line_of(match.start()), "blocked",
                          f"{match.group(1)}() is blocked: {blocked.instead}")


def is_literal(source, argument):
    if argument.startswith('"') or re.fullmatch(r"[A-Z][A-Z0-9_]*", argument):
        return True
    constant = rf"static const char (?:\*const )?{re.escape(argument)}\b"
    return bool(re.fullmatch(r"\w+", argument) and re.search(constant, source.bare))


def check_literals(path, source):
    if path.startswith(TESTS):
        return
    for name, index, advice in LITERAL_ONLY:
        for match in re.finditer(rf"\b{name}\s*\(", source.bare):
            arguments = source.arguments_at(match.end() - 1)
            if len(arguments) > index and not is_literal(source, arguments[index]):
                yield Finding(path, source.line_of(match.start()), "literal-only",
                              f"{name}() with text that was not written here: {advice}")


def public_functions(source):
    for match in _PUBLIC.finditer(source.bare):
        if not match.group(2).endswith("_get_type"):
            yield match.group(2), source.line_of(match.start(2))


def documented(sources):
    """Every symbol with a doc comment, and whether it says since when."""
    names = {}
    for source in sources.values():
        for comment in source.comments:
            match = _DOC_NAME.match(comment.text)
            if match:
                names[match.group(1)] = "Since:" in comment.text
    return names


def check_documentation(sources):
    names = documented(sources)
    for path, source in sources.items():
        if not path.endswith(".h") or path.endswith("-private.h"):
            continue
        for name, line in public_functions(source):
            if name not in names:
                yield Finding(path, line, "undocumented", f"{name}() has no doc comment in a .c file")
            elif not names[name]:
                yield Finding(path, line, "since", f"the doc comment of {name}() lacks “Since:”")


CHECKS = (check_head, check_sizes, check_words, check_comments, check_annotations, check_blocked,
          check_literals)


def check(root):
    sources = {path: c_source.read(root / path) for path in files(root, (".c", ".h"))}
    for path, source in sources.items():
        for rule in CHECKS:
            yield from rule(path, source)
    yield from check_documentation(sources)


if __name__ == "__main__":
    main(check, __doc__)
