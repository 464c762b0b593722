"""Lists, as untidy as a model writes them: topics, questions, writing tasks, and the layouts around them.

Problems in mathematics and Python tasks have their items in problems.py, instructions about a document in
revisions.py. Nothing here knows how a list is read again.
"""

from __future__ import annotations

from collections.abc import Callable

from sdg.rehearsal import fields
from sdg.rehearsal.cues import Cue
from sdg.rehearsal.grammar import Dice, Given, compile_frame, fill, frames, lower, upper
from sdg.rehearsal.problems import math_problem, python_task
from sdg.rehearsal.revisions import instruction
from sdg.rehearsal.words import KINDS

QUESTIONS = frames("""
How does {matter} shape {topic} in {place}?
Why do {actors} treat {matter} as the hardest part of {topic}?
What role did {facet} play in {topic} {period}?
Which signs show that {matter} is being neglected in {topic}?
How can {actors} {result} in {topic} when {circumstance}?
What happens to {topic} if {circumstance}?
How would you explain {topic} to {audience} without using the word "{matter}"?
Is it true that {facet} {effect} {topic} more than {matter} does?
What can {topic} learn from the way {actors} {habit}?
When {circumstance}, which part of {topic} should come first, and why?
How has {matter} changed {topic} {period}?
What are {n} ways to improve {facet} in {topic} in {place}?
Why might {matter} matter less for {topic} than most people think?
How do {actors} in {place} approach {topic}?
What evidence is there that {matter} {effect} {topic}?
Which mistakes do {actors} make in {topic} when {circumstance}?
How much time should a beginner in {topic} spend on {facet}?
What would {topic} look like in {place} if {circumstance}?
How do {matter} and {matter} interact in {topic}?
What is the difference between {facet} and {matter} in the context of {topic}?
Can {topic} work without {matter}, for instance because {circumstance}?
Which {quality} methods in {topic} were used {period}, and why were they given up?
How should {facet} be measured in {topic} if only {n} observations are possible?
Who decides about {matter} in {topic}, and who should?
What are the ethical limits of {matter} in {topic}?
If you had to teach {topic} to {audience} in {n} lessons, where would {facet} fit in?
Why does {matter} cost so much in {topic}, and what could bring the cost down by {pct} percent?
What questions about {topic} should {actors} ask before {circumstance}?
In {topic}, how can {actors} tell {a_quality} result from a lucky one?
How did {place} become important for {topic} {period}?
""")
WRITING = frames("""
Write {a_kind} about {topic} for {audience}; {demand}.
Write {a_kind} in which {actors} discuss {facet} in {topic}. {Demand}.
Draft {a_kind} that explains {facet} in {topic} to {audience}.
Compose {a_kind} on {topic} set in {place}, and {demand}.
Write {a_kind} about a day when {circumstance} in the middle of {topic}. Use {style}.
Create {a_kind} that persuades {audience} to care about {facet} in {topic}; {demand}.
Write {a_kind} about the history of {topic} {period}. {Demand} and use {style}.
Imagine that {circumstance}. Write {a_kind} about {topic} to {audience}.
Write {a_kind} comparing {topic} in {place} with {topic} in {place}; {demand}.
Prepare {a_kind} on common mistakes in {topic} among {actors}. {Demand}.
""")
_TITLES = frames("""
{Matter}
{Quality} {matter}
{Topic}
Case {n}
""")
_GLOSSES = frames("""
how {matter} {effect} it in {place}
what {actors} need to know
from the basics to {matter}
{facet} and its limits
""")
_OPENERS = frames("""
Here are some ideas about {topic}:
Sure! Here is the list you asked for:
Here's a numbered list on {topic}:
Certainly. I tried to cover {matter}, {matter} and a few less obvious angles:
**{Topic}**
Of course! Below you will find a varied selection:
Here you go:
# {Topic}: a list
""")
_CLOSERS = frames("""
Let me know if you would like more ideas about {topic}!
I hope this helps. Feel free to ask for a different level of difficulty.
These should cover a good range, from {matter} to {matter}.
Note: some of these overlap slightly.
Would you like me to expand on any of these?
""")
_PLAIN_TITLE = compile_frame("{Facet}")
_SUBTOPICS = {
    "general": tuple(compile_frame(line) for line in fields.SUBTOPICS),
    "math": tuple(compile_frame(line) for line in fields.MATH_SUBTOPICS),
    "python": tuple(compile_frame(line) for line in fields.PYTHON_SUBTOPICS),
}
_MACRO = {"general": fields.GENERAL, "math": fields.MATH, "python": fields.PYTHON}
Item = Callable[[Cue, Dice], str]


