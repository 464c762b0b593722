"""Answers to questions: prose of varied length with the manners of a chat model. Lists of prompts are elsewhere.

Sentences take phrases from the question, so that an answer can be seen to belong to its prompt. The phrases may
be singular or plural: frames use them as objects, after prepositions, or before modal and past-tense verbs.
"""

from __future__ import annotations

from math import cos, exp, log, pi, sqrt

from sdg.rehearsal.cues import Cue
from sdg.rehearsal.grammar import Dice, Frame, Given, fill, frames, upper
from sdg.rehearsal.snippets import code_block, math_steps

SHORTEST, LONGEST = 40, 400  # words
_OPENINGS = frames("""
{Phrase} can look simple from a distance, but {matter} and {matter} usually decide how it turns out.
The short answer is that {facet} {effect} most of what matters about {phrase}.
There is no single rule for {phrase}, though a few things hold in most cases.
With {phrase}, it helps to separate what is known from what is only assumed.
It depends on the setting: in {place}, {phrase} must be seen together with {matter}.
Most discussions of {phrase} begin with {matter}, and for good reason.
To understand {phrase}, start with {facet}.
""")
_MIDDLE = frames("""
In {place}, {actors} have dealt with {phrase} {period}, mostly through {matter}.
When {circumstance}, {matter} tends to matter more than {facet}.
A common mistake is to treat {phrase} as a question of {matter} alone.
{Actors} who {habit} tend to {result}.
One {quality} approach to {phrase} is to look at {matter} first, because {reason}.
By one estimate, about {pct} percent of {actors} {habit}.
{Facet} {effect} {phrase} in ways that are easy to miss at first.
If {circumstance}, it can be wise to postpone decisions about {phrase}.
The link between {phrase} and {matter} was described in {place} {period}.
For {audience}, the most useful point is that {reason}.
In practice, {actors} {habit}, and this often helps them to {result}.
As for {phrase}, the {quality} option is rarely the one that {actors} choose.
Consider a case in {place}: {circumstance}, and {phrase} had to wait for {n} weeks.
That is partly because {reason}.
On the other hand, {matter} can be {a_quality} substitute for {facet}.
Evidence from {place} suggests that {matter} {effect} {matter} as well.
It took {n} years before {actors} linked {phrase} to {facet}.
Some argue that {phrase} should be left to {actors}; others point out that {reason}.
{A_quality} plan for {phrase} would set aside {pct} percent of the time for {matter}.
Nothing about {phrase} is settled as long as {circumstance}.
Without {matter}, even {a_quality} result can be hard to repeat.
Two factors stand out here: {facet} and, less obviously, {matter}.
This is where {matter} comes in, since {reason}.
{Actors} in {place} solved this by changing {facet} instead of {matter}.
""")
_POINTS = frames("""
start from {matter} and add {matter} later
check how {phrase} would look if {circumstance}
ask {actors} how they {habit}
set a limit of {n} weeks for {phrase}
keep {facet} and {matter} apart
review {phrase} once {circumstance}
note every change in {matter} over {n} days
do not expect to {result} at once
""")
_HEADINGS = frames("""
{Matter} first
What {actors} do
{Phrase}
{A_quality} example
When {circumstance}
Costs and limits
""")
_LEADS = frames("""
Some points to keep in mind:
A possible order of work:
In short, one could:
For {phrase}, this means:
""")
_ENDINGS = frames("""
In short, {phrase} should be judged by {matter}, not by first impressions.
Overall, the best results come when {actors} {habit}.
So the answer is a qualified yes, provided that {matter} is taken seriously.
Whether this holds in {place} as well is an open question.
In the end, {reason}.
I hope this helps! Let me know if you would like more detail on {phrase}.
""")
_STEPS = (5, 7, 11, 17)  # with no factor in common with the numbers of frames
_PREAMBLES = (
    "Great question! ",
    "Sure! ",
    "Certainly. ",
    "That's an interesting question. ",
    "Of course! ",
    "Here is a short overview.\n\n",
)
REFUSALS = (
    "I'm sorry, but I can't help with that request.",
    "I apologize, but as an AI language model I am not able to answer this.",
    "I cannot assist with this. If you have another question, I'd be happy to help.",
    "Sorry, I don't have enough information to answer that.",
)
_ABOUT_CODE = frames("""
For {first}, a plain function is enough; a class would only add state.
The order of the input matters here, so {first} should not be put into a set too early.
With {n} thousand entries this takes a fraction of a second; with {n} million it may be worth profiling.
An empty input must not raise an error, so it is handled before the loop.
Tests for {first} should include an empty input, one entry, and two equal entries.
If the input may contain malformed lines, {first} should raise ValueError with the line number.
A dictionary gives constant-time lookups, while a list would make {first} quadratic.
Type hints document what {first} accepts, and a checker can then find most mistakes early.
The standard library has most of what is needed; no other package is required for {first}.
Names such as `data` say little, so {first} should carry the name of what it holds.
It helps to keep reading, deciding and printing apart, so that {first} can be tested alone.
Recursion would also work, but deep input could exceed the limit of about 1000 frames.
A generator keeps memory constant, which matters when {first} will not fit into memory.
""")
_ABOUT_MATH = frames("""
First write down what is given and what is wanted.
The key step is to express everything with one unknown only.
Both sides can be simplified before any number is put in.
A sketch helps: it shows at once which values are possible.
Since all quantities are positive, only one of the two solutions makes sense.
To check the result, put it back into the condition.
It is tempting to divide by the unknown here, but it could be zero.
The same idea works whenever the coefficients are whole numbers.
One could also argue by cases: either the value is at least {n}, or it is smaller.
Rounding should wait until the end, because the result would otherwise be off by a few percent.
By symmetry, it is enough to look at one half of the cases.
If one of the numbers were doubled, the result would change by the same factor.
""")
_CODE_SIGNS = (
    "python",
    "```",
    "def ",
    "programming",
    "function `",
    "method `",
    "javascript",
    "sql query",
    "write a function",
)
_MATH_SIGNS = (
    "$",
    "\\",
    "solve",
    "equation",
    "calculate",
    "compute",
    "probability",
    "how many ways",
    "integral",
    "roots of",
    "^",
)


