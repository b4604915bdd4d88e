"""What a verifier remembers of ends: sessions, people, keys, everybody; for as long as a token may live."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from emergence.kernel.identity import Identity
from emergence.kernel.revocations import KEPT, LATE, LOST, Kind, Revocation, Revocations
from tests.frozen_clock import FrozenClock

USER, SESSION = uuid4(), uuid4()
MOMENT = timedelta(seconds=1)


def identity(clock: FrozenClock, **changes: object) -> Identity:
    members: dict[str, object] = {
        "user_id": USER,
        "session_id": SESSION,
        "role": "member",
        "expires_at": clock.now() + timedelta(minutes=5),
        "version": 2,
        "issued_s": int(clock.now().timestamp()),
        "key_id": "key-1",
    }
    return Identity(**(members | changes))  # type: ignore[arg-type]


def end(kind: Kind, ref: object, at: datetime, version: int = 2) -> Revocation:
    return Revocation(kind, str(ref), at, "logged_out", version)


def test_an_ended_session_is_refused_and_no_other() -> None:
    clock = FrozenClock()
    revocations = Revocations(clock)

    revocations.learn(end("sid", SESSION, clock.now()))

    assert revocations.is_revoked(identity(clock))
    assert revocations.is_ended(SESSION)
    assert not revocations.is_revoked(identity(clock, session_id=uuid4()))


def test_a_later_version_of_a_session_is_not_refused_whatever_is_told_again() -> None:
    clock = FrozenClock()
    revocations = Revocations(clock)
    for version in (2, 1):
        revocations.learn(end("sid", SESSION, clock.now(), version))

    assert revocations.is_revoked(identity(clock, version=2))
    assert not revocations.is_revoked(identity(clock, version=3))


def test_of_a_person_only_what_was_made_before_is_refused() -> None:
    clock = FrozenClock()
    revocations, before = Revocations(clock), identity(clock)
    clock.advance(timedelta(seconds=2))

    revocations.learn(end("user", USER, clock.now()))
    revocations.learn(end("user", USER, clock.now() - timedelta(hours=1)))

    assert revocations.is_revoked(before)
    assert not revocations.is_revoked(identity(clock))
    assert not revocations.is_revoked(identity(clock, user_id=uuid4(), issued_s=before.issued_s))


def test_everybodys_tokens_from_before_are_refused() -> None:
    clock = FrozenClock()
    revocations, before = Revocations(clock), identity(clock)
    clock.advance(MOMENT)

    revocations.learn(end("all", "", clock.now()))

    assert revocations.is_revoked(before)
    assert not revocations.is_revoked(identity(clock))


def test_a_withdrawn_key_is_never_forgotten_and_sessions_are_when_no_token_can_be_left() -> None:
    clock = FrozenClock()
    revocations = Revocations(clock)
    revocations.learn(end("sid", SESSION, clock.now()))
    revocations.learn(end("key", "key-1", clock.now()))

    clock.advance(KEPT + MOMENT)
    revocations.learn(end("sid", uuid4(), clock.now()))

    assert not revocations.is_ended(SESSION)
    assert revocations.is_revoked(identity(clock))
    assert not revocations.is_revoked(identity(clock, key_id="key-2"))
    assert revocations.withdrawn_keys == 1


def test_news_are_late_after_five_seconds_and_lost_after_thirty() -> None:
    clock = FrozenClock()
    revocations = Revocations(clock)
    assert (revocations.is_late, revocations.is_lost) == (True, False)  # nothing was heard yet

    revocations.note_news()
    states = []
    for silence in (LATE, MOMENT, LOST - LATE - MOMENT, MOMENT):
        clock.advance(silence)
        states.append((revocations.is_late, revocations.is_lost))

    assert states == [(False, False), (True, False), (True, False), (True, True)]
    revocations.note_news()
    assert (revocations.is_late, revocations.is_lost) == (False, False)


def test_whoever_watches_is_told_of_each_end() -> None:
    clock = FrozenClock()
    revocations = Revocations(clock)
    told: list[UUID | str] = []
    revocations.watch(lambda revocation: told.append(revocation.ref))

    revocations.learn(end("sid", SESSION, clock.now()))

    assert told == [str(SESSION)]
