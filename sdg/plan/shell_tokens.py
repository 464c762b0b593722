"""A shell script as tokens, and a token as the words that it expands to. Runs nothing and knows no commands.

What can't be worked out without running something, like $(date), stays as it is written: in a path that is as good as
any other name, and where it is not, the message that the file is missing shows it.
"""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from sdg.core.errors import UsageError

_OPERATORS = ("<<<", "<<-", "&>>", "&&", "||", "|&", ";;", "<<", ">>", ">&", "<&", ">|", "&>", "|", ";", "&", "(", ")")
OPERATORS = (*_OPERATORS, "<", ">")
_ARRAY = re.compile(r"\w+\+?=")
_CLOSING = {"(": ")", "{": "}"}
_NAME = re.compile(r"\d|[A-Za-z_]\w*|[@*#?$!-]")
_BRACED = re.compile(r"(\w+|[@*#])(?:\[[@*]\])?(?:(:?[-=?])(.*))?", re.DOTALL)


@dataclass(slots=True)
class Token:
    """An operator, a line's end, or a word with its quotes still on. fd: the digits before a redirection."""

    text: str
    line: int
    operator: bool = False
    fd: str = ""


@dataclass
class Values:
    """What names stand for. arguments: $0, $1, ...; several: arrays."""

    names: dict[str, str]
    arguments: list[str]
    several: dict[str, list[str]] = field(default_factory=dict)
    cwd: str = ""


class Misread(UsageError):
    """A text that is no shell, or more of it than is read here; `line` of that text."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


def tokens(text: str) -> list[Token]:
    """All tokens of a script; what follows a << up to its mark is left out."""
    return list(_tokens(text))


def _tokens(text: str) -> Iterator[Token]:
    place, line, marks, awaited = 0, 1, list[str](), False
    while place < len(text):
        char = text[place]
        if char == "\n":
            yield Token("\n", line, True)
            place, line = place + 1, line + 1
            for mark in marks:
                found = re.compile(rf"^\t*{re.escape(mark)}$", re.MULTILINE).search(text, place)
                stop = found.end() if found else len(text)
                line, place = line + text.count("\n", place, stop), stop
            marks = []
        elif char.isspace() or text.startswith("\\\n", place):
            line += char == "\\"
            place += 1 + (char == "\\")
        elif char == "#":
            place = text.find("\n", place) if "\n" in text[place:] else len(text)
        elif operator := next((one for one in OPERATORS if text.startswith(one, place)), ""):
            awaited = operator in ("<<", "<<-")
            yield Token(operator, line, True)
            place += len(operator)
        else:
            try:
                end = _word_end(text, place)
            except Misread as error:
                raise Misread(str(error), line) from None
            word, place = text[place:end], end
            if word.isdigit() and text[place : place + 1] in ("<", ">"):
                operator = next(one for one in OPERATORS if text.startswith(one, place))
                yield Token(operator, line, True, fd=word)
                place += len(operator)
                continue
            if awaited:
                marks, awaited = [*marks, word.strip("'\"").lstrip("\\")], False
            yield Token(word, line)
            line += word.count("\n")


def _word_end(text: str, place: int) -> int:
    start = place
    while place < len(text):
        char = text[place]
        if char == "(" and _ARRAY.fullmatch(text, start, place):
            place = _matching(text, place)
        elif char.isspace() or char in "|&;()<>":
            break
        else:
            place = _skip(text, place)
    return place


def _skip(text: str, place: int) -> int:
    """The end of what begins here: one character, or all that quotes or brackets hold together."""
    char = text[place]
    if char == "\\":
        return place + 2
    if char == "'":
        return _closing(text, "'", place + 1)
    if char == "`":
        raise Misread("backticks are not read: write $(...)")
    if char == '"':
        place += 1
        while place < len(text) and text[place] != '"':
            place = place + 1 if text[place] == "'" else _skip(text, place)
        return _closing(text, '"', place)
    if char == "$" and text[place + 1 : place + 2] in _CLOSING:
        return _matching(text, place + 1)
    return place + 1


def _matching(text: str, place: int) -> int:
    opened, closed, depth = text[place], _CLOSING[text[place]], 0
    while place < len(text):
        char = text[place]
        depth += (char == opened) - (char == closed)
        place = place + 1 if char in (opened, closed) else _skip(text, place)
        if not depth:
            return place
    raise Misread(f"no closing {closed}")


def _closing(text: str, quote: str, place: int) -> int:
    end = text.find(quote, place)
    if end < 0:
        raise Misread("no closing quote")
    return end + 1


def expanded(word: str, values: Values) -> list[str]:
    """The words that one word of a script stands for."""
    if word in ('"$@"', "$@", '"${@}"'):
        return values.arguments[1:]
    if array := re.fullmatch(r'"?\$\{(\w+)\[@\]\}"?', word):
        name = array[1]
        return values.several.get(name, [values.names[name]] if name in values.names else [])
    text, quoted, place = "", False, 0
    while place < len(word):
        if word[place] == "$" and (name := _NAME.match(word, place + 1)):
            text, place = text + _of(name[0], values), name.end()
            continue
        end = _skip(word, place)
        part, place = word[place:end], end
        quoted = quoted or part[0] in "'\"\\"
        text += _value(part, values)
    if home := re.match(r"~(?=/|$)", word):
        text = os.path.expanduser("~") + text[home.end() :]
    if quoted:
        return [text]
    found = sorted(glob.glob(text, root_dir=values.cwd or None)) if re.search(r"[*?\[]", text) else []
    return found or (text.split() if "$" in word else [text])


def _value(part: str, values: Values, inside: bool = False) -> str:
    """What a piece of a word stands for. inside: of double quotes, where only $, ` and \\ mean something."""
    if part.startswith("\\"):
        return part if inside and part[1:] not in ("$", "`", '"', "\\") else part[1:].strip("\n")
    if part.startswith("'") and not inside:
        return part[1:-1]
    if part.startswith('"') and not inside:
        return _inner(part[1:-1], values)
    if part.startswith("$("):
        return _told(part, values)
    if part.startswith("${"):
        return _braced(part, values)
    return part


