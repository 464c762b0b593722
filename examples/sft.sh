#!/usr/bin/env bash
# An SFT data set from real material: prompts about documents, prompts with constraints, and real chats, in dialogues of
# three turns, checked, scored and exported. Nothing is asked of a real model unless CONFIG names one.
#
#   bash examples/sft.sh [FOLDER [DOCUMENTS [CHATS]]]
#
#   FOLDER     everything goes here; started again, it goes on where it was (default: sft)
#   DOCUMENTS  a folder of .txt and .md files (default: this project's own texts)
#   CHATS      chats in ShareGPT's format     (default: examples/chats.jsonl)
#
# and by the environment:
#
#   SDG        the command                    (default: sdg)
#   CONFIG     endpoints, as in sdg.toml      (default: configs/rehearsal.toml, which makes everything up)
#   N          prompts about documents        (default: 40)
#   MIN        the least reward of a dialogue (default: 2.5)
#   GO_ON      1: go on without the records that failed (default: stop; started again, the script tries them again)
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)

sdg=${SDG:-sdg}
folder=${1:-sft}
documents=${2:-$folder/documents}
chats=${3:-$here/examples/chats.jsonl}
n=${N:-40}
export SDG_CONFIG=${CONFIG:-$here/configs/rehearsal.toml}
export SDG_CACHE=${SDG_CACHE:-$folder/requests.db}

mkdir -p "$folder"
if [ $# -lt 2 ]; then
  mkdir -p "$documents"
  cp "$here/README.md" "$here/CONTRIBUTING.md" "$here/CHANGELOG.md" "$documents"
  cp "$here/LICENSE" "$documents/LICENSE.txt"
fi

run() {
  echo "+ sdg $*" >&2
  local status=0
  "$sdg" "$@" </dev/null || status=$?
  if [ "$status" -eq 1 ] && [ "${GO_ON:-}" != 1 ]; then
    echo "sft.sh: some records failed, or the run stopped before its end: start this script again, or with GO_ON=1" >&2
  fi
  [ "$status" -eq 0 ] || { [ "$status" -eq 1 ] && [ "${GO_ON:-}" = 1 ]; } || exit "$status"
}

# 1. Prompts: about documents, the same under constraints that a program can check, and what people really asked.
run prompts --task closed-qa --documents "$documents" -n "$n" -o "$folder/documents.jsonl"
run prompts --task instruction-following --from "$folder/documents.jsonl" -o "$folder/constrained.jsonl"
run import sharegpt "$chats" --take first -o "$folder/real.jsonl"

# 2. Mixed, and split so that no prompt serves both stages of training.
run mix --balanced "$folder/documents.jsonl" "$folder/constrained.jsonl" "$folder/real.jsonl" -o "$folder/prompts.jsonl"
run split --sft 0.7 --preference 0.3 "$folder/prompts.jsonl" -o "$folder/parts"

# 3. Dialogues. Answers that break their constraints, and dialogues with a low reward, are left out.
run respond --turns 3 "$folder/parts/sft.jsonl" -o "$folder/dialogues.jsonl"
run verify --keep loose "$folder/dialogues.jsonl" -o "$folder/verified.jsonl"
run score --min "${MIN:-2.5}" "$folder/verified.jsonl" -o "$folder/scored.jsonl"

# 4. What a trainer reads: a folder that `datasets` and the hub take as it is.
made_up=()
if grep -q '"rehearsal":true' "$folder/scored.jsonl"; then made_up=(--allow-rehearsal); fi
run export messages --test 0.1 --overwrite "${made_up[@]}" "$folder/scored.jsonl" -o "$folder/dataset/"
ls "$folder/dataset" "$folder/dataset/data" >&2
