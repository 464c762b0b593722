"""What makes the package if-verifiable see what we see, for tests/constraint_disagreements.py only."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

Case = tuple[dict[str, Any], str]


def in_text(*changes: tuple[str, str]) -> Callable[[dict[str, Any], str], Case]:
    """A mend that replaces patterns in the answer."""

    def mend(arguments: dict[str, Any], text: str) -> Case:
        for pattern, new in changes:
            text = re.sub(pattern, new, text)
        return arguments, text

    return mend


def escaped(arguments: dict[str, Any], text: str) -> Case:
    def change(value: Any) -> Any:
        return re.escape(value) if isinstance(value, str) else [re.escape(word) for word in value]

    names = ("keyword", "keywords", "section_spliter")
    return {key: change(value) if key in names else value for key, value in arguments.items()}, text


def marker(arguments: dict[str, Any], text: str) -> Case:
    marker = arguments["postscript_marker"]
    if marker in ("P.S.", "P.P.S"):
        return arguments, re.sub(r"(?i)\w+p\.s\.", "x", text)
    return {"postscript_marker": r"\b" + re.escape(marker).replace(r"\.", r"\.\s?")}, text


def words(arguments: dict[str, Any], text: str) -> Case:
    """Words that \\b does not bound become words that it does; marks become letters."""
    plain = []
    for number, word in enumerate(arguments["forbidden_words"]):
        new = f"zz{'abcdefgh'[number]}zz"
        before = "" if re.match("[a-zA-Zक]", word[0]) else " "
        after = "" if re.match("[a-zA-Zम]", word[-1]) else " "
        text = re.sub(re.escape(word), before + new + after, text, flags=re.IGNORECASE)
        plain.append(new)
    return {"forbidden_words": plain}, text.replace("\u093e", "a")


def first_word(arguments: dict[str, Any], text: str) -> Case:
    """The asked word becomes one without apostrophe, and the marks around it go."""
    word, end = re.escape(arguments["first_word"]), r"(?:[\"“:,]+|(?=[\s*]))"
    end = "" if arguments["first_word"] == "首先" else end
    text = re.sub(rf"(?mi)^(\s*\**)[\"'“]*{word}{end}", r"\1zebra ", text)
    return {**arguments, "first_word": "zebra"}, text


def quoted_phrase(arguments: dict[str, Any], text: str) -> Case:
    phrase = arguments["end_phrase"]
    plain = phrase.replace('"', "'")
    text = re.sub(re.escape(phrase), plain, text, flags=re.IGNORECASE)
    return {"end_phrase": plain}, re.sub(r'\s+"(?=[\s*]*(?:\n|\Z))', '"', text)


def only_prompt(arguments: dict[str, Any], text: str) -> Case:
    prompt = arguments["prompt_to_repeat"].strip()
    return arguments, re.sub(rf"{re.escape(prompt)}[\s*]*\Z", "", text, flags=re.IGNORECASE)


def two_options(arguments: dict[str, Any], text: str) -> Case:
    options = set(re.findall(r"My answer is (?:yes|no|maybe)\.", text.replace("*", "")))
    return arguments, text.replace("My answer", "It") if len(options) > 1 else text


def inner_phrase(arguments: dict[str, Any], text: str) -> Case:
    return arguments, re.sub(f"st{re.escape(arguments['end_phrase'])}", "st", text, flags=re.IGNORECASE)


def small(detect: Callable[[str], str], text: str) -> str:
    return detect(text.lower())


def lines(detect: Callable[[str], str], text: str) -> str:
    """The language of all its long lines; none if they differ."""
    told = {detect(line.lower()) for line in text.splitlines() if len(line) >= 20} or {detect(text.lower())}
    return told.pop() if len(told) == 1 else "several"


def short(detect: Callable[[str], str], text: str) -> str:
    return "en" if len(text) < 12 else detect(text.lower())
