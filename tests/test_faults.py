"""The fault matrix: what comes of each fault, alone and with all others, in `sdg respond` and in `sdg score`."""

from __future__ import annotations

from pathlib import Path

import pytest

from fault_matrix import ANSWERS, AT_ONCE, COMMANDS, REJECTED, SLOW, STOP, TIMEOUT, WAITS, Matrix, Run
from fault_page import PAGE, page, table, within
from faulty_server import FaultyServer
from reward_servers import attributes_worth
from sdg.core.rewards.scores import DEFAULT_WEIGHTS, weighted


def _met(run: Run) -> dict[str, tuple[str, str]]:
    """(fault, when) for each line that meets one."""
    named = {id: prompt.partition("(fault: ")[2][:-1] for id, prompt in run.prompts.items()}
    return {id: (name.rpartition(", ")[0], name.rpartition(", ")[2]) for id, name in named.items() if name}


def every_prompt_is_answered_once_with_its_own_answer_or_rejected_and_nothing_is_paid_twice(
    matrix: Matrix,
) -> None:
    for run in matrix.runs:
        written, rejected = matrix.written(run), matrix.rejected(run)
        assert not matrix.owed(run), run.name
        assert not written.keys() & rejected.keys(), run.name
        for id, prompt in run.prompts.items():
            good = [one for one in matrix.tries(run, id) if not one.fault]
            # With a timeout this short, a busy machine is late now and then.
            assert len(good) <= 1 or run.timeout == TIMEOUT, f"{run.name}: {prompt} was answered and asked again"
            assert id in written or not good, f"{run.name}: {prompt} was answered, and the answer is lost"
        for id, line in written.items():
            [response, *_] = line["responses"]
            if run.command == "respond":
                assert response["messages"][-1]["content"].startswith(f"Answer to: {run.prompts[id]}")
            else:
                value = attributes_worth(round(1 + int(id) / 100, 2))
                assert response["reward"] == weighted(value, DEFAULT_WEIGHTS)


def the_cause_is_the_true_one_and_the_exit_status_is_right(matrix: Matrix) -> None:
    for run in matrix.runs:
        assert run.first
        rejected, stopped = matrix.rejected(run), matrix.stopped.get(run.name, set())
        for id, (fault, when) in _met(run).items():
            lasts = when == "always" or fault == "finish_reason content_filter"
            assert (id in rejected) == (lasts and fault in REJECTED), f"{run.name}: {fault}, {when}"
            assert (id in stopped) == ((lasts and fault in STOP) or fault == WAITS), f"{run.name}: {fault}, {when}"
            if id in rejected:
                asked = len(matrix.tries(run, id))
                assert rejected[id]["cause"] == REJECTED[fault], f"{run.name}: {rejected[id]}"
                assert f"(asked {asked} times)" in rejected[id]["reason"] or asked == 1
                assert "\n" not in rejected[id]["reason"]
                assert len(rejected[id]["reason"]) < 400
        if stopped:
            [fault] = {fault for fault, _ in _met(run).values()}
            assert run.first.status == (130 if fault == WAITS else 2 if fault in AT_ONCE else 1)
            assert STOP.get(fault, "asks to wait 9") in run.first.err
            assert run.second
            assert run.second.status == 0, run.second.err
        else:
            assert run.first.status == (1 if rejected else 0), run.first.err


def what_meets_no_fault_is_asked_once_and_each_fault_ends_within_its_time(matrix: Matrix) -> None:
    for run in matrix.alone.values():
        met = _met(run)
        for id in run.prompts.keys() - met.keys():
            assert len(matrix.tries(run, id)) == 1 or run.timeout == TIMEOUT, run.name
        for id, (fault, when) in met.items():
            if when == "once" and fault not in (*AT_ONCE, *SLOW, WAITS):
                again = fault not in ANSWERS and fault != "finish_reason content_filter"
                more = run.options == ["-n", "2"]  # the second answer has to be asked for
                assert len(matrix.tries(run, id)) == (2 if again or more else 1), run.name
            assert len(matrix.tries(run, id)) < 20, f"{run.name}: a server that is full was asked too often"
            if fault != WAITS and fault not in AT_ONCE:
                assert matrix.seconds(run, id) < within(fault, when)[0], f"{run.name}: {when}"
    for fault in AT_ONCE:
        for run in (matrix.alone[command, fault] for command in COMMANDS):
            assert run.first
            first = min(one.came for id in _met(run) for one in matrix.tries(run, id))
            assert run.first.ended - first < within(fault, "always")[0], run.name


def all_faults_together_come_to_the_same(matrix: Matrix) -> None:
    for command, run in matrix.together.items():
        for id, (fault, when) in _met(run).items():
            one = matrix.alone[command, fault]
            like = next(other for other, named in _met(one).items() if named == (fault, when))
            assert (id in matrix.rejected(run)) == (like in matrix.rejected(one)), f"{run.name}: {fault}, {when}"
            if fault in ANSWERS:
                assert len(matrix.tries(run, id)) == 1


def the_page_in_docs_says_what_happened(matrix: Matrix) -> None:
    print(table(matrix))
    assert PAGE.read_text() == page(matrix), "if that is right, write the page anew: python tests/fault_page.py"


def test_the_fault_matrix_holds_and_stands_in_docs(tmp_path: Path, subtests: pytest.Subtests) -> None:
    """One test, as the runs of the matrix take half a minute, and several would each wait for them."""
    with FaultyServer() as server:
        matrix = Matrix(tmp_path, server)
        matrix.go()
        for check in (
            every_prompt_is_answered_once_with_its_own_answer_or_rejected_and_nothing_is_paid_twice,
            the_cause_is_the_true_one_and_the_exit_status_is_right,
            what_meets_no_fault_is_asked_once_and_each_fault_ends_within_its_time,
            all_faults_together_come_to_the_same,
            the_page_in_docs_says_what_happened,
        ):
            with subtests.test(check.__name__):
                check(matrix)
