"""Text that starts from another text: revised drafts, instructions about a document, verdicts of yes or no."""

from __future__ import annotations

from hashlib import sha256

from sdg.rehearsal.cues import Cue
from sdg.rehearsal.fields import HINTS
from sdg.rehearsal.grammar import Dice, Given, fill, frames, upper

_PREAMBLES = (
    "Here is a more specific version:\n\n",
    "Sure! Here's the revised text:\n\n",
    "**Revised version:** ",
    "Revised: ",
    "Here is the rewritten prompt:\n\n",
    "Certainly! ",
)
_REMARKS = (
    "\n\nLet me know if you would like it to be even more specific.",
    "\n\n(I added a setting and a constraint to make it more concrete.)",
    "\n\nI hope this helps!",
)
_DETAILS = frames("""
Consider in particular the case that {circumstance}
Focus on {actors} in {place}
Pay special attention to {matter} and to {matter}
Put it in terms that suit {audience}
Take into account that {reason}
Compare at least {n} concrete examples
Refer to what was known {period}
Limit yourself to what {actors} could do within {n} weeks
Say which part {effect} {facet} and which does not
Support each claim with a figure or an example
Explain what you would do differently if {circumstance}
Keep the budget below {big} euros
""")
_QUESTION_DETAILS = frames("""
, especially when {circumstance}
 for {actors} in {place}
, and how does {matter} come into it
, given that {reason}
, and what would change if {circumstance}
, taking {matter} as the main example
, compared with the situation {period}
""")
_TASK_DETAILS = frames("""
{Demand}
Use {style}
It is meant for {audience}
Let {facet} play a part in it
Set the scene in {place}
Aim for {big} words
Mention {n} details that only {actors} would know
""")
_INSTRUCTIONS = frames("""
Summarise what the text says about {phrase} in {n} sentences.
According to the text, how are {phrase} and {phrase} connected?
List the main points about {phrase} as bullet points, with at most {n} words each.
Rewrite the passage about {phrase} for {audience}.
What does the author mean by "{phrase}"? Answer with a quotation from the text.
Which conditions does the text name for {phrase}? Put them in a table.
Extract every statement about {phrase} and say whether it is a fact or an opinion.
Write a title and a one-sentence summary that mention {phrase}.
What questions about {phrase} does the text leave open?
Explain in your own words why {phrase} matters here, using only the text.
Make {n} quiz questions about {phrase} that can be answered from the text, with answers.
Does the text say anything about {facet}? If it does, relate it to {phrase}; if not, say so.
Turn the part about {phrase} into a short dialogue between {actors} and a newcomer.
Identify the key terms, starting with "{phrase}", and define each in one line.
Compare what is said about {phrase} with what is said about {phrase}.
""")


def revision(cue: Cue, dice: Dice) -> str:
    """The draft, longer and more specific; now and then with a preamble, in quotes or with a remark."""
    draft = cue.draft.strip().strip('"').strip()
    core = draft.rstrip(".!? ")
    rolls = dice.number(1, 3)
    if draft.endswith("?"):
        detail = fill(dice.pick(_QUESTION_DETAILS), dice, cue.given)
        text = core + (detail if detail[0] == "," else f" {detail}")
        text += "? " + _sentences(_DETAILS, rolls, dice, cue.given)
    else:
        writes = "writing" in cue.outside.lower()
        text = draft if draft[-1:] in ".!?$]`" else core + "."
        text += " " + _sentences(_TASK_DETAILS if writes else _DETAILS, rolls, dice, cue.given)
    text = text.strip()
    dress = dice.rnd()
    if dress < 0.12:
        text = f'"{text}"'
    if 0.06 < dress < 0.22:
        text = dice.pick(_PREAMBLES) + text
    return text + dice.pick(_REMARKS) if dress > 0.95 else text


def _sentences(options: tuple[tuple[object, ...], ...], count: int, dice: Dice, given: Given) -> str:
    found = dict.fromkeys(dice.pick(options) for _ in range(count))
    return " ".join(upper(fill(frame, dice, given)) + "." for frame in found)  # type: ignore[arg-type]


def instruction(dice: Dice, given: Given, document: str) -> str:
    """An instruction about a document, with some of its words: each comes from another place of the text."""
    return upper(fill(dice.pick(_INSTRUCTIONS), dice, Given(given.topic, passage_phrases(dice, document))))


def passage_phrases(dice: Dice, document: str) -> list[str]:
    """Four short runs of words from four places of the document."""
    found = []
    for _ in range(4):
        start = dice.number(0, max(0, len(document) - 120))
        words = [word.strip(".,;:!?()[]{}<>\"'`*#_|=") for word in document[start : start + 120].split()[1:-1]]
        long = [word for word in words if len(word) > 5]
        if not long:
            found.append(document[start : start + 12].strip() or "the text")
            continue
        place = words.index(dice.pick(long))
        pair = words[place : place + 2]
        found.append(" ".join(pair) if len(pair) == 2 and len(pair[1]) > 5 else pair[0])
    return found


def lone_instruction(cue: Cue, dice: Dice) -> str:
    """One instruction as a whole answer, with a model's manners."""
    text = instruction(dice, cue.given, cue.document)
    dress = dice.rnd()
    if dress < 0.08:
        return f'"{text}"'
    return f"{dice.pick(('Instruction: ', '**Instruction:** ', 'Sure! '))}{text}" if dress < 0.18 else text


def verdict(cue: Cue, dice: Dice) -> str:
    """Yes or no: the same for the same subject whatever the sample, in varying words."""
    subject = (cue.topic or cue.draft or cue.document or cue.outside).lower()
    hints = HINTS.get(cue.field)
    if hints is None:
        share = 0.7
    else:
        share = 0.95 if any(word.strip("(),.:") in hints for word in subject.split()[:20]) else 0.3
    yes = sha256(subject.encode()).digest()[0] / 256 < share
    word = "Yes" if yes else "No"
    dress = dice.rnd()
    if dress < 0.55:
        return word if dress < 0.4 else word.lower() if dress < 0.45 else word + "."
    if dress < 0.65:
        return f"**{word}**"
    reason = "it fits" if yes else "it belongs elsewhere"
    return f"{word}, {reason}." if dress < 0.9 else f"Answer: {word}"
