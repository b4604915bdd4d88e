"""Everyday times are read in both languages: each alone, beside others, and where they are what is asked for."""

from datetime import datetime

import pytest

from emergence.memory.question.read_question import read_question
from emergence.memory.question.temporal import read_temporal
from tests.memory.asked_times import NOW, PARIS, spans_of


@pytest.mark.parametrize(
    ("english", "french", "first", "after"),
    [
        ("a fortnight ago", "il y a une quinzaine de jours", "2026-11-11", "2026-11-18"),
        ("about two weeks ago", "il y a environ deux semaines", "2026-11-11", "2026-11-18"),
        ("twenty days ago", "y a vingt jours", "2026-11-05", "2026-11-12"),
        ("a month and a half ago", "il y a un mois et demi", "2026-10-09", "2026-10-20"),
        ("two hours ago", "il y a deux heures", "2026-11-28", "2026-11-29"),
        ("ten hours ago", "il y a 10 heures", "2026-11-27", "2026-11-29"),
        ("not long ago", "il n'y a pas longtemps", "2026-11-14", "2026-11-29"),
        ("some weeks ago", "il y a quelques semaines", "2026-10-28", "2026-11-18"),
        ("a long time ago", "il y a longtemps", "2006-12-03", "2026-08-30"),
        ("a while ago", "il y a quelque temps", "2025-11-28", "2026-11-21"),
        ("the week before last", "l'avant-dernière semaine", "2026-11-09", "2026-11-16"),
        ("the month before last", "l'avant-dernier mois", "2026-09-01", "2026-10-01"),
        ("the night before last", "avant-hier soir", "2026-11-26", "2026-11-27"),
        ("over the weekend", "le week-end", "2026-11-28", "2026-11-30"),
        ("this past weekend", "le week-end passé", "2026-11-21", "2026-11-23"),
        ("just now", "tout à l'heure", "2026-11-28", "2026-11-29"),
        ("in the summer", "en été", "2026-06-01", "2026-09-01"),
        ("in the spring of 2025", "au printemps 2025", "2025-03-01", "2025-06-01"),
        ("since the summer", "depuis l'été", "2026-06-01", "2026-11-29"),
        ("since the beginning of the year", "depuis le début de l'année", "2026-01-01", "2026-11-29"),
        ("at the end of last month", "à la fin du mois dernier", "2026-10-19", "2026-11-01"),
        ("at the beginning of the month of March", "au début du mois de mars", "2026-03-01", "2026-03-13"),
        ("last March", "en mars dernier", "2026-03-01", "2026-04-01"),
        ("on the first of March", "le premier mars", "2026-03-01", "2026-03-02"),
        ("on the 3rd", "le 3", "2026-11-03", "2026-11-04"),
        ("on 27/11", "le 27/11", "2026-11-27", "2026-11-28"),
        ("from March to May", "de mars à mai", "2026-03-01", "2026-06-01"),
        ("from 3 to 10 March", "du 3 au 10 mars", "2026-03-03", "2026-03-11"),
        ("between October and February", "entre octobre et février", "2025-10-01", "2026-03-01"),
        ("in recent weeks", "ces dernières semaines", "2026-11-07", "2026-11-29"),
        ("at Christmas", "à Noël", "2025-12-20", "2025-12-28"),
        ("Friday evening", "vendredi soir", "2026-11-27", "2026-11-28"),
        ("in Sept 2025", "en sept. 2025", "2025-09-01", "2025-10-01"),
        ("in Feb", "en févr.", "2026-02-01", "2026-03-01"),
        ("two or three weeks ago", "il y a deux ou trois semaines", "2026-10-28", "2026-11-18"),
        ("in the last days of March", "les derniers jours de mars", "2026-03-19", "2026-04-01"),
        ("before the summer", "avant l'été", "1970-01-02", "2026-06-01"),
        ("before Christmas", "avant Noël", "1970-01-02", "2025-12-20"),
        ("the other night", "l'autre soir", "2026-11-14", "2026-11-29"),
        ("since Saturday", "depuis samedi", "2026-11-21", "2026-11-29"),
        ("all week", "toute la semaine", "2026-11-23", "2026-11-30"),
    ],
)
def test_an_everyday_time_is_read_in_both_languages(english: str, french: str, first: str, after: str) -> None:
    for question in (f"What did we talk about {english}?", f"De quoi a-t-on parlé {french} ?"):
        asked = read_temporal(question, NOW)

        assert asked is not None, question
        assert (question, asked.topic) == (question, "")
        assert spans_of(question) == [(first, after)]


