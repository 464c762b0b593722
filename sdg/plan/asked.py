"""What a step will ask of one model: calls and tokens of the rehearsal, lengths and times of earlier runs, prices."""

from __future__ import annotations

from dataclasses import dataclass

from sdg.core.config import Model
from sdg.core.measured import Kind, Measured


@dataclass
class Asked:
    """cost and seconds: None where they are not known. measured: whether an answer's length is that of earlier runs."""

    table: str
    model: str
    calls: float
    tokens_in: float
    tokens_out: float
    cost: float | None
    seconds: float | None
    measured: bool


def asked(
    table: str,
    model: Model,
    kind: str,
    took: Measured,
    left: float,
    known: dict[Kind, Measured],
    concurrency: int,
    real_input: bool,
) -> Asked:
    """The plan for one model. took: the scaled rehearsal; left: the share that is still to be done.

    real_input: whether what is sent is the user's own, so that its length is known; else earlier runs tell, if any.
    """
    before = _before(known, kind, model)
    calls, tokens_in, tokens_out = took.calls * left, took.tokens_in * left, took.tokens_out * left
    if before.choices:
        tokens_out = took.choices * left * before.tokens_out / before.choices
    if before.choices and not real_input:
        tokens_in = calls * before.tokens_in / before.calls
    cost = model.price.of(tokens_in, tokens_out) if model.price else None
    times = [calls / rate] if (rate := before.rate(concurrency)) else []
    addresses = len(model.base_urls)
    if model.requests_per_minute:
        times.append(60 * calls / model.requests_per_minute / addresses)
    if model.tokens_per_minute:
        times.append(60 * (tokens_in + tokens_out) / model.tokens_per_minute / addresses)
    return Asked(table, model.model, calls, tokens_in, tokens_out, cost, max(times, default=None), before.choices > 0)


def _before(known: dict[Kind, Measured], kind: str, model: Model) -> Measured:
    """What earlier runs took; of any model at the address where the configuration names none."""
    total = Measured()
    for (done, url, name), took in known.items():
        if done == kind and url == model.first_url and model.model in ("", name):
            total.add(took)
    return total
