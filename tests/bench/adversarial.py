# SPDX-License-Identifier: MIT
"""Fourteen kinds of text that tokenizers are slow on or die of: adversarial.py FOLDER [BYTES]

The same seed makes the same bytes. Each is what makes somebody's shortcut useless: pieces without
an end, pieces never seen before, whatever needs the most looks at a character.
"""
import base64
import pathlib
import random
import sys

SEED = 20261122
BYTES = 1_000_000
WORDS = ("time person year way day thing man world life hand part child eye woman place work week "
         "case point government company number group problem fact have say get make go know take "
         "see come think look want give use find tell ask work seem feel try leave call").split()
EMOJI = ("😀", "👍🏽", "👩\u200d🚀", "👨\u200d👩\u200d👧", "🏳\ufe0f\u200d🌈", "🇩🇪", "1\ufe0f\u20e3", "❤\ufe0f")


def _pick(characters):
    return lambda rng, size: "".join(rng.choices(characters, k=size))


def _repeat(unit):
    return lambda rng, size: unit * (size // len(unit.encode()) + 1)


def _broken(rng, size):
    """Good text of several scripts with one byte in sixteen replaced."""
    text = bytearray(("naïve 中文 текст 😀 " * (size // 24 + 1)).encode()[:size])
    for at in range(0, len(text), 16):
        text[min(at + rng.randrange(16), len(text) - 1)] = rng.randrange(256)
    return bytes(text)


KINDS = {
    "letter-a": _repeat("a"),
    "spaces": _repeat(" "),
    "newlines": _repeat("\n"),
    "white-space": _pick(" \t\r\n"),
    "random-word": _pick("abcdefghijklmnopqrstuvwxyz"),
    "glued-words": lambda rng, size: "".join(rng.choices(WORDS, k=size // 2)),
    "base64": lambda rng, size: base64.b64encode(rng.randbytes(size)).decode(),
    "punctuation": _pick("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"),
    "digits": _pick("0123456789"),
    "emoji": lambda rng, size: "".join(rng.choices(EMOJI, k=size // 4)),
    "combining": _repeat("e\u0301"),
    "han": _repeat("天地玄黃"),
    "random-bytes": lambda rng, size: rng.randbytes(size),
    "broken-utf8": _broken,
}


def make(kind, size=BYTES):
    """At most size bytes; text is never cut inside a character."""
    made = KINDS[kind](random.Random(f"{SEED} {kind}"), size)
    if isinstance(made, bytes):
        return made[:size]
    return made.encode()[:size].decode(errors="ignore").encode()


def main():
    folder = pathlib.Path(sys.argv[1])
    size = int(sys.argv[2]) if len(sys.argv) > 2 else BYTES
    folder.mkdir(parents=True, exist_ok=True)
    for kind in KINDS:
        (folder / f"{kind}.txt").write_bytes(make(kind, size))


if __name__ == "__main__":
    main()
