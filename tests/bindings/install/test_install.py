#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Installs to an empty prefix and uses the copy as a stranger would: C, pkg-config, Python."""

import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

BUILD = Path(os.environ.get("TOKENWISE_BUILD", "build"))
HERE = Path(__file__).resolve().parent
SOURCE = HERE.parents[2]
MODEL = "openai/gpt-4o-mini"
PROMPT = "Explain in two paragraphs why the sky is blue."
# An estimate is a line of model, input tokens and a decimal; zero or nothing is no estimate.
ESTIMATE = re.compile(r"^(\S+) (\d+) (\d+\.\d+)$")


def run(*command, env=None):
    answer = subprocess.run([str(part) for part in command], capture_output=True, text=True,
                            check=False, env=env, stdin=subprocess.DEVNULL)
    if answer.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, command))} ended with {answer.returncode}:\n"
                             f"{answer.stdout}{answer.stderr}")
    return answer.stdout


def find_one(folder, pattern):
    found = sorted(folder.rglob(pattern))
    if len(found) != 1:
        raise AssertionError(f"{pattern} is {len(found)} times in the installed tree: {found}")
    return found[0]


def readme_block(language):
    """What the first page shows must build and run as it stands."""
    text = (SOURCE / "README.md").read_text("utf-8")
    return re.search(rf"```{language}\n(.*?)```", text, re.DOTALL).group(1)


class Installed(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory(prefix="tokenwise-install-")
        cls.addClassCleanup(cls.temporary.cleanup)
        cls.root = Path(cls.temporary.name)
        cls.tree = cls.root / "tree"
        run("meson", "install", "-C", BUILD, "--no-rebuild", "--destdir", cls.tree)
        cls.library = find_one(cls.tree, "libtokenwise-1.so")
        cls.pkgconfig = cls.relocate(find_one(cls.tree, "tokenwise-1.pc"))
        cls.env = cls.isolated()

    @classmethod
    def relocate(cls, path):
        """As a package manager does: the prefix is one line of the file, and nothing repeats it."""
        lines = path.read_text("utf-8").splitlines()
        prefix = next(line for line in lines if line.startswith("prefix=")).split("=", 1)[1]
        repeats = [line for line in lines[1:] if prefix in line.split("=", 1)[-1].split("${prefix}")[0]
                   and "${prefix}" not in line]
        if repeats:
            raise AssertionError(f"{path.name} names the prefix more than once: {repeats}")
        cls.prefix = cls.tree / prefix.lstrip("/")
        path.write_text("\n".join([f"prefix={cls.prefix}", *lines[1:]]) + "\n", "utf-8")
        return path.parent

    @classmethod
    def isolated(cls):
        """Nothing of the build tree and nothing of the person who runs the test."""
        kept = {name: value for name, value in os.environ.items()
                if not name.startswith(("TOKENWISE_", "XDG_", "GI_")) and not name.endswith("_KEY")}
        folders = {name: str(cls.root / name.lower()) for name in
                   ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "HOME")}
        return {**kept, **folders, "TOKENWISE_SANDBOX_SPEED": "0", "PKG_CONFIG_PATH": str(cls.pkgconfig),
                "LD_LIBRARY_PATH": str(cls.library.parent)}

    def flags(self, option):
        return run("pkg-config", option, "tokenwise-1", env=self.env).split()

    def compile(self, source, output, *options):
        compiler = os.environ.get("CC", "cc").split()
        run(*compiler, "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-Wno-unused-parameter", *options,
            *self.flags("--cflags"), source, "-o", output, *self.flags("--libs"), env=self.env)
        return output

    def estimate_from_c(self):
        program = self.compile(HERE / "estimate.c", self.root / "estimate")
        return run(program, MODEL, PROMPT, env=self.env)

    def test_c_program(self):
        match = ESTIMATE.match(self.estimate_from_c())
        self.assertIsNotNone(match)
        self.assertEqual(match.group(1), MODEL)
        self.assertGreater(int(match.group(2)), 9)
        self.assertGreater(float(match.group(3)), 0)

    def test_estimate_leaves_no_ledger_entry(self):
        self.estimate_from_c()
        answer = run(self.prefix / "bin" / "tokenwise", "doctor", "--json", env=self.env)
        self.assertIn('"checks"', answer)

    def test_python_agrees_with_c(self):
        typelibs = find_one(self.tree, "Tokenwise-1.typelib").parent
        env = {**self.env, "GI_TYPELIB_PATH": str(typelibs)}
        answer = run("/usr/bin/python3", HERE / "estimate.py", MODEL, PROMPT, env=env)
        self.assertEqual(answer, self.estimate_from_c())

    def test_command_line_agrees_with_c(self):
        answer = run(self.prefix / "bin" / "tokenwise", "estimate", "--json", "-m", MODEL, PROMPT,
                     env=self.env)
        tokens = re.search(r'"tokens":\s*(\d+)', answer)
        self.assertEqual(tokens.group(1), self.estimate_from_c().split()[1])

    def test_readme_in_c(self):
        include, body = readme_block("c").split("\n", 1)
        source = self.root / "readme.c"
        source.write_text(f"{include}\nint main (void)\n{{\n{body}\nreturn 0;\n}}\n", "utf-8")
        answer = run(self.compile(source, self.root / "readme"), env=self.env)
        self.assertIn("simulated", answer)

    def test_readme_in_python(self):
        source = self.root / "readme.py"
        source.write_text(f"import gi\n{readme_block('python')}", "utf-8")
        env = {**self.env, "GI_TYPELIB_PATH":
               str(find_one(self.tree, "Tokenwise-1.typelib").parent)}
        self.assertTrue(run("/usr/bin/python3", source, env=env).strip())

    def test_every_header_stands_alone(self):
        headers = sorted((self.prefix / "include").rglob("*.h"))
        self.assertGreater(len(headers), 10)
        for header in headers:
            self.assertNotIn("-private", header.name)
            name = header.relative_to(self.prefix / "include")
            source = self.root / "header.c"
            source.write_text(f"#include <{name}>\n#include <{name}>\nint main (void) {{ return 0; }}\n")
            with self.subTest(header=str(name)):
                self.compile(source, self.root / "header", "-fsyntax-only")

    def test_only_public_symbols_are_exported(self):
        listing = run("nm", "-D", "--defined-only", self.library)
        exported = {line.split()[-1] for line in listing.splitlines()}
        text = "\n".join(path.read_text("utf-8") for path in (self.prefix / "include").rglob("*.h"))
        declared = set(re.findall(r"\b(tw_\w+)\b", text))
        undeclared = {name for name in exported if name not in declared
                      and not re.sub(r"_get_type$", "", name) in declared}
        self.assertTrue(exported)
        self.assertEqual(undeclared, set())


if __name__ == "__main__":
    if not (BUILD / "libtokenwise" / "Tokenwise-1.typelib").exists():
        print("This build has no introspection data, so there is no typelib to test; skipped.")
        sys.exit(77)
    unittest.main()
