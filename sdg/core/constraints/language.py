"""The constraint on the language of an answer."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import BeforeValidator

from sdg.core.constraints.base import Constraint
from sdg.core.constraints.speech import LANGUAGES, is_in
from sdg.core.errors import nearest


def _known(code: object) -> object:
    if not isinstance(code, str):
        return code
    bare = code.strip().lower().partition("-")[0]
    if bare in LANGUAGES:
        return bare
    by_name = {name.lower(): known for known, name in LANGUAGES.items()}
    hint = f": write {by_name[bare]!r}" if bare in by_name else nearest(bare, LANGUAGES)
    raise ValueError(f"{code!r} is not one of the {len(LANGUAGES)} language codes that can be told apart{hint}")


class ResponseLanguage(Constraint):
    """The whole answer is in the language, given as an ISO 639-1 code (zh-cn and zh-tw are taken for zh).

    An answer without letters is in no wrong language and holds, as in IFEval.
    """

    kind: ClassVar[str] = "language:response_language"

    language: Annotated[str, BeforeValidator(_known)]

    def _holds(self, text: str) -> bool:
        return is_in(self.language, text)
