# SPDX-License-Identifier: MIT
"""Counts of tests/bench/adversarial.py's texts: test_adversarial.py LIBRARY

Those of 20,000 bytes are tiktoken@1.0.22's, asked for by hand. At a million bytes tiktoken gives up
or takes minutes, so there the library has to stay linear and not to fail.
"""
import ctypes
import pathlib
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "bench"))
import adversarial  # noqa: E402

LIBRARY = ctypes.CDLL(sys.argv.pop(1))
LIBRARY.tw_encoding_count.restype = ctypes.c_int64
LIBRARY.tw_encoding_count.argtypes = (
    ctypes.c_char_p, ctypes.c_char_p, ctypes.c_ssize_t, ctypes.c_void_p)

SMALL = 20_000
ENCODINGS = ("o200k_base", "cl100k_base")
TOKENS = {
    "base64": (13592, 14316),
    "broken-utf8": (5727, 6480),
    "combining": (13333, 13333),
    "digits": (6667, 6667),
    "emoji": (7870, 13650),
    "glued-words": (5372, 5616),
    "han": (4999, 9998),
    "letter-a": (2500, 2500),
    "newlines": (1250, 625),
    "punctuation": (13241, 13104),
    "random-bytes": (15287, 15591),
    "random-word": (10358, 10775),
    "spaces": (157, 157),
    "white-space": (9337, 9909),
}
# A quadratic step takes minutes here; a debug build under a sanitizer on a busy machine does not.
SECONDS_AT_MOST = 20


def count(encoding, text):
    return LIBRARY.tw_encoding_count(encoding.encode(), text, len(text), None)


class Adversarial(unittest.TestCase):
    def test_small_ones_are_tiktokens(self):
        self.assertEqual(set(TOKENS), set(adversarial.KINDS))
        for kind, expected in TOKENS.items():
            text = adversarial.make(kind, SMALL)
            with self.subTest(kind):
                self.assertEqual(tuple(count(name, text) for name in ENCODINGS), expected)

    def test_a_megabyte_of_anything(self):
        for kind in adversarial.KINDS:
            text = adversarial.make(kind)
            for encoding in (*ENCODINGS, "r50k_base", "qwen", "deepseek", "tekken", "mistral-v3"):
                with self.subTest(kind=kind, encoding=encoding):
                    begin = time.perf_counter()
                    self.assertGreater(count(encoding, text), 0)
                    self.assertLess(time.perf_counter() - begin, SECONDS_AT_MOST)


if __name__ == "__main__":
    unittest.main(verbosity=2)
