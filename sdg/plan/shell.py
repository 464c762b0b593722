"""What a shell script, or one line of it, would do as far as `sdg` and its files go: its steps. Runs nothing.

Variables, functions, arrays, $(dirname ...), redirections, `cp` and `mv` are followed, and of an `if` the branch that
its test chooses; where that is not known, the first. What can't be followed is refused by its line.
"""

from __future__ import annotations

from sdg.core.errors import UsageError
from sdg.plan.branches import TESTS, holds, joined
from sdg.plan.commands import Command, Commands, Step
from sdg.plan.shell_tokens import Misread, Token, tokens

_SEPARATORS = ("\n", ";", "&&", "||", "|", "|&", "&", ";;", "(", ")")
_JOINTS = ("|", "|&", "&&", "||")


class Script(Commands):
    """Reads a script; `found` are its steps, `said` what the user should know. name: in messages, if it is a file."""

    def __init__(self, text: str, name: str, arguments: list[str]) -> None:
        super().__init__(name, arguments)
        try:
            self._run(tokens(text))
        except Misread as error:
            raise UsageError(f"{self.place(error.line)}{error}") from None
        self.said = list(dict.fromkeys(self.said))

    @property
    def steps(self) -> list[Step]:
        return [one for one in self.found if isinstance(one, Step)]

    def _run(self, script: list[Token]) -> None:
        """Follow the commands; `place` is always at the beginning of one."""
        place, loops, before, outer, unsure = 0, 0, "\n", len(self._branches), False
        pipeline: list[Command] = []
        cwds: list[str] = []
        while place < len(script) and not self._left:
            if end := self._function(script, place):
                place = end
                continue
            if jump := self._branch(script, place, outer):
                place = jump
                continue
            stop = _command_end(script, place)
            after = script[stop].text if stop < len(script) else "\n"
            part = script[place:stop]
            while part and part[0].text in ("then", "do", "else", "{", "while", "until", "if", "elif"):
                loops += part[0].text == "do"
                part = part[1:]
            first = part[0].text if part else ""
            loops -= first == "done"
            truth = None
            if self._branches.live and first not in ("done", "}", "for"):
                if stop == place and after in _JOINTS and before != ")":
                    raise UsageError(f"{self.place(script[stop].line)}there is no command before {after}")
                truth = self._truth(part) if after in ("&&", "||") and first in TESTS else None
                if part:
                    self._sure = self._branches.sure and not loops and not unsure
                    pipeline.append(self._command(part[first == "!" :]))
            if after not in ("|", "|&"):
                self._pipeline(pipeline, bool(loops))
                pipeline = []
            if after == "(":
                cwds.append(self._values.cwd)
            elif after == ")" and cwds:
                self._values.cwd = cwds.pop()
            place, before = stop + 1, after
            unsure = after == "&&" and (truth is None or unsure)
            while after in _JOINTS and place < len(script) and script[place].text == "\n":
                place += 1
            if (after == "||" and truth is not False) or (after == "&&" and truth is False):
                place = _left_out(script, place, after)
        if pipeline and not self._left:
            raise UsageError(f"{self.place(script[-1].line)}there is nothing after the last |")
        if len(self._branches) > outer and not self._left:
            raise UsageError(f"{self.place(self._branches.line)}there is no fi for this if")

    def _branch(self, script: list[Token], place: int, outer: int) -> int:
        """Where to go on if an `if` is opened, turned or closed here; 0: go on here."""
        token, branches = script[place], self._branches
        if token.operator or token.text not in ("if", "elif", "else", "fi"):
            return 0
        if token.text == "if":
            branches.begin(token.line)
        elif len(branches) == outer:
            raise UsageError(f"{self.place(token.line)}there is no if for this {token.text}")
        if token.text == "fi":
            branches.end()
            return place + 1
        if token.text == "else":
            branches.otherwise()
            return place + 1
        then = next((at for at in range(place, len(script)) if script[at].text == "then"), 0)
        if not then:
            raise UsageError(f"{self.place(token.line)}there is no then for this {token.text}")
        if not branches.tested():
            return then
        truth = self._truth(script[place + 1 : then])
        branches.test(truth)
        if truth is None:
            self.said.append(f"{self.place(token.line)}the first branch is taken")
        return place + 1 if truth is None else then

    def _truth(self, test: list[Token]) -> bool | None:
        """What tests joined by && and || come to; None: that is not known."""
        truth: bool | None = True
        words, joint = list[str](), "&&"
        while test and test[-1].text in (";", "\n"):
            test = test[:-1]
        for token in [*test, Token("&&", 0, True)]:
            if not token.operator:
                words += self._words(token)
            elif token.text in ("&&", "||"):
                truth, words, joint = joined(truth, joint, holds(words, self._found)), [], token.text
            elif token.text != "\n" or words:
                return None
        return truth

    def _function(self, script: list[Token], place: int) -> int:
        """Where a function that is defined here ends; 0: none is."""
        texts = [token.text for token in script[place : place + 4]]
        if texts[1:3] == ["(", ")"] and texts[3:] and texts[3] in ("{", "\n"):
            name, start = texts[0], place + 3 + (texts[3] == "\n")
        else:
            return 0
        end = _group_end(script, start)
        self._functions[name] = script[start + 1 : end - 1]
        return end


def _command_end(script: list[Token], place: int) -> int:
    while place < len(script) and not (script[place].operator and script[place].text in _SEPARATORS):
        place += 1
    return place


def _left_out(script: list[Token], place: int, joint: str) -> int:
    """Where a script goes on if what follows && or || is not done."""
    while place < len(script) and script[place].text not in ("\n", ";", ")"):
        if joint == "&&" and script[place].text == "||":
            return place + 1
        place = _group_end(script, place) if script[place].text in ("{", "(") else place + 1
    return place


def _group_end(script: list[Token], place: int) -> int:
    """The token after the } or ) that closes what opens here."""
    depth = 0
    while place < len(script):
        depth += (script[place].text in ("{", "(")) - (script[place].text in ("}", ")"))
        place += 1
        if not depth:
            break
    return place
