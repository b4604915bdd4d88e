"""Questions that ask for a timeline are told from those that only name a time, in two languages and in any zone."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from emergence.memory.question.dates import MONTHS, named_times
from emergence.memory.question.read_question import read_question
from emergence.memory.question.temporal import read_temporal
from tests.memory.asked_times import NOW, PARIS, spans_of

AUCKLAND, LOS_ANGELES = map(ZoneInfo, ("Pacific/Auckland", "America/Los_Angeles"))


@pytest.mark.parametrize(
    ("question", "first", "after"),
    [
        ("What did we discuss in March?", "2026-03-01", "2026-04-01"),
        ("De quoi parlait-on en mars ?", "2026-03-01", "2026-04-01"),
        ("What did we talk about in December?", "2025-12-01", "2026-01-01"),
        ("De quoi avons-nous parlé en mars 2024 ?", "2024-03-01", "2024-04-01"),
        ("Qu'est-ce qu'on s'est dit hier ?", "2026-11-27", "2026-11-28"),
        ("What have we talked about since Monday?", "2026-11-23", "2026-11-29"),
        ("De quoi a-t-on parlé depuis lundi ?", "2026-11-23", "2026-11-29"),
        ("De quoi avons-nous discuté la semaine dernière ?", "2026-11-16", "2026-11-23"),
        ("Recap our conversations from last week", "2026-11-16", "2026-11-23"),
        ("Résume nos discussions du mois dernier", "2026-10-01", "2026-11-01"),
        ("What did we say between 3 March and 10 March?", "2026-03-03", "2026-03-11"),
        ("Que t'ai-je raconté le 14 février ?", "2026-02-14", "2026-02-15"),
        ("what did I tell you on Tuesday?", "2026-11-24", "2026-11-25"),
        ("What did you say about the knee before March?", "1970-01-02", "2026-03-01"),
        ("De quoi on a parlé après le 20 novembre ?", "2026-11-21", "2026-11-29"),
        ("De quoi a-t-on parlé avant-hier ?", "2026-11-26", "2026-11-27"),
        ("What did we talk about the day before yesterday?", "2026-11-26", "2026-11-27"),
        ("De quoi parlait-on hier soir ?", "2026-11-27", "2026-11-28"),
        ("What did we say last night?", "2026-11-27", "2026-11-28"),
        ("What have we discussed this morning?", "2026-11-28", "2026-11-29"),
        ("De quoi a-t-on parlé ce matin ?", "2026-11-28", "2026-11-29"),
        ("What did we talk about two weeks ago?", "2026-11-11", "2026-11-18"),
        ("De quoi parlait-on il y a deux semaines ?", "2026-11-11", "2026-11-18"),
        ("What did we discuss 3 months ago?", "2026-08-19", "2026-09-11"),
        ("De quoi a-t-on discuté il y a trois mois ?", "2026-08-19", "2026-09-11"),
        ("What did we talk about a year ago?", "2025-10-15", "2026-01-12"),
        ("De quoi parlait-on il y a un an ?", "2025-10-15", "2026-01-12"),
        ("What did I tell you a few days ago?", "2026-11-22", "2026-11-29"),
        ("Que t'ai-je dit il y a quelques jours ?", "2026-11-22", "2026-11-29"),
        ("What did we discuss last weekend?", "2026-11-21", "2026-11-23"),
        ("De quoi a-t-on parlé le week-end dernier ?", "2026-11-21", "2026-11-23"),
        ("What did we talk about last summer?", "2026-06-01", "2026-09-01"),
        ("De quoi avons-nous parlé l'été dernier ?", "2026-06-01", "2026-09-01"),
        ("What did we talk about last winter?", "2025-12-01", "2026-03-01"),
        ("What have we talked about recently?", "2026-11-14", "2026-11-29"),
        ("De quoi a-t-on parlé récemment ?", "2026-11-14", "2026-11-29"),
        ("What did we discuss in the last 7 days?", "2026-11-21", "2026-11-29"),
        ("De quoi a-t-on parlé ces trois derniers mois ?", "2026-08-30", "2026-11-29"),
        ("What did we discuss in the past few weeks?", "2026-11-07", "2026-11-29"),
        ("What did we talk about in early June?", "2026-06-01", "2026-06-13"),
        ("De quoi parlait-on fin mars 2025 ?", "2025-03-19", "2025-04-01"),
        ("De quoi parlait-on mi-mars ?", "2026-03-09", "2026-03-23"),
        ("What did we talk about on 3rd March?", "2026-03-03", "2026-03-04"),
    ],
)
def test_what_was_talked_about_at_a_time_asks_for_its_days(question: str, first: str, after: str) -> None:
    assert spans_of(question) == [(first, after)]


@pytest.mark.parametrize(
    ("question", "kind", "topic"),
    [
        ("When did we talk about the boat?", "when", "boat"),
        ("Quand est-ce que je t'ai parlé de mon vélo ?", "when", "velo"),
        ("Quand a-t-on évoqué le jardin ?", "when", "jardin"),
        ("On which day did I tell you about my allergy?", "when", "allergy"),
        ("Can you tell me when we talked about the piano?", "when", "piano"),
        ("When was the last time we talked about Karim?", "last", "karim"),
        ("When did we last discuss the boat?", "last", "boat"),
        ("C'était quand, la dernière fois qu'on a parlé du jardin ?", "last", "jardin"),
        ("When did I first mention the marathon?", "first", "marathon"),
        ("C'est quand la première fois que je t'ai parlé du chien ?", "first", "chien"),
        ("Since when do I play the cello?", "first", "cello"),
        ("Depuis quand est-ce que j'apprends l'italien ?", "first", "italien"),
    ],
)
def test_when_something_was_talked_about_asks_for_it_over_time(question: str, kind: str, topic: str) -> None:
    asked = read_temporal(question, NOW)

    assert asked is not None
    assert asked.kind == kind
    assert topic in asked.topic.split()


@pytest.mark.parametrize(
    ("question", "kind", "anchor"),
    [
        ("What did we talk about after my trip to Rome?", "after", "rome"),
        ("De quoi a-t-on parlé avant mon voyage à Rome ?", "before", "rome"),
        ("What have we discussed since the wedding?", "after", "wedding"),
    ],
)
def test_a_side_of_something_that_happened_asks_for_what_was_said_then(question: str, kind: str, anchor: str) -> None:
    asked = read_temporal(question, NOW)

    assert asked is not None
    assert asked.kind == kind
    assert anchor in asked.anchor.split()


@pytest.mark.parametrize(
    "question",
    [
        "March is my favourite month.",
        "Is March your favourite month?",
        "When did Rome fall?",
        "Mars est la planète rouge ?",
        "Quand est-ce que la guerre a fini ?",
        "May I ask you something?",
        "Quand on parle du loup, on en voit la queue.",
        "What happened in March 1917?",
        "The last time I was in Rome it rained.",
        "We talked about March yesterday.",
        "Hier, on a parlé de tout et de rien.",
        "Que dit la loi en mars ?",
        "What should I do in April?",
        "What should I say on Monday?",
        "Quand dois-je parler au médecin ?",
        "When should I talk to my boss?",
        "What do you say in French on the first of May?",
        "Since when is Pluto a dwarf planet?",
        "Depuis quand la France est-elle une république ?",
        "What did the president say yesterday?",
        "How do I tell my mother that we met in June?",
        "Can you tell me what we need for Monday?",
        "When did we last talk?",
        "",
        "?",
    ],
)
def test_a_time_that_is_only_named_asks_for_no_timeline(question: str) -> None:
    assert read_temporal(question, NOW) is None


@pytest.mark.parametrize("zone", [PARIS, AUCKLAND, LOS_ANGELES, UTC])
def test_days_begin_where_the_person_is(zone: ZoneInfo) -> None:
    now = datetime(2026, 11, 27, 23, 30, tzinfo=UTC).astimezone(zone)

    ((yesterday,),) = [each.spans for each in named_times("hier", now)[0]]

    midnight = now.replace(hour=0, minute=0)
    assert yesterday.end == midnight
    assert (midnight - yesterday.start).total_seconds() == 24 * 3600


def test_a_day_on_which_clocks_change_is_as_long_as_it_is() -> None:
    (spring,) = named_times("29/03/2026", NOW)[0]
    (autumn,) = named_times("le 2026-10-25", NOW)[0]

    hours = [
        (span.end.astimezone(UTC) - span.start.astimezone(UTC)).total_seconds() / 3600
        for span in (*spring.spans, *autumn.spans)
    ]
    assert hours == [23, 25]


@pytest.mark.parametrize("question", ["What did we discuss on Saturday?", "De quoi a-t-on parlé samedi ?"])
def test_a_day_that_is_today_is_the_one_before_it_too(question: str) -> None:
    assert spans_of(question) == [("2026-11-21", "2026-11-22"), ("2026-11-28", "2026-11-29")]


@pytest.mark.parametrize(
    "time", ["hier soir", "early March", "il y a deux semaines", "these days", "le week-end dernier"]
)
def test_no_word_of_a_time_is_looked_for_as_a_subject(time: str) -> None:
    asked = read_temporal(f"What did we say {time}?", NOW)

    assert asked is not None
    assert asked.topic == ""


@pytest.mark.parametrize(
    ("question", "is_named"),
    [
        *((each, True) for each in ("in May", "on 4 May", "May 4th", "May 2026")),
        *((each, False) for each in ("May I go?", "it may rain", "You may", "may be", "may")),
    ],
)
def test_may_is_a_month_only_where_it_is_one(question: str, is_named: bool) -> None:
    assert ("may" in [each.shown for each in named_times(question, NOW)[0]]) == is_named


@pytest.mark.parametrize("written", ["31/02/2026", "2026-13-45", "99/99/2026"])
def test_what_is_no_date_is_none(written: str) -> None:
    assert [each for each in named_times(written, NOW)[0] if len(each.spans) == 1 and each.shown == written] == []


def test_a_leap_day_is_one_of_the_years_that_have_it() -> None:
    (day, _) = named_times("29 February", NOW)[0]

    assert {span.start.year for span in day.spans} == {2008, 2012, 2016, 2020, 2024}


def test_a_time_is_read_once_however_often_it_is_named() -> None:
    times, _ = named_times("le 1 mai " * 40 + "may 1", NOW)

    assert {each.shown: len(each.spans) for each in times} == {"1": 21, "mai": 21, "may": 21}


def test_of_a_question_the_first_times_are_read_and_only_its_beginning() -> None:
    months = " ".join(MONTHS)
    many, _ = named_times(f"1 2 3 4 5 6 7 8 9 {months} {' '.join(str(year) for year in range(1900, 2000))}", NOW)
    meant = read_temporal(f"What did we discuss on 1 2 3 4 5 6 7 8 {months}?", NOW)

    assert [each.shown for each in many] == list("12345678")
    assert sum(len(each.spans) for each in many) <= 8 * 8 * 12
    assert meant is not None
    assert len(meant.spans) <= 8
    assert len(meant.wider) <= 8 * 21 * 12
    assert read_temporal(f"What did we discuss {'so ' * 400} in March?", NOW) is None
    assert read_question(f"{'so ' * 400} in March", NOW).terms == ()


@pytest.mark.parametrize(
    ("when", "quand", "first", "after"),
    [
        ("since Saturday", "depuis samedi", "2026-11-21", "2026-11-29"),
        ("between November and January", "entre novembre et janvier", "2025-11-01", "2026-02-01"),
        ("the week before last", "l'avant-dernière semaine", "2026-11-09", "2026-11-16"),
        ("an hour ago", "il y a une heure", "2026-11-28", "2026-11-29"),
        ("the day before yesterday around noon", "avant-hier vers minuit", "2026-11-26", "2026-11-27"),
        ("last winter", "l'hiver dernier", "2025-12-01", "2026-03-01"),
    ],
)
def test_more_forms_of_a_time_are_read_in_both_languages(when: str, quand: str, first: str, after: str) -> None:
    for question in (f"What did we talk about {when}?", f"De quoi a-t-on parlé {quand} ?"):
        asked = read_temporal(question, NOW)

        assert spans_of(question) == [(first, after)], question
        assert asked is not None
        assert (asked.topic, asked.anchor) == ("", ""), question


@pytest.mark.parametrize(
    ("question", "is_of_now_too"),
    [
        ("What did I say about my boat last spring, and where is it now?", True),
        ("Qu'est-ce que j'ai dit de mon bateau au printemps dernier, et où est-il maintenant ?", True),
        ("What did I say about my boat and my car last spring?", False),
        ("Qu'est-ce que j'ai dit de mon bateau et de ma voiture au printemps dernier ?", False),
    ],
)
def test_what_is_asked_of_now_as_well_is_told(question: str, is_of_now_too: bool) -> None:
    asked = read_temporal(question, NOW)

    assert asked is not None
    assert asked.names_a_subject
    assert asked.is_of_now_too == is_of_now_too
