"""The simulated user's messages: what is taken off, and what stays. Pure functions, no model."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdg.core.user.cleaning import cleaned

OWN = [
    "Thank you-letters are what I have to write, twelve of them. How do I keep them from sounding alike?",
    "Thanks to the new law my landlord may raise the rent twice. Is that so?",
    "Thank you for smoking is a film I half remember. Who is in it?",
    "Thank you for your service is what people tell my brother. What should he answer?",
    "Thanksgiving is in two weeks, so which of these dishes freeze well?",
    "Sure-fire ways don't exist, I know, but which of the two would you take?",
    "Sure enough, the pump failed again. What now?",
    "Sure, but what if it rains?",
    "Of course the price matters. What would the cheap one cost over ten years?",
    "Certainly not the second one. Make the first one shorter.",
    "Great Expectations or Bleak House first?",
    "Great Britain was left out. Why?",
    "Good answers need sources. Where are yours?",
    "Perfect pitch can be learned, says my teacher. True?",
    "Here is my code:\n```python\nprint(x)\n```\nWhy does it fail?",
    "User: root\nPassword: hunter2\nThat is what the log shows. Is it safe to keep such lines?",
    "The team is:\nManager: 3 days\nAssistant: 2 days\nHow do I split the bonus?",
    "As an AI, you must have read that book. What did the critics say of it?",
    "As a nurse I can't lift that. Is there a way for one person?",
    "Note: my oven is gas. Does that change the times?",
    "Budget: 500 euros. Which one then?",
    '"Slow down" is what the sign says, and "stop" is below it. Which one counts?',
    "I said *why*, not *how*. So why?",
    "It (the valve) leaks. Which seal?",
    "I appreciate that the rule exists, but who enforces it?",
    "you and me: who pays?",
    "Dank des neuen Gesetzes darf der Vermieter das. Stimmt das?",
    "Danke-Karten soll ich schreiben, zwölf Stück. Wie klingen sie nicht alle gleich?",
    "Merci de m'indiquer la date exacte ?",
    "Gracias a la lluvia no hay sequía. ¿Y el año que viene?",
    "感谢信要怎么写才不俗气？",
    "What's the point of it, if nobody's watching?",
]
ASKED = [
    "What if the soil is heavy clay?",
    "You say two weeks. My neighbour waited five; which is right?",
    "I meant the old model, not the new one.",
    "iPhone or not, where is the switch?",
    "wo steht das im Vertrag?",
]
BEFORE = [
    "Thank you!", "Thanks.", "Thank you for the detailed answer! ", "Thanks, that helps.",
    "Thanks so much for explaining this!",
    "Thanks, that makes a lot of sense.", "Ok, thanks!", "Oh, thank you so much!", "Great, thanks for the tips!",
    "Thank you very much for the comprehensive breakdown of what is going on.", "Many thanks for your help!",
    "I really appreciate the detailed explanation.", "I appreciate your help!",
    "Thank you for taking the time to answer.",
    "Great explanation!", "That's very helpful, thanks!",
    "That's really helpful!", "That is a very helpful overview.", "What a great answer!",
    "Wow, that's amazing!",
    "Perfect!", "Very clear and helpful!", "This is great.", "Great question!", "That's a good point.",
    "Sure!", "Certainly!", "Of course!", "Sure, I'd be happy to help.",
    "Certainly! I'd be glad to continue the conversation.",
    "I'd be happy to ask a follow-up question!", "Sure, here is the next message of the user:\n\n",
    "Here's a possible follow-up question:", "As an AI language model, I don't have a garden of my own.",
    "User:", "**User**:", "**User:**", "Human:", "[user]\n", "[User]:", "<user>", "Next message:",
    "**Next message:**", "### User\n",
    "The next message of the user:", "User's next message:", "You:", "Follow-up question:", "Marta:", "**Marta**:",
    "*sighs*", "*scratches her head*", "(laughs)", "(leans back)", "[sighs deeply]",
    "Vielen Dank für die ausführliche Antwort!", "Danke!", "Danke schön.", "Sehr hilfreich!", "Tolle Erklärung!",
    "Gerne!",
    "Merci beaucoup pour ces explications !", "Merci !", "¡Muchas gracias por la explicación!", "¡Claro!",
    "Grazie mille!",
    "Muito obrigado pela resposta!", "Большое спасибо за ответ!", "Bedankt!", "谢谢你的详细解释！", "非常感谢！",
    "好的，谢谢。",
    "詳しい説明をありがとうございます。", "ありがとう！", "자세한 설명 감사합니다!", "Nutzer:", "用户：",
    "Utilisateur :",
]  # fmt: skip
AFTER = [
    "\n\nAssistant: With clay, dig in sand first.", "\nAssistant: Yes.\n\nUser: And then?", "\n\n**Assistant:** No.",
    "\n[assistant]\nNo.",
    "<|im_end|>", "<extra_id_1>Assistant\nNo.", "</s>", "<|eot_id|><|start_header_id|>assistant", "\n</conversation>",
    "\n\n(This message asks for a special case.)", "\n\n---\n*[Note: this question changes a condition.]*",
    " [end of conversation]", " (end)",
]  # fmt: skip
AROUND = ['"{}"', "“{}”", "„{}“", "«{}»", "**{}**", "```\n{}\n```", "```text\n{}\n```", "「{}」"]
PERSONA = "Marta, a night nurse from Porto who types in haste"


@pytest.mark.parametrize("text", OWN)
def test_what_a_person_says_stays(text: str) -> None:
    assert cleaned(text, PERSONA) == text


@pytest.mark.parametrize("before", BEFORE)
def test_manners_and_labels_in_front_are_taken_off(before: str) -> None:
    for text in ASKED:
        found = cleaned(f"{before} {text}", PERSONA)
        assert found in (text, text[0].upper() + text[1:]), found
    assert cleaned(before, PERSONA) == "" or before.endswith((":", "：", "\n", ">", "]:"))


@pytest.mark.parametrize("after", AFTER)
def test_what_a_model_writes_behind_the_message_is_taken_off(after: str) -> None:
    for text in ASKED:
        assert cleaned(text + after, PERSONA) == text


@given(st.sampled_from(ASKED), st.lists(st.sampled_from(BEFORE), max_size=4), st.sampled_from(["{}", *AROUND]))
def test_any_pile_of_manners_is_taken_off(text: str, before: list[str], around: str) -> None:
    piled = " ".join([*before, around.format(text)])
    assert cleaned(piled, PERSONA).casefold() == text.casefold()


@given(st.text(max_size=200) | st.lists(st.sampled_from([*BEFORE, *OWN, *AFTER, " ", "\n"]), max_size=6).map("".join))
def test_cleaning_adds_nothing_and_is_done_at_once(text: str) -> None:
    found = cleaned(text, PERSONA)
    assert cleaned(found, PERSONA) == found
    letters = iter(text.casefold())
    assert all(letter in letters for letter in found.casefold()), "a subsequence, but for a capital letter"


_PLAIN = st.text(alphabet="abcdefgxyz ,;0123456789äéöñß中文かな", min_size=1, max_size=120).filter(str.strip)


@given(_PLAIN, st.sampled_from(["", "?", "!", "."]))
def test_a_text_without_any_manners_is_left_alone(text: str, end: str) -> None:
    assert cleaned(text + end) == (text + end).strip()


def test_thanks_before_a_comma_go_and_the_rest_begins_a_sentence() -> None:
    assert cleaned("Thanks, but I meant the old one.") == "I meant the old one."
    assert cleaned("Thank you for the list, could you sort it?") == "Could you sort it?"
    assert cleaned("thanks, what about b?") == "what about b?"
    assert cleaned("Thanks! iPhone users see nothing of it, why?") == "iPhone users see nothing of it, why?"