def _inner(text: str, values: Values) -> str:
    """A text in double quotes, or the default of a ${NAME:-DEFAULT}."""
    made, place = "", 0
    while place < len(text):
        char = text[place]
        if char == "$" and (name := _NAME.match(text, place + 1)):
            made, place = made + _of(name[0], values), name.end()
        else:
            end = place + 1 if char in "'\"" else _skip(text, place)
            made, place = made + _value(text[place:end], values, inside=True), end
    return made


def _of(name: str, values: Values) -> str:
    if name in ("@", "*"):
        return " ".join(values.arguments[1:])
    if name == "#":
        return str(len(values.arguments) - 1)
    if name.isdigit():
        return values.arguments[int(name)] if int(name) < len(values.arguments) else ""
    return "0" if name == "?" else values.names.get(name, "")


def _braced(part: str, values: Values) -> str:
    found = _BRACED.fullmatch(part[2:-1])
    if not found:
        return part
    value, how, other = _of(found[1], values), found[2] or "", found[3] or ""
    if how.endswith(("-", "=")) and not value:
        value = _inner(other, values).strip("\"'")
        if how.endswith("="):
            values.names[found[1]] = value
    return value


def _told(part: str, values: Values) -> str:
    """$(pwd), $(dirname X), $(basename X), also after `cd X &&`: names of places, which nothing must be run for."""
    read = [(token, expanded(token.text, values)) for token in tokens(part[2:-1])]
    flat = [word for _, words in read for word in words]
    for (token, _), (_, words) in zip([(Token(";", 0, True), []), *read], read, strict=False):
        if token.operator and words and os.path.basename(words[0]) == "sdg":
            raise Misread("`sdg` inside $(...) can't be planned")
    place = values.cwd
    if flat[:1] == ["cd"] and flat[2:3] == ["&&"]:
        place, flat = os.path.normpath(os.path.join(place, flat[1])), flat[3:]
    if flat == ["pwd"]:
        return place
    if len(flat) == 2 and flat[0] == "dirname":
        return os.path.dirname(flat[1]) or "."
    if len(flat) == 2 and flat[0] == "basename":
        return os.path.basename(flat[1])
    return "".join(part.split())
