"""Words by which a prompt shows what it asks for: a text to be written, code, a bare answer. English only."""

from __future__ import annotations

import re


def _sign(*patterns: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(patterns)})\b", re.IGNORECASE)


_FORMS_TO_FILL = (
    r"e-?mails?", "letters?", "invitations?", "templates?", "contracts?", "memos?", "announcements?", "newsletters?",
    "press releases?", "advertisements?", "adverts?", "minutes of", "petitions?", "certificates?", "notices?",
)  # fmt: skip
FILLED_IN = _sign(*_FORMS_TO_FILL)
"""A text with blanks for names and dates is asked for."""
WRITES = _sign(
    *_FORMS_TO_FILL, "essays?", "story", "stories", "speech", "poems?", "articles?", "blog posts?", "reports?",
    "scripts?", "reviews?", "proposals?", "descriptions?", "draft", "compose", "write", "toast", "eulogy", "columns?",
    "lyrics", "songs?", "fables?", "tales?", "dialogues?", "monologues?",
)  # fmt: skip
"""A text is asked for, and no piece of knowledge."""
LONG = _sign(
    "essays?", "articles?", "story", "stories", "reports?", "blog posts?", "chapters?", "speech", "in detail",
    "detailed", "in depth", "in-depth", "comprehensive", r"thorough(?:ly)?", "guide", "lesson plan", "business plan",
    "proposals?",
)  # fmt: skip
OPEN = _sign(
    "ideas?", r"suggest(?:ions?)?", r"recommend(?:ations?)?", "advice", r"how (?:can|do|should|might|would|could)",
    "why", "explain", "plan", "tips", r"what (?:should|would|could|can)", r"ways? (?:to|of)", "describe",
)  # fmt: skip
"""There is more than one good answer."""
CODE = re.compile(
    r"```|[;{}]\s*\n|\bdef \w+\("
    r"|\b(?:python|javascript|typescript|java|sql|html|css|bash|regex|regular expression|rust|golang|source code"
    r"|pseudo-?code)\b|\bc\+\+"
    r"|\b(?:write|implement|fix|debug|refactor) (?:\w+ ){0,3}"
    r"(?:code|function|class|program|script|method|query|module|decorator|parser)\b",
    re.IGNORECASE,
)
MATHS = re.compile(
    r"\$[^$\n]+\$|\\(?:frac|sqrt|int|sum)\b|\b(?:solve|compute|calculate|simplify|evaluate|prove)\b|\d\s*[+*/^=]\s*\d",
    re.IGNORECASE,
)
TERSE = re.compile(
    r"\b(?:(?:answer|reply|respond|output|return|give|say|print)(?: me| with)? (?:only|just|nothing but)"
    r"|only (?:answer|reply|respond|output|return|give|print)|(?:one|single)[- ]word|multiple[- ]choice|true or false"
    r"|yes or no|nothing else|no explanations?|without (?:any )?explanations?|classify"
    r"|which of (?:the following|these))\b"
    r"|^\s*\(?[A-D][).:] \S|\bA[).] [^\n]{1,120}\bB[).] \S",
    re.IGNORECASE | re.MULTILINE,
)
"""Nothing but a bare answer is wanted."""
YES_NO = re.compile(
    r"(?:is|are|was|were|am|do|does|did|can|could|should|would|will|has|have|had|may|might|must)(?:n't)? (?!you\b)"
    r"[^?]*\?\Z",
    re.IGNORECASE,
)
"""A question for yes or no; "can you ...?" is a request."""
