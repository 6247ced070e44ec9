#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the texts that the `tokens` figures are measured on: make_corpora.py FOLDER

Real text comes out of Debian packages, which apt-get downloads without being root; nothing is
installed. Logs are generated from a seed. FOLDER keeps the packages and the results, so a second
run is instant. Each corpus is NAME.8m (up to 8 MB) and NAME.1m, its first megabyte, both UTF-8 cut
at a character.
"""
import gzip
import html.parser
import itertools
import json
import lzma
import pathlib
import random
import shutil
import subprocess
import sys

BIG, SMALL = 8_000_000, 1_000_000
# What was built by other rules is built again.
VERSION = "1"

# Corpus, package, files of it; {} stands for /usr/share/doc/PACKAGE. Files of the rows of a corpus
# are taken in turn, one of each row, so that every language is in the first megabyte too.
HANDBOOK, GNOME, INSTALL = "debian-handbook", "gnome-user-docs", "installation-guide-amd64"
GNOME_FILES = "usr/share/help/{}/**/*.page"
ROWS = [
    ("prose", "anarchism", "{}/html/*.html"),
    ("prose", HANDBOOK, "{}/html/en-US/*.html"),
    ("code", "libpython3.11-stdlib", "usr/lib/python3.11/**/*.py"),
    ("code", "lttng-modules-dkms", "usr/src/**/*.[ch]"),
    ("code", "librust-tokio-dev", "usr/share/cargo/registry/**/*.rs"),
    ("code", "librust-syn-dev", "usr/share/cargo/registry/**/*.rs"),
    ("code", "librust-regex-syntax-dev", "usr/share/cargo/registry/**/*.rs"),
    ("code", "node-undici", "usr/share/nodejs/**/*.js"),
    ("code", "node-typescript", "usr/share/nodejs/typescript/lib/lib.*.d.ts"),
    ("code", "golang-golang-x-tools-dev", "usr/share/gocode/**/*.go"),
    *[("cjk", HANDBOOK, f"{{}}/html/{code}/*.html") for code in ("zh-CN", "ja-JP", "ko-KR", "zh-TW")],
    *[("cjk", GNOME, GNOME_FILES.replace("{}", code)) for code in ("zh_CN", "ja", "ko")],
    *[("cjk", INSTALL, f"{{}}/{code}/*.html") for code in ("zh_CN", "ja", "ko")],
    ("cjk", "manpages-zh", "usr/share/man/zh_CN/man*/*.gz"),
    ("cjk", "manpages-ja", "usr/share/man/ja/man*/*.gz"),
    *[("multi", HANDBOOK, f"{{}}/html/{code}/*.html")
      for code in ("ru-RU", "ar-MA", "el-GR", "fa-IR", "vi-VN", "tr-TR", "de-DE")],
    *[("multi", GNOME, GNOME_FILES.replace("{}", code))
      for code in ("ru", "el", "hi", "ta", "te", "mr", "gu", "pa", "he", "uk", "tr", "de")],
    ("markdown", "anarchism", "{}/markdown/*.md.gz"),
    ("markdown", "node-undici", "**/*.md"),
]
CORPORA = ("prose", "code", "json", "cjk", "multi", "markdown")


class Text(html.parser.HTMLParser):
    """The words of a page, a line for each block."""

    BLOCKS = {"p", "div", "li", "tr", "h1", "h2", "h3", "h4", "br", "pre", "title", "item", "section"}
    HIDDEN = {"script", "style", "head"}

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.parts = []
        self.hidden = 0

    def handle_starttag(self, tag, attrs):
        self.hidden += tag in self.HIDDEN

    def handle_endtag(self, tag):
        self.hidden -= tag in self.HIDDEN and self.hidden > 0
        if tag in self.BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data):
        if not self.hidden:
            self.parts.append(data)


def plain(markup):
    parser = Text()
    parser.feed(markup)
    parser.close()
    lines = (" ".join(line.split()) for line in "".join(parser.parts).splitlines())
    return "\n".join(line for line, _ in itertools.groupby(lines)) + "\n"


def read(path):
    opener = {".gz": gzip.open, ".xz": lzma.open}.get(path.suffix, open)
    with opener(path, "rb") as file:
        text = file.read().decode("utf-8", errors="replace")
    name = path.name.removesuffix(path.suffix) if opener is not open else path.name
    return plain(text) if name.endswith((".html", ".page")) else text


def unpack(package, cache):
    """The package's files, or None when it cannot be had here."""
    folder = cache / package
    if folder.is_dir():
        return folder
    done = subprocess.run(["apt-get", "-q", "download", package], cwd=cache,
                          capture_output=True, text=True)
    archives = sorted(cache.glob(f"{package}_*.deb"))
    if done.returncode != 0 or not archives:
        return None
    part = cache / f"{package}.part"
    shutil.rmtree(part, ignore_errors=True)
    subprocess.run(["dpkg", "-x", archives[-1], part], check=True)
    part.rename(folder)
    archives[-1].unlink()
    return folder


