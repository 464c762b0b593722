"""What a prompt settles itself, and the kinds of instruction that it leaves no room for. English signs only.

Signs are read generously: an instruction that could have been drawn and is not costs little, while one that contradicts
the prompt makes a record that nobody can obey.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from sdg.core.constraints import LANGUAGES
from sdg.prompts.constraints import drawn as kinds
from sdg.prompts.constraints.drawn import KINDS


def _sign(*patterns: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)", re.IGNORECASE)


_UNITS = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen"
    "|eighteen|nineteen"
)
_TENS = "twenty|thirty|forty|fourty|fifty|sixty|seventy|eighty|ninety"
_NUMBER = (
    rf"(?:\d[\d,.]*|{_UNITS}|{_TENS}|hundreds?|thousands?|dozens?|(?:an?|one) (?:hundred|thousand|dozen|couple|few)"
    r"|several|few(?:er)?|single|couple)"
)
"""A number that begins here: the words of a longer one follow it."""
_COUNTED = (
    r"(?:words?|sentences?|paragraphs?|lines?|pages?|verses?|stanzas?|syllables?|characters?|tweets?|minutes?|parts?"
    r"|sections?|chapters?)"
)
_ITEMS = r"(?:items?|points?|tips|ideas|examples|reasons|steps|ways|questions|options|alternatives)"
_MORE_TONGUES = (
    "latin|mandarin|cantonese|esperanto|farsi|filipino|irish|gaelic|icelandic|serbian|bosnian|armenian|georgian|basque"
    "|galician|malay|mongolian|kazakh|uzbek|yoruba|zulu|amharic|yiddish|belarusian|azerbaijani|khmer|burmese|lao"
    "|sanskrit|hinglish|spanglish|pidgin|deutsch|español|français|italiano|nederlands|português|polski|svenska|türkçe"
    "|русском|日本語|中文|한국어|emojis?|morse code|binary|dialect|slang"
)
_DATA = r"(?:json|xml|csv|yaml|yml|toml|tsv|html|latex)"

_CASES = {kinds.CAPITALS, kinds.LOWERCASE}
_LENGTHS = {kinds.WORDS, kinds.SENTENCES, kinds.PARAGRAPHS, kinds.FIRST_WORD}
_KEYWORDS = {kinds.KEYWORDS, kinds.FREQUENCY, kinds.FORBIDDEN}
_ENGLISH = _KEYWORDS | {kinds.LETTER, kinds.END, kinds.POSTSCRIPT, kinds.SECTIONS, kinds.REPEAT, kinds.VERDICT}
_OF_LANGUAGE = _ENGLISH | _CASES | _LENGTHS | {kinds.LANGUAGE, kinds.BULLETS, kinds.CAPITAL_WORDS, kinds.NO_COMMA}
_MARKS = {kinds.HIGHLIGHTS, kinds.BULLETS, kinds.PARAGRAPHS, kinds.TWO}
"""Made with asterisks."""
_PLAIN_LATIN = {kinds.LANGUAGE, kinds.JSON, kinds.REPEAT}
"""Other letters, other marks, or marks and letters that are not the answer's own."""

