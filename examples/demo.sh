#!/usr/bin/env bash
# The main job on the endpoint inside sdg: 40 writing prompts, 4 responses each, the good ones kept. `make demo` runs it.
# Everything goes to the folder demo/, which is removed and made again.
set -euo pipefail
cd "$(dirname "$0")/.."

sdg=${SDG:-sdg}
python=${PYTHON:-python3}
config=configs/rehearsal.toml # whatever keys are in the environment: this costs nothing and calls nobody

rm -rf demo
mkdir demo

cat >&2 <<'END'
The main job, on the endpoint inside sdg:

  sdg prompts --task writing -n 40 | sdg respond -n 4 | sdg score --min 3.5 > demo/sft.jsonl

END

# An exit status of 1 says that some records failed: the demo goes on and shows where they are. More ends it.
status=0
"$sdg" prompts --task writing -n 40 --config "$config" --rejects demo/prompts.rejects.jsonl </dev/null \
  | "$sdg" respond -n 4 --config "$config" --rejects demo/respond.rejects.jsonl \
  | "$sdg" score --min 3.5 --config "$config" --rejects demo/score.rejects.jsonl > demo/sft.jsonl || status=$?
if [ "$status" -gt 1 ]; then exit "$status"; fi

"$python" examples/show.py demo "$sdg"
