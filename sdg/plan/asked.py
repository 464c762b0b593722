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
    calls: int
    tokens_in: int
    tokens_out: int
    cost: float | None
    seconds: float | None
    measured: bool


def asked(table: str, model: Model, took: Measured, longer_in: float, before: Measured, concurrency: int) -> Asked:
    """The plan for one model. took: the scaled rehearsal; before: earlier runs.

    longer_in: tokens by which the prompt of a call is longer than in the rehearsal, as far as it is made of answers.
    """
    tokens_in = max(0.0, took.tokens_in + took.calls * longer_in)
    tokens_out = took.tokens_out + took.choices * longer(took, before)
    cost = model.price.of(tokens_in, tokens_out) if model.price else None
    times = [took.calls / rate] if (rate := before.rate(concurrency)) else []
    addresses = len(model.base_urls)
    if model.requests_per_minute:
        times.append(60 * took.calls / model.requests_per_minute / addresses)
    if model.tokens_per_minute:
        times.append(60 * (tokens_in + tokens_out) / model.tokens_per_minute / addresses)
    return Asked(
        table,
        model.model,
        round(took.calls),
        round(tokens_in),
        round(tokens_out),
        cost,
        max(times, default=None),
        before.choices > 0,
    )


def longer(took: Measured, before: Measured) -> float:
    """Tokens by which an answer of earlier runs is longer than one of the rehearsal; 0 where there were no such."""
    if not before.choices or not took.choices:
        return 0.0
    return before.tokens_out / before.choices - took.tokens_out / took.choices


def earlier(known: dict[Kind, Measured], kind: str, model: Model) -> Measured:
    """What earlier runs took; of any model at the address where the configuration names none."""
    total = Measured()
    for (done, url, name), took in known.items():
        if done == kind and url == model.first_url and model.model in ("", name):
            total.add(took)
    return total
