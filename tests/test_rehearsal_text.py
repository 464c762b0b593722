"""The rehearsal endpoint's texts: fit for what was asked, mostly distinct, untidy as a real model's, and scored."""

from __future__ import annotations

import asyncio
from statistics import median
from typing import Any

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sdg.rehearsal.fields import GENERAL
from sdg.rehearsal.reply import answer
from sdg.rehearsal.scores import reward, score

LICENCE = (
    """The precise terms and conditions for copying, distribution and modification follow. Activities other than
copying, distribution and modification are not covered by this License; they are outside its scope. The act of
running the Program is not restricted, and the output from the Program is covered only if its contents constitute a
work based on the Program, independent of having been made by running the Program."""
    * 3
)


def ask(text: str, n: int = 1, **more: Any) -> list[dict[str, Any]]:
    body = {"model": "rehearsal-instruct", "messages": [{"role": "user", "content": text}], "n": n, **more}
    reply = asyncio.run(answer("POST", "/chat/completions", {}, orjson.dumps(body)))
    assert reply.status == 200
    found: list[dict[str, Any]] = orjson.loads(reply.body)["choices"]
    return found


def texts(text: str, n: int = 1, **more: Any) -> list[str]:
    return [choice["message"]["content"] for choice in ask(text, n, **more)]


def items(text: str, n: int = 1) -> list[str]:
    """The lines of lists that begin with a number."""
    lines = [line for answer_ in texts(text, n) for line in answer_.splitlines()]
    return [line.split(" ", 1)[1].strip() for line in lines if line[:1].isdigit() and " " in line]


@pytest.mark.parametrize(
    "wanted",
    [
        "Ask questions about it. Answer with a numbered list of 10 questions.",
        "Think of writing tasks. Each asks it to write a sonnet, about that. A numbered list of 10 writing tasks.",
        "Set mathematics problems that turn on it. Answer with a numbered list of 10 problems.",
        "Set programming tasks in Python. Answer with a numbered list of 10 tasks.",
        "Name narrower topics. Answer with a numbered list of 10 topics.",
    ],
)
def test_of_2000_items_on_many_topics_nine_in_ten_are_distinct(wanted: str) -> None:
    found = [item for topic in GENERAL[:140] for item in items(f"<topic>{topic}</topic>\n{wanted}", 2)]
    assert len(found) > 2000
    assert len(set(found)) > 0.9 * len(found)


def test_items_are_of_the_kind_that_was_asked_for() -> None:
    topic = "<topic>Beekeeping</topic>"
    questions = items(f"{topic} Answer with a numbered list of 10 questions and nothing else.", 20)
    assert sum("?" in item for item in questions) > 0.95 * len(questions)
    assert sum("beekeeping" in item.lower() for item in questions) > 0.95 * len(questions)
    problems = items(f"Set mathematics problems. {topic} A numbered list of 10 problems", 20)
    assert sum("$" in item for item in problems) > 0.95 * len(problems)
    tasks = items(f"Set programming tasks in Python. {topic} A numbered list of 10 tasks", 20)
    assert sum("`" in item for item in tasks) > 0.95 * len(tasks)
    sonnets = items(f"Each asks it to write a sonnet, and so on. {topic} A numbered list of 5 writing tasks", 20)
    assert sum("a sonnet" in item for item in sonnets) > 0.95 * len(sonnets)
    names = items("Name broad topics. Answer with a numbered list of 30 topics and nothing else.", 20)
    assert max(len(name.split()) for name in names if ":" not in name) < 12


def test_lists_are_as_untidy_as_a_real_models() -> None:
    found = [
        choice for start in range(4) for choice in ask(f"<topic>Glass {start}</topic> numbered list of 6 topics", 100)
    ]
    shown = [choice["message"]["content"] for choice in found]
    assert sum(not text[0].isdigit() for text in shown) > 100  # preambles, bullets, titles
    for sign in ("\n\n1.", "1) ", "- ", "**", "```", '"'):
        assert sum(sign in text for text in shown) >= 4, sign
    assert sum(choice["finish_reason"] == "length" for choice in found) >= 4  # broken off
    assert sum(text.startswith(("I'm sorry", "I apologize", "I cannot", "Sorry")) for text in shown) in range(2, 20)
    full = [text for text in shown if "\n6. " in text]
    assert 0 < sum("\n7. " in text for text in full) < 0.2 * len(full)


