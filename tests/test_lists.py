"""Untidy list answers and what is in them. No model and no server: only `sdg.core.lists`."""

from __future__ import annotations

import pytest

from sdg.core.lists import parse_list

ABC = ["Alpha", "Beta", "Gamma"]

# id: (the answer, its items). Written by hand, after the manners of current chat models.
ANSWERS: dict[str, tuple[str, list[str]]] = {
    "numbered with points": ("1. Alpha\n2. Beta\n3. Gamma", ABC),
    "numbered with brackets": ("1) Alpha\n2) Beta\n3) Gamma", ABC),
    "numbers in brackets": ("(1) Alpha\n(2) Beta\n(3) Gamma", ABC),
    "numbers in square brackets": ("[1] Alpha\n[2] Beta\n[3] Gamma", ABC),
    "numbers with colons": ("1: Alpha\n2: Beta\n3: Gamma", ABC),
    "numbers with dashes": ("1 - Alpha\n2 - Beta\n3 - Gamma", ABC),
    "escaped points": ("1\\. Alpha\n2\\. Beta\n3\\. Gamma", ABC),
    "hash numbers": ("#1: Alpha\n#2: Beta\n#3: Gamma", ABC),
    "no space behind the point": ("1.Alpha\n2.Beta\n3.Gamma", ABC),
    "letters": ("a) Alpha\nb) Beta\nc) Gamma", ABC),
    "roman numbers": ("I. Alpha\nII. Beta\nIII. Gamma", ABC),
    "nine letters, of which the last is no roman one": (
        "\n".join(f"{letter}. Item {letter}" for letter in "abcdefghij"),
        [f"Item {letter}" for letter in "abcdefghij"],
    ),
    "dashes": ("- Alpha\n- Beta\n- Gamma", ABC),
    "stars": ("* Alpha\n* Beta\n* Gamma", ABC),
    "dots": ("• Alpha\n• Beta\n•Gamma", ABC),
    "en dashes": ("– Alpha\n– Beta\n– Gamma", ABC),
    "check boxes": ("- [ ] Alpha\n- [x] Beta\n- [ ] Gamma", ABC),
    "keycaps": ("1️⃣ Alpha\n2️⃣ Beta\n3️⃣ Gamma", ABC),
    "labels": ("Question 1: Alpha\nQuestion 2: Beta\nQuestion 3: Gamma", ABC),
    "bold labels over the text": ("**Problem 1:**\nAlpha\n\n**Problem 2:**\nBeta\n\n**Problem 3:**\nGamma", ABC),
    "headings as items": (
        "### 1. Sorting\n\nSort a list.\n\n### 2. Searching\n\nFind a word.\n\n#### Hint\n\nUse a set.",
        ["Sorting\n\nSort a list.", "Searching\n\nFind a word.\n\n#### Hint\n\nUse a set."],
    ),
    "windows line ends": ("1. Alpha\r\n2. Beta\r\n3. Gamma\r\n", ABC),
    "preamble": ("Sure! Here are 3 topics:\n\n1. Alpha\n2. Beta\n3. Gamma", ABC),
    "preamble on the first item's line": ("Here they are: 1. Alpha\n2. Beta\n3. Gamma", ABC),
    "all on one line": ("Of course: \n1. Alpha, 2. Beta, 3. Gamma", ABC),
    "trailing talk": ("1. Alpha\n2. Beta\n3. Gamma\n\nLet me know if you want more of them!", ABC),
    "trailing talk without a blank line": ("1. Alpha\n2. Beta\n3. Gamma\nLet me know if you want more!", ABC),
    "trailing talk of no known wording": ("1. Alpha\n2. Beta\n3. Gamma\n\nA broad range of subjects, I think.", ABC),
    "trailing talk with bullets": ("- Alpha\n- Beta\n- Gamma\n\nWould you like me to:\n\n- add more\n- sort them", ABC),
    "trailing talk behind a rule": ("1. Alpha\n2. Beta\n3. Gamma\n\n---\nAll of them are new.", ABC),
    "trailing notes under a heading": ("1. Alpha\n2. Beta\n3. Gamma\n\n### Notes\n- All are new.\n- None is old.", ABC),
    "an apology before": ("I'm sorry for the confusion. Corrected list:\n\n1. Alpha\n2. Beta\n3. Gamma", ABC),
    "an apology after": ("1. Alpha\n2. Beta\n3. Gamma\n\nI'm sorry, I could not think of more.", ABC),
    "a preamble with bullets": ("I made sure they are:\n- new\n- short\n\n1. Alpha\n2. Beta\n3. Gamma", ABC),
    "blank lines between": ("1. Alpha\n\n2. Beta\n\n\n3. Gamma\n", ABC),
    "rules between": ("1. Alpha\n\n---\n\n2. Beta\n\n---\n\n3. Gamma", ABC),
    "right-aligned numbers": (
        "\n".join(f"{number:>3}. Item {number}" for number in range(8, 12)),
        [f"Item {number}" for number in range(8, 12)],
    ),
    "an indentation by mistake": ("1. Alpha\n   2. Beta\n   3. Gamma", ABC),
    "lazy numbers": ("1. Alpha\n1. Beta\n1. Gamma", ABC),
    "begins at eleven": ("11. Alpha\n12. Beta\n13. Gamma", ABC),
    "a number is missing": ("1. Alpha\n2. Beta\n4. Gamma\n5. Delta", [*ABC, "Delta"]),
    "bold titles": (
        "1. **Tides**: Explain why there are two.\n2. **Moon:** Explain its phases.\n3. **Sun** – Explain eclipses.",
        ["Tides: Explain why there are two.", "Moon: Explain its phases.", "Sun – Explain eclipses."],
    ),
    "bold numbers": ("**1. Alpha**\n**2. Beta**\n**3. Gamma**", ABC),
    "bold numbers only": ("**1.** Alpha\n**2.** Beta\n**3.** Gamma", ABC),
    "a bold title over its text": (
        "1. **Tides**\n   Explain why there are two a day.\n\n2. **Moon**\n   Explain its phases.",
        ["Tides\nExplain why there are two a day.", "Moon\nExplain its phases."],
    ),
    "emphasis that belongs to the sentence": (
        "1. **Never** use `goto`: why?\n2. Why is *this* so?\n3. What do *args and **kw do?\n4. __init__: what is it?",
        ["**Never** use `goto`: why?", "Why is *this* so?", "What do *args and **kw do?", "__init__: what is it?"],
    ),
    "quoted items": ('1. "Alpha"\n2. “Beta”\n3. \'Gamma\'', ABC),
    "quotes that are content": (
        '1. "Yes" and "no" in Latin\n2. He said "stop"\n3. \'Tis the season',
        ['"Yes" and "no" in Latin', 'He said "stop"', "'Tis the season"],
    ),
    "colons in items": (
        "1. Ratio 3:2: what is it in per cent?\n2. At 12:30, where is the sun?",
        ["Ratio 3:2: what is it in per cent?", "At 12:30, where is the sun?"],
    ),
    "indented continuation": (
        "1. A train leaves at noon.\n   When does it arrive?\n2. A car leaves.\n   Who is faster?",
        ["A train leaves at noon.\nWhen does it arrive?", "A car leaves.\nWho is faster?"],
    ),
    "continuation that is not indented": (
        "1. A train leaves at noon.\nWhen does it arrive?\n2. A car leaves.\nWho is faster?",
        ["A train leaves at noon.\nWhen does it arrive?", "A car leaves.\nWho is faster?"],
    ),
    "paragraphs in items": (
        "1. **Tides**\n\nExplain them.\n\n2. **Moon**\n\nExplain its phases.\n\nI hope this helps!",
        ["Tides\n\nExplain them.", "Moon\n\nExplain its phases."],
    ),
    "numbers that are content": (
        "1. What happened in\n1914. Was it a war?\n2. A cell gives\n3.5 volts and\n2.1 amperes. What power?\n"
        "3. In 1815 what ended?",
        [
            "What happened in\n1914. Was it a war?",
            "A cell gives\n3.5 volts and\n2.1 amperes. What power?",
            "In 1815 what ended?",
        ],
    ),
    "nested bullets belong to the parent": (
        "1. Write a parser that\n   - reads a file\n   - prints a tree\n2. Write a printer\n   * for trees",
        ["Write a parser that\n- reads a file\n- prints a tree", "Write a printer\n* for trees"],
    ),
    "nested bullets without indentation": (
        "1. Write a parser that\n- reads a file\n- prints a tree\n2. Write a printer",
        ["Write a parser that\n- reads a file\n- prints a tree", "Write a printer"],
    ),
    "nested numbers": (
        "1. Solve:\n   1. x + 1 = 2\n   2. x + 2 = 5\n2. Prove:\n   1. a = a\n   2. b = b\n3. End",
        ["Solve:\n1. x + 1 = 2\n2. x + 2 = 5", "Prove:\n1. a = a\n2. b = b", "End"],
    ),
    "nested numbers without indentation": (
        "1. Alpha\n2. Beta\n3. Solve:\n1. x + 1 = 2\n2. x + 2 = 5\n4. Delta",
        ["Alpha", "Beta", "Solve:\n1. x + 1 = 2\n2. x + 2 = 5", "Delta"],
    ),
    "multiple choice": (
        "1. Which is a metal?\nA) Iron\nB) Wood\n2. Which is a gas?\nA) Gold\nB) Neon",
        ["Which is a metal?\nA) Iron\nB) Wood", "Which is a gas?\nA) Gold\nB) Neon"],
    ),
    "headings as categories": ("## Greek\n\n- Alpha\n- Beta\n\n## More Greek\n\n- Gamma", ABC),
    "bold lines as categories": ("**Greek**\n1. Alpha\n2. Beta\n\n**More Greek**\n3. Gamma", ABC),
    "colon lines as categories": ("Greek:\n1. Alpha\n2. Beta\n\nMore Greek:\n1. Gamma", ABC),
    "bullets as categories of numbers that run on": ("* **Greek**\n  1. Alpha\n  2. Beta\n* **More**\n  3. Gamma", ABC),
    "parts as categories": ("**Part 1: Greek**\n1. Alpha\n2. Beta\n\n**Part 2: More**\n1. Gamma", ABC),
    "code in items": (
        "1. Fix this:\n```python\ndef f(x):\n    # 1. no item\n\n    return x\n```\n"
        "2. Why?\n\n   ```\n   - no item\n   ```\n",
        ["Fix this:\n```python\ndef f(x):\n    # 1. no item\n\n    return x\n```", "Why?\n\n```\n- no item\n```"],
    ),
    "an item that begins with code": (
        "1. ```sql\nSELECT 1\n```\n2. ```sql\nSELECT 2\n```",
        ["```sql\nSELECT 1\n```", "```sql\nSELECT 2\n```"],
    ),
    "the whole answer in a fence": ("```markdown\n1. Alpha\n2. Beta\n3. Gamma\n```", ABC),
    "a fence between talk": ("Here you go:\n\n```\n- Alpha\n- Beta\n- Gamma\n```\n\nEnjoy!", ABC),
    "a fence around items with code": (
        "```\n1. Fix:\n```python\nx = 1\n```\n2. Beta\n```",
        ["Fix:\n```python\nx = 1\n```", "Beta"],
    ),
    "a fence without marks": ("```text\nAlpha\nBeta\nGamma\n```", ABC),
    "json": ('["Alpha", "Beta", "Gamma"]', ABC),
    "json in a fence": ('Sure:\n```json\n[\n  "Alpha",\n  "Beta",\n  "Gamma"\n]\n```\nDone.', ABC),
    "json objects": ('[{"id": 1, "question": "Alpha"}, {"id": 2, "question": "Beta"}]', ["Alpha", "Beta"]),
    "json in an object": ('{"topics": ["Alpha", "Beta", "Gamma"], "count": 3}', ABC),
    "json lines": ('{"q": "Alpha"}\n{"q": "Beta"}\n{"q": "Gamma"}', ABC),
    "json by category": ('{"greek": ["Alpha", "Beta"], "more": ["Gamma"]}', ABC),
    "json with numbers as keys": ('{"1": "Alpha", "2": "Beta", "3": "Gamma"}', ABC),
    "json with a comma too many": ('["Alpha", "Beta", "Gamma",]', ABC),
    "json in python's manner": ("```python\ntopics = ['Alpha', 'Beta', 'Gamma']\n```", ABC),
    "json with numbers in it": ('["1. Alpha", "2. Beta", "3. Gamma"]', ABC),
    "json with latex": (
        r'["Simplify \frac{1}{2} \times \beta", "Is $\\nabla f = 0$?\nAnd \alpha?"]',
        [r"Simplify \frac{1}{2} \times \beta", "Is $\\nabla f = 0$?\nAnd \\alpha?"],
    ),
    "latex": (
        "1. Solve \\(x^2 = \\frac{1}{4}\\).\n2. Show that\n   \\[\n   \\sum_{i=1}^n i = \\tfrac{n(n+1)}{2}\n   \\]\n"
        "3. Is $\\neg p \\\\ q$ true?",
        [
            "Solve \\(x^2 = \\frac{1}{4}\\).",
            "Show that\n\\[\n\\sum_{i=1}^n i = \\tfrac{n(n+1)}{2}\n\\]",
            "Is $\\neg p \\\\ q$ true?",
        ],
    ),
    "chinese, with 、": (
        "好的，以下是三个主题：\n\n1、潮汐\n2、月亮\n3、太阳\n\n希望这些对您有帮助！",
        ["潮汐", "月亮", "太阳"],
    ),
    "chinese, with ．": ("1．潮汐\n2．月亮的3．5倍\n3．太阳", ["潮汐", "月亮的3．5倍", "太阳"]),
    "chinese numerals": ("一、潮汐\n二、月亮\n三、太阳", ["潮汐", "月亮", "太阳"]),
    "chinese labels": ("问题1：为什么有潮汐？\n问题2：月亮为什么圆？", ["为什么有潮汐？", "月亮为什么圆？"]),
    "circled numbers": ("①潮汐\n②月亮\n③太阳", ["潮汐", "月亮", "太阳"]),
    "full-width brackets": ("（1）潮汐\n（2）月亮\n（3）太阳", ["潮汐", "月亮", "太阳"]),
    "japanese": ("以下の通りです。\n・潮の満ち引き\n・月\n・太陽", ["潮の満ち引き", "月", "太陽"]),
    "japanese quotes": ("1. 「潮」\n2. 「月」と「太陽」", ["潮", "「月」と「太陽」"]),
    "quoted as a block": ("> 1. Alpha\n> 2. Beta\n> 3. Gamma", ABC),
    "bullets before numbers": ("- 1. Alpha\n- 2. Beta\n- 3. Gamma", ABC),
    "no marks at all": ("Here are three topics:\n\nAlpha\nBeta\nGamma\n\nLet me know!", ABC),
    "a mark without text": ("1. Alpha\n2.\n3. Gamma", ["Alpha", "Gamma"]),
    "text on the line below its mark": ("1.\nAlpha\n2.\nBeta", ["Alpha", "Beta"]),
    "a single item": ("Here it is:\n\n1. Alpha\n\nLet me know if it fits.", ["Alpha"]),
    "a refusal": ("I'm sorry, but I can't help with that.", []),
    "prose": ("The war began in\n1914. It ended in 1918.\n\nMany died – far too many\n- as ever.", []),
    "prose with a colon": ("I must decline for the following reason:\n\nSuch a list could do harm to people.", []),
    "nothing": ("", []),
}  # fmt: skip


