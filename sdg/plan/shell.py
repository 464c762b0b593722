"""What a shell script, or one line of it, would do as far as `sdg` and its files go: its steps. Runs nothing.

Variables, functions, arrays, $(dirname ...), redirections and `cp` are followed. Both branches of an `if` are not: the
first is taken. Loops around a step can't be planned, and are refused by their line.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field

from sdg.core.errors import UsageError
from sdg.plan.shell_tokens import Token, Values, expanded, tokens

_SEPARATORS = ("\n", ";", "&&", "||", "|", "|&", "&", ";;", "(", ")")
_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)(\+?)=(.*)", re.DOTALL)
_BEFORE = ("time", "nohup", "command", "exec", "env", "nice")
_DECLARE = ("export", "local", "readonly", "declare", "typeset")
_DEEPEST = 20


@dataclass
class Step:
    """One start of `sdg`: its arguments, and where it was started. pipe: steps of one number run at the same time."""

    words: list[str]
    env: dict[str, str]
    cwd: str
    pipe: int
    line: int
    stdin: str = ""
    stdout: str = ""
    from_pipe: bool = False


@dataclass
class Copy:
    """`cp`: files that later steps may read under another name."""

    sources: list[str]
    target: str


@dataclass
class _Command:
    line: int
    words: list[str] = field(default_factory=list)
    env: dict[str, str] = field(default_factory=dict)
    stdin: str = ""
    stdout: str = ""


class Script:
    """Reads a script; `found` are its steps. name: what messages call it, if it is a file."""

    def __init__(self, text: str, name: str, arguments: list[str]) -> None:
        self.found: list[Step | Copy] = []
        self._name = name
        self._values = Values(dict(os.environ), arguments, cwd=os.getcwd())
        self._functions: dict[str, list[Token]] = {}
        self._exported = set(os.environ)
        self._pipes = self._depth = self._line = 0
        self._run(tokens(text))

    @property
    def steps(self) -> list[Step]:
        return [one for one in self.found if isinstance(one, Step)]

    def place(self, line: int) -> str:
        """A line, as messages begin with it; nothing for a text that has no name."""
        return f"{self._name}:{line}: " if self._name else ""

    def _run(self, script: list[Token]) -> None:
        """Follow the commands; `place` is always at the beginning of one."""
        place, loops, skipped = 0, 0, ""
        pipeline: list[_Command] = []
        while place < len(script):
            if end := self._function(script, place):
                place = end
                continue
            stop = place
            while stop < len(script) and not (script[stop].operator and script[stop].text in _SEPARATORS):
                stop += 1
            after = script[stop].text if stop < len(script) else "\n"
            part = script[place:stop]
            while part and part[0].text in ("if", "then", "elif", "do", "else", "!", "{", "while", "until"):
                loops += part[0].text == "do"
                skipped = "fi" if part[0].text in ("else", "elif") else skipped
                part = part[1:]
            first = part[0].text if part else ""
            loops -= first == "done"
            skipped = "" if first == skipped else skipped
            if part and not skipped and first not in ("fi", "done", "}", "esac", "for", "case", "in"):
                pipeline.append(self._command(part))
            if after not in ("|", "|&"):
                self._pipeline(pipeline, bool(loops))
                pipeline = []
            place = stop + 1
            while after in ("|", "|&", "&&") and place < len(script) and script[place].text == "\n":
                place += 1
            if after == "||":  # what is done only where something fails
                while place < len(script) and script[place].text not in ("\n", ";"):
                    place = _group_end(script, place) if script[place].text == "{" else place + 1

    def _function(self, script: list[Token], place: int) -> int:
        """Where a function that is defined here ends; 0: none is."""
        texts = [token.text for token in script[place : place + 4]]
        if texts[1:3] == ["(", ")"] and texts[3:] and texts[3] in ("{", "\n"):
            name, start = texts[0], place + 3 + (texts[3] == "\n")
        elif texts[:1] == ["function"] and len(texts) > 2:
            name, start = texts[1], place + 2
        else:
            return 0
        end = _group_end(script, start)
        self._functions[name] = script[start + 1 : end - 1]
        return end

    def _command(self, part: list[Token]) -> _Command:
        made, place = _Command(part[0].line), 0
        while place < len(part):
            token = part[place]
            if token.operator:
                target = expanded(part[place + 1].text, self._values) if place + 1 < len(part) else []
                if token.text == "<" and target:
                    made.stdin = target[0]
                elif token.text in (">", ">>", ">|", "&>") and target and token.fd in ("", "1"):
                    made.stdout = target[0]
                place += 2
            elif not made.words and (found := _ASSIGNMENT.fullmatch(token.text)):
                self._assign(found, made.env)
                place += 1
            else:
                made.words += expanded(token.text, self._values)
                place += 1
        if not made.words:
            self._values.names |= made.env
        return made

    def _assign(self, found: re.Match[str], names: dict[str, str]) -> None:
        name, more, value = found[1], found[2], found[3]
        if value.startswith("("):
            words = [word for token in tokens(value[1:-1]) for word in expanded(token.text, self._values)]
            self._values.several[name] = [*(self._values.several.get(name, []) if more else []), *words]
        else:
            names[name] = (self._values.names.get(name, "") if more else "") + " ".join(
                expanded(value, self._values) or [""]
            )

    def _pipeline(self, commands: list[_Command], loop: bool) -> None:
        stdin, from_pipe, foreign = "", False, ""
        self._pipes += 1
        for command in commands:
            self._line = self._line if self._depth else command.line  # in a function, where it is called
            words = command.words
            while words and (words[0] in _BEFORE or _ASSIGNMENT.fullmatch(words[0])):
                words = words[1:]
            arguments = _of_sdg(words)
            if not arguments:
                calls = len(self.found)
                self._other(words)
                if words[:1] == ["cat"] and len(words) == 2:
                    stdin = words[1]
                elif len(commands) > 1 and len(self.found) == calls:
                    foreign = " ".join(words)
                continue
            if loop:
                raise UsageError(f"{self.place(self._line)}a step in a loop can't be planned: plan it by itself")
            if foreign:
                raise UsageError(f"{self.place(self._line)}what `{foreign}` sends into a pipe can't be planned")
            env = {name: self._values.names.get(name, "") for name in self._exported} | command.env
            source = command.stdin or stdin
            self.found.append(
                Step(arguments, env, self._values.cwd, self._pipes, self._line, source, command.stdout, from_pipe)
            )
            from_pipe, stdin = True, ""

    def _other(self, words: list[str]) -> None:
        """A command that is not ours, as far as it changes what follows."""
        values = self._values
        if not words:
            return
        if words[0] in self._functions and self._depth < _DEEPEST:
            before, values.arguments = values.arguments, [values.arguments[0], *words[1:]]
            self._depth += 1
            self._run(self._functions[words[0]])
            self._depth -= 1
            values.arguments = before
        elif words[0] in _DECLARE:
            for word in words[1:]:
                name, given, value = word.partition("=")
                values.names |= {name: value} if given else {}
                self._exported |= {name} if words[0] == "export" else set()
        elif words[0] == "cd" and len(words) == 2:
            values.cwd = os.path.normpath(os.path.join(values.cwd, words[1]))
        elif words[0] == "shift":
            del values.arguments[1 : 1 + int(words[1] if words[1:] and words[1].isdigit() else 1)]
        elif words[0] == "cp" and len(words) > 2:
            *sources, target = (os.path.join(values.cwd, word) for word in words[1:] if not word.startswith("-"))
            self.found.append(Copy(sources, target))


def _group_end(script: list[Token], place: int) -> int:
    """The token after the } that closes the { here."""
    depth = 0
    while place < len(script):
        depth += (script[place].text == "{") - (script[place].text == "}")
        place += 1
        if not depth:
            break
    return place


def _of_sdg(words: list[str]) -> list[str] | None:
    """The arguments of `sdg`, by whatever path it is called; None: the command is another."""
    if words and os.path.basename(words[0]) == "sdg":
        return words[1:]
    if len(words) > 2 and os.path.basename(words[0]).startswith("python") and words[1:3] == ["-m", "sdg"]:
        return words[3:]
    return None
