# SPDX-License-Identifier: MIT
"""Runs a program with the providers' stand-in's URL as its argument: with_mock.py PROGRAM"""
import subprocess
import sys

import harness

if not harness.node_is_new_enough():
    harness.skip_all("node 20.15 or later is needed for the providers' stand-in")
with harness.Mock() as mock, harness.Home() as home:
    sys.exit(subprocess.run([sys.argv[1], mock.url], env=home.env).returncode)
