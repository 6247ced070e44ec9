# SPDX-License-Identifier: MIT
"""Just enough of a C reader for the house rules: what is code, what is comment, what is a function."""

import re
from dataclasses import dataclass, field

_LEXEMES = re.compile(
    r"""(?P<comment>/\*.*?\*/|//[^\n]*)
      | (?P<string>"(?:\\.|[^"\\\n])*")
      | (?P<char>'(?:\\.|[^'\\\n])*')""",
    re.DOTALL | re.VERBOSE,
)
_DIRECTIVE = re.compile(r"^[ \t]*#(?:\\\n|[^\n])*", re.MULTILINE)
_NAME_BEFORE_ARGUMENTS = re.compile(r"([A-Za-z_]\w*)\s*$")


def _blank(text):
    return re.sub(r"[^\n]", " ", text)


@dataclass
class Comment:
    line: int
    text: str

    @property
    def is_doc(self):
        return self.text.startswith("/**")


@dataclass
class Function:
    name: str
    first_line: int
    last_line: int
    body_start: int
    body_end: int
    max_depth: int
    deepest_line: int

    @property
    def length(self):
        return self.last_line - self.first_line + 1


@dataclass
class CSource:
    """A C file: `code` has comments blanked, `bare` also strings and directives; offsets agree."""

    path: str
    text: str
    code: str = ""
    bare: str = ""
    comments: list = field(default_factory=list)
    functions: list = field(default_factory=list)

    def __post_init__(self):
        self.code = _LEXEMES.sub(self._take_comment, self.text)
        bare = _LEXEMES.sub(self._hide_literal, self.code)
        self.bare = _DIRECTIVE.sub(lambda match: _blank(match.group()), bare)
        self.functions = list(self._find_functions())

    def line_of(self, offset):
        return self.text.count("\n", 0, offset) + 1

    @property
    def lines(self):
        return self.text.splitlines()

    def arguments_at(self, open_parenthesis):
        """The call's arguments, as written, given the offset of its opening parenthesis."""
        depth, start, arguments = 0, open_parenthesis + 1, []
        for offset in range(open_parenthesis, len(self.bare)):
            char = self.bare[offset]
            if char in "([{":
                depth += 1
            elif char in ")]}":
                depth -= 1
            if depth == 0 or (depth == 1 and char == ","):
                arguments.append(self.code[start:offset].strip())
                start = offset + 1
            if depth == 0:
                break
        return arguments

    def _take_comment(self, match):
        if match.lastgroup != "comment":
            return match.group()
        self.comments.append(Comment(self.line_of(match.start()), match.group()))
        return _blank(match.group())

    @staticmethod
    def _hide_literal(match):
        text = match.group()
        return text[0] + _blank(text[1:-1]) + text[-1]

    def _find_functions(self):
        depth = 0
        opened_at = None
        deepest = (0, 0)
        for match in re.finditer(r"[{}]", self.bare):
            if match.group() == "{":
                if depth == 0:
                    opened_at, deepest = match.start(), (0, match.start())
                elif depth > deepest[0]:
                    deepest = (depth, match.start())
                depth += 1
                continue
            depth = max(0, depth - 1)
            if depth == 0 and opened_at is not None:
                function = self._function(opened_at, match.start(), deepest)
                if function:
                    yield function
                opened_at = None

    def _function(self, body_start, body_end, deepest):
        name_end = self._start_of_parameters(body_start)
        if name_end is None:
            return None
        name = _NAME_BEFORE_ARGUMENTS.search(self.bare, 0, name_end)
        if not name:
            return None
        return Function(
            name=name.group(1),
            first_line=self.line_of(name.start(1)),
            last_line=self.line_of(body_end),
            body_start=body_start,
            body_end=body_end,
            max_depth=deepest[0],
            deepest_line=self.line_of(deepest[1]),
        )

    def _start_of_parameters(self, body_start):
        """The offset of the parenthesis that opens the parameters, or None: not a function."""
        end = body_start - 1
        while end >= 0 and self.bare[end].isspace():
            end -= 1
        if end < 0 or self.bare[end] != ")":
            return None
        depth = 0
        for offset in range(end, -1, -1):
            depth += {")": 1, "(": -1}.get(self.bare[offset], 0)
            if depth == 0:
                return offset
        return None


def read(path):
    with open(path, encoding="utf-8") as file:
        return CSource(str(path), file.read())
