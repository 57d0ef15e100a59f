#!/usr/bin/env bash
# Run the named checks in order and stop at the first that fails.
# Usage: BIN=.venv/bin check.sh format|lint|types|contracts|unit|journeys...
set -euo pipefail
: "${BIN:=.venv/bin}"

closing=$(mktemp)
trap 'rm -f "$closing"' EXIT

# Show what pytest prints, and keep its closing line for the end.
tests() {
    local output=$closing.$1
    shift
    "$BIN/python" -m pytest "$@" | tee "$output" || { rm -f "$output"; return 1; }
    tail -n 1 "$output" >>"$closing"
    rm -f "$output"
}

run() {
    case "$1" in
    format) "$BIN/ruff" format --check . ;;
    lint) "$BIN/ruff" check . ;;
    types) "$BIN/mypy" ;;
    contracts) "$BIN/lint-imports" --no-logo ;;
    unit) tests unit -m "not journey" -n 2 --dist loadfile ;;
    journeys) tests journeys -m journey ;;
    *) echo "There is no check named $1." >&2; return 2 ;;
    esac
}

for check in "$@"; do
    printf '\n== %s\n' "$check"
    SECONDS=0
    if ! run "$check"; then
        printf '\nFAILED: %s (make %s repeats it alone)\n' "$check" "$check" >&2
        exit 1
    fi
    printf '   %s: fine, %s s\n' "$check" "$SECONDS"
done
printf '\nAll is well: %s\n' "$*"
cat "$closing"