def test_a_revision_keeps_the_drafts_words_and_is_longer() -> None:
    draft = "How does seasonal change affect hive ventilation?"
    found = texts(f"Here is a question about <topic>bees</topic>\n<draft>\n{draft}\n</draft>\nRewrite it.", 60)
    kept = [text for text in found if all(word in text for word in ("seasonal", "affect", "hive", "ventilation"))]
    assert len(kept) >= 55  # the others refuse
    assert all(len(text) > len(draft) for text in kept)
    assert len(set(kept)) > 50


def test_a_document_gets_an_instruction_with_some_of_its_words() -> None:
    found = texts(f"Here is a document:\n<document>\n{LICENCE}\n</document>\nWrite one instruction about it.", 60)
    known = set(LICENCE.lower().replace(".", "").replace(",", "").split())
    used = [text for text in found if {word.strip('.,;:?"') for word in text.lower().split() if len(word) > 6} & known]
    assert len(used) >= 50  # the others refuse, or are about something that the text does not mention


def test_a_verdict_is_yes_or_no_and_stays_the_same_for_its_subject() -> None:
    for subject in ("Prime number", "Paul the octopus", "Determinant of a matrix"):
        said = texts(f"<topic>{subject}</topic> a concept of mathematics? Answer only yes or no, as one word.", 20)
        assert len({"yes" in text.lower() for text in said}) == 1
        assert all(("yes" in text.lower()) != ("no" in text.lower().replace("'", " ").split(",")[0]) for text in said)


def test_answers_vary_in_length_and_have_code_and_mathematics_where_the_question_has() -> None:
    lengths = sorted(len(text.split()) for text in texts("How do tides shape harbour towns?", 120))
    assert lengths[12] < 85 < 100 < lengths[60] < 170 < 200 < lengths[-4]
    code = texts("Write a Python function `merge_log_lines` that merges sorted logs.", 40)
    assert sum("```" in text and "def merge_log_lines" in text for text in code) > 35
    problem = texts("Solve the equation $3x + 4 = 19$ and check the answer.", 40)
    assert sum("answer" in text.lower() or "boxed" in text or "Therefore" in text for text in problem) > 30


def test_scores_spread_so_that_filters_have_something_to_do() -> None:
    questions = items("<topic>Harbours</topic> numbered list of 10 questions", 12)[:80]
    pairs = [(question, text) for question in questions for text in texts(question, 4)]
    found = [score(question, text) for question, text in pairs]
    helpful = sorted(scores["helpfulness"] for scores in found)
    assert 0.3 < sum(value > 3.5 for value in helpful) / len(helpful) < 0.5
    assert helpful[len(helpful) // 20] < 2.6
    rewards = sorted(reward(scores) for scores in found)
    assert 3.5 < median(rewards) < 4.5
    assert rewards[0] < 2
    assert rewards[-1] > 5.8
    refused = score(questions[0], "I'm sorry, but I can't help with that request.")
    assert refused["helpfulness"] < 1.2 < median(helpful)


@example("`", "")  # a prompt without a word
@given(
    st.text(max_size=400), st.sampled_from(["", "<draft>", "<document>", "<topic>", "numbered list of ", "yes or no"])
)
def test_any_text_gets_an_answer(text: str, cue: str) -> None:
    asked = f"{cue}{text}{cue.replace('<', '</')}" if cue.startswith("<") else f"{text}\n{cue}"
    [choice] = ask(asked.encode("utf-8", "replace").decode())
    assert choice["message"]["content"]
    assert set(score(text, choice["message"]["content"])) == set(score("", ""))
