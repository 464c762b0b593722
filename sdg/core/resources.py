"""Where the files that ship with the product lie: templates and configurations. Reads none of them."""

from __future__ import annotations

from pathlib import Path

from sdg.core.errors import UsageError

PACKAGE = Path(__file__).resolve().parent.parent


def builtin(folder: str) -> Path:
    """The folder "prompts" or "configs" that came with this `sdg`.

    A wheel carries them inside the package, in `_shipped`; in a checkout they stand next to the
    package. UsageError where neither is there: the installation is incomplete.
    """
    places = (PACKAGE / "_shipped" / folder, PACKAGE.parent / folder)
    for place in places:
        if place.is_dir():
            return place
    looked = " or ".join(str(place) for place in places)
    raise UsageError(f"the folder {folder!r} that ships with sdg is missing ({looked}): install sdg again")
