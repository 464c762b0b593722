"""Python code and worked mathematics for the inside of answers. Prose is in answers.py."""

from __future__ import annotations

from sdg.rehearsal.grammar import Dice, Given, fill, frames
from sdg.rehearsal.words import table

_NAMES = table("items; rows; values; entries; records; pairs; lines; parts; readings; tokens")
_ONE = table("item; row; value; entry; record; pair; line; part; reading; token")
_EXPLAIN = frames("""
The function runs once over its input, so its cost grows with the length of the input.
It keeps the order of what it is given and does not change it.
An empty input gives an empty result, which {actors} may not expect.
For {phrase}, you may want to add a check on the types.
""")


def _filter(name: str, many: str, one: str, d: Dice) -> str:
    return (
        f"def {name}({many}: list[int], limit: int = {d.number(2, 50)}) -> list[int]:\n"
        f'    """Keep the {many} up to a limit."""\n'
        f"    return [{one} for {one} in {many} if {one} <= limit]\n"
    )


def _count(name: str, many: str, one: str, d: Dice) -> str:
    return (
        f"from collections import Counter\n\n\ndef {name}({many}: list[str]) -> list[tuple[str, int]]:\n"
        f"    counts = Counter({one}.strip().lower() for {one} in {many})\n"
        f"    return counts.most_common({d.number(2, 20)})\n"
    )


def _group(name: str, many: str, one: str, d: Dice) -> str:
    return (
        f"def {name}({many}: list[dict], key: str) -> dict:\n    groups = {{}}\n    for {one} in {many}:\n"
        f"        groups.setdefault({one}.get(key), []).append({one})\n    return groups\n"
    )


def _windows(name: str, many: str, one: str, d: Dice) -> str:
    size = d.number(2, 9)
    return (
        f"def {name}({many}: list[float]) -> list[float]:\n    size = {size}\n"
        f"    if len({many}) < size:\n        raise ValueError('too few {many}')\n"
        f"    return [sum({many}[i:i + size]) / size for i in range(len({many}) - size + 1)]\n"
    )


_BODIES = (_filter, _count, _group, _windows)


def code_block(dice: Dice, given: Given) -> str:
    """A fenced block with a short function, named as in the question where it names one."""
    place = dice.number(0, len(_NAMES) - 1)
    named = next((phrase.strip("`") for phrase in given.phrases if phrase[0] == "`"), "")
    name = named or f"{dice.pick(('select', 'collect', 'arrange', 'summarise'))}_{_NAMES[place]}"
    code = dice.pick(_BODIES)(name, _NAMES[place], _ONE[place], dice)
    fence = "```python" if dice.chance(0.85) else "```"
    return f"{fence}\n{code}```\n\n{fill(dice.pick(_EXPLAIN), dice, given)}"


def math_steps(dice: Dice, given: Given) -> str:
    """A few lines of algebra and a final answer, in one of the usual forms; seldom the right one."""
    a, b, x = dice.number(2, 12), dice.number(1, 40), dice.number(-9, 24)
    steps = [
        f"Write the condition as ${a}x + {b} = {a * x + b}$.",
        f"Subtract ${b}$ on both sides: ${a}x = {a * x}$.",
        f"Divide by ${a}$, which gives $x = \\frac{{{a * x}}}{{{a}}} = {x}$.",
    ]
    if dice.chance(0.5):
        steps = [f"{number}. {step}" for number, step in enumerate(steps, 1)]
    if dice.chance(0.3):
        steps.append(f"\\[ {a} \\cdot {x} + {b} = {a * x + b} \\]")
    ending = dice.pick(
        (f"The final answer is $\\boxed{{{x}}}$.", f"**Answer:** {x}", f"The answer is ${x}$.", f"Therefore $x = {x}$.")
    )
    return "\n".join(steps) + "\n\n" + ending