def files_of(row, cache, missing):
    corpus, package, pattern = row
    folder = unpack(package, cache) if shutil.which("apt-get") else None
    if folder is None:
        missing.add(package)
        # What the machine itself has of it, if it is installed.
        folder = pathlib.Path("/")
    pattern = pattern.replace("{}", f"usr/share/doc/{package}")
    return sorted(path for path in folder.glob(pattern) if path.is_file() and not path.is_symlink())


def in_turn(lists):
    for row in itertools.zip_longest(*lists):
        yield from (path for path in row if path is not None)


def gathered(corpus, cache, missing):
    """Each document once: translations repeat what was not translated, and a cache would shine."""
    text, length, seen = [], 0, set()
    for path in in_turn([files_of(row, cache, missing) for row in ROWS if row[0] == corpus]):
        document = read(path)
        if document in seen:
            continue
        seen.add(document)
        text.append(document)
        length += len(document.encode())
        if length >= BIG:
            break
    return "".join(text)


def log_lines():
    """Structured logs as services write them: times, ids, paths, numbers, a few words."""
    rand = random.Random(20261122)
    words = ("connection request timeout retry cache user order payment session invalid token "
             "database query slow completed failed queue worker started upstream closed").split()
    agents = ["Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
              "curl/7.88.1", "okhttp/4.12.0", "python-requests/2.31.0"]
    for number in itertools.count():
        yield json.dumps({
            "ts": f"2026-11-{1 + number // 4000 % 28:02}T{rand.randrange(24):02}:"
                  f"{rand.randrange(60):02}:{rand.randrange(60):02}.{rand.randrange(1000):03}Z",
            "level": rand.choices(["info", "debug", "warn", "error"], [70, 15, 10, 5])[0],
            "service": rand.choice(["checkout", "search", "auth", "gateway", "billing"]),
            "trace_id": f"{rand.getrandbits(128):032x}",
            "request": {"method": rand.choice(["GET", "POST", "PUT"]),
                        "path": f"/api/v{rand.randrange(1, 4)}/{rand.choice(words)}s/{rand.randrange(10**6)}",
                        "status": rand.choice([200, 200, 200, 201, 204, 304, 400, 404, 500, 503]),
                        "bytes": rand.randrange(10**5), "duration_ms": round(rand.expovariate(0.02), 3),
                        "ip": ".".join(str(rand.randrange(256)) for _ in range(4)),
                        "user_agent": rand.choice(agents)},
            "message": " ".join(rand.choices(words, k=rand.randrange(3, 9))),
            "retry": rand.random() < 0.1, "user": rand.choice([None, rand.randrange(10**7)]),
        }, separators=(",", ":")) + "\n"


def logs():
    lines, length = [], 0
    for line in log_lines():
        lines.append(line)
        length += len(line)
        if length >= BIG:
            return "".join(lines)


def cut(data, length):
    return data[:length].decode("utf-8", errors="ignore").encode()


def make(folder):
    """Makes what is not there yet; answers the packages that could not be had."""
    folder.mkdir(parents=True, exist_ok=True)
    stamp, cache, missing = folder / "version", folder / "packages", set()
    if stamp.exists() and stamp.read_text() == VERSION:
        return missing
    cache.mkdir(exist_ok=True)
    for corpus in CORPORA:
        text = logs() if corpus == "json" else gathered(corpus, cache, missing)
        data = text.encode()
        (folder / f"{corpus}.8m").write_bytes(cut(data, BIG))
        (folder / f"{corpus}.1m").write_bytes(cut(data, SMALL))
    # With packages missing the next run tries again.
    if not missing:
        stamp.write_text(VERSION)
        shutil.rmtree(cache)
    return missing


def main():
    if len(sys.argv) != 2:
        sys.exit("make_corpora.py: name the folder to make them in.")
    missing = make(pathlib.Path(sys.argv[1]))
    if missing:
        print(f"make_corpora.py: without {', '.join(sorted(missing))}: no network, or no package lists "
              "(apt-get update).", file=sys.stderr)


if __name__ == "__main__":
    main()
