"""What the answers of the constraint tests are made of: plain sentences. For tests only."""

from __future__ import annotations

import random
from typing import Any

Made = tuple[dict[str, Any], str]
"""(arguments, answer)"""

_WHO = ("The harbour master", "A young teacher", "Our oldest neighbour", "The village council", "Every winter storm")
_DOES = ("has often described", "wanted to protect", "carefully repaired", "would never forget", "wrote about")
_WHAT = ("the wooden bridge", "a narrow garden path", "those quiet evenings", "the price of bread", "an early map")
_HOW = (
    "near the river",
    "after the long summer",
    "with very little money",
    "before anyone noticed",
    "for thirty years",
)

SPEECH = {
    "en": "The tide comes in twice a day, and the fishermen of the village know its hours by heart.",
    "de": "Die Flut kommt zweimal am Tag, und die Fischer des Dorfes kennen ihre Stunden auswendig.",
    "fr": "La marée monte deux fois par jour, et les pêcheurs du village connaissent ses heures par cœur.",
    "es": "La marea sube dos veces al día, y los pescadores del pueblo conocen sus horas de memoria.",
    "it": "La marea sale due volte al giorno, e i pescatori del villaggio conoscono le sue ore a memoria.",
    "pt": "A maré sobe duas vezes por dia, e os pescadores da aldeia conhecem as suas horas de cor.",
    "pl": "Przypływ przychodzi dwa razy dziennie, a rybacy z wioski znają jego godziny na pamięć.",
    "fi": "Vuorovesi nousee kahdesti päivässä, ja kylän kalastajat tuntevat sen ajat ulkoa.",
    "vi": "Thủy triều lên hai lần mỗi ngày, và ngư dân trong làng thuộc lòng giờ giấc của nó.",
    "sw": "Maji hujaa mara mbili kwa siku, na wavuvi wa kijiji wanajua saa zake kwa moyo.",
    "ru": "Прилив приходит дважды в день, и рыбаки деревни знают его часы наизусть.",
    "uk": "Приплив приходить двічі на день, і рибалки села знають його години напам'ять.",
    "bg": "Приливът идва два пъти на ден и рибарите от селото знаят часовете му наизуст.",
    "ar": "يأتي المد مرتين في اليوم، ويعرف صيادو القرية ساعاته عن ظهر قلب.",
    "fa": "جزر و مد دو بار در روز می‌آید و ماهیگیران روستا ساعت‌های آن را از بر می‌دانند.",
    "ur": "جوار دن میں دو بار آتا ہے اور گاؤں کے ماہی گیر اس کے اوقات زبانی جانتے ہیں۔",
    "he": "הגאות מגיעה פעמיים ביום, ודייגי הכפר יודעים את שעותיה בעל פה.",
    "hi": "ज्वार दिन में दो बार आता है और गाँव के मछुआरे उसका समय अच्छी तरह जानते हैं।",
    "ne": "ज्वारभाटा दिनमा दुई पटक आउँछ र गाउँका माझीहरूलाई यसको समय कण्ठस्थ थाहा छ।",
    "mr": "भरती दिवसातून दोनदा येते आणि गावातील मच्छीमारांना तिची वेळ तोंडपाठ आहे.",
    "bn": "জোয়ার দিনে দুবার আসে এবং গ্রামের জেলেরা তার সময় মুখস্থ জানে।",
    "th": "น้ำขึ้นวันละสองครั้ง และชาวประมงในหมู่บ้านรู้เวลาของมันขึ้นใจ",
    "ko": "밀물은 하루에 두 번 들어오고 마을의 어부들은 그 시간을 외우고 있다.",
    "ja": "潮は一日に二度満ちてきて、村の漁師たちはその時刻をよく知っている。",
    "zh": "潮水每天涨两次，村里的渔民对它的时间了如指掌。",
    "ta": "அலை ஒரு நாளைக்கு இரண்டு முறை வருகிறது, கிராமத்து மீனவர்கள் அதன் நேரத்தை நன்கு அறிவார்கள்.",
    "te": "ఆటుపోట్లు రోజుకు రెండుసార్లు వస్తాయి, గ్రామంలోని మత్స్యకారులకు వాటి సమయం బాగా తెలుసు.",
    "kn": "ಉಬ್ಬರವಿಳಿತವು ದಿನಕ್ಕೆ ಎರಡು ಬಾರಿ ಬರುತ್ತದೆ ಮತ್ತು ಹಳ್ಳಿಯ ಮೀನುಗಾರರಿಗೆ ಅದರ ಸಮಯ ಚೆನ್ನಾಗಿ ಗೊತ್ತು.",
    "ml": "വേലിയേറ്റം ദിവസത്തിൽ രണ്ടുതവണ വരുന്നു, ഗ്രാമത്തിലെ മത്സ്യത്തൊഴിലാളികൾക്ക് അതിന്റെ സമയം നന്നായി അറിയാം.",
    "gu": "ભરતી દિવસમાં બે વાર આવે છે અને ગામના માછીમારો તેનો સમય સારી રીતે જાણે છે.",
    "pa": "ਜਵਾਰ ਦਿਨ ਵਿੱਚ ਦੋ ਵਾਰ ਆਉਂਦਾ ਹੈ ਅਤੇ ਪਿੰਡ ਦੇ ਮਛੇਰੇ ਇਸਦਾ ਸਮਾਂ ਚੰਗੀ ਤਰ੍ਹਾਂ ਜਾਣਦੇ ਹਨ।",
}  # fmt: skip
"""One sentence in each language of IFEval, and in Chinese."""


def clause(rng: random.Random) -> str:
    """A sentence without its end, nine words or so."""
    return f"{rng.choice(_WHO)} {rng.choice(_DOES)} {rng.choice(_WHAT)} {rng.choice(_HOW)}"


def prose(rng: random.Random, sentences: int) -> str:
    """So many plain English sentences."""
    return " ".join(clause(rng) + rng.choice((".", ".", ".", "!", "?")) for _ in range(sentences))


def near(rng: random.Random, number: int) -> int:
    """A number at the bound, one beside it, or farther off."""
    return max(0, number + rng.choice((-3, -1, -1, 0, 0, 1, 1, 3)))
