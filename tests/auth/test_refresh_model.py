"""Any history of refreshes, also at once, does what a model of the state machine says."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emergence.auth.callers import Caller
from emergence.auth.log_in import BY_PASSWORD
from emergence.auth.log_out import log_out
from emergence.auth.open_session import granted, open_session
from emergence.auth.refresh import refresh
from emergence.auth.store import users
from emergence.auth.store.users import Account
from emergence.contracts.auth.problems import LoginSessionEnded, RefreshReuseDetected
from emergence.contracts.auth.values import Role
from emergence.kernel.errors import ServiceError
from emergence.kernel.ids import new_id
from tests.auth.served_auth import ServedAuth
from tests.thorough import examples

HISTORIES = examples(150, thorough=2_000)
NOWHERE = Caller(None, None, False)


@dataclass
class Family:
    """What the model knows of one family of tokens."""

    tokens: list[str]
    owner: Caller
    replays: int = 0
    is_dead: bool = False
    paced_s: float = 0  # how far sixty a minute are used up
    rotated_ago: timedelta = timedelta()
    unused_for: timedelta = timedelta()
    age: timedelta = timedelta()
    seen: set[str] = field(default_factory=set)

    def pass_time(self, duration: timedelta) -> None:
        self.rotated_ago += duration
        self.unused_for += duration
        self.age += duration
        self.paced_s = max(0.0, self.paced_s - duration.total_seconds())

    def is_over(self) -> bool:
        return self.is_dead or self.unused_for >= timedelta(days=7) or self.age >= timedelta(days=30)

    def expected(self, generation: int, caller: Caller) -> str:
        """Return what this generation's token must lead to when this caller presents it, and note its consequences."""
        newest = len(self.tokens) - 1
        if self.is_over():
            return "ended"
        if generation == newest:
            if not self._is_in_pace():
                return "too_many_attempts"
            self.replays, self.rotated_ago, self.unused_for = 0, timedelta(), timedelta()
            return "rotated"
        is_recent = generation == newest - 1 and self.rotated_ago <= timedelta(seconds=10)
        if is_recent and caller == self.owner:
            if self.replays == 5 or not self._is_in_pace():
                return "too_many_attempts"
            self.replays += 1
            return "repeated"
        self.is_dead = True
        return "reused"

    def _is_in_pace(self) -> bool:
        """Count one renewal, unless sixty came within a minute."""
        if self.paced_s > 59:
            return False
        self.paced_s += 1
        return True


async def new_family(served: ServedAuth) -> Family:
    auth = served.auth
    account = Account(new_id(), "Model", Role.MEMBER, True, None)
    async with auth.database.transaction() as tx:
        await users.add_user(tx, account, auth.clock.now())
        opened = await open_session(auth, tx, account.user_id, BY_PASSWORD, NOWHERE)
    owner = replace(NOWHERE, device=opened.session.device_token)
    return Family([(await granted(auth, opened.session, opened.account)).refresh_token], owner)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("refresh"), st.integers(0, 2), st.sampled_from([1, 2, 3, 10])),
        st.tuples(st.just("refresh_elsewhere"), st.integers(0, 2), st.integers(1, 2)),
        st.tuples(st.just("wait_s"), st.sampled_from([1, 9, 10, 11, 3600, 6 * 86400, 7 * 86400]), st.just(0)),
        st.tuples(st.just("log_out"), st.integers(0, 2), st.just(0)),
    ),
    max_size=14,
)


@settings(max_examples=HISTORIES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
async def test_any_history_of_refreshes_does_what_the_model_says(
    served: ServedAuth, steps: list[tuple[str, int, int]]
) -> None:
    family = await new_family(served)
    for act, amount, at_once in steps:
        generation = max(0, len(family.tokens) - 1 - amount)
        if act == "wait_s":
            served.clock.advance(timedelta(seconds=amount))
            family.pass_time(timedelta(seconds=amount))
        elif act == "log_out":
            await log_out(served.auth, None, family.tokens[generation], NOWHERE)
            family.is_dead = True
        else:
            caller = NOWHERE if act == "refresh_elsewhere" else family.owner
            await _refresh_at_once(served, family, generation, [caller] * at_once)


async def _refresh_at_once(served: ServedAuth, family: Family, generation: int, callers: list[Caller]) -> None:
    """Present one token several times at the same moment: the outcomes are those of some order of doing it."""
    token = family.tokens[generation]
    answers = await asyncio.gather(*(_outcome(served, token, caller) for caller in callers))
    expected = []
    for caller in callers:
        outcome = family.expected(generation, caller)
        expected.append(outcome)
        if outcome == "rotated":
            family.tokens.append(next(text for text in answers if text.startswith("rt1.")))
    successors = {text for text in answers if text.startswith("rt1.")}
    assert len(successors) <= 1
    assert successors <= {family.tokens[min(generation + 1, len(family.tokens) - 1)]}
    renamed = ["renewed" if name in ("rotated", "repeated") else name for name in expected]
    assert sorted("renewed" if text.startswith("rt1.") else text for text in answers) == sorted(renamed)


async def _outcome(served: ServedAuth, token: str, caller: Caller) -> str:
    try:
        return (await refresh(served.auth, token, caller)).refresh_token
    except RefreshReuseDetected:
        return "reused"
    except LoginSessionEnded:
        return "ended"
    except ServiceError as other:
        return other.code
