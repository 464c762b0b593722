"""Whether a text refuses instead of doing what was asked. Phrases only; what follows from it is decided elsewhere.

Judged at the very beginning, in English, German, French, Spanish, Italian, Portuguese, Russian, Chinese, Japanese and
Korean. A text that quotes a refusal further on, or begins with a quotation mark, does not refuse; nor does one that
says what it can't do and then does the rest ("I can't open links, but here is ...").
"""

from __future__ import annotations

import re
import unicodedata

LOOKED_AT = 400
"""Characters of the beginning that are read."""

# The pieces of the phrases. Lower case, straight apostrophes, single spaces; `|` between alternatives.
SORRY = (
    r"(?:i'm|i am) (?:very |so |really |truly |terribly )?sorry|(?:so |very )?sorry|(?:my |sincere )"
    r"*apologies|i apologi[sz]e"
    r"|i'm afraid|i am afraid|unfortunately|regrettably|i regret to (?:say|inform you)"
)
SORRY_FOR = r" (?:about|for) (?:that|this|the|any|your|this)(?: \w+){0,4}| to (?:say|hear)(?: \w+){0,6}"
UNDERSTANDING = (
    r"i (?:understand|appreciate|realize|know|see|recognize)\b[^.!?]{0,150}[.,;!]"
    r"|thank you for (?:your|the|asking|reaching)\b[^.!?]{0,80}[.,;!]"
)
I_CANNOT = (
    r"i (?:really |simply |just |also |therefore |must say i )?(?:can't|cannot|can not|won't|will not"
    r"|couldn't|won't be able to)"
    r"(?: in good conscience| be able to)?|i(?:'m| am) (?:really |currently |simply |just )?"
    r"(?:unable to|not able to|not allowed to|not permitted to|not authorized to|not programmed to|not designed to)"
    r"|i(?:'m| am) not going to|i (?:do not|don't) (?:feel comfortable|have the ability to|have the "
    r"capability to|have access to)"
    r"|i(?:'m| am) not comfortable|i refuse to"
)
SHORT_I_CANNOT = r"can't|cannot|no can do|unable to"
# After an apology, or from "an AI", any of these is a refusal ...
DECLINED = (
    r"help|assist|answer|provide|create|generate|writ|rewrit|revis|comply|fulfil|complet|continu|discuss"
    r"|support|engag|produc"
    r"|offer|shar|giv|do (?:that|this|so|it)|participat|process|respond|list|suggest|recommend|advise|encourag|promot"
    r"|condon|facilitat|accommodat|satisfy|carry out|perform|access|brows|open|view|see (?:the|any|your"
    r"|image)|watch|listen"
    r"|predict|real-time|talk about|go into|make|tell|teach|explain|describ|translat|summari[sz]|solv|verify"
    r"|determin|display|be used"
)
# ... but alone only with what it is about: stories say "I can't help but wonder" and "I can't answer the phone".
DECLINED_WHAT = (
    r"(?:help|assist)(?: you| anyone)?(?: with| in|[.,;!]|$)|comply|fulfil+ (?:this|that|your|the|such)"
    r"|engage in|participate in"
    r"|(?:provide|offer|give|share|create|generate|write|produce|answer|discuss|support|promote|condone"
    r"|encourage|complete|"
    r"continue|respond to|process|recommend)(?: you)?(?: with)?(?: to)? (?:that|this|these|those|any|your"
    r"|such|explicit|sexual|harmful"
    r"|illegal|hateful|offensive|instructions|information|guidance|assistance|medical|legal|financial"
    r"|personal|advice|content"
    r"|a response|details|step|specific|copyrighted|material)\b|do (?:that|this|so)[.!]"
)
AI = (
    r"(?:an? |the )?(?:large |helpful |responsible |virtual |text-based )*(?:language model|ai\b(?: language)"
    r"?(?: model| assistant| system"
    r"| chatbot)?|artificial intelligence|chatbot|virtual assistant|digital assistant)"
)
ENGLISH = (
    rf"(?:{SORRY})(?:{SORRY_FOR})?\W{{0,4}}(?:but |that |however,? |though,? |as {AI}[^.!?]{{0,80}}, ?)"
    rf"*(?:{I_CANNOT}) ?(?:to |with )?"
    rf"(?:\w+ly )?(?:{DECLINED})",
    rf"sorry\W{{0,4}}(?:but )?(?:{SHORT_I_CANNOT}) (?:{DECLINED})",
    rf"(?:{UNDERSTANDING}) ?(?:but |however,? )?(?:{I_CANNOT}) ?(?:to |with )?(?:{DECLINED})",
    rf"(?:{I_CANNOT}) ?(?:to |with )?(?:\w+ly )?(?:{DECLINED_WHAT})",
    rf"(?:(?:{SORRY})\W{{0,4}}(?:but )?)?as {AI}(?:[^.!?]{{0,80}},)? ?(?:but )?(?:{I_CANNOT}) ?(?:to |with )"
    rf"?(?:\w+ly )?(?:{DECLINED}|have|feel)",
    rf"(?:(?:{SORRY})\W{{0,4}}(?:but )?)?(?:i'm|i am) (?:just |only )?{AI}[^.!?]{{0,60}}(?:,|;|\.| and| so) "
    rf"?(?:and |so |but )?(?:{I_CANNOT})",
    r"(?:i'm sorry|sorry|i apologize)\W{0,4}(?:but )?(?:that|this|your|the) (?:request|question|content"
    r"|topic|prompt)\b[^.!?]{0,40}"
    r"(?:violates|goes against|is not something|is against|is inappropriate|is outside|isn't something)",
    r"i(?:'m| am| do) not (?:feel )?comfortable (?:with )?"
    r"(?:writing|providing|helping|assisting|discussing|creating|sharing|generating|answering|producing"
    r"|continuing|giving)\b",
    r"(?:(?:i'm sorry|sorry|i apologize)\W{0,4}(?:but )?)?(?:that|this)(?:'s| is) (?:not |n't )?(?:something"
    r"|a topic|a request) "
    r"(?:that )?i (?:can|can't|cannot|won't|am able to|'m able to)(?: help| assist| do| discuss| provide| "
    r"write| answer)",
    r"(?:i'm sorry\W{0,4}(?:but )?)?i (?:must|have to|will have to|need to) (?:respectfully |politely )"
    r"?(?:decline|refuse)\b",
    r"(?:i'm sorry\W{0,4}(?:but )?)?i (?:respectfully |politely )?decline (?:to|this|that|your)\b",
    r"(?:i'm sorry\W{0,4}(?:but )?)?it(?:'s| is| would be) (?:not appropriate|inappropriate|unethical|not "
    r"ethical|against my) "
    r"[^.!?]{0,40}\b(?:provide|write|create|help|assist|answer|generate|guidelines|programming|policy)",
    rf"(?:{SORRY})\W{{0,4}}(?:but )?i (?:do not|don't) have (?:enough |sufficient |the |any )?"
    rf"[\w ]{{0,30}}to (?:{DECLINED})",
)
OTHERS = (
    # German
    r"(?:(?:es )?tut mir (?:sehr |wirklich )?leid|leider|entschuldigung|ich bedauere|verzeihung)"
    r"[^.!?]{0,60}\b(?:kann|darf|werde) "
    r"[^.!?]{0,80}\b(?:nicht|keine?n?)\b[^.!?]{0,80}\b(?:helfen|beantworten|geben|bereitstellen|erstellen"
    r"|schreiben|erfüllen|nachkommen"
    r"|unterstützen|weiterhelfen|liefern|anbieten|ausführen|generieren|behilflich|bearbeiten|tun)\b",
    r"(?:das|dabei|damit|hierbei|ich) kann (?:ich )?(?:ihnen |dir |euch )?(?:dabei |damit |hierbei |bei "
    r"[^.!?]{1,40} |diese \w+ )?"
    r"(?:leider )?nicht (?:helfen|behilflich|weiterhelfen|unterstützen|beantworten|erfüllen|tun|schreiben"
    r"|erstellen)\b",
    r"als (?:eine? )?(?:großes )?(?:ki|künstliche intelligenz|sprachmodell)\b[^.!?]{0,60}(?:kann|darf) ich "
    r"[^.!?]{0,80}\b(?:nicht|keine?n?)\b",
    # French
    r"(?:je suis |je suis vraiment |vraiment )?(?:désolée?|navrée?)[^.!?]{0,40}je ne (?:peux|suis|pourrai)",
    r"(?:malheureusement|je regrette)[^.!?]{0,20}je ne (?:peux|suis) pas (?:en mesure|vous|t'|répondre|aider"
    r"|fournir|traiter)",
    r"je ne (?:peux|suis) pas (?:en mesure de |capable de )?(?:vous (?:aider|fournir|assister|donner"
    r"|répondre)|t'aider|répondre à (?:cette|votre|ta)"
    r"|fournir|accéder à (?:cette|votre|ta)|créer (?:de|du|ce|un) |satisfaire|donner suite)",
    r"en tant qu(?:e |')(?:modèle|ia\b|assistant|intelligence)[^.!?]{0,60}je ne (?:peux|suis|dispose)",
    # Spanish
    r"(?:lo siento|lo lamento|disculpa|disculpe|lamentablemente|desafortunadamente)(?: mucho)?\W{1,4}(?:pero )?"
    r"(?:no (?:puedo|me es posible|podré|estoy en condiciones)|me temo que no)",
    r"no puedo (?:ayudar(?:te|le|los)?|responder a|proporcionar|cumplir|ofrecer(?:te|le)?|asistir(?:te|le)?"
    r"|generar|participar en)\b",
    r"como (?:un )?(?:modelo de lenguaje|ia\b|inteligencia artificial|asistente)[^.!?]{0,60}no (?:puedo|me "
    r"es posible|tengo la capacidad)",
    # Italian, Portuguese
    r"(?:mi dispiace|spiacente|purtroppo)\W{0,4}(?:ma )?non (?:posso|sono in grado|mi è possibile)",
    r"(?:desculpe|me desculpe|sinto muito|lamento|infelizmente)\W{0,4}(?:mas )?(?:eu )?não (?:posso|consigo"
    r"|sou capaz)",
    # Russian, Korean
    r"(?:извините|простите|к сожалению)\W{0,3}(?:но )?я не могу",
    r"(?:죄송합니다|죄송하지만|미안하지만).{0,40}(?:수 없|어렵)",
    # Chinese, simplified and traditional
    r"(?:我)?(?:很|非常|十分|真的)?(?:抱歉|对不起|對不起|不好意思|遗憾|遺憾)[^。！？!?]{0,30}(?:无法|無法"
    r"|不能|不便|没办法|沒辦法|不可以)"
    r"[^。！？!?]{0,20}(?:提供|回答|帮|幫|协助|協助|满足|滿足|完成|生成|讨论|討論|参与|參與|支持|执行|執行"
    r"|给|給|写|寫|创作|創作|处理|處理|继续|繼續|做)",
    r"(?:我)?(?:无法|無法|不能)(?:为您|为你|為您|為你)?(?:提供|回答|帮助|幫助|协助|協助|满足|滿足)(?:这|這"
    r"|该|此|您|你|任何|有关|有關|关于|相关)",
    r"(?:作为|作為|身为)(?:一个|一個|一名|一款)?(?:ai|人工智能|人工智慧|大型|大)?(?:语言模型|語言模型|助手"
    r"|模型|ai)?[^。！？!?]{0,20}我?(?:无法|無法|不能|没有能力)",
    # Japanese
    r"(?:大変|誠に)?(?:申し訳(?:ありません|ございません|ない)|すみません|すいません|恐れ入ります|残念ながら"
    r"|ごめんなさい)[^。！？!?]{0,20}[。、，,]?"
    r"[^。！？!?]{0,60}(?:できません|できかねます|いたしかねます|応えられません|答えられません|お断り"
    r"|対応していません)",
    r"(?:ai|人工知能|言語モデル|aiアシスタント)(?:言語モデル|アシスタント)?(?:として|である|なので|ですので)"
    r"[^。！？!?]{0,60}(?:できません|できかねます)",
    r"(?:その|この|ご)(?:ような)?(?:リクエスト|質問|要望|依頼|要求|ご質問|ご要望|ご依頼)(?:に|には|は|を)"
    r"[^。！？!?]{0,20}"
    r"(?:お応えできません|お答えできません|応じられません|対応できません|できかねます)",
)
STILL_ANSWERS = (
    "here is", "here's", "here are", "here is what", "i can tell you", "i can still", "based on", "hier "
    "ist", "hier sind", "voici",
    "aquí tienes", "aquí está", "ecco", "aqui está", "以下是", "以下は", "以下の",
)  # fmt: skip
"""Soon after the phrase these show that an answer follows all the same."""

_REFUSAL = re.compile("|".join(f"(?:{phrase})" for phrase in (*ENGLISH, *OTHERS)))


def refusal_in(text: str) -> str:
    """The words at the beginning of `text` that refuse, or "" if it does not."""
    start = unicodedata.normalize("NFKC", text[:LOOKED_AT]).replace("’", "'").lower()
    start = " ".join(start.lstrip(" \t\r\n*_#>").split())
    found = _REFUSAL.match(start)
    if found is None or any(phrase in start[found.end() :] for phrase in STILL_ANSWERS):
        return ""
    return found[0]
