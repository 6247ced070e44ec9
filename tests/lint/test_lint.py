#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The linters' own test: each sample says in comments what must be found in it, and nothing else.

`expect: RULE…` stands on the line of the finding, `expect-next: RULE` two lines above it (inside a
comment of its own), and `expect-file: RULE` anywhere for a finding on line 1.
"""

import re
import unittest
from collections import Counter

import c_source
import check_docs
import check_format
import check_layers
import check_sources
from findings import ROOT, SAMPLES

RULES = {
    "layers": {"include-form", "include-table", "public-api-only", "public-includes-private",
               "third-party", "umbrella", "unknown-layer", "headless-models"},
    "sources": {"blocked", "dead-code", "file-length", "float-money", "function-length", "goto",
                "literal-only", "marker", "nesting", "pragma-once", "quark", "since", "spdx",
                "transfer", "undocumented"},
    "format": {"final-newline", "format", "line-end", "tab", "trailing-space", "utf-8"},
    "docs": {"link", "heading"},
}
_EXPECT = re.compile(r"expect(-file|-next)?: ((?:[a-z][a-z0-9-]+ ?)+)")


def expected(folder):
    counter = Counter()
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        name = path.relative_to(folder).as_posix()
        text = path.read_bytes().decode("utf-8", errors="replace")
        for number, line in enumerate(text.split("\n"), start=1):
            for match in _EXPECT.finditer(line):
                where = {"-file": 1, "-next": number + 2}.get(match.group(1), number)
                for rule in match.group(2).split():
                    counter[(name, where, rule)] += 1
    return counter


class Samples(unittest.TestCase):
    maxDiff = None

    def compare(self, area, checker):
        folder = ROOT / SAMPLES / area
        wanted = expected(folder)
        self.assertEqual({rule for _, _, rule in wanted}, RULES[area],
                         "every rule has a sample, and every sample a rule")
        found = Counter((f.path, f.line, f.rule) for f in checker.check(folder))
        self.assertEqual(sorted(found.elements()), sorted(wanted.elements()))

    def test_layers(self):
        self.compare("layers", check_layers)

    def test_sources(self):
        self.compare("sources", check_sources)

    def test_docs(self):
        self.compare("docs", check_docs)

    @unittest.skipIf(check_format.find_clang_format() is None, "clang-format 14 is not installed")
    def test_format(self):
        self.compare("format", check_format)


class Reader(unittest.TestCase):
    def read(self, text):
        return c_source.CSource("sample.c", text)

    def test_functions_are_found_and_measured(self):
        source = self.read("struct a { int b; };\n"
                           "static const int c[] = { 1, 2 };\n"
                           "int\nf (void (*g) (int), int h)\n{\n  if (h)\n    {\n    }\n}\n")
        self.assertEqual([(f.name, f.first_line, f.last_line, f.max_depth)
                          for f in source.functions], [("f", 4, 9, 1)])

    def test_literals_and_directives_are_no_code(self):
        source = self.read("#define OPEN {\\\n  {\n"
                           "int\nf (void)\n{\n  return '}' + *\"}\\\"}\"; // }\n}\n")
        self.assertEqual([(f.name, f.last_line) for f in source.functions], [("f", 7)])

    def test_comment_marks_inside_strings(self):
        source = self.read('const char *a = "/* no comment */ // none";\n')
        self.assertEqual(source.comments, [])

    def test_arguments(self):
        source = self.read('call (a, f (b, c), "d, e", g[1]);\n')
        self.assertEqual(source.arguments_at(5), ["a", "f (b, c)", '"d, e"', "g[1]"])


if __name__ == "__main__":
    unittest.main()
