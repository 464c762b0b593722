"""The chat formats by themselves: what is written in a format reads back, and whatever comes in, nothing is cut."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdg.core.chats import Chat, NotThisFormat, Unsuitable, detect, load, read
from sdg.core.errors import UsageError

CHATS = Path(__file__).parent / "chats"
Message = dict[str, str]

said = st.text(st.characters(exclude_categories=["Cs"])).filter(str.strip)


@st.composite
def talks(draw: st.DrawFn, answered: bool | None = None) -> list[Message]:
    """A system message or none, and then turns; answered: whether the assistant has the last word."""
    texts = draw(st.lists(said, min_size=1, max_size=6))
    if answered is not None and (len(texts) % 2 == 0) != answered:
        texts.append(draw(said))
    talk = [{"role": ("user", "assistant")[n % 2], "content": text} for n, text in enumerate(texts)]
    system = draw(st.none() | said)
    return talk if system is None else [{"role": "system", "content": system}, *talk]


def as_sharegpt(talk: list[Message]) -> dict[str, Any]:
    names = {"system": "system", "user": "human", "assistant": "gpt"}
    return {"conversations": [{"from": names[m["role"]], "value": m["content"]} for m in talk]}


def as_sharegpt_with_a_column(talk: list[Message]) -> dict[str, Any]:
    system = talk[0]["content"] if talk[0]["role"] == "system" else ""
    return as_sharegpt(talk[bool(system) :]) | {"system": system}


def as_parts(talk: list[Message]) -> dict[str, Any]:
    parts = [{"role": m["role"], "content": [{"type": "text", "text": m["content"]}]} for m in talk]
    return {"messages": parts}


def as_columns(talk: list[Message]) -> dict[str, Any]:
    return {"messages": {key: [m[key] for m in talk] for key in ("role", "content")}}


def as_alpaca(talk: list[Message]) -> dict[str, Any]:
    """A chat that ends with the user's turn gets an answer."""
    system, turns = ("", talk) if talk[0]["role"] == "user" else (talk[0]["content"], talk[1:])
    texts = [turn["content"] for turn in turns] + ["no answer"] * (len(turns) % 2)
    history = [texts[place : place + 2] for place in range(0, len(texts) - 2, 2)]
    return {"instruction": texts[-2], "input": "", "output": texts[-1], "system": system, "history": history}


WRITTEN: dict[str, tuple[str, Callable[[list[Message]], dict[str, Any]]]] = {
    "sharegpt": ("sharegpt", as_sharegpt),
    "sharegpt with a system column": ("sharegpt", as_sharegpt_with_a_column),
    "messages": ("messages", lambda talk: {"messages": talk}),
    "messages of parts": ("messages", as_parts),
    "messages as columns": ("messages", as_columns),
    "messages in another field": ("messages:messages=conversations", lambda talk: {"conversations": talk}),
    "lmsys": ("lmsys", lambda talk: {"conversation_id": "1", "conversation": talk, "redacted": False}),
    "wildchat": ("wildchat", lambda talk: {"conversation_hash": "1", "conversation": talk, "toxic": False}),
}


@pytest.mark.parametrize("name", WRITTEN)
@given(talk=talks())
def test_a_chat_written_in_a_format_reads_back_word_for_word_and_is_recognised(name: str, talk: list[Message]) -> None:
    format, write = WRITTEN[name]
    row = json.loads(json.dumps(write(talk)))
    assert read(format, row).messages == talk
    assert detect(row) == format


@given(talk=talks(answered=True))
def test_alpaca_holds_a_whole_chat_in_its_history(talk: list[Message]) -> None:
    row = as_alpaca(talk)
    assert read("alpaca", row).messages == talk
    assert detect(row) == "alpaca"


