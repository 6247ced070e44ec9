#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The manual page and the completions name every verb and option the program has."""

import os
import pathlib
import re
import shutil
import subprocess
import unittest

from cli_case import PROGRAM, CliCase
from test_usage import OPTIONS, VERBS

FOLDER = pathlib.Path(os.environ["TOKENWISE_SOURCE"]) / "bindings" / "cli"
ASK = """
source "$1"; COMP_WORDS=("${@:2}"); COMP_CWORD=$(($# - 2))
_tokenwise; printf '%s\\n' "${COMPREPLY[@]}"
"""


class Texts(CliCase):
    def options_of(self, verb):
        return set(re.findall(r"--[a-z][a-z0-9-]+", self.text(verb, "--help"))) - {"--help"}

    def test_program_and_table_agree(self):
        for verb in VERBS:
            self.assertLessEqual(set(OPTIONS[verb]), self.options_of(verb))

    def test_manual_page(self):
        page = (FOLDER / "tokenwise.1").read_text().replace("\\-", "-")
        for verb in VERBS:
            self.assertRegex(page, rf"(?m)^\.BR? .*\b{verb}\b")
            for option in self.options_of(verb):
                self.assertIn(option, page)

    def test_manual_page_is_clean(self):
        if shutil.which("groff") is None:
            self.skipTest("groff is not installed")
        done = subprocess.run(["groff", "-man", "-Tutf8", "-ww", FOLDER / "tokenwise.1"],
                              capture_output=True, check=True)
        self.assertEqual(done.stderr, b"")

    def test_zsh_and_fish_name_everything(self):
        for name in ("_tokenwise", "tokenwise.fish"):
            text = (FOLDER / "completions" / name).read_text()
            for verb in VERBS:
                self.assertIn(verb, text)
                for option in self.options_of(verb):
                    self.assertRegex(text, rf"-l {option[2:]}\b|{option}\b")


class Bash(CliCase):
    def complete(self, *words):
        path = f"{os.path.dirname(PROGRAM)}:{self.env['PATH']}"
        done = subprocess.run(["bash", "-c", ASK, "bash", FOLDER / "completions/tokenwise.bash",
                               *words], capture_output=True, check=True, text=True,
                              env={**self.env, "PATH": path}, cwd=self.home)
        self.assertEqual(done.stderr, "")
        return done.stdout.split()

    def test_verbs(self):
        self.assertLessEqual(set(VERBS), set(self.complete("tokenwise", "")))
        self.assertEqual(self.complete("tokenwise", "est"), ["estimate"])

    def test_options(self):
        for verb in VERBS:
            offered = set(self.complete("tokenwise", verb, "--"))
            self.assertLessEqual(set(OPTIONS[verb]) | {"--json", "--help"}, offered)

    def test_values(self):
        self.assertEqual(self.complete("tokenwise", "encode", "--dialect", "a"), ["anthropic"])
        self.assertEqual(self.complete("tokenwise", "budget", "a"), ["add"])
        self.assertIn("openai/gpt-4o-mini",
                      self.complete("tokenwise", "send", "-m", "openai/gpt-4o"))

    def test_files(self):
        self.write("poem.txt", "x")
        self.assertEqual(self.complete("tokenwise", "count", "po"), ["poem.txt"])


if __name__ == "__main__":
    unittest.main()
