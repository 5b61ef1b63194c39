#!/usr/bin/env bash
# The durable back end under AddressSanitizer: is the envelope in engine/backends/durable.py kept, or only lucky?
#
# Run: make sanitize      or: PYTHON=/path/to/python bash tools/sanitize.sh [CLAIMS of the long fuzz, default 5000]
#
# 1. Builds durable_rules from its sdist with -fsanitize=address into a temporary folder; the venv is not touched.
# 2. Runs the tests of the back ends and the fuzz against it. Any error in the extension ends the run.
#    Left out: tests named `library`, which provoke the errors on purpose, and the one that measures memory.
# 3. Controls: with one protection taken away (the trailing join test, E15; the rule that always fires, E3) the sanitizer
#    must complain. If it does not, it sees nothing and the silence of step 2 means nothing.
#
# Needs: gcc with libasan (Debian: libgcc-12-dev has it; Fedora: libasan), Python headers, the package index for the sdist.
# Python itself leaks by design, so leaks are not reported; memory over 100,000 claims is tests/bench/bench_durable.py.
set -euo pipefail
cd "$(dirname "$0")/.."

VERSION=2.0.28
CLAIMS=${1:-5000}
PYTHON=${PYTHON:-$([ -x .venv/bin/python ] && echo .venv/bin/python || echo python3)}
ASAN=$(gcc -print-file-name=libasan.so)
[ -e "$ASAN" ] || { echo "gcc has no libasan here" >&2; exit 2; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

echo "== building durable_rules $VERSION with AddressSanitizer"
pip() { "$PYTHON" -m pip --quiet --disable-pip-version-check --no-input "$@"; }
pip download --no-deps --no-binary :all: --dest "$work/sdist" "durable_rules==$VERSION"
# setup.py of the library overwrites CFLAGS, so the flags travel with the compiler's name
flags='-fsanitize=address -fno-omit-frame-pointer -g -O1'
CC="gcc $flags" LDSHARED="gcc -shared $flags" pip install --no-cache-dir --no-deps --target "$work/site" "$work"/sdist/*

sanitized() {
    env LD_PRELOAD="$ASAN" PYTHONPATH="$work/site:." PYTHONMALLOC=malloc PYTHONDONTWRITEBYTECODE=1 \
        ASAN_OPTIONS=detect_leaks=0:max_malloc_fill_size=1048576 "$PYTHON" "$@"
}

loaded=$(sanitized -c 'import durable_rules_engine; print(durable_rules_engine.__file__)')
case $loaded in "$work"/*) echo "loaded: $loaded" ;; *) echo "another build was loaded: $loaded" >&2; exit 2 ;; esac

echo "== tests"
sanitized -m pytest -q -p no:cacheprovider -p no:xdist --timeout=1200 -k 'not library and not freed and not shared_corpus' tests/backends

echo "== fuzz"
sanitized tools/fuzz_backends.py 1 "$CLAIMS"

control() {
    echo "== control: $1"
    if sanitized -c "$2" >"$work/log" 2>&1; then echo "nothing was reported" >&2; exit 1; fi
    grep -m1 'ERROR: AddressSanitizer' "$work/log" || { tail -5 "$work/log"; echo "no report" >&2; exit 1; }
}

control "without the trailing join test (E15)" '
import sys
from engine.backends import durable_shards as shards
whole = shards._checks
def cut(*given):
    checks = whole(*given)
    return checks[:-1] if checks and checks[-1].alias else checks
shards._checks = cut
sys.path.insert(0, "tools")
sys.argv[1:] = ["1", "2000"]
import fuzz_backends
sys.exit(fuzz_backends.main())
'
control "without the rule that always fires (E3)" '
import json
import durable_rules_engine as engine
rules = {"r": {"all": [{"m": {"$and": [{"kind": "line"}, {"$gt": {"units": 100}}]}}]}}
handle = engine.create_ruleset("control", json.dumps(rules))
for number in range(300):
    facts = [{"kind": "line", "units": n, "sid": str(number), "id": str(n)} for n in range(6)]
    engine.assert_facts(handle, json.dumps(facts))
    engine.delete_state(handle, str(number))
'
echo
echo "No memory error with the protections, and one with each of the two taken away."
