#!/bin/sh
# Print the Python to make the virtual environment with: $1 if given, else 3.11, 3.12 or python3.
# Ends with 1 and one sentence if there is none that fits.
set -eu

fits() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))' 2>/dev/null; }

for candidate in ${1:-python3.11 python3.12 python3}; do
    command -v "$candidate" >/dev/null && fits "$candidate" || continue
    if "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then
        echo "$candidate"
        exit 0
    fi
    lacking="$candidate"
done
if [ -n "${lacking:-}" ]; then
    echo "$lacking cannot make virtual environments. Type this, then start again: sudo apt-get install python3-venv" >&2
elif [ -n "${1:-}" ]; then
    echo "$1 is not Python 3.11 or 3.12, which this needs." >&2
else
    echo "Python 3.11 or 3.12 is needed and was not found: install one, or name it with make PYTHON=/path/to/python3.12" >&2
fi
exit 1
