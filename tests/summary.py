#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The sum of one or more meson runs; its last line is “N passed, N failed[, N skipped]”."""

import argparse
import json
import sys
from pathlib import Path

PASSED = {"OK", "EXPECTEDFAIL"}
SKIPPED = {"SKIP", "IGNORED"}


def outcomes(log):
    """Each test of a log as (name, result); a log that is missing is itself a failure."""
    path = Path(log)
    if not path.is_file():
        yield f"no results in {log}", "ERROR"
        return
    for line in path.read_text("utf-8").splitlines():
        test = json.loads(line)
        yield test["name"], test["result"]


def sentence(passed, failed, skipped):
    text = f"{passed} passed, {failed} failed"
    return f"{text}, {skipped} skipped" if skipped else text


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--status", type=int, default=0, help="how the run itself ended")
    parser.add_argument("logs", nargs="+", help="meson-logs/testlog.json")
    arguments = parser.parse_args()
    results = [outcome for log in arguments.logs for outcome in outcomes(log)]
    if arguments.status != 0:
        results.append(("the run itself", "ERROR"))
    skipped = [name for name, result in results if result in SKIPPED]
    failed = [(name, result) for name, result in results if result not in PASSED | SKIPPED]
    for name in skipped:
        print(f"skipped: {name}")
    for name, result in failed:
        print(f"failed: {name} ({result})")
    print(sentence(len(results) - len(failed) - len(skipped), len(failed), len(skipped)))
    sys.exit(1 if failed or not results else 0)


if __name__ == "__main__":
    main()
