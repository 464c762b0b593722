"""The simulated user: who it is, what it says next, and what may not stand in its turns. Knows no stage."""

from sdg.core.user.personas import load_personas, persona_for
from sdg.core.user.simulated import Ended, SimulatedUser, Spoken

__all__ = ["Ended", "SimulatedUser", "Spoken", "load_personas", "persona_for"]
