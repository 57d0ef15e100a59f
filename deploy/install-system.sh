#!/bin/sh
# Install what no wheel brings. Usage: install-system.sh pango|chromium
# With root or a passwordless sudo, through apt-get; else it says what to type and ends with 1.
set -eu

library() { # is a shared library of this name known?
    { /sbin/ldconfig -p 2>/dev/null || ldconfig -p 2>/dev/null || true; } | grep -q "$1"
}

case "${1:-}" in
pango)
    what="Pango, which prints the tickets"
    packages=""
    library 'libpango-1\.0\.so\.0' || packages="$packages libpango-1.0-0"
    library 'libpangoft2-1\.0\.so\.0' || packages="$packages libpangoft2-1.0-0"
    library 'libharfbuzz-subset\.so\.0' || packages="$packages libharfbuzz-subset0"
    ;;
chromium)
    what="Chromium, in which the tests click through whole journeys"
    packages=""
    command -v chromium >/dev/null || packages=" chromium"
    ;;
*)
    echo "Usage: $0 pango|chromium" >&2
    exit 2
    ;;
esac
[ -n "$packages" ] || exit 0

if ! command -v apt-get >/dev/null; then
    echo "Missing: $what. Install it with your system's package manager, then start again." >&2
    exit 1
fi
if [ "$(id -u)" = 0 ]; then
    as_root=""
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    as_root="sudo"
else
    echo "Missing: $what. Type this, then start again: sudo apt-get install$packages" >&2
    exit 1
fi

echo "Installing $what:$packages"
export DEBIAN_FRONTEND=noninteractive
install="apt-get install -y -q --no-install-recommends"
# shellcheck disable=SC2086  # words are meant to be split
$as_root $install $packages || { $as_root apt-get update -q && $as_root $install $packages; } || {
    echo "apt-get could not install $what. Type this and read what it says: apt-get install$packages" >&2
    exit 1
}
