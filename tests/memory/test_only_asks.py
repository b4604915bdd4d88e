"""A question that tells nothing is told from one that carries something, in both languages."""

import pytest

from emergence.memory.question.only_asks import asks_for_questions, only_asks


@pytest.mark.parametrize(
    "said",
    [
        "What is my dog's name?",
        "What's my dog called?",
        "Where does Rex sleep?",
        "Do you remember my dog?",
        "Do you know what my dog's name is?",
        "Can you tell me where I live?",
        "Hi! So, what is the name of my sister?",
        "Which wine goes with lamb?",
        "Comment s'appelle mon chien ?",
        "Quel est le nom de mon chien ?",
        "Est-ce que tu te souviens de mon chien ?",
        "Te souviens-tu de ma sœur ?",
        "Où j'habite ?",
        "Tu sais où j'habite ?",
        "Qu'est-ce que je bois le matin ?",
        "Peux-tu me rappeler le nom de mon chien ?",
        "À quelle heure part mon train ?",
        "Remind me what my dog is called.",
        "Please tell me my dog's name.",
        "What is my dog's name",
        "What is my dog's name?!",
        "Do you remember where I live",
        "I live where?",
        "Do you know what I like to drink?",
        "Dis-moi comment s’appelle mon chien.",
        "Rappelle-moi le nom de mon chien",
        "Mon chien s’appelle comment ?",
        "J’habite où ?",
        "Sais-tu ce que j’aime boire ?",
        "What did I say in 2024?",
        "So, what did we talk about in March 2024?",
        "Where was I living in 2019?",
        "What did I ask on 12 March?",
        "Where do I live?",
        "Where do I work?",
        "What do I drink in the morning?",
        "How do I like my coffee?",
        "Qu’est-ce que j’ai dit en 2024 ?",
        "Où habitais-je en 2019 ?",
        "De quoi parlait-on le 12 mars 2024 ?",
        "Qu’est-ce que je fais dans la vie ?",
    ],
)  # fmt: skip
def test_it_only_asks(said: str) -> None:
    assert only_asks(said)


@pytest.mark.parametrize(
    "said",
    [
        "Did I tell you that my dog Rex is ill?",
        "Did I tell you my dog is ill?",
        "Is my dog Rex too old for stairs?",
        "I live in Nantes, right?",
        "My dog is ill. What is good for him?",
        "What is good against fleas, my dog has many?",
        "What should I cook for my vegan sister?",
        "Can you suggest a name for my second dog?",
        "Where is the umbrella that I left in the train?",
        "What do people eat in Lyon, since I move there in May?",
        "Je t'ai dit que mon chien Rex est malade ?",
        "Est-ce que je t'ai dit que mon chien est malade ?",
        "Que puis-je cuisiner pour ma sœur végane ?",
        "Quel vin va avec l'agneau, parce que mon frère vient ?",
        "My dog is called Rex.",
        "Have I told you I hate coriander?",
        "Do you remember where I hid the key: under the red pot?",
        "Why did they fire me from Acme in 2019?",
        "Why did they fire me from Acme?",
        "Was Mum's operation on 12 March a success?",
        "Sais-tu combien je déteste la coriandre ?",
        "Remind me to buy milk.",
        "Remind me when I get home to call my sister.",
        "Rappelle-moi de nourrir le chien.",
        "Rappelle-moi que mon chien est malade.",
        "Mon chien Rex mange quoi ?",
        "What a day, my dog is ill",
        "Why did I leave Acme in 2019?",
        "Pourquoi ai-je quitté Acme en 2019 ?",
        "What do I cook for my vegan sister?",
        "How do I get to my dentist in Brest?",
        "Where do I begin, I weigh 90 kilos?",
        "Did we move to flat 14 in 2019?",
        "When I was young I lived in Brest",
        "?!",
    ],
)  # fmt: skip
def test_it_says_something_too(said: str) -> None:
    assert not only_asks(said)


def test_of_former_questions_one_may_ask() -> None:
    assert asks_for_questions("What did I ask you about visas?")
    assert asks_for_questions("Qu'est-ce que je t'ai demandé hier ?")
    assert not asks_for_questions("What is my dog's name?")
