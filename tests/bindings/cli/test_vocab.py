#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""tokenwise encodings, tokenwise vocab"""

import base64
import json
import unittest

from cli_case import CliCase


def ranks(*words):
    """A vocabulary in tiktoken's form: every byte, then these words, in the order of rank."""
    tokens = [bytes([byte]) for byte in range(256)] + [word.encode() for word in words]
    return "".join(f"{base64.b64encode(token).decode()} {rank}\n" for rank, token in enumerate(tokens))


# Claude's pieces in the form of ctok, by hand; ⟨bow⟩ and ⟨eow⟩ are a word's begin and end.
PIECES = """{"meta":{"message_overhead":7,"fold_quotes":true,"allcaps_min":4},"tokens":{
"words":["⟨bow⟩the⟨eow⟩","⟨bow⟩cat⟨eow⟩"],"bytes_fallback":["e4b8","f09f"],"contractions":["'s"]}}"""


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

    def test_files_that_cannot_be_read(self):
        self.assertIn("No such file", self.error("invalid-input", 2, "vocab", "add", "missing"))
        self.assertIn("Not a file", self.error("invalid-input", 2, "vocab", "add", str(self.home)))

    def test_damaged_one_does_not_hide_the_others(self):
        path = self.home / "cache/tokenwise/vocabularies/damaged.tokbin"
        self.json("vocab", "add", self.path, "--name", "tiny")
        path.write_bytes(b"TWTOKBIN")
        for args, key in ((("vocab", "list"), "vocabularies"), (("encodings",), "encodings")):
            listed = self.run_cli(*args)
            self.assertIn("tiny", listed.stdout.decode())
            self.assertIn("damaged.tokbin", listed.stderr.decode())
            self.assertIn("tiny", [one["name"] for one in self.json(*args)[key]])
        self.json("vocab", "remove", "tiny")
        self.error("failed", 1, "vocab", "list")
        self.json("vocab", "remove", "damaged")

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


class ClaudePieces(CliCase):
    """Reconstructed pieces: they count, and have no ids."""

    HAIKU = ("count", "--model", "anthropic/claude-haiku-4-5")

    def setUp(self):
        super().setUp()
        self.path = self.write("pieces.json", PIECES)

    def request(self, **more):
        return self.write("request.json", json.dumps(
            {"model": "anthropic/claude-haiku-4-5", "messages": [{"role": "user", "content": "the cat"}], **more}))

    def test_add_count_list_remove(self):
        self.assertIs(self.json(*self.HAIKU, stdin=b"the cat")["exact"], False)
        added = self.json("vocab", "add", self.path)
        self.assertEqual((added["name"], added["pretokenizer"]), ("claude-3", "claude"))

        for how in (self.HAIKU, ("count", "--encoding", "claude-3")):
            self.assertEqual(self.json(*how, stdin=b"the cat"),
                             {"tokens": 2, "encoding": "claude-3", "exact": True, "basis": "reconstructed"})
        self.assertEqual(self.text(*self.HAIKU, stdin=b"the cat"),
                         "2 tokens (claude-3, exact as reconstructed)\n")
        self.assertIn("claude-3", self.text("encodings"))
        self.assertIn("claude-3", self.text("vocab", "list"))
        self.assertIn("claude-3 as it was reconstructed", self.text("doctor"))

        self.json("vocab", "remove", "claude-3")
        counted = self.json(*self.HAIKU, stdin=b"the cat")
        self.assertEqual((counted["exact"], counted["basis"]), (False, "measured"))

    def test_request_of_one_text_is_its_tokens_and_the_frame(self):
        self.json("vocab", "add", self.path)
        counted = self.json("count", "--request", self.request())
        self.assertEqual((counted["tokens"], counted["exact"], counted["parts"]["framing"]), (9, True, 7))
        self.assertEqual(counted["basis"]["messages"], "reconstructed")
        counted = self.json("count", "--request", self.request(system="the cat"))
        self.assertEqual((counted["parts"]["system"], counted["exact"]), (2, False))

    def test_no_ids(self):
        self.json("vocab", "add", self.path)
        for mode in (("--ids",), ("--decode",), ("--truncate", "1")):
            with self.subTest(mode=mode):
                message = self.error("unsupported", 2, "count", "--encoding", "claude-3", *mode, stdin=b"1")
                self.assertIn("not published", message)

    def test_a_name_stands_for_one_file(self):
        self.json("vocab", "add", self.path, "--name", "mine")
        self.json("vocab", "add", self.write("cl100k.tiktoken", ranks("cat")), "--name", "mine")
        self.assertEqual([one["name"] for one in self.json("vocab", "list")["vocabularies"]], ["mine"])
        self.assertEqual(self.json("count", "--encoding", "mine", "--ids", stdin=b"cat")["ids"], [256])

    def test_broken(self):
        path = self.write("broken.json", PIECES.replace('"meta":{', '"meta":{"digit_group":[],').replace("7", "-7"))
        self.error("invalid-input", 2, "vocab", "add", path)
        self.assertEqual(self.json("vocab", "list"), {"vocabularies": []})


if __name__ == "__main__":
    unittest.main()