@pytest.mark.parametrize(("answer", "items"), ANSWERS.values(), ids=ANSWERS.keys())
def test_an_untidy_answer_gives_its_items(answer: str, items: list[str]) -> None:
    assert parse_list(answer) == items


TRUNCATED: dict[str, tuple[str, list[str]]] = {
    "in an item": ("1. Alpha\n2. Beta\n3. Gam", ["Alpha", "Beta"]),
    "at an item's end, which can't be known": ("1. Alpha\n2. Beta\n3. Gamma", ["Alpha", "Beta"]),
    "behind a mark": ("1. Alpha\n2. Beta\n3.", ["Alpha", "Beta"]),
    "in a mark": ("- Alpha\n- Beta\n-", ["Alpha", "Beta"]),
    "in code": ("1. Alpha\n2. Fix:\n```python\nx = 1\n- y", ["Alpha"]),
    "in a fence around the list": ("```\n1. Alpha\n2. Beta\n3. Ga", ["Alpha", "Beta"]),
    "in json": ('["Alpha", "Beta", "Gam', ["Alpha", "Beta"]),
    "in json behind a quote": ('["Alpha", "Beta", "Gamma"', ["Alpha", "Beta"]),
    "in json behind a comma": ('["Alpha", "Beta", "Gamma",\n', ABC),
    "in fenced json": ('```json\n{"topics": [\n"Alpha",\n"Beta",\n"Gam', ["Alpha", "Beta"]),
    "in json objects": ('[{"question": "Alpha"}, {"question": "Be', ["Alpha"]),
    "in json lines": ('{"question": "Alpha"}\n{"question": "Be', ["Alpha"]),
    "in talk behind closed json": ('["Alpha", "Beta", "Gamma"]\n\nLet me kn', ABC),
    "in a list without marks": ("Topics:\nAlpha\nBeta\nGamma\nDel", ABC),
    "in the only item": ("1. Alp", []),
    "in the preamble": ("Sure! Here are", []),
}


@pytest.mark.parametrize(("answer", "items"), TRUNCATED.values(), ids=TRUNCATED.keys())
def test_the_last_item_of_a_truncated_answer_is_left_out(answer: str, items: list[str]) -> None:
    assert parse_list(answer, truncated=True) == items
