#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What every verb has in common: help, version, wrong usage, where errors go."""

import subprocess
import unittest

from cli_case import PROGRAM, CliCase

VERBS = ["count", "encodings", "vocab", "models", "price", "estimate", "send", "encode", "decode",
         "budget", "catalog", "doctor"]
OPTIONS = {
    "count": ["--model", "--encoding", "--ids", "--decode", "--truncate", "--request"],
    "encodings": [],
    "vocab": ["--name"],
    "models": [],
    "price": ["--provider", "--model", "--usage", "--at", "--tier", "--speed", "--region",
              "--dialect"],
    "estimate": ["--model", "--request", "--max-output-tokens", "--sandbox"],
    "send": ["--model", "--request", "--stream", "--no-stream", "--sandbox"],
    "encode": ["--dialect", "--request", "--model"],
    "decode": ["--dialect", "--provider", "--stream", "--status", "--header"],
    "budget": ["--limit", "--scope", "--window", "--timezone", "--on-exceed", "--simulated"],
    "catalog": ["--from", "--accept", "--key", "--sha256", "--dry-run", "--revert", "--against",
                "--format"],
    "doctor": [],
}


class Help(CliCase):
    def test_version(self):
        self.assertRegex(self.text("--version"), r"^tokenwise \d+\.\d+\.\d+\n$")

    def test_help_lists_every_verb(self):
        output = self.text("--help")
        for verb in VERBS:
            self.assertRegex(output, rf"(?m)^  {verb} +[A-Z]")

    def test_help_of_each_verb(self):
        for verb in VERBS:
            for flag in ("--help", "-h"):
                with self.subTest(verb=verb, flag=flag):
                    output = self.text(verb, flag)
                    self.assertIn(f"tokenwise {verb}", output)
                    for option in OPTIONS[verb] + ["--json"]:
                        self.assertIn(option, output)

    def test_help_touches_nothing(self):
        self.text("--help")
        self.text("send", "--help")
        self.assertFalse((self.home / "data").exists())


class WrongUsage(CliCase):
    def test_no_verb(self):
        self.assertIn("verb is missing", self.run_cli(exit=2).stderr.decode())

    def test_unknown_verb_names_those_there_are(self):
        message = self.error("invalid-input", 2, "chat")
        for verb in VERBS:
            self.assertIn(verb, message)

    def test_option_before_the_verb(self):
        self.assertIn("--frob", self.error("invalid-input", 2, "--frob", "count"))

    def test_unknown_option_of_each_verb(self):
        for verb in VERBS:
            with self.subTest(verb=verb):
                self.assertIn("--frobnicate", self.error("invalid-input", 2, verb, "--frobnicate"))

    def test_missing_value(self):
        self.assertIn("--encoding", self.error("invalid-input", 2, "count", "--encoding"))

    def test_not_a_number(self):
        self.error("invalid-input", 2, "decode", "--dialect", "anthropic", "--status", "ok")
        self.error("invalid-input", 2, "estimate", "--max-output-tokens", "many", "hi")
        self.error("invalid-input", 2, "estimate", "--max-output-tokens", "-1", "hi")

    def test_operand_where_there_is_none(self):
        for verb in ("price", "encode", "doctor"):
            self.assertIn("extra", self.error("invalid-input", 2, verb, "extra"))

    def test_one_operand_too_many(self):
        for args in (["count", "--decode", "a", "b"], ["models", "a", "b"],
                     ["decode", "--dialect", "anthropic", "a", "b"]):
            self.assertIn("“b”", self.error("invalid-input", 2, *args))

    def test_one_sentence_and_a_hint(self):
        lines = self.run_cli("count", "--frob", exit=2).stderr.decode().splitlines()
        self.assertEqual(len(lines), 2)
        self.assertTrue(lines[0].startswith("tokenwise: ") and lines[0].endswith("."))
        self.assertIn("tokenwise count --help", lines[1])

    def test_bytes_that_are_not_utf8_in_an_argument(self):
        for verb in VERBS:
            self.assertIn("UTF-8", self.error("invalid-input", 2, verb, b"\xff\xfe"))

    def test_control_characters_in_an_argument(self):
        done = self.run_cli(b"\xff\x1b]0;title\x07", exit=2)
        self.assertNotIn(b"\x1b", done.stderr)
        done.stderr.decode()


class Output(CliCase):
    def test_full_disk_is_an_error(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([PROGRAM, "--help"], stdout=full, stderr=subprocess.PIPE,
                                  env=self.env, check=False, timeout=10)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"could not be written", done.stderr)

    def test_closed_pipe_is_an_error_not_a_signal(self):
        with subprocess.Popen([PROGRAM, "--help"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env=self.env) as process:
            process.stdout.close()
            process.wait(10)
        self.assertIn(process.returncode, (0, 1))


if __name__ == "__main__":
    unittest.main()
