#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The pages: one title each, and links into the tree lead somewhere."""

import re

from findings import Finding, files, main

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^(#+)\s+(.*?)\s*$")
_FENCE = re.compile(r"^\s*```")


def prose(text):
    """Numbered lines outside code blocks."""
    fenced = False
    for number, line in enumerate(text.split("\n"), start=1):
        if _FENCE.match(line):
            fenced = not fenced
        elif not fenced:
            yield number, line


def anchor(title):
    """As the common forges make them."""
    plain = re.sub(r"<!--.*?-->|[`*]", "", title).strip().lower()
    return re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")


def anchors(text):
    matches = (_HEADING.match(line) for _, line in prose(text))
    return {anchor(match.group(2)) for match in matches if match}


def broken(page, target):
    path, _, section = target.partition("#")
    file = (page.parent / path).resolve() if path else page
    if not file.exists():
        return f"{target} does not exist"
    if section and file.suffix == ".md" and section not in anchors(file.read_text("utf-8")):
        return f"{target}: no such section"
    return None


def check_page(root, path):
    page = root / path
    titles = 0
    for number, line in prose(page.read_text("utf-8")):
        heading = _HEADING.match(line)
        if heading and len(heading.group(1)) == 1:
            titles += 1
            if titles > 1:
                yield Finding(path, number, "heading", "a page has one title")
        for target in _LINK.findall(re.sub(r"`[^`]*`", "", line)):
            problem = None if "://" in target else broken(page, target)
            if problem:
                yield Finding(path, number, "link", problem)


def check(root):
    for path in files(root, (".md",)):
        yield from check_page(root, path)


if __name__ == "__main__":
    main(check, __doc__)
