"""Who is who: both forms of a user_id, and plain ids that only former sign-ins explain."""

from uuid import UUID

import pytest

from emergence.kernel.ids import new_id
from emergence.legacy.people import NO_OWNER, NOBODY, TWO_PEOPLE, Owner, People
from tests.legacy.former_database import ADA, BOB, hash_of

ADAS, BOBS = new_id(), new_id()


def signed_in(email: str, user_id: str, session: str = "s") -> dict[str, str]:
    return {"id": session, "email": email, "user_id": user_id}


@pytest.fixture
def people() -> People:
    known = People()
    known.add("Ada@Example.org", Owner(ADAS))
    known.add(BOB, Owner(BOBS))
    return known


@pytest.mark.parametrize("form", [ADA, "ADA@example.ORG ", hash_of(ADA), hash_of(ADA).upper()])
def test_an_address_and_its_hash_are_one_person(people: People, form: str) -> None:
    assert people.owner(form).user_id == ADAS


def test_a_plain_id_is_whoever_signed_in_with_it(people: People) -> None:
    people.learn([signed_in(BOB, "17"), signed_in(BOB, "17", "s-2")], [])

    assert people.owner("17").user_id == BOBS
    assert people.owner(17).user_id == BOBS
    assert people.owner(None, "s-2").user_id == BOBS


def test_an_id_that_two_people_had_is_nobodys(people: People) -> None:
    people.learn([signed_in(BOB, "17"), signed_in(ADA, "17")], [])

    assert people.owner("17") == TWO_PEOPLE


def test_a_former_sign_in_makes_no_address_somebody_elses(people: People) -> None:
    people.learn([signed_in(BOB, ADA), signed_in(BOB, hash_of(ADA))], [])

    assert [people.owner(form).user_id for form in (ADA, hash_of(ADA))] == [ADAS, ADAS]


def test_the_operator_has_the_last_word_on_plain_ids(people: People) -> None:
    people.learn([signed_in(BOB, "17"), signed_in(ADA, "17")], [("17", ADA), ("18", "nobody@example.org")])

    assert people.owner("17").user_id == ADAS
    assert people.owner("18") == NOBODY


@pytest.mark.parametrize(("user_id", "session", "owner"), [("19", "s", NOBODY), (None, "s-9", NO_OWNER)])
def test_whoever_is_not_known_owns_nothing(people: People, user_id: str | None, session: str, owner: Owner) -> None:
    people.learn([signed_in(BOB, "17")], [])

    assert people.owner(user_id, session) == owner
    assert owner.user_id is None and owner.reason
    assert isinstance(ADAS, UUID)
