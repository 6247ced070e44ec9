#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""tokenwise encodings, tokenwise vocab"""

import base64
import unittest

from cli_case import CliCase


def ranks(*words):
    """A vocabulary in tiktoken's form: every byte, then these words, in the order of rank."""
    tokens = [bytes([byte]) for byte in range(256)] + [word.encode() for word in words]
    return "".join(f"{base64.b64encode(token).decode()} {rank}\n" for rank, token in enumerate(tokens))


class Encodings(CliCase):
    def test_json(self):
        listed = {one["name"]: one for one in self.json("encodings")["encodings"]}
        self.assertLessEqual({"o200k_base", "cl100k_base"}, set(listed))
        for one in listed.values():
            self.assertIs(one["added"], False)
            self.assertGreater(one["tokens"], 1000)
            self.assertGreater(one["size"], 100_000)
        self.assertIn("openai/gpt-4o-mini", listed["o200k_base"]["models"])
        self.assertIn("openai/gpt-4", listed["cl100k_base"]["models"])

    def test_text(self):
        heading, *rows = self.text("encodings").splitlines()
        self.assertTrue(heading.startswith("ENCODING "))
        self.assertEqual([row.split()[0] for row in rows],
                         [one["name"] for one in self.json("encodings")["encodings"]])
        self.assertIn("built in", rows[0])

    def test_every_listed_one_counts(self):
        for one in self.json("encodings")["encodings"]:
            counted = self.json("count", "--encoding", one["name"], stdin=b"hello world")
            self.assertEqual((counted["encoding"], counted["exact"]), (one["name"], True))

    def test_takes_nothing(self):
        self.error("invalid-input", 2, "encodings", "o200k_base")


class Vocab(CliCase):
    def setUp(self):
        super().setUp()
        self.path = self.write("cl100k-tiny.tiktoken", ranks("he", "ll", "hell", "hello"))

    def test_add_count_list_remove(self):
        added = self.json("vocab", "add", self.path, "--name", "tiny")
        self.assertEqual((added["name"], added["tokens"], added["added"]), ("tiny", 260, True))
        self.assertTrue(added["file"].startswith(str(self.home / "cache")), added["file"])

        counted = self.json("count", "--encoding", "tiny", "--ids", stdin=b"hello!")
        self.assertEqual(counted["ids"], [259, 33])
        self.assertEqual(self.text("count", "--encoding", "tiny", "--decode", stdin=b"259 33"), "hello!")
        self.assertEqual([one["name"] for one in self.json("vocab", "list")["vocabularies"]], ["tiny"])
        self.assertIn("tiny", self.text("encodings"))

        self.assertEqual(self.json("vocab", "remove", "tiny"), {"removed": "tiny"})
        self.assertEqual(self.json("vocab", "list"), {"vocabularies": []})
        self.error("invalid-input", 2, "count", "--encoding", "tiny", stdin=b"x")

    def test_text_output(self):
        self.assertIn("--encoding tiny", self.text("vocab", "add", self.path, "--name", "tiny"))
        self.assertIn("added", self.text("vocab", "list"))
        self.assertEqual(self.text("vocab", "remove", "tiny"), "Removed tiny.\n")
        self.assertIn("vocab add", self.run_cli("vocab", "list").stderr.decode())

    def test_name_is_the_files_unless_given(self):
        self.assertEqual(self.json("vocab", "add", self.path)["name"], "cl100k-tiny")

    def test_files_that_are_no_vocabulary(self):
        for content in (b"", b"hello\n", b"{}", b"\x00" * 4096, b"GGUF", b"aGU= x\n"):
            with self.subTest(content=content[:8]):
                path = self.write("broken", content)
                self.error("invalid-input", 2, "vocab", "add", path, "--name", "broken")
        self.assertIn("missing", self.error("invalid-input", 2, "vocab", "add", "missing"))
        self.assertEqual(self.json("vocab", "list"), {"vocabularies": []})

    def test_names_that_would_leave_the_folder_or_hide_a_built_in(self):
        for name in ("../tiny", "a/b", "", ".", "o200k_base"):
            with self.subTest(name=name):
                self.error("invalid-input", 2, "vocab", "add", self.path, "--name", name)

    def test_removing_what_was_not_added(self):
        self.error("invalid-input", 2, "vocab", "remove", "nothing")
        self.error("invalid-input", 2, "vocab", "remove", "o200k_base")
        self.error("invalid-input", 2, "vocab", "remove", "../config")

    def test_wrong_usage(self):
        for args in ((), ("show",), ("add",), ("add", self.path, self.path), ("list", "x"), ("remove",),
                     ("list", "--name", "x")):
            with self.subTest(args=args):
                self.error("invalid-input", 2, "vocab", *args)


if __name__ == "__main__":
    unittest.main()
