"""Our checkers against an independent implementation, the package if-verifiable, on over 3,000 answers.

Every disagreement has to belong to a class in KNOWN, which says who is right and why, and shows it: with the answer
(or the argument) mended in that one respect, the package gives our verdict. A class that no longer occurs fails too.

What the package needs besides its code. langdetect has its profiles in its wheel; it draws at random, so it is seeded.
NLTK's trained sentence model (punkt_tab) is a download, which tests do not make: `number_sentences` and
`capital_word_frequency` therefore run NLTK's algorithm with a parameter folder that is written here, with the
abbreviations of the answers. What the trained model would say instead is not compared; tests/test_constraints.py has
verdicts by hand for both kinds.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from constraint_answers import MAKERS, cases
from constraint_disagreements import KNOWN, Known
from constraint_verdicts import HAND
from sdg.core.constraints import KINDS, holds_loosely

Verdict = tuple[bool, bool]
"""(strict, loose)"""
Package = Callable[[str, dict[str, Any], str], Verdict | str]

EACH = 120
ABBREVIATIONS = ("dr", "mr", "mrs", "no", "p.m", "i.e", "e.g", "u.s")


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Package]:
    """The package's verdict on one answer, or the name of the error that it ends in."""
    # Here and not above: they take two seconds to import, which other tests need not wait for.
    from if_verifiable.common import evaluate_instructions
    from if_verifiable.ifeval import instructions, instructions_util
    from if_verifiable.ifeval.instructions_registry import INSTRUCTION_DICT

    data = tmp_path_factory.mktemp("nltk")
    write_punkt(data)
    instructions_util.nltk.data.path.insert(0, str(data))
    instructions.langdetect.DetectorFactory.seed = 0
    logging.disable(logging.ERROR)  # it logs every text whose language it can't tell

    def judge(kind: str, arguments: dict[str, Any], text: str) -> Verdict | str:
        try:
            results, _ = evaluate_instructions(text, [kind], [arguments], "", INSTRUCTION_DICT)
        except (re.error, RecursionError) as error:
            return type(error).__name__
        return (results[0].strict_pass, results[0].loose_pass) if results else (False, False)

    yield judge
    logging.disable(logging.NOTSET)
    instructions_util.nltk.data.path.remove(str(data))


def write_punkt(data: Path) -> None:
    """NLTK's folder for an English sentence model that knows a few abbreviations and was trained on nothing."""
    folder = data / "tokenizers" / "punkt_tab" / "english"
    folder.mkdir(parents=True)
    for name in ("collocations.tab", "sent_starters.txt", "ortho_context.tab"):
        (folder / name).write_text("")
    (folder / "abbrev_types.txt").write_text("\n".join(ABBREVIATIONS))


def ours(kind: str, arguments: dict[str, Any], text: str) -> Verdict:
    constraint = KINDS[kind].model_validate(arguments)
    return constraint.holds(text), holds_loosely(constraint, text)


@contextmanager
def hearing(change: Callable[[Callable[[str], str], str], str] | None) -> Iterator[None]:
    """The package with its language detector mended."""
    from if_verifiable.ifeval import instructions

    detect = instructions.langdetect.detect
    if change:
        instructions.langdetect.detect = lambda text: change(detect, text)
    try:
        yield
    finally:
        instructions.langdetect.detect = detect


def explains(package: Package, kind: str, case: tuple[dict[str, Any], str], chosen: list[Known]) -> bool:
    """Whether the package gives our verdict once the case is mended in these respects."""
    mended = case
    for one in chosen:
        mended = one.mend(*mended)
    with hearing(next((one.hear for one in chosen if one.hear), None)):
        return package(kind, *mended) == ours(kind, *case)


def explained(package: Package, kind: str, arguments: dict[str, Any], text: str) -> list[Known]:
    """The classes that a disagreement belongs to: one of them alone, or as few as are needed together."""
    case = (arguments, text)
    known = [one for one in KNOWN if kind in one.kinds or not one.kinds]
    for one in known:
        if explains(package, kind, case, [one]):
            return [one]
    if not explains(package, kind, case, known):
        return []
    for one in list(known):
        fewer = [other for other in known if other is not one]
        known = fewer if explains(package, kind, case, fewer) else known
    return known


def test_every_disagreement_with_the_package_is_known_and_every_known_one_occurs(package: Package) -> None:
    assert set(MAKERS) == set(KINDS)
    compared, verdicts, seen, unknown = 0, Counter[tuple[str, Verdict]](), Counter[str](), []
    for kind, arguments, text in [*cases(seed=3, each=EACH), *(judged[:3] for judged in HAND)]:
        compared += 1
        mine, theirs = ours(kind, arguments, text), package(kind, arguments, text)
        verdicts[kind, mine] += 1
        if mine == theirs:
            continue
        classes = explained(package, kind, arguments, text)
        seen.update(one.name for one in classes)
        if not classes:
            unknown.append(f"{kind} {arguments} {text[:400]!r}: ours {mine}, package {theirs}")
    print(f"{compared} answers, {seen.total()} known disagreements:", *seen.most_common(), sep="\n")
    assert compared >= 2_000
    assert not unknown, "\n".join(unknown)
    assert [one.name for one in KNOWN if not seen[one.name]] == []
    for kind in KINDS:  # a checker that always says the same would pass unseen
        told = {verdict for verdict in ((True, True), (False, False)) if verdicts[kind, verdict] >= EACH // 10}
        assert len(told) == 2, (kind, verdicts)
