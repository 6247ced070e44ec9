#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""tokenwise count"""

import json
import unittest

from cli_case import CliCase

# Text, encoding, ids. Of OpenAI's tiktoken, by way of npm gpt-tokenizer 4.0.0.
KNOWN = [
    ("", "o200k_base", []),
    ("hello world", "o200k_base", [24912, 2375]),
    ("hello world", "cl100k_base", [15339, 1917]),
    ("tokenization", "cl100k_base", [5963, 2065]),
]


class CountText(CliCase):
    def test_known_ids(self):
        for text, encoding, ids in KNOWN:
            with self.subTest(text=text, encoding=encoding):
                counted = self.json("count", "--encoding", encoding, "--ids", stdin=text.encode())
                self.assertEqual(counted, {"tokens": len(ids), "encoding": encoding, "exact": True,
                                           "ids": ids})

    def test_default_is_o200k(self):
        counted = self.json("count", stdin=b"hello world")
        self.assertEqual(counted, {"tokens": 2, "encoding": "o200k_base", "exact": True})

    def test_text_output(self):
        self.assertEqual(self.text("count", stdin=b"hello world"), "2 tokens (o200k_base, exact)\n")
        self.assertEqual(self.text("count", stdin=b"hello"), "1 token (o200k_base, exact)\n")
        self.assertEqual(self.text("count", "--ids", stdin=b"hello world"),
                         "2 tokens (o200k_base, exact)\n24912 2375\n")

    def test_file_dash_and_nothing_are_the_same_text(self):
        text = "Grüße, 世界! 🙂\n" * 20
        path = self.write("text.txt", text)
        from_file = self.json("count", path)
        self.assertEqual(from_file, self.json("count", "-", stdin=text.encode()))
        self.assertEqual(from_file, self.json("count", stdin=text.encode()))
        self.assertEqual(from_file, self.json("count", path, env={"LC_ALL": "C"}))

    def test_model_chooses_the_encoding(self):
        self.assertEqual(self.json("count", "--model", "openai/gpt-4", stdin=b"hello world"),
                         {"tokens": 2, "encoding": "cl100k_base", "exact": True})

    def test_inexact_model_gives_a_range(self):
        counted = self.json("count", "--model", "anthropic/claude-haiku-4-5",
                            stdin=b"hello world, how are you?")
        self.assertIs(counted["exact"], False)
        self.assertLessEqual(counted["low"], counted["tokens"])
        self.assertLess(counted["tokens"], counted["high"])
        self.assertRegex(self.text("count", "--model", "anthropic/claude-haiku-4-5", stdin=b"hi"),
                         r"^about \d+ tokens? \(.+, \d+ to \d+\)\n$")

    def test_bytes_that_are_not_utf8_are_counted(self):
        self.assertGreater(self.json("count", stdin=b"abc\xff\xfe\x00def")["tokens"], 0)


