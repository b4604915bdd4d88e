"""A quote that is cut so that it says the opposite, or what was only supposed, says nothing."""

import pytest

from emergence.memory.gardening.says_so import says_so

TURNED_ROUND = "I don't live in Paris and I do not like cilantro at all. Please don't always answer in German."
CUT = [
    ("live in Paris", TURNED_ROUND),
    ("live in Paris", "I don\u2019t live in Paris."),
    ("like cilantro", TURNED_ROUND),
    ("always answer in German", TURNED_ROUND),
    ("I live in Paris", "I live in Parisot."),
    ("I live in Paris", "If I win, I live in Paris."),
    ("I live in Paris", "My friend says I live in Paris."),
    ("I live in Paris", "I live in Paris no longer."),
    ("I live in Paris", "Did you say I live in Paris?"),
    ("drink wine", "I never eat pork and drink wine."),
    ("I am vegan", "It is false that I am vegan."),
    ("habite à Paris", "Je n'habite plus à Paris."),
    ("j'habite à Paris", "Si j'avais le choix, j'habite à Paris."),
    ("J'aime", "J'aime pas la coriandre."),
    ("allergic to nuts", "My son is allergic to nuts."),
    ("I smoke", "I smoke nothing."),
    ("I like Bob", "I like Bob less and less."),
    ("I have diabetes", "I have diabetes is what my brother answered."),
    ("I have diabetes", "My brother complains, I have diabetes, he shouts"),
    ("I am vegan", "I am vegan until Sunday"),
    ("je fume", "Je fume rarement."),
    ("always answer in French", "My teacher shouts, always answer in French"),
    ("live in Paris", "I'd love to live in Paris."),
    ("I have diabetes", "My brother writes: I have diabetes."),
    ("I have diabetes", "My mother: I have diabetes."),
    ("I live in Paris", "I live in Paris, not."),
    ("I live in Paris", "Bob is sure that I live in Paris."),
    ("I live in Paris", "In the song, I live in Paris."),
    ("manger de la viande", "Je refuse de manger de la viande."),
    ("je suis diabétique", "Il est exclu que je suis diabétique."),
    ("J'habite à Paris", "J'habite à Paris, non je plaisante"),
    ("J'aime la coriandre", "Mon frère dit que j'aime la coriandre."),
]
WHOLE = [
    ("I don't live in Paris", TURNED_ROUND),
    ("I live in Nantes", "I don't live in Paris any more, I live in Nantes."),
    ("I live in  paris", "- no pork\n- I live in\tParis\n- no more"),
    ("always answer in French please", "I like marmalade, and always answer in French please."),
    ("I am vegan", "I am vegan, not vegetarian."),
    ("I moved to Nantes", "In 2019 I moved to Nantes. I don't like it."),
    ("My dog is called Rex", "By the way, my dog is called Rex!"),
    ("I work at Acme", "Note: I work at Acme"),
    ("I live in Nantes", "I live in Nantes with my two cats, near the river."),
    ("we have two children", "We moved last year and we have two children now."),
    ("don't use lists", "Please don't use lists."),
    ("Tutoie-moi", "Bonjour, tutoie-moi s'il te plaît."),
    ("I'm allergic to cats", "Maybe I should add, sorry. I'm allergic to cats"),
    ("j'habite à Nantes", "Je n'habite plus à Paris, mais j'habite à Nantes."),
    ("Je n\u2019aime pas la coriandre", "Je n'aime pas la coriandre !"),
]


@pytest.mark.parametrize(("quote", "text"), CUT)
def test_what_is_denied_or_supposed_around_a_quote_counts(quote: str, text: str) -> None:
    assert not says_so(quote, text)


@pytest.mark.parametrize(("quote", "text"), WHOLE)
def test_what_is_said_elsewhere_does_not(quote: str, text: str) -> None:
    assert says_so(quote, text)
