"""What a model says where a person would come to the point: thanks, praise, assistant manners, stage directions.

Patterns for the beginning of a text, each ending where the person's own words begin. A person's words look much alike
("Thank you-letters", "Sure enough, ...", "Thanks to the new law ..."), so each pattern wants the whole phrase and the
punctuation after it. English most of all, and the commonest forms of nine other languages. No checks here.
"""

from __future__ import annotations

import re

_ADVERB = r"(?:really|very|so|super|truly|quite|extremely|incredibly|absolutely|pretty|exactly|all|such|just|actually)"
_GOOD = (
    r"(?:great|good|helpful|useful|interesting|fascinating|insightful|informative|amazing|awesome|excellent|fantastic"
    r"|wonderful|brilliant|perfect|clear|detailed|thorough|comprehensive|nice|impressive|terrific|superb|valuable"
    r"|thoughtful|concise|thorough)"
)
_ANSWER = (
    r"(?:explanations?|answers?|questions?|overviews?|summary|summaries|breakdowns?|responses?|points?|advice|insights?"
    r"|tips?|info|information|details?|suggestions?|examples?|ideas?|list|stuff|work|job|start|clarifications?|help"
    r"|guide|analysis|perspective|recommendations?|steps?|plan|write-up|read)"
)
_THANKS = (
    r"(?:(?:many|much|big|huge) thanks|thanks|thank (?:you|u)|thx|tysm|cheers|much appreciated)"
    r"(?:,? (?:so|very) much|,? a (?:lot|bunch|ton|million)|,? again|,? man|,? heaps|,? indeed)*"
)
_DOING = (
    r"(?:explaining|clarifying|sharing|providing|giving|taking|helping|breaking|going|laying|outlining|offering"
    r"|answering|responding|pointing|walking|letting|getting|being|listing|showing|making|doing|putting"
    r"|writing|the|your"
    r"|that|this|these|those|all|such|so|an?)"
)
_SAID_OF_IT = (
    r"(?:for )?(?:the|your|that|this|these|all)(?: (?!what|how|why|who|which|where)\w+){1,3} (?:is|was|are|were)\b"
)
_FOR = rf"(?: for (?!{_SAID_OF_IT}){_DOING}\b[^.!?。\n]{{0,140}}?)?"
_OH = r"(?:(?:oh|ah|wow|ok|okay|yes|yeah|hi|hello|hey|alright|great|perfect|awesome|nice|right|got it|i see)[,!.]? )?"
_STOP = r"(?:[.!…]+|[:;]-?\)|—|–| -)(?:\s+|\Z)"
_GOES_ON = (
    r"(?=(?:but|and|now|so|can|could|what|how|why|when|where|who|which|do|does|did|is|are|was|will|would|should|that"
    r"|i|i'm|i've|it|however|though|just|one|let|please|also|then|if|my|in|on|for|about|still|let's|quick|another)\b)"
)
_HELPS = (
    r"(?:,? (?:that|this|it)(?:'s|’s| is| was)? (?:(?:really|very|already|so|actually|all|super|a lot|definitely|quite)"
    r" )*(?:helps?|helped|makes? (?:\w+ ){0,3}sense|clears?|cleared|clarif\w+|gives?|gave|answers?|answered|what i|"
    rf"{_GOOD})\b[^.!?\n]{{0,80}}?)"
)