class CountFiles(CliCase):
    def setUp(self):
        super().setUp()
        self.texts = {"a.txt": "hello world", "a long name.txt": "Grüße, 世界! 🙂\n" * 40, "empty": ""}
        self.paths = [self.write(name, text) for name, text in self.texts.items()]

    def test_each_and_their_sum(self):
        counted = self.json("count", *self.paths)
        alone = [self.json("count", path) for path in self.paths]
        self.assertEqual(counted["files"],
                         [{**one, "file": path} for one, path in zip(alone, self.paths)])
        self.assertEqual(counted["tokens"], sum(one["tokens"] for one in alone))
        self.assertEqual((counted["encoding"], counted["exact"]), ("o200k_base", True))

    def test_text_is_aligned_like_wc(self):
        *lines, total = self.text("count", *self.paths).splitlines()
        counted = self.json("count", *self.paths)
        width = len(str(counted["tokens"]))
        self.assertEqual(lines, [f"{one['tokens']:{width}} {one['file']}" for one in counted["files"]])
        self.assertEqual(total, f"{counted['tokens']} total (o200k_base, exact)")

    def test_ranges_are_summed(self):
        model = ("--model", "anthropic/claude-haiku-4-5")
        counted = self.json("count", *model, *self.paths)
        alone = [self.json("count", *model, path) for path in self.paths]
        for key in ("tokens", "low", "high"):
            self.assertEqual(counted[key], sum(one[key] for one in alone))
        self.assertIs(counted["exact"], False)
        self.assertIn(f"{counted['low']} to {counted['high']}",
                      self.text("count", *model, *self.paths).splitlines()[-1])

    def test_what_would_make_it_exact_is_said_once(self):
        said = self.run_cli("count", "--model", "google/gemini-2.5-pro", self.write("a", "x"), self.write("b", "y"))
        self.assertIn(" total, about (o200k_base, ", said.stdout.decode())
        self.assertEqual(said.stderr.decode().count("The vocabulary gemma3 is not there"), 1)

    def test_ids_of_each(self):
        counted = self.json("count", "--ids", *self.paths)
        self.assertEqual([len(file["ids"]) for file in counted["files"]],
                         [file["tokens"] for file in counted["files"]])

    def test_standard_input_among_them(self):
        counted = self.json("count", self.paths[0], "-", stdin=b"hello")
        self.assertEqual([file["tokens"] for file in counted["files"]], [2, 1])

    def test_one_that_is_missing_is_named_and_nothing_is_printed(self):
        self.assertIn("missing.txt", self.error("invalid-input", 2, "count", self.paths[0], "missing.txt"))


class Decode(CliCase):
    def test_known_ids(self):
        for text, encoding, ids in KNOWN:
            for form in (" ".join(map(str, ids)), json.dumps(ids), "\n".join(map(str, ids)) + "\n"):
                with self.subTest(encoding=encoding, form=form):
                    self.assertEqual(self.text("count", "--encoding", encoding, "--decode",
                                               stdin=form.encode()), text)

    def test_what_ids_prints_comes_back(self):
        text = "Grüße, 世界!\t🙂\r\n  def f(x):\n\treturn x\n\n\n"
        lines = self.text("count", "--ids", stdin=text.encode()).splitlines()
        self.assertEqual(self.run_cli("count", "--decode", stdin=lines[-1].encode()).stdout,
                         text.encode())
        ids = json.dumps(self.json("count", "--ids", stdin=text.encode())["ids"])
        self.assertEqual(self.run_cli("count", "--decode", self.write("ids.json", ids)).stdout,
                         text.encode())

    def test_part_of_a_character_is_its_bytes(self):
        ids = self.json("count", "--ids", stdin="🜚".encode())["ids"]
        self.assertGreater(len(ids), 1)
        first = str(ids[0]).encode()
        raw = self.run_cli("count", "--decode", stdin=first).stdout
        self.assertTrue("🜚".encode().startswith(raw) and raw, raw)
        said = self.json("count", "--decode", stdin=first)
        self.assertEqual((said["valid_utf8"], said["bytes"], said["tokens"]), (False, len(raw), 1))

    def test_json(self):
        self.assertEqual(self.json("count", "--decode", stdin=b"24912 2375"),
                         {"text": "hello world", "bytes": 11, "tokens": 2, "encoding": "o200k_base",
                          "valid_utf8": True})

    def test_what_is_no_id(self):
        for text, at in ((b"12 x", 4), (b"[1, 2", 6), (b"[1] 2", 3), (b"-1", 1), (b"4294967296", 1),
                         (b"1.5", 1), (b"1,,2", 3)):
            with self.subTest(text=text):
                self.assertIn(f"byte {at};", self.error("invalid-input", 2, "count", "--decode",
                                                        stdin=text))

    def test_id_that_no_token_has(self):
        self.error("invalid-input", 2, "count", "--decode", stdin=b"4000000000")


