# SPDX-License-Identifier: MIT
"""What every checker shares: findings, the files of the tree, and the way a run ends."""

import argparse
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Samples break the rules on purpose.
SAMPLES = "tests/lint/samples/"
SKIPPED_FOLDERS = {".git", "node_modules", "__pycache__", "subprojects"}


@dataclass(frozen=True, order=True)
class Finding:
    path: str
    line: int
    rule: str
    message: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.message} [{self.rule}]"


def _tracked(root):
    """Git's own answer where there is one: new files count, ignored ones do not."""
    if not (root / ".git").exists():
        return None
    answer = subprocess.run(
        # Root in a container reads a checkout that belongs to somebody else.
        ["git", "-c", f"safe.directory={root}", "-C", str(root), "ls-files", "-z", "--cached",
         "--others", "--exclude-standard"],
        capture_output=True, check=False,
    )
    if answer.returncode != 0:
        return None
    return answer.stdout.decode().split("\0")


def _walked(root):
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders
                      if name not in SKIPPED_FOLDERS and not name.startswith("build")]
        for name in names:
            yield str(Path(folder, name).relative_to(root))


def files(root, suffixes):
    """Paths relative to root, sorted, that exist and have one of the suffixes or names."""
    names = _tracked(root)
    if names is None:
        names = _walked(root)
    chosen = {name for name in names if name.endswith(suffixes) and not name.startswith(SAMPLES)}
    return sorted(name for name in chosen if (root / name).is_file())


def main(check, description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("root", nargs="?", default=ROOT, type=Path, help="the tree to check")
    root = parser.parse_args().root.resolve()
    findings = sorted(check(root))
    for finding in findings:
        print(finding)
    if findings:
        print(f"{len(findings)} findings.", file=sys.stderr)
    sys.exit(1 if findings else 0)
