"""Problems in mathematics with LaTeX, and Python programming tasks: items for lists. Solves nothing.

The numbers are drawn so that most problems have an answer; some do not, as with any model.
"""

from __future__ import annotations

from collections.abc import Callable

from sdg.rehearsal.grammar import Dice, Given, compile_frame, fill, frames, upper
from sdg.rehearsal.words import table

_SETTINGS = frames("""
In a lesson on {topic}, a student writes down the following.
A problem from {topic}:
Consider this question about {topic}.
While {actors} prepare a worksheet on {topic}, one exercise reads as follows.
Using what you know about {topic}, work this out.
""")
_TASKS = frames("""
Solve it and show every step.
Give the exact value, not a decimal.
Explain which property of {topic} you used.
State any assumption that you make.
Check the answer by a second method.
Round to {n} decimal places only at the end.
Then say what changes if one of the numbers is doubled.
""")
_STORY = compile_frame("{Actors} in {place}")


def _linear(d: Dice) -> str:
    return f"Solve for $x$: ${d.number(2, 15)}x {d.pick('+-')} {d.number(2, 60)} = {d.number(-40, 120)}$."


def _system(d: Dice) -> str:
    a, b, c, e = (d.number(1, 9) for _ in range(4))
    return (
        f"Find all pairs $(x, y)$ with \\[ \\begin{{cases}} {a}x + {b}y = {d.number(5, 80)} \\\\ "
        f"{c}x - {e}y = {d.number(-30, 40)} \\end{{cases}} \\]"
    )


def _quadratic(d: Dice) -> str:
    r, s = d.number(-12, 12), d.number(13, 20)
    return f"Find the roots of $x^2 {-(r + s):+d}x {r * s:+d} = {d.number(0, 4)}$ and the vertex of the parabola."


def _derivative(d: Dice) -> str:
    return (
        f"Let $f(x) = {d.number(2, 9)}x^{{{d.number(2, 6)}}} - \\frac{{{d.number(1, 9)}}}{{x}} + "
        f"\\{d.pick(('sin', 'cos', 'ln'))}({d.number(2, 8)}x)$. Find $f'(x)$ and evaluate $f'({d.number(1, 5)})$."
    )


def _integral(d: Dice) -> str:
    low = d.number(0, 3)
    return (
        f"Compute $\\int_{{{low}}}^{{{low + d.number(1, 6)}}} \\left({d.number(1, 7)}x^{d.number(1, 4)} + "
        f"{d.number(1, 9)}\\right) dx$."
    )


def _triangle(d: Dice) -> str:
    return (
        f"In $\\triangle ABC$, $AB = {d.number(3, 20)}$, $AC = {d.number(3, 20)}$ and "
        f"$\\angle A = {d.number(4, 32) * 5}^\\circ$. Find the length of $BC$."
    )


def _dice_throws(d: Dice) -> str:
    return (
        f"A fair die is thrown ${d.number(3, 12)}$ times. What is the probability that a "
        f"{d.pick(('one', 'two', 'five', 'six'))} appears {d.pick(('exactly', 'at least', 'at most'))} "
        f"${d.number(1, 4)}$ times?"
    )


def _modular(d: Dice) -> str:
    return f"Find the remainder of ${d.number(2, 19)}^{{{d.number(20, 999)}}}$ on division by ${d.number(5, 41)}$."


def _series(d: Dice) -> str:
    term = f"\\frac{{{d.number(1, 9)}}}{{k^{d.number(1, 4)} + {d.number(1, 50)}}}"
    return f"Decide whether $\\sum_{{k={d.number(1, 4)}}}^{{\\infty}} {term}$ converges, and justify the decision."


def _committee(d: Dice) -> str:
    people = d.number(8, 24)
    return (
        f"From ${people}$ people a committee of ${d.number(3, 7)}$ is chosen. In how many ways can this be done if "
        f"${d.number(2, 4)}$ of them refuse to serve together?"
    )


def _matrix(d: Dice) -> str:
    a, b, c, e = (d.number(-9, 9) for _ in range(4))
    return (
        f"For $A = \\begin{{pmatrix}} {a} & {b} \\\\ {c} & {e} \\end{{pmatrix}}$, find $\\det A$ and all "
        f"eigenvalues, and compute $A^{d.number(2, 5)}$."
    )


def _percent(d: Dice) -> str:
    return (
        f"pay ${d.number(40, 990)}\\,€$ for tools after a discount of ${d.number(5, 45)}\\%$. What did the tools "
        f"cost before, and how many of them at ${d.number(3, 30)}\\,€$ each could be bought for the difference?"
    )


