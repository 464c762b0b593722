"""What a progress bar says, and that it fits its line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdg.core.progress import Pace, Status, bar_line, log_line, speed
from sdg.core.terminal.screen import width


def test_a_bar_says_rate_in_flight_failures_tokens_and_what_remains() -> None:
    line = bar_line("respond", Status(420, 64, 3, 1_234_567), 1000, 62.0, 6.8, 120)
    assert line == (
        "respond   42%|########            | 420/1000 [01:02<01:25, 6.8/s] 64 in flight, 3 failed, 1.23M tokens"
    )
    assert bar_line("score", Status(7, waiting="server asks to\nwait 12 s"), None, 3.0, 0.5, 80) == (
        "score    7 done [00:03, 30.0/min] server asks to wait 12 s"
    )
    assert log_line("respond", Status(420, 64, 3, 1_200_000), 1000, 6.8) == (
        "respond: 420 of 1000 done, 6.8/s, 64 in flight, 3 failed, 1.20M tokens"
    )


@given(
    st.integers(0, 10**9),
    st.none() | st.integers(0, 10**9),
    st.floats(0, 1e7),
    st.just(0.0) | st.floats(1e-6, 1e6),
    st.text(max_size=40),
    st.integers(1, 200),
)
def test_a_bar_is_one_line_that_fits(
    done: int, total: int | None, elapsed: float, rate: float, waiting: str, columns: int
) -> None:
    line = bar_line("respond", Status(done, done, done, done, waiting), total, elapsed, rate, columns)
    assert width(line) <= columns
    assert len(line.splitlines()) <= 1


def test_the_rate_is_that_of_the_last_minute_or_of_all_the_time_if_nothing_came() -> None:
    pace = Pace()
    for second in range(200):
        rate = pace.rate(second, second * 10 if second < 100 else 1000 + (second - 100) * 2)
    assert rate == pytest.approx(2, abs=0.1)
    for second in range(200, 300):
        rate = pace.rate(second, 1198)
    assert rate == pytest.approx(1198 / 299)
    assert [speed(rate) for rate in (6.84, 0.2, 0.001, 0)] == ["6.8/s", "12.0/min", "3.6/h", "?/s"]
