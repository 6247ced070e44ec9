#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""tokenwise count"""

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
        message = self.error("invalid-input", 2, "count", "--encoding", "p50k_base")
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
