"""Synthetic alignment data from the command line: prompts, responses, rewards, filters."""

__version__ = "0.1.0"
