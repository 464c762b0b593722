#!/usr/bin/env bash
# Builds the wheel, installs it into fresh virtual environments outside the checkout, and uses it there as a newcomer would:
# the README's quickstart with the Python given (default python3), `sdg --help` and a small pipe with the other versions found.
#
#   bash tests/quickstart_from_wheel.sh [PYTHON]
set -euo pipefail
checkout=$(cd "$(dirname "$0")/.." && pwd)
python=$(command -v "${1:-python3}")
python=$(cd "$(dirname "$python")" && pwd)/$(basename "$python") # absolute, but a virtual environment's link stays a link
work=$(mktemp -d -t sdg-wheel-XXXXXX)
trap 'rm -rf "$work"' EXIT

"$python" -m venv "$work/build"
"$work/build/bin/python" -m pip --disable-pip-version-check --quiet install build
"$work/build/bin/python" -m build --outdir "$work/dist" "$checkout" >"$work/build.log" 2>&1 || { cat "$work/build.log" >&2; exit 1; }
wheel=$(ls "$work"/dist/sdg-*.whl) # built from the source archive, so that one is complete too
echo "built $(basename "$wheel")"

# install VERSION-NAME PYTHON: a fresh environment with nothing but the wheel and what it needs
install() {
  "$2" -m venv "$work/$1"
  "$work/$1/bin/python" -m pip --disable-pip-version-check --quiet install "$wheel"
}

# The commands run far from the checkout, so that nothing of it can help.
cd "$work"
unset PYTHONPATH NVIDIA_API_KEY OPENAI_API_KEY OPENAI_BASE_URL

install first "$python"
echo "== the README's quickstart, with $("$work/first/bin/python" --version)"
"$work/first/bin/python" "$checkout/tests/run_readme.py" --sdg "$work/first/bin/sdg" "$checkout/README.md"

# find_python 3.12: a working interpreter of that version, from PATH or pyenv, or nothing
find_python() {
  local candidate
  for candidate in "python$1" "$HOME"/.pyenv/versions/"$1".*/bin/python; do
    if "$candidate" -c "import sys; sys.exit('%d.%d' % sys.version_info[:2] != '$1')" 2>/dev/null; then
      echo "$candidate"
      return
    fi
  done
}

for version in 3.11 3.12 3.13; do
  other=$(find_python "$version")
  if [ -z "$other" ]; then
    echo "== Python $version: not on this machine, skipped"
    continue
  fi
  if [ "$("$other" -c 'import sys; print(sys.version_info[:2])')" = "$("$python" -c 'import sys; print(sys.version_info[:2])')" ]; then
    continue # the quickstart has run with it
  fi
  echo "== the wheel with $("$other" --version)"
  install "$version" "$other"
  mkdir "$work/run-$version" # of its own, or the answers would come from the request cache of the version before
  cd "$work/run-$version"
  PATH="$work/$version/bin:$PATH" bash -euo pipefail -c '
    sdg --help >/dev/null
    sdg prompts --task open-qa -n 3 | sdg respond -n 2 | sdg score > three.jsonl
    test "$(wc -l < three.jsonl)" = 3'
done
echo "the wheel works"