def test_a_weekend_that_was_is_meant_in_the_middle_of_the_week() -> None:
    wednesday = datetime(2026, 11, 25, 9, tzinfo=PARIS)

    for question in ("What did we discuss this weekend?", "De quoi a-t-on parlé ce week-end ?"):
        assert spans_of(question, wednesday) == [("2026-11-21", "2026-11-23")]


@pytest.mark.parametrize(
    "question",
    [
        "Tell me what we talked about yesterday",
        "Dis-moi de quoi on a parlé hier",
        "Do you remember what we talked about yesterday?",
        "Tu te souviens de quoi on a parlé hier ?",
        "On a parlé de quoi hier ?",
        "on s'est dit quoi hier soir",
        "C'était quoi notre discussion d'hier ?",
    ],
)
def test_a_day_is_asked_for_in_many_ways(question: str) -> None:
    asked = read_temporal(question, NOW)

    assert asked is not None
    assert asked.topic == ""
    assert spans_of(question) == [("2026-11-27", "2026-11-28")]


def test_the_one_before_the_last_is_no_side_of_something() -> None:
    assert spans_of("What did we talk about the Tuesday before last?") == [("2026-11-17", "2026-11-18")]
    assert read_temporal("What did we talk about the summer before last?", NOW) is None


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("Quand t'ai-je parlé de mon chat ?", "chat"),
        ("De quoi ai-je parlé ce matin, et comment va mon chat maintenant ?", "chat"),
    ],
)
def test_a_subject_that_looks_like_another_word_stays_one(question: str, topic: str) -> None:
    asked = read_temporal(question, NOW)

    assert asked is not None
    assert topic in asked.topic.split()


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("What do I drink in the morning?", "morning"),
        ("Que fait ma sœur le week-end ?", "week"),
        ("Where do I swim in summer?", "summer"),
        ("Qu'est-ce que je mange en hiver ?", "hiver"),
        ("What do I do on Monday evening?", "evening"),
        ("Que fais-je lundi soir ?", "soir"),
        ("Quel était le dernier jour de mes vacances ?", "jour"),
    ],
)
def test_what_is_done_at_a_time_is_looked_for_by_its_words(question: str, word: str) -> None:
    words = [form.word for term in read_question(question, NOW).terms for form in term.forms]

    assert word in words


def test_a_shortened_month_is_looked_for_by_its_whole_name() -> None:
    (term,) = [each for each in read_question("my boat in Feb", NOW).terms if each.spans]

    assert {form.word for form in term.forms} == {"february", "fevrier"}


def test_the_first_of_something_is_no_day() -> None:
    assert spans_of("What did we say about the first of the two flats in March?") == [("2026-03-01", "2026-04-01")]


@pytest.mark.parametrize("time", ["March and May", "mars et mai"])
def test_times_beside_each_other_are_each_meant(time: str) -> None:
    assert spans_of(f"What did we discuss in {time}?") == [("2026-03-01", "2026-04-01"), ("2026-05-01", "2026-06-01")]


@pytest.mark.parametrize(
    "question", ["What did we discuss yesterday around noon?", "De quoi parlait-on hier vers minuit ?"]
)
def test_a_word_of_time_that_is_not_read_is_no_subject(question: str) -> None:
    asked = read_temporal(question, NOW)

    assert asked is not None
    assert asked.topic == ""