_SETTLED: list[tuple[re.Pattern[str], set[str]]] = [
    # How long the answer is to be. What stands beside the answer proper may count as a part of it or not.
    (
        _sign(
            rf"(?:an?(?:[ -]\w+)?|{_NUMBER}(?:[ -]\w+){{0,2}})[ -]{_COUNTED}",
            "brief", "briefly", "in short", "short(?:er)?", "(?<!how )long(?:er)?", "lengthy", r"concise(?:ly)?",
            "terse", "haikus?", "limericks?", "sonnets?", "tweets?", "slogans?", "one-liners?", r"tl;?dr",
            r"summar(?:y|i[sz]e)", "headlines?", "word (?:count|limit)", "at (?:most|least)",
            r"no (?:more|fewer|less|longer) than", rf"(?:up to|within|under|over) {_NUMBER}",
        ),
        _LENGTHS | {kinds.BULLETS, kinds.SECTIONS, kinds.VERDICT, kinds.TWO, kinds.REPEAT, kinds.END, kinds.POSTSCRIPT,
                    kinds.LETTER},
    ),
    # How it is to be laid out.
    (
        _sign(
            "tables?", _DATA, "markdown", r"bullet(?:s|ed)?", "lists?", "numbered", "headings?",
            "headers?", "outlines?", "sections?", "columns?", "spreadsheets?", "step[- ]by[- ]step", "checklists?",
            "q&a", "haikus?", "limericks?", "sonnets?", r"format(?:ted|ting)?", "paragraphs?", "prose", "plain text",
            rf"(?:an?|{_NUMBER})(?: \w+)? {_ITEMS}",
        ),
        {kinds.BULLETS, kinds.SECTIONS, kinds.JSON, kinds.PARAGRAPHS, kinds.FIRST_WORD, kinds.QUOTED, kinds.TWO},
    ),
    # Data in a format, or a table and nothing around it: only what can be done inside it.
    (
        _sign(
            rf"(?:as|in|into|to|return|output|print|produce|generate|valid|using)(?: \w+){{0,2}} {_DATA}",
            rf"{_DATA} (?:format|objects?|arrays?|documents?|files?|output|lists?|with|only|schema|strings?)",
            "tables? only", r"(?:only|just|nothing but) (?:an?|the|one) (?:\w+ )?(?:table|list)",
            "(?:only|just) (?:the )?code", "code only",
        ),
        set(KINDS) - {kinds.KEYWORDS, kinds.WORDS, kinds.CAPITAL_WORDS},
    ),
    # The answer's wording is the point, or its language (see `_in_language` too).
    (
        _sign(
            r"translat\w+", "rhymes?", "rhymed", "rhyming", r"spell(?:ing)?", "grammar", "pronounce", "proofread",
            r"paraphras\w+", r"rephras\w+", r"rewrit\w+", "edit",
        ),
        _OF_LANGUAGE,
    ),
    # What has to be in it or not: hardly to be told from a prompt's other words, so none of its words is drawn.
    (
        _sign(
            "never", "without", r"avoid\w*", r"\w+n['’]t", "dont", "not", "no", "except", "instead of", "leave out",
            r"exclud\w+", r"omit\w*", r"includ\w+", r"mention\w*", r"contain\w*", r"featur\w+", "named", "called",
            "keywords?", "must have",
        ),
        _KEYWORDS | {kinds.REPEAT},
    ),
    # Words or letters as such. Whatever else is drawn may not bring one in that is unwanted, or change the language.
    (
        _sign(
            r"(?:the|these|those|this|following|each|every|any|certain) (?:\w+ ){0,2}(?:words?|phrases?|terms?)",
            r"words? (?:like|such|that|with|begin\w*|start\w*)", r"(?:words?|phrases?|terms?):? [\"'“‘]",
            r"letters? [\"'“‘]?[a-z]", r"alliterat\w+", "acrostics?", "lipograms?", "pangrams?", "palindromes?",
        ),
        _ENGLISH | {kinds.LANGUAGE, kinds.FIRST_WORD, kinds.TWO},
    ),
    (
        _sign(
            "all[- ]caps", "caps", "caps[- ]lock", "(?:in|all|no|without|any|only|block|use)(?: all| block)? capitals",
            "capital letters?", "upper[- ]?case", "lower[- ]?case", "small letters",
            "capitali[sz](?:e|es|ed|ing|ation)", r"(?:title|sentence|camel|snake)[- ]?case", r"shout\w*",
        ),
        _PLAIN_LATIN | _CASES | {kinds.CAPITAL_WORDS, kinds.VERDICT, kinds.END, kinds.POSTSCRIPT, kinds.SECTIONS},
    ),
    (
        _sign(
            "commas?", "punctuation", "punctuat(?:e|ed)", "(?:semi)?colons?", "exclamation (?:marks?|points?)",
            "question marks?", "full stops?", "periods", "quotation marks?", "(?:in|double|single) quotes",
            "asterisks?", "hyphens?", "dash(?:es)?", "brackets?", "parenthes[ei]s", "apostrophes?",
            "special characters?",
        ),
        _PLAIN_LATIN | _MARKS | {kinds.NO_COMMA, kinds.QUOTED, kinds.END, kinds.POSTSCRIPT, kinds.VERDICT, kinds.TITLE,
                                 kinds.PLACEHOLDERS, kinds.SENTENCES},
    ),
    # How it is to begin or end.
    (
        _sign(
            r"(?:start|begin|open|end|finish|conclude|close|sign)(?:s|ning|ing|ed)?(?: off| out| up)?"
            r"(?: [\w'’]+){0,4} (?:with|by|on)",
            "(?:first|last|final|opening|closing|very) (?:words?|sentences?|lines?|paragraphs?|thing)",
            "(?:at|in) the (?:very )?(?:start|beginning|end|top|bottom)", "prefix", "preface",
        ),
        _PLAIN_LATIN | _CASES | {kinds.END, kinds.POSTSCRIPT, kinds.QUOTED, kinds.FIRST_WORD, kinds.TITLE,
                                 kinds.SECTIONS, kinds.TWO, kinds.VERDICT, kinds.FORBIDDEN, kinds.FREQUENCY,
                                 kinds.NO_COMMA},
    ),
    # Parts that it is to have or not.
    (
        _sign(r"p\.? ?(?:p\.? ?)?s\.?", "postscripts?"),
        {kinds.POSTSCRIPT, kinds.END, kinds.QUOTED, kinds.JSON, kinds.LOWERCASE, kinds.FIRST_WORD, kinds.TWO},
    ),
    (
        _sign("titles?", "titled", "entitled", "headlines?", "headings?", "headers?", "subject lines?", "captions?"),
        _CASES | {kinds.TITLE, kinds.QUOTED, kinds.FIRST_WORD, kinds.LANGUAGE, kinds.JSON, kinds.FORBIDDEN},
    ),
    (_sign("placeholders?", "fill[- ]in", "blanks?", "brackets?", r"\[[^\]\n]+\]", r"<[a-z _]+>"),
     {kinds.PLACEHOLDERS}),
    (
        _sign("bold", "italics?", r"highlight\w*", r"emphasi\w+", r"underlin\w+", "markdown", "plain text",
              r"format(?:ted|ting)?"),
        _MARKS | {kinds.CAPITAL_WORDS},
    ),
    (
        _sign(rf"(?:both|twice|{_NUMBER}|an?|different|only)(?: \w+)? (?:versions?|variants?|drafts?|answers?"
              r"|responses?|attempts?|poems|stories)", "versions", "variants", "variations"),
        {kinds.TWO},
    ),
    (_sign("repeat", "restate", "copy", "echo", "verbatim", "word for word"), {kinds.REPEAT, kinds.QUOTED}),
]  # fmt: skip


def settled(text: str, languages: Iterable[str] = ()) -> frozenset[str]:
    """The kinds that may not be drawn for a prompt. languages: names of some beside those that core knows."""
    found = [out for sign, out in _SETTLED if sign.search(text)]
    if _in_language(tuple(languages)).search(text):
        found.append(_OF_LANGUAGE)
    return frozenset[str]().union(*found)


@cache
def _in_language(languages: tuple[str, ...]) -> re.Pattern[str]:
    names = sorted({re.escape(name) for name in (*LANGUAGES.values(), *languages)}, key=len, reverse=True)
    tongue = rf"(?:{'|'.join(names)}|{_MORE_TONGUES})"
    return _sign(
        rf"(?:in|into|to|using|with|auf|en|em|på|op|po|на)(?: (?!the(?!\w))\w+){{0,2}} {tongue}",
        rf"(?:speak|reply|respond|answer|write|say)\w*:?(?: \w+){{0,3}} {tongue}",
        rf"{tongue}(?: \w+)? (?:words?|verbs?|phrases?|only|answers?|translation|version|text|sentences?|please)",
        "in the language",
    )