def _rates(d: Dice) -> str:
    return (
        f"share one job: the first group alone needs ${d.number(3, 15)}$ hours, the second ${d.number(4, 20)}$. "
        f"How long do both need together if they start ${d.number(5, 50)}$ minutes apart?"
    )


def _tank(d: Dice) -> str:
    return (
        f"fill a conical tank of height ${d.number(4, 15)}$ m and radius ${d.number(1, 6)}$ m at "
        f"$\\frac{{{d.number(1, 5)}}}{{{d.number(2, 9)}}}$ cubic metres a minute. How fast does the level rise "
        f"when the water is ${d.number(1, 3)}$ m deep?"
    )


def _mixture(d: Dice) -> str:
    return (
        f"mix a ${d.number(2, 9) * 5}\\%$ solution with a ${d.number(11, 18) * 5}\\%$ solution to get "
        f"${d.number(2, 30)}$ litres at ${d.number(46, 54)}\\%$. How many litres of each do they need?"
    )


def _growth(d: Dice) -> str:
    return (
        f"put ${d.number(5, 90)}00\\,€$ aside at ${d.number(1, 8)}.{d.number(1, 9)}\\%$ a year. After how many years "
        f"has the sum grown by at least ${d.number(2, 9)}0\\%$ if the interest is added every "
        f"{d.pick(('month', 'quarter', 'year'))}?"
    )


_FORMULAS: tuple[Callable[[Dice], str], ...] = (
    _linear,
    _system,
    _quadratic,
    _derivative,
    _integral,
    _triangle,
    _dice_throws,
    _modular,
    _series,
    _committee,
    _matrix,
)
_STORIES: tuple[Callable[[Dice], str], ...] = (_percent, _rates, _tank, _mixture, _growth)


def math_problem(dice: Dice, given: Given) -> str:
    """One problem on one line."""
    if dice.chance(0.25):
        text = f"{fill(_STORY, dice, given)} {dice.pick(_STORIES)(dice)}"
    else:
        text = f"{fill(dice.pick(_SETTINGS), dice, given)} {dice.pick(_FORMULAS)(dice)}"
    return f"{text} {fill(dice.pick(_TASKS), dice, given)}" if dice.chance(0.6) else text


_VERBS = table("""
parse; merge; validate; group; count; sort; split; normalise; compare; schedule; cache; encode; decode; filter; rank
summarise; index; rotate; compress; simulate; format; convert; match; sample; deduplicate; balance; traverse; update
""")
_THINGS = table("""
log lines; sensor readings; bank transactions; tree nodes; calendar events; chess moves; word counts; file paths
intervals; temperature records; user sessions; recipe steps; train timetables; colour codes; song lists
survey answers; map tiles; invoice rows; DNA strings; chat messages; exam results; version numbers; stock levels
bus routes; matrix rows; tokens
""")
_SHAPES = table("""
a list of dictionaries; a list of tuples; a nested dictionary; an iterator of strings; a path to a text file
a generator; a dictionary from names to lists; a CSV string; a list of integers; a JSON document; two sorted lists
a set of pairs
""")
_LIMITS = table("""
Do it in a single pass.; Use only the standard library.; Aim for O(n log n) time.; Do not change the input.
Raise ValueError with a clear message for malformed input.; Add type hints and a docstring.; Handle an empty input.
Avoid recursion.; Keep memory constant for inputs of any length.; Make it safe to call from several threads.
Write three tests that show its edge cases.; Support a key function, as sorted does.; Preserve the original order.
""")
_OPENINGS = frames("""
Write a Python function `{first}`
Implement a Python class with a method `{first}`
Using {topic}, write a function `{first}`
Write a small Python program around a function `{first}`
As an exercise in {topic}, implement `{first}`
Refactor a hypothetical function `{first}`
""")
_PURPOSE = frames("""
It is meant for {actors} who {habit}.
Assume that {circumstance}.
Keep in mind that there may be up to {big} thousand items.
The solution should show how {topic} can help here.
Explain in a comment how it relates to {topic}.
The result is shown to {audience}.
""")


def python_task(dice: Dice, given: Given) -> str:
    """One programming task on one line."""
    verb, thing = dice.pick(_VERBS), dice.pick(_THINGS)
    name = f"{verb}_{thing.replace(' ', '_').lower()}"
    opening = fill(dice.pick(_OPENINGS), dice, Given(given.topic, [name]))
    text = (
        f"{upper(opening)} that takes {dice.pick(_SHAPES)} of {thing} and returns {dice.pick(_SHAPES)}. "
        f"{dice.pick(_LIMITS)}"
    )
    if dice.chance(0.6):
        text += " " + dice.pick(_LIMITS)
    return f"{text} {fill(dice.pick(_PURPOSE), dice, given)}" if dice.chance(0.7) else text