THANKS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # "Thank you so much for the detailed answer!", "Thanks, that helps a lot.", "Ok, thanks!"
        rf"\A{_OH}{_THANKS}{_FOR}{_HELPS}?(?:,? (?:that|this|it) (?:helps|helped))?{_STOP}",
        # "Thanks, but I meant ...", "Thank you for the list, could you ..."
        rf"\A{_OH}{_THANKS}{_FOR}, (?:but |and )?{_GOES_ON}",
        # "I appreciate your help!", "I really appreciate the detail."
        rf"\AI (?:{_ADVERB} )?appreciate (?:it|that|this|(?:the|your|all|you) [^.!?\n]{{1,100}}?)[.!]+(?:\s+|\Z)",
        # German, French, Spanish, Italian, Portuguese, Dutch
        r"\A(?:(?:ok|okay|super|oh|ah|gut|toll|prima|alles klar)[,!.]? )?(?:danke(?:schön| schön| sehr| dir| ihnen)*"
        r"|(?:vielen|besten|herzlichen|tausend|lieben) (?:(?:lieben|herzlichen) )?dank)"
        rf"(?: für (?:die|das|den|deine?|ihre?|eure?)\w*\b[^.!?\n]{{0,120}}?)?{_STOP}",
        r"\A(?:(?:ok|super|oh|ah|parfait|d'accord)[,!.]? )?merci(?: beaucoup| bien| infiniment| mille fois"
        r"| à (?:toi|vous))*"
        rf"(?: (?:pour|de) (?:l[ae'’]|les|cette|ces?|ta|tes|ton|votre|vos|m['’]avoir|avoir|tout)\b[^.!?\n]{{0,120}}?)?"
        rf" ?{_STOP}",
        r"\A[¡]?(?:(?:ok|vale|ah|oh|genial|perfecto)[,!.]? [¡]?)?(?:(?:muchas|mil|muchísimas) )?gracias"
        rf"(?: por (?:la|el|los|las|tu|tus|su|sus|esta?|explicar\w*|todo)\b[^.!?\n]{{0,120}}?)?{_STOP}",
        r"\A(?:(?:ok|ah|oh|perfetto)[,!.]? )?(?:grazie|ti ringrazio|la ringrazio)(?: mille| tante| infinite)?"
        rf"(?: (?:per|della|dell'|del) [^.!?\n]{{1,120}}?)?{_STOP}",
        r"\A(?:(?:ok|ah|oh|perfeito)[,!.]? )?(?:muito )?obrigad[oa](?: (?:mesmo|por|pela|pelo|pelas|pelos)\b"
        rf"[^.!?\n]{{0,120}}?)?{_STOP}",
        rf"\A(?:(?:oké|ok|ah)[,!.]? )?(?:bedankt|dank je(?: wel)?|dank u(?: wel)?)(?: voor [^.!?\n]{{1,120}}?)?{_STOP}",
        # Russian, Chinese, Japanese, Korean
        r"\A(?:большое |огромное )?(?:спасибо|благодарю)(?: большое| огромное| вам| вас| тебе)*"
        rf"(?: за [^.!?\n]{{1,120}}?)?{_STOP}",
        r"\A(?:好的?[，,！!]\s*)?(?:非常|十分|多|太|真的)?(?:感谢|谢谢|感謝|謝謝|多谢|多謝)(?:您|你)?(?:了|啦)?"
        r"(?:(?:的|这|這|为|為|提供|分享|如此)[^。！!？?\n]{1,40})?[。！!，,～~]+\s*",
        r"\A[^。！!？?\n]{0,30}(?:ありがとう(?:ございます|ございました)?|感謝します)[。！!、]+\s*",
        r"\A[^.。!！?？\n]{0,30}(?:감사합니다|감사해요|고맙습니다|고마워요?)[.!,]+\s*",
    )
)
PRAISE = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # "Great explanation!", "That's a really helpful breakdown.", "What an interesting question!", "Very clear!"
        rf"\A(?:wow[,!.]? )?(?:(?:that|this|it)(?:'s|’s| is| was|  are)? |these (?:are|were) |those (?:are"
        rf"|were) |what )?"
        rf"(?:an? |some )?(?:{_ADVERB} )*{_GOOD}(?:,? and (?:{_ADVERB} )*{_GOOD})*(?: {_ANSWER}| one| of you)?"
        r"(?: (?:about|on|of|for me)(?: [\w-]+){1,6})?"
        r"(?:,? (?:many )?(?:thanks|thank you)[^.!?\n]{0,40})?(?:[!…]+|\.)(?:\s+|\Z)",
        rf"\A(?:I (?:{_ADVERB} )?(?:love|like|enjoyed) (?:this|that|your|the) (?:{_GOOD} )?{_ANSWER}"
        rf"|well (?:said|explained|put)"
        r"|nicely (?:put|done)|good to know|you're amazing|you(?:'ve| have) been (?:so |very )?helpful)[.!]+(?:\s+|\Z)",
        # German, French, Spanish, Chinese
        r"\A(?:das (?:ist|war|klingt) (?:wirklich |sehr |echt |ja |äußerst )*)?(?:eine? )?(?:sehr )?(?:tolle?"
        r"|super|gute"
        r"|klasse|hervorragende?|großartige?|ausgezeichnete?|hilfreich|interessant)(?: (?:erklärung|antwort|übersicht"
        r"|frage|zusammenfassung))?!+(?:\s+|\Z)",
        r"\A(?:c['’]est |quelle? )?(?:vraiment |très )*(?:excellente?|super|utile|clair|intéressante?|bonne|parfait)"
        r"(?: (?:explication|réponse|question))? ?!+(?:\s+|\Z)",
        r"\A¡?(?:es )?(?:muy |qué )?(?:excelente|buena|gran|genial|útil|interesante|perfecto)"
        r"(?: (?:explicación|respuesta|pregunta))?!+(?:\s+|\Z)",
        r"\A(?:你的|您的|这个|這個)?(?:解释|解釋|回答|说明|說明|分析|建议|建議)(?:得)?(?:非常|很|真|太)[^，。！!？?\n]{1,12}[。！!]\s*",
    )
)
_HAPPY = (
    r"(?:i(?:'d|’d| would)(?: be)? (?:happy|glad|love|delighted|pleased)|i(?:'m| am) (?:happy|glad)"
    r"|i(?:'ll|’ll| will| can)(?: certainly| gladly)? (?:help|assist|do that|play|continue|write))"
)
ASSISTANT = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # "Sure!", "Certainly!" - "Sure, but ..." and "Of course the price matters" are a person's
        r"\A(?:sure(?: thing)?|certainly|of course|absolutely|definitely|gladly|no problem)[!.]+(?:\s+|\Z)",
        rf"\A(?:(?:sure|certainly|of course|absolutely|okay|ok"
        rf"|great)[!,.]* )?{_HAPPY}\b[^.!?:\n]{{0,120}}[.!:]+(?:\s+|\Z)",
        # "Sure, here is the next message of the user:", "Here's a follow-up question:"
        r"\A(?:(?:sure|certainly|of course|absolutely|okay|ok)[!,.]* )?(?:\*\*)?here(?:'s|’s| is| are) (?:the"
        r"|my|an?|one|your)"
        r" (?:[\w'’-]+ ){0,3}?(?:message|question|follow-?up|turn|reply|response)\b[^\n:]{0,60}:(?:\*\*)?\s+",
        # "As an AI language model, I don't eat. ..."
        r"\Aas an? (?:ai|artificial intelligence|(?:large )?language model)\b[^.!?\n]{0,40}\bI\b[^.!?\n]{0,160}[.!]"
        r"(?:\s+|\Z)",
        r"\A(?:gerne|natürlich|klar|selbstverständlich|bien sûr|avec plaisir|claro(?: que sí)?|por supuesto|con gusto"
        r"|certo|certamente|con piacere|claro que sim|com certeza|natuurlijk|конечно) ?!+(?:\s+|\Z)",
        r"\A¡(?:claro(?: que sí)?|por supuesto|con gusto)!\s*",
        r"\A(?:当然|當然|没问题|沒問題|もちろん(?:です)?|물론(?:입니다|이죠)?)[！!。]+\s*",
    )
)
_GESTURE = (
    r"(?:sigh|smile|laugh|chuckle|nod|frown|pause|shrug|grin|wink|giggle|blink|smirk|gasp|groan|hesitate|ponder|think)s"
    r"|(?:sighing|smiling|laughing|chuckling|nodding|frowning)|scratches (?:his|her|their|my)? ?(?:head|chin)|leans \w+"
    r"|rolls (?:his|her|their)? ?eyes|raises (?:an? |his |her )?\w+|crosses (?:his |her )?arms|clears (?:his "
    r"|her )?throat"
    r"|takes a (?:sip|deep breath|breath|moment)|looks (?:at|up|down|around|over|puzzled|confused|thoughtful)"
    r"|types (?:quickly|slowly|again)|tilts (?:his |her )?head|rubs (?:his |her )?\w+|furrows (?:his |her )?brow"
)
_ACTING = rf"(?:(?:s?he|they|I|the user) )?(?:\w+ly )?(?:{_GESTURE})\b"
_ELSEWHERE = (
    r"(?:seufzt|lacht|lächelt|nickt|runzelt|soupire|sourit|rit|hoche|suspira|sonríe|ríe|asiente|sospira"
    r"|sorride|вздыхает"
    r"|улыбается|叹气|微笑|苦笑|皱眉|思考|ため息|笑い?|한숨)"
)
DIRECTION = re.compile(
    rf"\*{{1,2}}_?(?:{_ACTING}|{_ELSEWHERE})[^*\n]{{0,60}}\*{{1,2}}\s*"
    rf"|(?:\(|\[|（|【)\*?(?:{_ACTING}|{_ELSEWHERE})[^()\[\]（）【】\n]{{0,80}}(?:\)|\]|）|】)\s*"
    r"|(?:\(|\[)(?:end(?: of (?:the )?(?:message|conversation|turn))?|continued?|continues|follow-?up|in character"
    r"|as (?:the )?user|user'?s? (?:message|turn))(?:\)|\])\s*",
    re.IGNORECASE,
)
"""*sighs*, (leans back), [end of conversation]; emphasis such as *why* and remarks such as (see above) are no such."""
