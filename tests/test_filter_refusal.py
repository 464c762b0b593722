"""What is a refusal and what only sounds like one, in eight languages."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdg.core.refusals import ENGLISH, OTHERS
from sdg.filter.refusal import Rule
from sdg.record import Record

REFUSALS = (
    "I'm sorry, but I can't help with that.",
    "I’m sorry, but I can’t assist with that request.",
    "I am sorry, but I am unable to provide instructions for that.",
    "Sorry, I can't do that.",
    "Sorry, but I cannot fulfill this request.",
    "I cannot provide instructions on how to build a weapon.",
    "I can't help with hacking into accounts.",
    "I'm unable to help with that request.",
    "I won't help with this.",
    "As an AI language model, I cannot predict the lottery numbers.",
    "As an AI, I don't have access to real-time data.",
    "As a large language model, I am not able to open links.",
    "I apologize, but I cannot in good conscience write this.",
    "I'm just an AI, I can't answer that.",
    "I'm an AI and I cannot browse the internet.",
    "Unfortunately, I am not able to share that information.",
    "I understand you're curious, but I can't provide that.",
    "I understand that this is important to you. However, I cannot help with forging documents.",
    "I must respectfully decline this request.",
    "I'm not comfortable writing that kind of content.",
    "**I'm sorry, but I can't create that.**",
    "I'm sorry for any confusion, but I can't access external websites.",
    "I can't do that.",
    "That's not something I can help with.",
    "I'm sorry, but that request violates my guidelines.",
    "It would be unethical for me to provide such advice.",
    "Es tut mir leid, aber ich kann Ihnen dabei nicht helfen.",
    "Es tut mir leid, aber ich kann diese Frage nicht beantworten.",
    "Leider kann ich dir keine Anleitung dafür geben.",
    "Als KI-Sprachmodell kann ich keine persönlichen Meinungen haben.",
    "Dabei kann ich leider nicht helfen.",
    "Je suis désolé, mais je ne peux pas vous aider.",
    "Désolée, je ne peux pas répondre à cette question.",
    "En tant que modèle de langage, je ne peux pas donner d'avis.",
    "Je ne peux pas vous fournir ces informations.",
    "Lo siento, pero no puedo ayudarte con eso.",
    "Como modelo de lenguaje, no puedo navegar por Internet.",
    "No puedo ayudarte con esa solicitud.",
    "很抱歉，我无法提供这方面的帮助。",
    "对不起，我不能回答这个问题。",
    "作为一个AI语言模型，我无法访问互联网。",
    "抱歉，我不能协助完成这个请求。",
    "申し訳ありませんが、そのご要望にはお応えできません。",
    "申し訳ございませんが、お手伝いできません。",
    "AIアシスタントとして、そのような内容は提供できません。",
    "すみません、その質問にはお答えできません。",
)
"""Answers that refuse."""

ANSWERS = (
    "I can't wait to tell you about this recipe.",
    "I'm sorry for your loss. Here is a letter you could send.",
    "I'm sorry to hear that. You could try the following steps.",
    "I can't help but wonder how it began.",
    "I can't help falling in love with you, sang the king.",
    "I can't answer the phone while driving, said Tom.",
    "\"I'm sorry, but I can't help with that\" is a phrase that assistants use when they refuse.",
    'The phrase "As an AI language model, I cannot" shows up often.',
    "When a model says \"I'm sorry, I can't\", it refuses.",
    "Unfortunately, the war could not be avoided.",
    "Unfortunately, many farmers lost their land.",
    "Sorry, the sum is 12 and not 11.",
    "I cannot stress enough how important sleep is.",
    "I can't open the link, but based on your description here is a summary.",
    "As an AI researcher, I work on models.",
    "As an AI system grows, it can't be tested by hand.",
    "I can't believe it is spring!",
    "I won't lie to you: taxes are hard.",
    "Apologies for the mistake! The right answer is 42.",
    "Dear Anna, I'm sorry, but I can't come to your party.",
    "I am unable to attend the meeting on Monday.",
    "I can't provide for my family, she thought.",
    "I'm afraid of spiders, and so are many people.",
    "I'm not able to sleep when it's hot; many people feel so.",
    "As an AI assistant for farmers, this product can water fields.",
    "Ich kann nicht schlafen, sagte sie.",
    "Leider regnet es heute.",
    "Es tut mir leid, das zu hören. Versuchen Sie Folgendes.",
    "Ich kann es kaum erwarten.",
    "Je ne peux pas attendre.",
    "Désolé pour le retard ! Voici la réponse.",
    "Lo siento mucho por tu pérdida. Aquí tienes una carta.",
    "No puedo esperar a verte.",
    "对不起，我爱你。",
    "很抱歉听到这个消息。以下是一些建议。",
    "我不能没有你。",
    "申し訳ありません、遅くなりました。答えは42です。",
    "すみませんという言葉は謝るときに使います。",
    "I can't give up now, he said.",
    "I can see the sea.",
    "Yes. I can help with that.",
    "Photosynthesis is how plants make sugar.",
)
"""Answers that do not."""


def record(answer: str) -> Record:
    """A record with this one response."""
    return Record.model_validate(
        {
            "id": "r",
            "prompt": [{"role": "user", "content": answer}],
            "responses": [{"messages": [{"role": "assistant", "content": answer}]}],
        }
    )


@pytest.mark.parametrize("answer", REFUSALS)
def test_a_refusal_is_found(answer: str) -> None:
    reason = Rule().judge(record(answer))
    assert reason is not None
    assert reason.startswith("response 1 refuses: ")


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_that_only_sounds_like_a_refusal_stays(answer: str) -> None:
    assert Rule().judge(record(answer)) is None


@pytest.mark.parametrize("refusal", REFUSALS)
def test_an_answer_that_discusses_a_refusal_stays(refusal: str) -> None:
    assert Rule().judge(record(f"Models often decline. A typical sentence is: {refusal}")) is None
    assert Rule().judge(record(f'"{refusal}" is what many models say.')) is None


def test_a_prompt_that_is_a_refusal_is_found_where_prompts_are_judged() -> None:
    assert (Rule(of="prompt").judge(record(REFUSALS[0])) or "").startswith("the prompt refuses: ")


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(sorted(set(" ".join((*ENGLISH, *OTHERS, *REFUSALS)).split()))), max_size=80))
def test_no_beginning_takes_long_to_judge(words: list[str]) -> None:
    begin = time.process_time()
    Rule().judge(record(" ".join(words)))
    assert time.process_time() - begin < 0.5
