"""However much somebody asks, others are answered: of one person two questions at a time, and not for long."""

import asyncio
from contextlib import AsyncExitStack
from uuid import UUID, uuid4

import pytest

from emergence.contracts.memory.problems import TooManyQuestions
from emergence.memory.questions import AT_ONCE, Questions
from tests.memory.served_memory import ServedMemory
from tests.session.neighbours import Person


async def test_a_third_question_waits_for_one_of_the_first_two_and_another_person_does_not() -> None:
    questions, one, other = Questions(), uuid4(), uuid4()

    async with AsyncExitStack() as underway:
        await underway.enter_async_context(questions.of(one))
        async with questions.of(one):
            third = asyncio.create_task(underway.enter_async_context(questions.of(one)))
            async with questions.of(other):
                await asyncio.sleep(0)
            assert not third.done()
        async with asyncio.timeout(5):
            await third


async def test_who_waits_for_too_long_is_told_so_and_who_leaves_gives_the_place_back() -> None:
    questions, person = Questions(patience_s=0.01), uuid4()

    async with questions.of(person):
        async with questions.of(person):
            with pytest.raises(TooManyQuestions) as refused:
                await questions.of(person).__aenter__()
        left = asyncio.create_task(asyncio.wait_for(_hold(questions, person), 0.005))
        with pytest.raises((TimeoutError, TooManyQuestions)):  # which of the two, a busy machine decides
            await left
        async with questions.of(person):
            pass

    assert refused.value.headers == {"Retry-After": "2"}


async def _hold(questions: Questions, person: UUID) -> None:
    async with questions.of(person):
        await asyncio.Event().wait()


async def test_searches_are_refused_while_others_of_the_same_person_go_on(
    served: ServedMemory, ada: Person, bob: Person
) -> None:
    questions = served.parts.questions
    questions.__init__(patience_s=0.01)  # type: ignore[misc] # as if it had been started with it
    async with AsyncExitStack() as underway:
        for _ in range(AT_ONCE):
            await underway.enter_async_context(questions.of(ada.user_id))

        refused = await served.ask("GET", "/api/memory/search?q=figs", ada)
        answered = await served.ask("GET", "/api/memory/search?q=figs", bob)

    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_questions")
    assert answered.status_code == 200
    assert (await served.ask("GET", "/api/memory/search?q=figs", ada)).status_code == 200
