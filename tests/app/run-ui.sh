#!/bin/bash
# Runs a UI test on a private virtual screen and message bus: run-ui.sh WIDTHxHEIGHT PROGRAM [ARGUMENT…]. Needs Xvfb and dbus-run-session.
set -euo pipefail
size=$1
shift
runtime=$(mktemp -d)
chmod 700 "$runtime"
coproc XVFB { exec Xvfb -displayfd 1 -screen 0 "${size}x24" -nolisten tcp -noreset 2>"$runtime/xvfb.log"; }
xvfb=$XVFB_PID
trap 'kill "$xvfb" 2>/dev/null || true; wait "$xvfb" 2>/dev/null || true; rm -rf "$runtime"' EXIT
read -r number <&"${XVFB[0]}"
export DISPLAY=":$number" GDK_BACKEND=x11 GSK_RENDERER=cairo XDG_RUNTIME_DIR="$runtime" HOME="$runtime" GSETTINGS_BACKEND=memory
export ZF_UI_SIZE="${ZF_UI_SIZE:-$size}"
# A caret that stands still: two pictures of one thing are equal.
mkdir -p "$runtime/.config/gtk-4.0"
printf '[Settings]\ngtk-cursor-blink=false\n' > "$runtime/.config/gtk-4.0/settings.ini"
export LANG=zh_CN.UTF-8 LC_ALL=zh_CN.UTF-8 NO_AT_BRIDGE=0
unset WAYLAND_DISPLAY
dbus-run-session -- "$@"
