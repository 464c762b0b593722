"""Writes an answer that obeys a drawn set of instructions: the proof that they can be obeyed together. For tests only.

From short plain sentences, with nothing that no person would write: if an answer needs more of a letter, it gets more
sentences with words that have it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from sdg.core.constraints import Given, parse
from sdg.prompts.constraints import drawn as kinds
from sdg.prompts.constraints.drawn import AT_LEAST, LESS_THAN, Drawn, dumped

SENTENCES = [
    "The old boat came home at noon.", "We saw the red fox run.", "My aunt paints small stones.",
    "He put the cup on the shelf.", "They walk to the mill each day.", "Good bread needs time.",
    "A cold wind blew all night.", "The baker opens at six.", "Our dog sleeps near the fire.",
    "Few birds sing in the rain.", "Some people like tea with milk.", "The guide began a long speech.",
    "Big cogs go on turning.", "Both bulbs were broken by bob.", "Wild winds will wake the town.",
    "You may try my yellow yarn today.", "Paul picked pears and plums.", "Vivid views of five villages.",
    "Clever cats climb the church clock.", "Huge grey geese were grazing.", "Dad had added dry wood.",
    "Mum must make more jam.", "Until autumn our uncle runs outdoors.", "Nine men own ten barns.",
    "Lots of small pupils smile.", "I hid his ship in this inlet.", "Only your food goes to the moon room.",
    "Rita ran round the rear barrier.", "It is that tall tent at the start.", "She sells six seats less.",
    "Off the cuff and off the roof.", "Anna has a canal map at hand.", "Here we feel free between the trees.",
]  # fmt: skip
FOREIGN = {
    "de": "Das alte Haus steht am Ende der Straße und wir gehen heute dorthin.",
    "fr": "La vieille maison est au bout de la rue et nous y allons ce soir.",
    "es": "La casa vieja está al final de la calle y nosotros vamos allí hoy.",
    "it": "La vecchia casa si trova alla fine della strada e noi ci andiamo oggi.",
    "pt": "A casa velha fica no fim da rua e nós vamos até lá hoje à noite.",
    "nl": "Het oude huis staat aan het einde van de straat en wij gaan daar nu heen.",
    "pl": "Stary dom stoi na końcu ulicy i dzisiaj wieczorem tam pójdziemy.",
    "sv": "Det gamla huset ligger vid slutet av gatan och vi går dit i kväll.",
    "ru": "Старый дом стоит в конце улицы и сегодня вечером мы туда пойдём.",
    "uk": "Старий будинок стоїть у кінці вулиці і сьогодні ввечері ми туди підемо.",
    "tr": "Eski ev sokağın sonunda duruyor ve bu akşam oraya gideceğiz.",
    "ja": "古い家は通りの突き当たりにあり、今夜そこへ行きます。",
    "ko": "오래된 집은 거리 끝에 있고 우리는 오늘 저녁에 그곳에 갑니다.",
    "ar": "البيت القديم يقع في نهاية الشارع وسوف نذهب إلى هناك هذا المساء.",
    "hi": "पुराना घर सड़क के अंत में है और हम आज शाम वहाँ जाएँगे।",
    "vi": "Ngôi nhà cũ nằm ở cuối đường và tối nay chúng tôi sẽ đến đó.",
}

SHORT_FOREIGN = {
    "de": "Wir gehen jetzt.", "fr": "Nous y allons.", "es": "Ya nos vamos.", "it": "Noi ci andiamo.",
    "pt": "Nós já vamos.", "nl": "Wij gaan nu.", "pl": "Już tam idziemy.", "sv": "Nu går vi dit.",
    "ru": "Мы уже идём.", "uk": "Ми вже йдемо.", "tr": "Şimdi gidiyoruz.", "vi": "Chúng tôi đi đây.",
}  # fmt: skip


def given(drawn: list[Drawn]) -> list[Given]:
    """The instructions as `sdg verify` reads them from a record."""
    return parse(dumped(drawn, "first"))


def disobeyed(drawn: list[Drawn], text: str) -> list[str]:
    """The kinds of instructions that an answer does not obey."""
    return [one.constraint.kind for one in given(drawn) if not one.constraint.holds(text)]


def obeying(drawn: list[Drawn]) -> str:
    """An answer that obeys all of them, or the last try."""
    text = ""
    for run_on in (False, True):
        for more in range(120):
            text = _Writer({one.kind: one for one in drawn}, run_on, more).text()
            if not disobeyed(drawn, text):
                return text
    return text


@dataclass
class _Writer:
    """by: the instructions by kind; run_on: few and long sentences; more: how many beyond the fewest."""

    by: dict[str, Drawn]
    run_on: bool
    more: int
    pool: list[str] = field(default_factory=list)

    def text(self) -> str:
        self.pool = self._allowed()
        if kinds.JSON in self.by:
            return json.dumps({"answer": self._prose(1)[0]})
        if kinds.TWO in self.by:
            return self._cased(f"{self._whole(1)}\n******\n{self._whole(1)} {self.pool[1]}")
        return self._cased(self._whole(self._paragraphs()))

    def _allowed(self) -> list[str]:
        """The sentences that nothing forbids, those with the most or least of a letter first."""
        if one := self.by.get(kinds.LANGUAGE):
            code = one.arguments["language"]
            return [FOREIGN[code], *[SHORT_FOREIGN.get(code, FOREIGN[code])] * 3]
        banned = list(self.by[kinds.FORBIDDEN].arguments["forbidden_words"]) if kinds.FORBIDDEN in self.by else []
        rare = self.by.get(kinds.FREQUENCY)
        if rare and rare.relation == LESS_THAN:
            banned.append(rare.arguments["keyword"])
        pool = [one for one in SENTENCES if not any(word.lower() in one.lower() for word in banned)]
        capitals = self.by.get(kinds.CAPITAL_WORDS)
        if capitals and capitals.relation == LESS_THAN:
            pool = [one for one in pool if not re.match(r"[AI] ", one)]
        letter = self.by.get(kinds.LETTER)
        if letter:
            sign = -1 if letter.relation == AT_LEAST else 1
            wanted = letter.arguments["letter"]
            pool.sort(key=lambda one: sign * one.lower().count(wanted) / len(one))
            pool = pool[:6]
        return pool

    def _paragraphs(self) -> int:
        several = [one for kind in (kinds.PARAGRAPHS, kinds.FIRST_WORD) if (one := self.by.get(kind))]
        return several[0].number("num_paragraphs") if several else 1

    def _must(self) -> str:
        """What has to be said somewhere, in one breath."""
        parts: list[str] = []
        for kind, one in self.by.items():
            if kind in (kinds.KEYWORDS, kinds.FREQUENCY):
                parts += one.texts
            elif kind == kinds.CAPITAL_WORDS and one.relation == AT_LEAST:
                parts += ["NOW"] * one.number("capital_frequency")
            elif kind == kinds.PLACEHOLDERS:
                parts += ["[name]"] * one.number("num_placeholders")
            elif kind == kinds.HIGHLIGHTS:
                parts += ["*so*"] * one.number("num_highlights")
        said = " and ".join(parts) if " ".join(parts) else ""
        return f"It has {said}." if said else ""

    def _prose(self, paragraphs: int) -> list[str]:
        """So many paragraphs of at least one sentence each."""
        found = [self.pool[number % len(self.pool)] for number in range(paragraphs)]
        found[0] = " ".join(filter(None, (found[0] if self.more or not self._must() else "", self._must())))
        extra = [self.pool[(paragraphs + number) % len(self.pool)] for number in range(self.more)]
        if self.run_on:
            joined = " and ".join(sentence.rstrip(".") for sentence in [found[-1], *extra])
            found[-1] = f"{joined}."
        else:
            found[-1] = " ".join([found[-1], *extra])
        return found

    def _whole(self, paragraphs: int) -> str:
        body = self._prose(paragraphs)
        if one := self.by.get(kinds.FIRST_WORD):
            place = one.number("nth_paragraph") - 1
            body[place] = (
                f"{one.arguments['first_word'].capitalize()} so. {body[place]}"
                if not self.run_on
                else (f"{one.arguments['first_word'].capitalize()} {body[place]}")
            )
        if kinds.VERDICT in self.by:
            body[-1] += " My answer is maybe."
        if one := self.by.get(kinds.SECTIONS):
            word = one.arguments["section_spliter"]
            marks = [f"{word} {number + 1}\n{self.pool[0]}" for number in range(one.number("num_sections") - 1)]
            body[-1] = "\n".join([*marks, f"{word} {len(marks) + 1}\n{body[-1]}"])
        if one := self.by.get(kinds.BULLETS):
            body[-1] += "".join("\n* one thing" for _ in range(one.number("num_bullets")))
        if kinds.TITLE in self.by:
            body[0] = f"<<{'one thing' if kinds.LANGUAGE not in self.by else self.pool[0]}>>\n{body[0]}"
        text = ("\n\n***\n\n" if kinds.PARAGRAPHS in self.by else "\n\n").join(body)
        if one := self.by.get(kinds.POSTSCRIPT):
            text += f"\n{one.arguments['postscript_marker']} {self.pool[0]}"
        if one := self.by.get(kinds.END):
            text += f"\n{one.arguments['end_phrase']}"
        if one := self.by.get(kinds.REPEAT):
            text = f"{one.arguments['prompt_to_repeat']}\n\n{text}"
        return f'"{text}"' if kinds.QUOTED in self.by else text

    def _cased(self, text: str) -> str:
        if kinds.CAPITALS in self.by:
            return text.upper()
        return text.lower() if kinds.LOWERCASE in self.by else text
