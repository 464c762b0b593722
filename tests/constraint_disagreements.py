"""Where our checkers and the package if-verifiable disagree, and who is right. For its test only.

Each class has a `mend`: what to change in the arguments or the answer so that the package sees what we see.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import constraint_mends as mends
from constraint_mends import Case


@dataclass(frozen=True)
class Known:
    """A class of disagreements. kinds: () for all. hear: mends the package's language detector, in place of `mend`."""

    name: str
    kinds: tuple[str, ...]
    right: Literal["ours", "package", "neither"]
    reason: str
    mend: Callable[[dict[str, Any], str], Case] = lambda arguments, text: (arguments, text)
    hear: Callable[[Callable[[str], str], str], str] | None = None


_CASE = ("change_case:english_capital", "change_case:english_lowercase")

KNOWN = [
    Known(
        "line ends of Windows", (), "ours",
        r"It looks for \n only: \r\n hides blank lines and ends of lines.",
        mends.in_text(("\r\n", "\n")),
    ),
    Known(
        "a keyword read as a pattern",
        ("keywords:existence", "keywords:frequency"), "ours",
        "It takes the word for a regular expression: C++ finds any C, and a* is everywhere.",
        mends.escaped,
    ),
    Known(
        "a section mark read as a pattern", ("detectable_format:multiple_sections",), "ours",
        "It takes the mark for a regular expression: Day (new) never finds itself.",
        mends.escaped,
    ),
    Known(
        r"forbidden words that \b does not bound", ("keywords:forbidden_words",), "ours",
        "It overlooks C#, .net and Chinese words, at whose ends stands no word character or no space, cuts Hindi words "
        "at their vowel signs, and takes the point of .net for any character.",
        mends.words,
    ),
    Known(
        "a postscript marker read as a pattern, or within a word", ("detectable_content:postscript",), "ours",
        "NxB. is no N.B., and shop.s. holds no P.S.",
        mends.marker,
    ),
    Known(
        "empty brackets", ("detectable_content:number_placeholders",), "ours",
        "[] and [ ] (a box to tick) stand for nothing that could be filled in.",
        mends.in_text((r"\[\s*\]", "")),
    ),
    Known(
        "a line of asterisks or hyphens", ("detectable_format:number_bullet_lists",), "ours",
        "--- and * * * are rules, and a mark without text is no point of a list.",
        mends.in_text((r"(?m)^[ \t]*(?:[*-][ \t]*)+$", "x")),
    ),
    Known(
        "no space after the mark", ("detectable_format:number_bullet_lists",), "ours",
        "In markdown -5 and *Note* begin no bullet.",
        mends.in_text((r"(?m)^([ \t]*)[*-](?=[^\s*-])", r"\1x")),
    ),
    Known(
        "bullets with a plus", ("detectable_format:number_bullet_lists",), "ours",
        "+ is a markdown bullet like * and -.",
        mends.in_text((r"(?m)^[ \t]*\+ ", "- ")),
    ),
    Known(
        "two of the fixed answers at once", ("detectable_format:constrained_response",), "ours",
        "Who says both yes and no has not answered with one of the options.",
        mends.two_options,
    ),
    Known(
        "asterisks between spaces", ("detectable_format:number_highlighted_sections",), "ours",
        "The mark of a bullet and the times sign highlight nothing, nor does * spaced * in markdown.",
        mends.in_text((r"(?<!\S)\*+(?!\S)", "")),
    ),
    Known(
        "three asterisks", ("detectable_format:number_highlighted_sections",), "ours",
        "It counts one ***passage*** twice.",
        mends.in_text((r"\*{3}([^*\s][^*\n]*)\*{3}", r"*\1*")),
    ),
    Known(
        "an asterisk without a partner in its line", ("detectable_format:number_highlighted_sections",), "ours",
        "It pairs it with the beginning of the next passage.",
        mends.in_text((r"(?i)\*(cut\n?off)\*", r"\1")),
    ),
    Known(
        "a section mark within a word", ("detectable_format:multiple_sections",), "ours",
        "Subsection 1 is not Section 1.",
        mends.in_text((r"(?i)Sub\w+", "Subx")),
    ),
    Known(
        "a section that is only mentioned again", ("detectable_format:multiple_sections",), "ours",
        "'As Section 1 says' begins no further section.",
        mends.in_text((r"(?i)As [^\n]* 1 says\.", "")),
    ),
    Known(
        "NaN", ("detectable_format:json_format",), "ours", "It is not JSON; only Python reads it.",
        mends.in_text(("NaN", "nope")),
    ),
    Known(
        "deep nesting", ("detectable_format:json_format",), "ours", "It ends in a RecursionError.",
        mends.in_text((r"\[{1000,}", "[[")),
    ),
    Known(
        "nothing but the prompt", ("combination:repeat_prompt",), "ours",
        "The answer that has to follow is missing.",
        mends.only_prompt,
    ),
    Known(
        "quotation marks at the end", ("startend:end_checker",), "ours",
        "White space before a closing mark, or a phrase that itself ends in one, hides the phrase from it.",
        mends.quoted_phrase,
    ),
    Known(
        "an end within a word", ("startend:end_checker",), "ours", "'start' does not end with the phrase 'art'.",
        mends.inner_phrase,
    ),
    Known(
        "curly quotation marks", ("startend:quotation",), "ours", "They are double quotation marks.",
        mends.in_text(("[“”]", '"')),
    ),
    Known(
        "quotation marks around nothing", ("startend:quotation",), "ours", "There is no answer between them.",
        mends.in_text(('""', "x")),
    ),
    Known(
        "commas of other scripts", ("punctuation:no_comma",), "ours", "，、، are commas.",
        mends.in_text(("[，、،]", ",")),
    ),
    Known(
        "blank lines that are not just two newlines", ("length_constraints:nth_paragraph_first_word",), "ours",
        "It counts from the wrong paragraph after several blank lines, and sees none where a line holds only spaces.",
        mends.in_text((r"\n[ \t]*\n\s*", "\n\n")),
    ),
    Known(
        "marks in and around the first word", ("length_constraints:nth_paragraph_first_word",), "ours",
        "It cuts at an apostrophe, so that don't is never found and can't passes for can; it takes colons and curly "
        "quotes for letters, and a Chinese sentence for one word.",
        mends.first_word,
    ),
    Known(
        "underscores", ("length_constraints:number_words",), "ours", "____ is no word.", mends.in_text(("____", "")),
    ),
    Known(
        "words without spaces", ("length_constraints:number_words",), "ours",
        "It takes a Chinese sentence for one word.",
        mends.in_text(("潮水", "潮 水")),
    ),
    Known(
        "capitals with a slash or an apostrophe", ("change_case:capital_word_frequency",), "ours",
        "AND/OR are two words and DON'T is one; it has it the other way round.",
        mends.in_text(("AND/OR", "AND OR"), ("DON'T", "DONT")),
    ),
    Known(
        "full stops that are not ASCII", ("length_constraints:number_sentences",), "ours",
        "It knows no Chinese full stop.",
        mends.in_text(("。", ". ")),
    ),
    Known(
        "numbers of a list", ("length_constraints:number_sentences",), "ours",
        "It takes the number before an item for a sentence.",
        mends.in_text((r"(?m)^([\s*]*)\d\. ", r"\1")),
    ),
    Known(
        "a question within a sentence", ("length_constraints:number_sentences",), "ours",
        '"Really?" she asked: is one sentence.',
        mends.in_text((r'(?i)\?"(?= she)', '"')),
    ),
    Known(
        "an abbreviation at the end", ("length_constraints:number_sentences",), "ours",
        "'from the U.S. The rest' are two sentences; here the trained model may be better than the one of this test.",
        mends.in_text((r"(?i)U\.S\. (?=the)", "US. ")),
    ),
    Known(
        "dots before a capital", ("length_constraints:number_sentences",), "ours",
        "'Wait... What?' are two sentences; here, too, the trained model may see that.",
        mends.in_text((r"\.{3}(?= [A-Z])", ".")),
    ),
    Known(
        "what is left without letters", ("length_constraints:number_sentences",), "ours",
        "It takes the asterisks of bold text, or an emoji, after the last point for a sentence.",
        mends.in_text(("🎉", ""), (r"([.!?])(\s*)(\*+)", r"\3\1\2")),
    ),
    Known(
        "a language in capitals", ("language:response_language", *_CASE), "ours",
        "langdetect takes English in capitals for German or Turkish; in small letters it is right.",
        hear=mends.small,
    ),
    Known(
        "a line in another language", ("language:response_language",), "ours",
        "It goes by the greater part of the answer, also where the preface is in English and the whole was not to be.",
        hear=mends.lines,
    ),
    Known(
        "answers of a few letters", _CASE, "ours",
        "'ok' is English, as far as two letters can be; langdetect calls it another language.",
        hear=mends.short,
    ),
]  # fmt: skip
