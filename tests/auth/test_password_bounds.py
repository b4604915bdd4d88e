"""Where a password's bounds are, what a refusal says, and which passwords an account may not have again."""

import json
from unicodedata import normalize
from uuid import UUID

import pytest

from emergence.auth.password_policy import (
    SENTENCES,
    Chooser,
    does_alone,
    require_acceptable,
    require_another,
    require_not_ended,
    require_not_known,
    require_still_long_enough,
)
from emergence.contracts.auth.problems import PasswordRefused
from emergence.contracts.auth.values import PASSWORD_MAX_BYTES
from tests.auth.served_auth import PASSWORD, ServedAuth, auth_environ, served_auth
from tests.auth.test_password_policy import NOWHERE

OTHER = "eleven brisk otters under the pier"
LONG = "".join(chr(0x4E00 + number * 7 % 5_000) for number in range(PASSWORD_MAX_BYTES // 3)) + "x"


def refusal(refused: pytest.ExceptionInfo[PasswordRefused]) -> tuple[str, object]:
    return refused.value.detail, refused.value.members["reason"]


async def test_the_bounds_themselves_are_allowed_and_what_is_beyond_is_told(served: ServedAuth) -> None:
    auth, nobody = served.auth, Chooser(None, None)
    least = auth.settings.password_min_length()
    assert len(LONG.encode()) == PASSWORD_MAX_BYTES
    await require_acceptable(auth, LONG, nobody, NOWHERE)
    with pytest.raises(PasswordRefused) as long:
        await require_acceptable(auth, LONG + "y", nobody, NOWHERE)
    with pytest.raises(PasswordRefused) as short:
        await require_acceptable(auth, "k"[: least - 1], nobody, NOWHERE)

    assert refusal(long) == (f"Choose a password of at most {PASSWORD_MAX_BYTES} bytes.", "too_long")
    assert refusal(short) == (
        f"Choose a password of at least {least} characters; a few words are easy to keep.",
        "too_short",
    )
    assert does_alone(auth, "k" * least)
    assert not does_alone(auth, "k" * (least - 1))
    assert not does_alone(auth, normalize("NFD", "é" * (least - 1))), "accents are none of their own"


@pytest.mark.parametrize("word", ["zoe", "kowalczyk"])
async def test_the_shortest_word_and_both_sides_of_an_address_are_known(served: ServedAuth, word: str) -> None:
    chooser = Chooser(f"zoe.{word}@kowalczyk.example", "Zoe")

    with pytest.raises(PasswordRefused) as refused:
        await require_acceptable(served.auth, f"{word}{word}1", chooser, NOWHERE)

    assert refused.value.members["reason"] in ("personal", "guessable", "too_short")


async def test_neither_the_present_one_nor_one_that_was_ended_is_chosen_again(served: ServedAuth) -> None:
    _, signed_in = await served.claimed()
    auth, user_id = served.auth, UUID(signed_in["user_id"])
    ended = await auth.passwords.hash(OTHER)
    await require_not_known(auth, OTHER, user_id)
    await auth.database.execute(
        "INSERT INTO ended_passwords (user_id, phc, ended_at) VALUES ($1, $2, now())", user_id, ended
    )

    for password in (PASSWORD, OTHER):
        with pytest.raises(PasswordRefused) as refused:
            await require_not_known(auth, password, user_id)
        assert refusal(refused) == (SENTENCES["same"], "same")
    with pytest.raises(PasswordRefused):
        await require_not_ended(auth, OTHER, user_id)
    await require_not_ended(auth, PASSWORD, user_id)
    await require_not_known(auth, "a third one that nobody had", user_id)
    with pytest.raises(PasswordRefused):
        require_another(normalize("NFD", "é" + PASSWORD), "é" + PASSWORD)


async def test_a_short_password_is_kept_beside_a_second_factor_only(served: ServedAuth) -> None:
    _, signed_in = await served.claimed()
    auth, user_id = served.auth, UUID(signed_in["user_id"])
    short = "k" * (auth.settings.password_min_length() - 1)

    async with auth.database.transaction() as tx:
        await require_still_long_enough(auth, tx, user_id, short + "k")
        with pytest.raises(PasswordRefused) as refused:
            await require_still_long_enough(auth, tx, user_id, short)
        await tx.execute(
            "INSERT INTO totp_credentials (user_id, seed_enc, created_at, confirmed_at) VALUES ($1, 'x', now(), now())",
            user_id,
        )
        await require_still_long_enough(auth, tx, user_id, short)

    assert refusal(refused)[1] == "too_short"


async def test_a_skipped_check_is_written_down_for_whom_and_from_where(database_url: str, free_port: int) -> None:
    environ = auth_environ(database_url, AUTH_BREACHED_PASSWORDS_URL=f"http://127.0.0.1:{free_port}/range")
    async with served_auth(environ) as served:
        _, signed_in = await served.claimed()
        user_id = UUID(signed_in["user_id"])
        await require_acceptable(served.auth, OTHER, Chooser(None, None, user_id), NOWHERE)
        rows = await served.auth.database.fetch(
            "SELECT outcome, data FROM audit_log WHERE type = 'policy.breach_check_skipped' ORDER BY seq DESC"
        )

    assert (rows[0]["outcome"], json.loads(rows[0]["data"])) == ("failure", {"reason": "unreachable"})
