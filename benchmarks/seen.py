"""What the endpoint saw: requests, refusals, how many of its slots were busy. Hashes of prompts, no texts."""

from __future__ import annotations

import time


class Seen:
    """Counts. Busy slots are kept as of the last new prompt, too: after that no client can fill them."""

    def __init__(self, slots: int) -> None:
        self.slots = slots
        self.requests = self.answered = self.refused = self.faults = self.again = self.in_flight = self.peak = 0
        self.first = self.last = self.fed = 0.0  # moments: of the first request, the last change, the last new prompt
        self.area = self.area_fed = 0.0  # slots times seconds, until now and until the last new prompt
        self.prompts: set[int] = set()

    def change(self, step: int) -> None:
        """One request more or less is in flight; or none, to bring the area up to date."""
        now = time.monotonic()
        self.area += self.in_flight * (now - self.last)
        self.last = now
        self.in_flight += step
        self.peak = max(self.peak, self.in_flight)

    def came(self, prompt: int) -> None:
        """A request for this prompt has been let in."""
        self.change(1)
        self.first = self.first or self.last
        if prompt in self.prompts:
            self.again += 1
        else:
            self.prompts.add(prompt)
            self.fed, self.area_fed = self.last, self.area

    def stats(self) -> dict[str, float]:
        self.change(0)
        feeding = self.fed - self.first
        return {
            "requests": self.requests,
            "answered": self.answered,
            "prompts": len(self.prompts),
            "asked_again": self.again,
            "refused": self.refused,
            "faults": self.faults,
            "in_flight": self.in_flight,
            "peak": self.peak,
            "now": self.last,
            "area": self.area,
            "seconds_feeding": feeding,
            "busy": self.area_fed / feeding / self.slots if feeding and self.slots else 0.0,
            "cpu": time.process_time(),
        }
