"""What the single commands of a shell script do, as far as `sdg` and its files go. Runs nothing.

Which commands are reached is in shell.py.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

from sdg.core.errors import UsageError
from sdg.plan.branches import Branches
from sdg.plan.shell_tokens import Misread, Token, Values, expanded, tokens

_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)(\+?)=(.*)", re.DOTALL)
_BEFORE = ("time", "nohup", "command", "exec", "env", "nice")
_DECLARE = ("export", "local", "readonly", "declare", "typeset")
_REFUSED = ("case", "select", "function", "coproc", "eval", "source", ".", "bash", "sh", "xargs", "parallel", "timeout")
_OUTPUT = ("-o", "--output")
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
    """`cp` or `mv`: files that later steps may read under another name."""

    sources: list[str]
    target: str


@dataclass
class Command:
    """Words and redirections, before it is known what they do."""

    line: int
    words: list[str] = field(default_factory=list)
    env: dict[str, str] = field(default_factory=dict)
    stdin: str = ""
    stdout: str = ""


class Commands:
    """Follows commands; `found` are the steps among them, `said` what the user should know.

    name: what messages call the script, if it is a file.
    """

    def __init__(self, name: str, arguments: list[str]) -> None:
        self.found: list[Step | Copy] = []
        self.said: list[str] = []
        self._name = name
        self._values = Values(dict(os.environ), arguments, cwd=os.getcwd())
        self._functions: dict[str, list[Token]] = {}
        self._exported = set(os.environ)
        self._pipes = self._depth = self._line = 0
        self._branches = Branches()
        self._there: dict[str, bool] = {}
        self._left, self._sure = "", True

    def place(self, line: int) -> str:
        """A line, as messages begin with it; nothing for a text that has no name."""
        return f"{self._name}:{line}: " if self._name else ""

    def _found(self, path: str, on_disk: Callable[[str], bool]) -> bool:
        whole = os.path.normpath(os.path.join(self._values.cwd, path))
        if whole in self._there:
            return self._there[whole]
        gone = any(whole.startswith(f"{one}/") for one, there in self._there.items() if not there)
        return not gone and on_disk(whole)

    def _note(self, paths: list[str], there: bool = True) -> None:
        """Paths that are there, or no longer there, from here on."""
        for path in paths:
            whole = os.path.normpath(os.path.join(self._values.cwd, path))
            if not there:
                self._there = {one: kept for one, kept in self._there.items() if not one.startswith(f"{whole}/")}
            self._there[whole] = there

    def _words(self, token: Token) -> list[str]:
        try:
            return expanded(token.text, self._values)
        except Misread as error:
            raise UsageError(f"{self.place(token.line)}{error}") from None

    def _run(self, script: list[Token]) -> None:
        raise NotImplementedError

    def _command(self, part: list[Token]) -> Command:
        made, place = Command(part[0].line), 0
        while place < len(part):
            token = part[place]
            if token.operator:
                target = self._words(part[place + 1]) if place + 1 < len(part) else []
                if token.text == "<" and target:
                    made.stdin = target[0]
                elif token.text in (">", ">>", ">|", "&>") and target and token.fd in ("", "1"):
                    made.stdout = target[0]
                place += 2
            elif not made.words and (found := _ASSIGNMENT.fullmatch(token.text)):
                self._assign(found, made.env, token.line)
                place += 1
            else:
                made.words += self._words(token)
                place += 1
        if not made.words:
            self._values.names |= made.env
        return made

    def _assign(self, found: re.Match[str], names: dict[str, str], line: int) -> None:
        name, more, value = found[1], found[2], found[3]
        if value.startswith("("):
            words = [word for token in tokens(value[1:-1]) for word in self._words(Token(token.text, line))]
            self._values.several[name] = [*(self._values.several.get(name, []) if more else []), *words]
        else:
            text = " ".join(self._words(Token(value, line)))
            names[name] = (self._values.names.get(name, "") if more else "") + text

    def _pipeline(self, commands: list[Command], loop: bool) -> None:
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
            self._note([path for option, path in pairwise(arguments) if option in _OUTPUT])
            self._note([command.stdout] if command.stdout else [])
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
        if words[0] in _REFUSED and os.path.basename(words[-1]) != "activate":
            raise UsageError(f"{self.place(self._line)}`{words[0]}` is not followed: plan its steps by themselves")
        if words[0] in self._functions and self._depth < _DEEPEST:
            before, values.arguments = values.arguments, [values.arguments[0], *words[1:]]
            self._depth += 1
            self._run(self._functions[words[0]])
            self._depth -= 1
            values.arguments = before
            self._left = "" if self._left == "return" else self._left
        elif words[0] in ("exit", "return"):
            self._leave(words)
        elif words[0] == "set" and "--" in words:
            values.arguments[1:] = words[words.index("--") + 1 :]
        elif words[0] in ("mkdir", "touch", "rm"):
            self._note([word for word in words[1:] if not word.startswith("-")], words[0] != "rm")
        elif words[0] in _DECLARE:
            for word in words[1:]:
                name, given, value = word.partition("=")
                values.names |= {name: value} if given else {}
                self._exported |= {name} if words[0] == "export" else set()
        elif words[0] == "cd" and len(words) == 2:
            values.cwd = os.path.normpath(os.path.join(values.cwd, words[1]))
        elif words[0] == "shift":
            del values.arguments[1 : 1 + int(words[1] if words[1:] and words[1].isdigit() else 1)]
        elif words[0] in ("cp", "mv") and len(words) > 2:
            *sources, target = (os.path.join(values.cwd, word) for word in words[1:] if not word.startswith("-"))
            self.found.append(Copy(sources, target))
            self._note(sources, words[0] == "cp")
            self._note([target, *(os.path.join(target, os.path.basename(source)) for source in sources)])

    def _leave(self, words: list[str]) -> None:
        """`exit` or `return`, if it is certain that the script comes here."""
        if self._sure and words[0] == "exit" and words[1:] and words[1] != "0":
            raise UsageError(
                f"{self.place(self._line)}the script ends here with status {words[1]}, before any more steps"
            )
        self._left = words[0] if self._sure else ""


def _of_sdg(words: list[str]) -> list[str] | None:
    """The arguments of `sdg`, by whatever path it is called; None: the command is another."""
    if words and os.path.basename(words[0]) == "sdg":
        return words[1:]
    if len(words) > 2 and os.path.basename(words[0]).startswith("python") and words[1:3] == ["-m", "sdg"]:
        return words[3:]
    return None
