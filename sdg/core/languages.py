"""When two names mean one language: ISO 639 codes by English names, a few own names, and tags ("en-GB").

Which language a text is in is told elsewhere (constraints/speech.py).
"""

from __future__ import annotations

CODES = {
    "afrikaans": "af",
    "albanian": "sq",
    "amharic": "am",
    "arabic": "ar",
    "armenian": "hy",
    "azerbaijani": "az",
    "basque": "eu",
    "belarusian": "be",
    "bengali": "bn",
    "bosnian": "bs",
    "bulgarian": "bg",
    "burmese": "my",
    "cantonese": "yue",
    "catalan": "ca",
    "chinese": "zh",
    "croatian": "hr",
    "czech": "cs",
    "danish": "da",
    "dutch": "nl",
    "english": "en",
    "esperanto": "eo",
    "estonian": "et",
    "filipino": "fil",
    "finnish": "fi",
    "french": "fr",
    "galician": "gl",
    "georgian": "ka",
    "german": "de",
    "greek": "el",
    "gujarati": "gu",
    "hausa": "ha",
    "hebrew": "he",
    "hindi": "hi",
    "hungarian": "hu",
    "icelandic": "is",
    "indonesian": "id",
    "irish": "ga",
    "italian": "it",
    "japanese": "ja",
    "javanese": "jv",
    "kannada": "kn",
    "kazakh": "kk",
    "khmer": "km",
    "korean": "ko",
    "kurdish": "ku",
    "lao": "lo",
    "latin": "la",
    "latvian": "lv",
    "lithuanian": "lt",
    "macedonian": "mk",
    "malay": "ms",
    "malayalam": "ml",
    "maltese": "mt",
    "mandarin": "zh",
    "marathi": "mr",
    "mongolian": "mn",
    "nepali": "ne",
    "norwegian": "no",
    "pashto": "ps",
    "persian": "fa",
    "polish": "pl",
    "portuguese": "pt",
    "punjabi": "pa",
    "romanian": "ro",
    "russian": "ru",
    "serbian": "sr",
    "sinhala": "si",
    "slovak": "sk",
    "slovenian": "sl",
    "somali": "so",
    "spanish": "es",
    "swahili": "sw",
    "swedish": "sv",
    "tagalog": "tl",
    "tamil": "ta",
    "telugu": "te",
    "thai": "th",
    "tibetan": "bo",
    "turkish": "tr",
    "ukrainian": "uk",
    "urdu": "ur",
    "uzbek": "uz",
    "vietnamese": "vi",
    "welsh": "cy",
    "yoruba": "yo",
    "zulu": "zu",
}


_ALSO = {
    "de": "deutsch ger deu", "en": "eng", "es": "español spa", "fr": "français fra fre", "it": "italiano ita",
    "ja": "日本語 jpn", "ko": "한국어 kor", "nl": "nederlands", "pt": "português por", "ru": "русский rus",
    "zh": "mandarin 中文 zho",
}  # fmt: skip
_KNOWN = CODES | {code: code for code in CODES.values()}
_KNOWN |= {name: code for code, names in _ALSO.items() for name in names.split()}


def code_of(name: str) -> str:
    """The code of a language, by its name or tag; the name itself, in lower case, if it is not known.

    In a name of several words the first that is known counts ("Brazilian Portuguese").
    """
    words = name.casefold().replace("-", " ").replace("_", " ").replace("(", " ").split()
    known = [_KNOWN[word] for word in words if word in _KNOWN]
    return known[0] if known else " ".join(words)


def is_known(code: str) -> bool:
    """Whether this is the code of a language in the list."""
    return code in _KNOWN.values()