def _topic(cue: Cue, dice: Dice) -> str:
    if cue.topic:
        if cue.topic.count(" ") > 2:  # the name of a part stays short: it takes up one matter of a long name
            return fill(dice.pick(_SUBTOPICS[cue.field]), dice, Given(dice.pick(cue.given.phrases)))
        return fill(dice.pick(_SUBTOPICS[cue.field]), dice, cue.given)
    name = dice.pick(_MACRO[cue.field])
    if dice.chance(0.75):
        return name
    other = dice.pick(_MACRO[cue.field]) if cue.field != "general" else fill(_PLAIN_TITLE, dice, cue.given)
    return f"{name} and {lower(other)}"


def _question(cue: Cue, dice: Dice) -> str:
    return upper(fill(dice.pick(QUESTIONS), dice, cue.given))


def _writing(cue: Cue, dice: Dice) -> str:
    kind = cue.document_kind or dice.pick(KINDS)
    if kind.split(" ", 1)[0] not in ("a", "an", "the", "song"):
        kind = ("an " if kind[0].lower() in "aeio" or kind == "FAQ page" else "a ") + kind
    cue.given.a_kind = kind
    return upper(fill(dice.pick(WRITING), dice, cue.given))


_ITEMS: dict[str, Item] = {
    "topics": _topic,
    "questions": _question,
    "writing": _writing,
    "math": lambda cue, dice: math_problem(dice, cue.given),
    "python": lambda cue, dice: python_task(dice, cue.given),
    "instructions": lambda cue, dice: instruction(dice, cue.given, cue.document),
}


def _items(cue: Cue, dice: Dice) -> list[str]:
    """As many items as asked for, mostly: models miscount, and now and then say a thing twice."""
    count = cue.count
    if dice.chance(0.08):
        count = max(1, count - dice.number(1, 2))
    elif dice.chance(0.05):
        count += dice.number(1, 2)
    make = _ITEMS[cue.wanted]
    items: dict[str, None] = {}
    for _ in range(count * 3):
        if len(items) == count:
            break
        items[make(cue, dice)] = None
    found = list(items)
    if len(found) > 2 and dice.chance(0.05):
        found[-1] = found[dice.number(0, len(found) - 2)]
    return found


def _mark(style: float, number: int) -> str:
    if style < 0.68:
        return f"{number}. "
    if style < 0.82:
        return f"{number}) "
    if style < 0.89:
        return "- "
    if style < 0.93:
        return "* "
    if style < 0.96:
        return f"**{number}.** "
    return "• " if style < 0.98 else f"{number}.  "


def _dressed(item: str, dress: float, cue: Cue, dice: Dice) -> str:
    """One item as this answer writes its items."""
    if dress < 0.80:
        return item
    if dress < 0.86 and cue.wanted != "math":
        return f'"{item}"'
    if cue.wanted == "topics":
        return f"**{item}**" if dress < 0.93 else f"**{item}**: {fill(dice.pick(_GLOSSES), dice, cue.given)}"
    if dress > 0.96:
        return f"**{fill(dice.pick(_TITLES), dice, cue.given)}:** {item}"
    return f"**{item}**" if dress > 0.94 and cue.wanted == "questions" else item


def write(cue: Cue, dice: Dice) -> tuple[str, bool]:
    """(the list as text, whether it breaks off in the middle)."""
    style, dress = dice.rnd(), dice.rnd()
    gap = "\n\n" if dice.chance(0.12) else "\n"
    lines = [
        _mark(style, number) + _dressed(item, dress, cue, dice) for number, item in enumerate(_items(cue, dice), 1)
    ]
    text = gap.join(lines)
    if dice.chance(0.03):
        return text[: len(text) - dice.number(5, max(6, len(lines[-1]) // 2))], True
    if dice.chance(0.03):
        text = f"```\n{text}\n```"
    if dice.chance(0.4):
        text = f"{upper(fill(dice.pick(_OPENERS), dice, cue.given))}\n\n{text}"
    if dice.chance(0.15):
        text = f"{text}\n\n{fill(dice.pick(_CLOSERS), dice, cue.given)}"
    return text, False