class Truncate(CliCase):
    TEXT = "Grüße, 世界! 🜚🜛🜜 and more words to cut, one after the other.\n"

    def test_fits_and_is_a_prefix(self):
        whole = self.json("count", stdin=self.TEXT.encode())["tokens"]
        for most in range(1, whole + 2):
            with self.subTest(most=most):
                cut = self.text("count", "--truncate", str(most), stdin=self.TEXT.encode())
                self.assertTrue(self.TEXT.startswith(cut))
                self.assertLessEqual(self.json("count", stdin=cut.encode())["tokens"], most)
                self.assertEqual(cut == self.TEXT, most >= whole)

    def test_json(self):
        cut = self.json("count", "--truncate", "2", stdin=b"hello world hello")
        self.assertEqual(cut, {"text": "hello world", "bytes": 11, "tokens": 2,
                               "encoding": "o200k_base", "truncated": True})

    def test_not_with_these(self):
        path = self.request()
        self.error("invalid-input", 2, "count", "--truncate", "0x", path)
        self.error("invalid-input", 2, "count", "--truncate", "-1", path)
        self.error("invalid-input", 2, "count", "--truncate", "5", "--decode", path)
        self.error("invalid-input", 2, "count", "--truncate", "5", path, path)
        self.error("invalid-input", 2, "count", "--truncate", "5", "--request", path)
        self.error("unsupported", 2, "count", "--truncate", "5", "--model",
                   "anthropic/claude-haiku-4-5", path)


class CountRequest(CliCase):
    def test_parts_sum_to_the_tokens(self):
        path = self.request(model="openai/gpt-4o-mini", system="Be brief.",
                            tools=[{"name": "add", "description": "Adds",
                                    "parameters": {"type": "object", "properties": {}}}])
        counted = self.json("count", "--request", path)
        self.assertEqual(sorted(counted["parts"]),
                         ["framing", "images", "messages", "system", "tools"])
        self.assertEqual(sum(counted["parts"].values()), counted["tokens"])
        self.assertGreater(counted["parts"]["tools"], 0)
        self.assertIn("messages", self.text("count", "--request", path))

    def test_model_of_nobodys_catalogue_is_counted_with_a_range(self):
        counted = self.json("count", "--request", self.request(model="local/homemade"))
        self.assertIs(counted["exact"], False)

    def test_from_standard_input(self):
        request = b'{"messages":[{"role":"user","content":"Say hello."}]}'
        self.assertEqual(self.json("count", "--request", "-", stdin=request),
                         self.json("count", "--request", self.request()))

    def test_not_with_ids_or_a_file(self):
        path = self.request()
        self.error("invalid-input", 2, "count", "--ids", "--request", path)
        self.error("invalid-input", 2, "count", "--request", path, path)


class BadInput(CliCase):
    def test_unknown_encoding_names_those_there_are(self):
        message = self.error("invalid-input", 2, "count", "--encoding", "o300k_base")
        self.assertIn("o200k_base", message)
        self.assertIn("cl100k_base", message)

    def test_unknown_model_names_the_nearest(self):
        self.assertIn("gpt-4o-mini",
                      self.error("unknown-model", 2, "count", "--model", "openai/gpt-4o-minni"))

    def test_model_and_encoding(self):
        self.error("invalid-input", 2, "count", "--model", "gpt-4o", "--encoding", "o200k_base")

    def test_ids_of_a_secret_vocabulary(self):
        self.error("unsupported", 2, "count", "--ids", "--model", "anthropic/claude-haiku-4-5",
                   stdin=b"x")

    def test_files_that_cannot_be_read(self):
        self.assertIn("missing.txt", self.error("invalid-input", 2, "count", "missing.txt"))
        self.assertIn("cannot be read", self.error("invalid-input", 2, "count", str(self.home)))

    def test_at_the_limit_and_one_past_it(self):
        limit = 32 << 20
        path = self.write("large.txt", b"a b " * (limit // 4))
        self.assertGreater(self.json("count", path)["tokens"], 0)
        with open(path, "ab") as file:
            file.write(b"x")
        self.assertIn("32 MiB", self.error("invalid-input", 2, "count", path))

    def test_endless_input_ends(self):
        self.assertIn("32 MiB", self.error("invalid-input", 2, "count", "/dev/zero"))


if __name__ == "__main__":
    unittest.main()
