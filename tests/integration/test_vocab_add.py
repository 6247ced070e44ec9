# SPDX-License-Identifier: MIT
"""`tokenwise vocab add` with the published files, then the runner of tests/cases with what came of
them: test_vocab_add.py TEST_TOKENS"""
import pathlib
import subprocess
import sys
import unittest

import harness

PACKAGES = pathlib.Path(__file__).parent / "node_modules" / "@lenml"
FILES = {"llama3": "tokenizer-llama3_1", "gemma3": "tokenizer-gemma3"}
TEST_TOKENS = sys.argv.pop(1) if len(sys.argv) > 1 else None


def published(name):
    path = PACKAGES / FILES[name] / "models" / "tokenizer.json"
    if not path.exists():
        raise unittest.SkipTest(f"{path} is not there; run npm ci in tests/integration")
    return path


class VocabAdd(unittest.TestCase):
    def setUp(self):
        self.home = harness.Home().__enter__()
        self.addCleanup(self.home.__exit__)
        self.cache = pathlib.Path(self.home.env["XDG_CACHE_HOME"]) / "tokenwise" / "vocabularies"

    def check_texts(self, name):
        done = subprocess.run([TEST_TOKENS, "-p", f"/tokens/{name}"], env=self.home.env,
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        # It passes over an encoding that is not there.
        self.assertNotIn("SKIP", done.stdout)
        self.assertRegex(done.stdout, rf"(?m)^ok \d+ /tokens/{name}$")

    def add(self, name, *options):
        done = self.home.run("vocab", "add", str(published(name)), *options)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_llama3_counts_as_the_others_do(self):
        self.add("llama3", "--name", "llama3")
        self.assertTrue((self.cache / "llama3.tokbin").exists())
        self.check_texts("llama3")

    def test_gemma3_counts_as_the_others_do(self):
        self.add("gemma3", "--name", "gemma3")
        self.assertTrue((self.cache / "gemma3.tokbin").exists())
        self.check_texts("gemma3")

    def test_a_known_file_needs_no_name(self):
        for name in FILES:
            with self.subTest(name):
                self.add(name)
                self.assertTrue((self.cache / f"{name}.tokbin").exists())

    def test_adding_twice_replaces(self):
        self.add("llama3", "--name", "llama3")
        self.add("llama3", "--name", "llama3")
        self.check_texts("llama3")

    def test_a_file_cut_short_is_refused_and_leaves_nothing(self):
        path = self.home.root / "cut.json"
        path.write_bytes(published("llama3").read_bytes()[:1_000_000])
        done = self.home.run("vocab", "add", str(path), "--name", "llama3")
        self.assertNotEqual(done.returncode, 0)
        self.assertTrue(done.stderr.strip())
        self.assertEqual(list(self.cache.glob("*")) if self.cache.exists() else [], [])


if __name__ == "__main__":
    unittest.main()
