#!/bin/bash
# SPDX-License-Identifier: MIT
# Runs a driver with a private display, window manager, accessibility bus and home folder:
#   gui-run.sh APP DRIVER OUTDIR
# The driver starts APP itself (uilib.start), so that it can start it again. Fails if the driver
# does, or if the app logged a warning. Needs, on Debian 12: xvfb xauth dbus at-spi2-core metacity
# xdotool x11-utils imagemagick python3-gi gir1.2-atspi-2.0 adwaita-icon-theme librsvg2-common
# fonts-cantarell.
set -eu

for tool in xvfb-run dbus-run-session metacity xdotool xprop import; do
  if ! command -v "$tool" >/dev/null; then
    echo "skipped: $tool is not installed"
    exit 77
  fi
done

if [ -z "${GUI_RUN_INNER:-}" ]; then
  export GUI_RUN_INNER=1
  exec timeout "${GUI_RUN_TIMEOUT:-170}" xvfb-run -a -s '-screen 0 1280x860x24' \
    dbus-run-session -- "$(realpath "$0")" "$@"
fi

app=$(realpath "$1")
driver=$(realpath "$2")
mkdir -p "$3"
out=$(realpath "$3")
home=$(mktemp -d)
export APP="$app" OUT="$out" HOME="$home/home" XDG_RUNTIME_DIR="$home/run" \
  XDG_CONFIG_HOME="$home/config" XDG_DATA_HOME="$home/data" XDG_STATE_HOME="$home/state" \
  XDG_CACHE_HOME="$home/cache"
mkdir -p "$HOME" "$XDG_RUNTIME_DIR" "$XDG_CONFIG_HOME" "$XDG_DATA_HOME" "$XDG_STATE_HOME" \
  "$XDG_CACHE_HOME"
chmod 700 "$XDG_RUNTIME_DIR"
# The same picture and the same words wherever it runs; no key of the person who runs it.
export LC_ALL=C.UTF-8 LANGUAGE=en TZ=UTC GSK_RENDERER=cairo GDK_BACKEND=x11 GTK_A11Y=atspi \
  GSETTINGS_BACKEND=memory ADW_DISABLE_PORTAL=1 G_MESSAGES_DEBUG='' PYTHONDONTWRITEBYTECODE=1
unset GTK_THEME G_DEBUG OPENAI_API_KEY ANTHROPIC_API_KEY

# The desktop's own font; without a settings daemon it would be whatever “Sans” happens to be.
mkdir -p "$XDG_CONFIG_HOME/gtk-4.0"
printf '[Settings]\ngtk-font-name=Cantarell 11\ngtk-enable-animations=false\n' \
  >"$XDG_CONFIG_HOME/gtk-4.0/settings.ini"

# gtk4 draws the window's shadow and round corners only under a compositing window manager that is
# there when the window comes.
metacity --composite >/dev/null 2>&1 &
wm=$!
for _ in $(seq 100); do
  xprop -root _NET_SUPPORTING_WM_CHECK 2>/dev/null | grep -q 'window id' && break
  sleep 0.05
done

: >"$out/app.log"
rc=0
/usr/bin/python3 "$driver" || rc=$?
kill "$wm" 2>/dev/null || true
wait 2>/dev/null || true
rm -rf "$home"
if grep -E 'CRITICAL|WARNING \*\*|Gtk-WARNING|Adwaita-WARNING|GLib-GObject-WARNING|ERROR: .*Sanitizer' "$out/app.log" |
  grep -vE 'Screen coordinates not supported|dbind-WARNING|Failed to set fd limit'; then
  echo "failed: the app logged the warnings above"
  rc=1
fi
exit "$rc"
