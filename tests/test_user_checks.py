"""The simulated user: which messages are refused and for which reason, who the user is, what it is shown. No model."""

from __future__ import annotations

import re
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdg.core.errors import UsageError
from sdg.core.user import load_personas, persona_for
from sdg.core.user.checks import why_not
from sdg.core.user.cleaning import cleaned
from sdg.core.user.simulated import conversation

TALK = [
    {"role": "user", "content": "How do I keep tomatoes from splitting in a wet August?"},
    {
        "role": "assistant",
        "content": "Tomatoes split when a dry spell is followed by heavy rain, because the flesh grows faster than the "
        "skin. Water evenly, mulch the bed, and pick the fruit as soon as it turns colour. A roof over the plants "
        "keeps the rain off, and varieties with a thick skin split less.",
    },
]
ESSAY = (
    "Splitting is caused by uneven water. The roots take up more than the skin can bear, and the fruit opens along "
    "its shoulders. "
) * 5
GOOD = [
    "which varieties have a thick skin",
    "I have no room for a roof. Would fleece do?",
    "No, I meant the cracks at the stem, not the long ones.",
    "Shorter, for a label on the shelf.",
    "这些品种在北方能种吗？",
    "Und wie oft gießen, wenn es eine Woche lang 35 Grad hat?",
    "Here is what I did:\n1. mulch\n2. drip hose\n3. picked early\n4. roof\nThey still split. What is left?",
    f"{ESSAY}That is what my old book says. Do you agree?",
    "You said that varieties with a thick skin split less. Name three.",
    "Can you write a short text for visitors that tells them to pick early?",
    "let me know if you need my watering times",
    "How can I help my neighbour, whose plants look worse?",
]
BAD = {
    "cut off": [],
    "empty": ["", "  \n"],
    "only thanks": [
        "Thank you so much for the detailed answer!",
        "Great, thanks!",
        "...",
        "User:",
        "谢谢你！",
        "*smiles*",
    ],
    "refuses": ["I'm sorry, but I can't continue this conversation.", "I cannot assist with that request."],
    "breaks character": [
        "As an AI language model I have no plants, but what about yours?",
        "And what then? As an AI language model, I don't grow anything.",
        "I'm here to help! What else would you like to know?",
        "As a simulated user I would now ask about mulch.",
        "My persona would like to hear about mulch. How thick?",
        "How can I assist you today?",
        "Which soil do you have? I hope this helps!",
        "Would you like me to explain how to build the roof?",
        "Now in the roleplay: what of the leaves?",
    ],
    "repeats an earlier turn": [
        "How do I keep tomatoes from splitting in a wet August?",
        "how do i keep tomatoes from splitting in a wet august",
        "Thanks! So how do I keep tomatoes from splitting in a wet August, then?",
    ],
    "echoes the assistant": [
        "Tomatoes split when a dry spell is followed by heavy rain, because the flesh grows faster than the skin.",
        "Water evenly, mulch the bed, and pick the fruit as soon as it turns colour, right?",
    ],
    "answers instead of asking": [
        ESSAY,
        "1. Choose a sunny place.\n2. Dig in compost.\n3. Set the plants deep.\n4. Tie them up.",
        "## Watering\n\nEvery second day.\n\n## Mulch\n\nTwo inches of straw.\n\n## Roof\n\nFoil on laths.",
        "```python\nfor day in range(7):\n    water(2)\n```",
        "You should cover the bed with straw, two inches thick, and keep the stems free of it so that they stay dry.",
        "Here are some further measures against splitting that have worked well for gardeners in wet regions.",
    ],
}


@pytest.mark.parametrize("text", GOOD)
def test_a_message_of_a_person_passes(text: str) -> None:
    assert why_not(text, TALK) == ""


@pytest.mark.parametrize(("reason", "text"), [(reason, text) for reason, texts in BAD.items() for text in texts])
def test_a_message_that_will_not_do_is_refused_for_its_reason(reason: str, text: str) -> None:
    assert why_not(text, TALK) == reason


def test_a_cut_message_is_refused_and_talk_of_personas_may_go_on_where_it_was_begun() -> None:
    assert why_not("Which of them", TALK, truncated=True) == "cut off"
    asked = "And how many personas do we need for a small shop?"
    about = [
        {"role": "user", "content": "What are personas in marketing?"},
        {"role": "assistant", "content": "Figures."},
    ]
    assert why_not(asked, TALK) == "breaks character"
    assert why_not(asked, about) == ""


@given(st.text(max_size=300), st.booleans())
def test_any_text_is_judged(text: str, truncated: bool) -> None:
    why = why_not(text, TALK, truncated=truncated)
    assert why in ("", *BAD)
    assert why or cleaned(text), "what passes has something in it"


def test_no_check_takes_long_on_a_long_message() -> None:
    for text in (
        "thanks for the " * 4000,
        "User: " * 4000,
        "(" * 20000,
        "\n- a: b" * 4000,
        "great and " * 4000,
        '"*' * 9000,
    ):
        began = time.process_time()
        why_not(text, TALK)
        assert time.process_time() - began < 2, text[:20]


def test_personas_are_spread_evenly_and_stay_the_same() -> None:
    personas = [f"person {n}" for n in range(40)]
    drawn = Counter(persona_for(personas, f"record {n}", 0) for n in range(20_000))
    assert len(drawn) == 40
    assert 400 < min(drawn.values()) <= max(drawn.values()) < 600
    for id in ("a", "b", "\ud800"):
        assert len({persona_for(personas, id, sample) for sample in range(40)}) == 40
    assert persona_for(personas, "a", 3) == persona_for(list(personas), "a", 3) == "person 11"
    assert persona_for(["only one"], "a", 7) == "only one"


def test_the_shipped_personas_can_be_read() -> None:
    personas = load_personas(None)
    assert len(set(personas)) == len(personas) >= 5
    assert not any(persona.startswith("#") or persona != persona.strip() for persona in personas)


def test_a_file_of_personas_replaces_ours_or_is_refused_by_name(tmp_path: Path) -> None:
    own = tmp_path / "own.txt"
    own.write_text("\ufeff# mine\n\n  a clown \r\na judge\na clown\n", encoding="utf-8")
    assert load_personas(str(own)) == ["a clown", "a judge"]
    for data, words in ((b"# none\n\n", "there is none in it"), (b"a judge\n\xff\n", "not UTF-8 text \\(byte 8\\)")):
        own.write_bytes(data)
        with pytest.raises(UsageError, match=f"{re.escape(str(own))}.*{words}"):
            load_personas(str(own))
    with pytest.raises(UsageError, match="No such file"):
        load_personas(str(tmp_path / "gone.txt"))


def test_a_long_talk_is_shown_with_the_middle_of_its_longest_turns_left_out() -> None:
    talk = [{"role": "user", "content": "short"}, {"role": "assistant", "content": "first " + "x" * 30_000 + " last"}]
    shown = conversation(talk, 1000)
    assert shown.startswith("[user]\nshort\n\n[assistant]\nfirst x")
    assert shown.endswith("x last")
    assert shown.count("[...]") == 1
    assert len(shown) < 3600
    assert conversation(TALK, 1000) == f"[user]\n{TALK[0]['content']}\n\n[assistant]\n{TALK[1]['content']}"