odd = st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", " ", "[]", "x", "tool", "system", "GPT"])
odd_values = odd | st.lists(odd, max_size=2) | st.dictionaries(st.sampled_from(["type", "text", "flagged"]), odd)
odd_columns = ["system", "tools", "images", "toxic", "openai_moderation", "history", "model", "id", "text", "input"]


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Every (object or list, key) in a row."""
    keys = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    return [place for key in keys for place in [(value, key), *_places(value[key])]]


@st.composite
def spoiled_rows(draw: st.DrawFn) -> dict[str, Any]:
    """A chat in some format, in which values are replaced or gone, and columns added."""
    formats = [write for _, write in WRITTEN.values()] + [as_alpaca]
    row: dict[str, Any] = json.loads(json.dumps(draw(st.sampled_from(formats))(draw(talks()))))
    row |= draw(st.dictionaries(st.sampled_from(odd_columns), odd_values, max_size=2))
    for _ in range(draw(st.integers(0, 2))):
        inside, key = draw(st.sampled_from(_places(row) or [(row, "id")]))
        if isinstance(inside, dict) and draw(st.booleans()):
            inside.pop(key, None)
        else:
            inside[key] = draw(odd_values)
    return row


@given(spoiled_rows())
def test_any_row_is_a_chat_or_refused_with_a_reason(row: dict[str, Any]) -> None:
    for format in ("sharegpt", "messages", "lmsys", "wildchat", "alpaca", "text"):
        with suppress(Unsuitable):
            chat = read(format, row)
            roles = [message["role"] for message in chat.messages]
            turns = roles[1:] if roles[0] == "system" else roles
            assert turns == [("user", "assistant")[n % 2] for n in range(len(turns))]
            assert turns
            assert all(message["content"].strip() for message in chat.messages)


@given(spoiled_rows())
def test_what_is_detected_is_of_that_format(row: dict[str, Any]) -> None:
    format = detect(row)
    rules = []
    if format:
        try:
            read(format, row)
        except Unsuitable as unsuitable:
            rules.append(unsuitable.rule)
    assert "other format" not in rules


def rows(name: str) -> list[dict[str, Any]]:
    """The rows of a fixture, JSON array or JSONL."""
    text = (CHATS / name).read_text(encoding="utf-8")
    whole: list[dict[str, Any]] = (
        json.loads(text) if name.endswith(".json") else list(map(json.loads, text.splitlines()))
    )
    return whole


def test_a_chat_of_200_turns_stays_whole_and_so_does_its_end_with_the_user() -> None:
    talk = [{"role": ("user", "assistant")[n % 2], "content": f"turn {n}"} for n in range(201)]
    assert read("sharegpt", as_sharegpt(talk)).messages == talk


def test_wildchat_names_a_category_once_though_it_has_two_spellings_of_each() -> None:
    chats = [read("wildchat", row) for row in rows("wildchat.jsonl")[:4]]
    assert [(chat.unsafe, chat.flags) for chat in chats] == [
        (False, ""),
        (False, ""),
        (True, "self-harm,self-harm/intent,toxic"),
        (True, "redacted,toxic"),  # only Detoxify minded
    ]


def test_one_flagged_turn_makes_a_chat_of_lmsys_unsafe_and_a_redacted_name_does_not() -> None:
    chats = [read("lmsys", row) for row in rows("lmsys.jsonl")[2:4]]
    assert [(chat.unsafe, chat.flags) for chat in chats] == [
        (True, "harassment,harassment/threatening,redacted,violence"),
        (False, "redacted"),
    ]
    late = rows("lmsys.jsonl")[0]
    for categories, flags in (({"hate": True, "violence": None}, "hate"), (None, "")):
        late["openai_moderation"][3] = {"flagged": True, "categories": categories}
        assert (read("lmsys", late).unsafe, read("lmsys", late).flags) == (True, flags)


NOTHING_SAID: list[dict[str, Any]] = [
    {},
    {"toxic": None, "redacted": None, "openai_moderation": None},
    {"toxic": 0, "redacted": "False", "openai_moderation": [{}, {"flagged": "false", "categories": {"hate": 0}}]},
    {"openai_moderation": [{"flagged": None, "categories": None, "category_scores": None}]},
]
FLAGGED: list[tuple[dict[str, Any], str]] = [
    ({"toxic": 1}, "toxic"),
    ({"toxic": 1.0}, "toxic"),
    ({"toxic": "True"}, "toxic"),
    ({"openai_moderation": [{"flagged": "true", "categories": {"hate": "true"}}]}, "hate"),
    ({"openai_moderation": {"flagged": 1}}, ""),
    ({"openai_moderation": [{"flagged": False, "categories": {"hate": 1}}]}, "hate"),
]
UNREADABLE: list[dict[str, Any]] = [
    {"toxic": 0.97},
    {"toxic": "yes"},
    {"toxic": []},
    {"redacted": 2},
    {"openai_moderation": ""},
    {"openai_moderation": 1},
    {"openai_moderation": [{"flagged": "yes"}]},
    {"openai_moderation": [{"flagged": False, "categories": {"hate": 0.9}}]},
    {"openai_moderation": [{"flagged": False, "categories": ["hate"]}]},
    {"openai_moderation": [{"category_scores": {"hate": 0.99}}]},
    {"openai_moderation": [{"id": "modr-1", "results": [{"flagged": True}]}]},
]


def test_a_flag_is_read_where_its_meaning_is_plain_and_refused_where_it_is_not() -> None:
    def safety(row: dict[str, Any]) -> tuple[bool, str]:
        chat = read("messages", row)
        return chat.unsafe, chat.flags

    def row(marks: dict[str, Any], in_turn: bool) -> dict[str, Any]:
        turn = {"role": "user", "content": "Hi."}
        return {"messages": [turn | marks]} if in_turn else {"messages": [turn]} | marks

    for in_turn in (False, True):
        assert [safety(row(marks, in_turn)) for marks in NOTHING_SAID] == [(False, "")] * len(NOTHING_SAID)
        assert [safety(row(marks, in_turn)) for marks, _ in FLAGGED] == [(True, flags) for _, flags in FLAGGED]
        for marks in UNREADABLE:
            with pytest.raises(Unsuitable) as refused:
                read("messages", row(marks, in_turn))
            assert refused.value.rule == "unreadable flags"
            assert f'"{next(iter(marks))}"' in refused.value.reason


BESIDE: list[dict[str, Any]] = [
    {"image_url": {"url": "https://example.org/dock.jpg"}},
    {"image_url": "https://example.org/dock.jpg"},
    {"images": ["dock.jpg"]},
    {"files": [{"name": "plan.pdf"}]},
    {"file": "plan.pdf"},
    {"attachments": [{"id": 1}]},
    {"experimental_attachments": [{"url": "data:image/png;base64,AAAA"}]},
    {"audio": {"id": "audio_1"}},
    {"refusal": "I can't help with that."},
    {"thinking": [{"type": "thinking", "thinking": "Hm."}]},
    {"something_new": {"bytes": "AAAA"}},
]


@pytest.mark.parametrize("beside", BESIDE)
def test_what_stands_beside_the_text_of_a_turn_is_not_cut_off(beside: dict[str, Any]) -> None:
    [key] = beside
    turns = [{"role": "user", "content": "What is this?"}, {"role": "assistant", "content": "A dock.", **beside}]
    named = [{"from": turn.pop("role"), "value": turn.pop("content")} | turn for turn in map(dict, turns)]
    part = {"role": "user", "content": [{"type": "text", "text": "What is this?", **beside}]}
    marks = {"conversation_hash": "1"}
    for format, row, number in (
        ("messages", {"messages": turns}, 2),
        ("sharegpt", {"conversations": named}, 2),
        ("wildchat", {"conversation": turns} | marks, 2),
        ("messages", {"messages": [part]}, 1),
    ):
        with pytest.raises(Unsuitable) as refused:
            read(format, row)
        assert refused.value.rule == "not text"
        assert f'turn {number} has "{key}"' in refused.value.reason


def test_what_only_tells_about_a_turn_and_what_is_empty_stays_allowed() -> None:
    about: list[dict[str, Any]] = [
        {"header": {"accept-language": "en"}, "timestamp": "2024-06-26T10:00:00Z", "turn_identifier": 1},
        {"usage": {"total_tokens": 7}, "logprobs": {"content": []}, "metadata": {"source": "web"}},
        {"image_url": None, "images": [], "refusal": None, "refused": "", "audio": {"id": None}, "new": [{"a": None}]},
        {"id": "1", "name": "Ann", "weight": 1, "tool_calls": []},
    ]
    for more in about:
        assert read("messages", {"messages": [{"role": "user", "content": "Hi.", **more}]}).messages[0] == {
            "role": "user",
            "content": "Hi.",
        }


def test_fields_and_roles_of_other_names_are_options() -> None:
    row = {"chat": [{"who": "customer", "says": "Hi."}, {"who": "clerk", "says": "Hello."}], "intro": "Be kind."}
    format = "sharegpt:conversations=chat,role=who,value=says,system=intro,user=customer,assistant=clerk"
    assert [m["role"] for m in read(format, row).messages] == ["system", "user", "assistant"]
    with pytest.raises(UsageError, match=r"unknown option 'turns'.*conversations=conversations"):
        load("sharegpt:turns=chat")


OTHERS = {
    "sharegpt as messages": ("messages", as_sharegpt, 'field "messages" is missing.*conversations.*like sharegpt'),
    "messages in sharegpt's field": (
        "sharegpt",
        lambda talk: {"conversations": talk},
        r'no "from" and no "value" \(fields here: role, content\).*like messages:messages=conversations',
    ),
    "wildchat as lmsys": ("lmsys", WRITTEN["wildchat"][1], "not a row of LMSYS-Chat-1M.*like wildchat"),
    "lmsys as wildchat": ("wildchat", WRITTEN["lmsys"][1], "not a row of WildChat.*like lmsys"),
    "a record of ours": ("messages", lambda talk: {"id": "1", "prompt": talk}, "needs no import"),
    "text for turns": ("sharegpt", lambda talk: {"conversations": "Hi!"}, "must be a list of turns"),
    "a document": ("alpaca", lambda talk: {"text": "Once"}, r'field "instruction" is missing \(fields here: text\)\Z'),
}


@pytest.mark.parametrize("name", OTHERS)
def test_another_format_is_told_by_its_fields_and_named_if_it_is_known(name: str) -> None:
    format, write, words = OTHERS[name]
    talk = [{"role": "user", "content": "Hi."}, {"role": "assistant", "content": "Hello."}]
    with pytest.raises(NotThisFormat, match=words):
        read(format, write(talk))


def test_a_users_own_format_is_held_to_the_same_rules(tmp_path: Path) -> None:
    own = tmp_path / "pairs.py"
    own.write_text(
        "from pydantic import BaseModel\nfrom sdg.core.chats import Chat\n\n"
        "class Format(BaseModel):\n"
        "    def read(self, data):\n"
        "        roles = ('user', 'assistant')\n"
        "        return Chat([{'role': r, 'content': data[r]} for r in roles])\n"
    )
    assert read(str(own), {"user": "Hi.", "assistant": "Hello."}) == Chat(
        [{"role": "user", "content": "Hi."}, {"role": "assistant", "content": "Hello."}]
    )
    with pytest.raises(Unsuitable, match="turn 2, the assistant's, is empty"):
        read(str(own), {"user": "Hi.", "assistant": ""})
