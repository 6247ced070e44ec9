#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Who may include whom: the table of docs/architecture.md, enforced."""

import re

import c_source
from findings import Finding, files, main

# The order is the order of the path of a request.
MAY_INCLUDE = {
    "base": set(),
    "message": {"base"},
    "catalog": {"base", "message"},
    "tokens": {"base", "message"},
    "ledger": {"base", "message"},
    "plan": {"base", "message", "catalog", "tokens", "ledger"},
    "wire": {"base", "message"},
    "net": {"base"},
    "client": {"base", "message", "catalog", "tokens", "ledger", "plan", "wire", "net"},
    "report": {"base", "message", "catalog", "ledger"},
}

# A third-party header and the only layers that may know of it.
THIRD_PARTY = {
    "sqlite3.h": {"ledger"},
    "libpq-fe.h": {"ledger"},
    "curl/": {"net"},
    "libsecret/": {"client"},
    "gtk/": set(),
    "adwaita.h": set(),
}

UMBRELLA = "libtokenwise/tokenwise.h"
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+[<"]([^>"\n]+)[>"]', re.MULTILINE)
_OWN = re.compile(r"libtokenwise/([^/]+)/(tw-[^/]+\.h)$")


def includes(source):
    for match in _INCLUDE.finditer(source.code):
        yield match.group(1), source.line_of(match.start(1))


def layer_of(path):
    parts = path.split("/")
    return parts[1] if parts[0] == "libtokenwise" and len(parts) > 2 else None


def is_public_header(path):
    return path.endswith(".h") and not path.endswith("-private.h")


def check_layer_include(path, layer, target, line):
    own = _OWN.match(target)
    if own and own.group(1) != layer and own.group(1) not in MAY_INCLUDE[layer]:
        allowed = ", ".join(sorted(MAY_INCLUDE[layer])) or "no other layer"
        yield Finding(path, line, "include-table",
                      f"{layer}/ must not include {own.group(1)}/; it may include {allowed}")
    if own and is_public_header(path) and target.endswith("-private.h"):
        yield Finding(path, line, "public-includes-private",
                      f"a public header must not include {target}: it is not installed")
    if target == UMBRELLA:
        yield Finding(path, line, "include-form",
                      "the umbrella is for users; include the header that is meant")
    if target.startswith("tw-"):
        yield Finding(path, line, "include-form", f'write "libtokenwise/{layer}/{target}"')
    for header, layers in THIRD_PARTY.items():
        if target.startswith(header) and layer not in layers:
            where = ", ".join(sorted(layers)) or "no layer"
            yield Finding(path, line, "third-party", f"{target} belongs to {where}, not {layer}/")


def check_outside_include(path, target, line):
    """The app and the command line are users like any other."""
    if target.startswith("libtokenwise/") and target != UMBRELLA:
        yield Finding(path, line, "public-api-only", f"include <{UMBRELLA}>, not {target}")
    headless = path.startswith("gui/models/")
    if headless and target.startswith(("gtk/", "adwaita.h", "gdk/", "libadwaita")):
        yield Finding(path, line, "headless-models",
                      "models are tested without a display; keep GTK in gui/views")


def check_file(path, source):
    layer = layer_of(path)
    if layer is not None and layer not in MAY_INCLUDE:
        yield Finding(path, 1, "unknown-layer",
                      f"{layer}/ is no layer; add it to docs/architecture.md and to this table")
        return
    for target, line in includes(source):
        if layer is not None:
            yield from check_layer_include(path, layer, target, line)
        elif path.startswith(("gui/", "bindings/")):
            yield from check_outside_include(path, target, line)


def check_umbrella(root, public):
    if not (root / UMBRELLA).is_file():
        yield Finding(UMBRELLA, 1, "umbrella", "the umbrella header is missing")
        return
    listed = [target for target, _ in includes(c_source.read(root / UMBRELLA))]
    for missing in sorted(public - set(listed)):
        yield Finding(UMBRELLA, 1, "umbrella", f"{missing} is public but not listed here")
    for extra in sorted(set(listed) - public):
        yield Finding(UMBRELLA, 1, "umbrella", f"{extra} is listed but does not exist")
    if listed != sorted(listed):
        yield Finding(UMBRELLA, 1, "umbrella", "keep the list sorted")


def check(root):
    public = set()
    for path in files(root, (".c", ".h")):
        if layer_of(path) and is_public_header(path):
            public.add(path)
        yield from check_file(path, c_source.read(root / path))
    yield from check_umbrella(root, public)


if __name__ == "__main__":
    main(check, __doc__)
