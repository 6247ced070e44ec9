#!/bin/bash
# SPDX-License-Identifier: MIT
# The seconds from exec to a window on the screen, as one JSON line:  time-to-window.sh APP
set -eu
here=$(dirname "$(realpath "$0")")
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
"$here/gui-run.sh" "$1" "$here/test_startup.py" "$out" 2>/dev/null | grep '^{'