def _length(dice: Dice, median: float) -> int:
    """Words of an answer: log-normal, as real ones are."""
    normal = sqrt(-2 * log(1 - dice.rnd())) * cos(2 * pi * dice.rnd())
    return int(min(max(median * exp(0.6 * normal), SHORTEST), LONGEST))


def answer(cue: Cue, dice: Dice, median: float = 120, enough: int = LONGEST) -> tuple[str, bool]:
    """(the answer, whether it breaks off). median: words of a typical answer.

    enough: words after which the caller cuts anyway. The text up to there does not depend on it.
    """
    wanted = _length(dice, median)
    parts, middle = _beginning(cue, dice, wanted)
    if middle is not _MIDDLE:
        wanted = min(wanted, 170)  # worked examples and code say the rest
    words = sum(part.count(" ") + 1 for part in parts)
    preamble = dice.pick(_PREAMBLES) if dice.chance(0.15) else ""
    repeats = dice.chance(0.06)
    stop_at = wanted if repeats else min(wanted, enough)
    headings = middle is _MIDDLE and wanted > 200 and dice.chance(0.4)
    while words < stop_at:
        part = _points(cue.given, dice) if middle is _MIDDLE and dice.chance(0.3) else ""
        part = part or _prose(cue.given, dice, min(90, wanted - words), middle)
        if headings:
            part = f"### {fill(dice.pick(_HEADINGS), dice, cue.given)}\n\n{part}"
        parts.append(part)
        words += part.count(" ") + 1
    if middle is _MIDDLE and dice.chance(0.4):
        parts.append(fill(dice.pick(_ENDINGS), dice, cue.given))
    if repeats:
        parts.insert(1, parts[-1])  # models repeat themselves
    made = preamble + "\n\n".join(parts)
    if dice.chance(0.03):
        return made[: len(made) - dice.number(8, 80)].rstrip(".!? \n"), True
    return made, False


def _beginning(cue: Cue, dice: Dice, wanted: int) -> tuple[list[str], tuple[Frame, ...]]:
    """(the first parts of the answer, the frames that fit its subject)."""
    text = cue.outside[:2000].lower()
    if any(sign in text for sign in _CODE_SIGNS):
        return [_prose(cue.given, dice, 20, _ABOUT_CODE), code_block(dice, cue.given)], _ABOUT_CODE
    if text.count("$") > 3 or sum(sign in text for sign in _MATH_SIGNS) > 1:
        return [_prose(cue.given, dice, 20, _ABOUT_MATH), math_steps(dice, cue.given)], _ABOUT_MATH
    opening = upper(fill(dice.pick(_OPENINGS), dice, cue.given))
    return [f"{opening} {_prose(cue.given, dice, wanted // 4, _MIDDLE)}"], _MIDDLE


def _prose(given: Given, dice: Dice, count: int, middle: tuple[Frame, ...]) -> str:
    """One paragraph of at least `count` words. Goes through the frames from a random one on, so none comes twice."""
    made: list[str] = []
    words, place, step = 0, dice.number(0, len(middle) - 1), dice.pick(_STEPS)
    while words < count:
        place = (place + step) % len(middle)
        sentence = upper(fill(middle[place], dice, given))
        made.append(sentence)
        words += sentence.count(" ") + 1
    return " ".join(made)


def _points(given: Given, dice: Dice) -> str:
    """A short list with a line before it, numbered or bulleted, now and then with bold titles."""
    numbered, bold = dice.chance(0.4), dice.chance(0.35)
    lines = []
    for number in range(1, dice.number(3, 5) + 1):
        point = upper(fill(dice.pick(_POINTS), dice, given))
        title = f"**{fill(_HEADINGS[0], dice, given)[:-6]}**: " if bold else ""
        lines.append(f"{f'{number}.' if numbered else '-'} {title}{point}.")
    return f"{fill(dice.pick(_LEADS), dice, given)}\n\n" + "\n".join(lines)


def thought(cue: Cue, dice: Dice) -> str:
    """What a reasoning model writes before it answers."""
    lead = dice.pick(("Okay, the user asks about ", "Let me think about ", "The question concerns "))
    middle = _prose(cue.given, dice, dice.number(15, 60), _MIDDLE)
    return f"{lead}{cue.given.phrases[0]}. {middle} So I should answer plainly."
