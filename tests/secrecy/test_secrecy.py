"""No secret that was ever issued lies in the database, the logs, the figures, the traces or a refusal (A34, A35)."""

import base64

import asyncpg
import pytest

from tests.routes.rows import every_row
from tests.routes.walk import schemas
from tests.secrecy.issued import NO_SECRETS, SECRET_COOKIES, SECRET_MEMBERS, SOUNDS_SECRET, Issued
from tests.secrecy.scenario import Traces

WITHOUT_A_MEMBER = {
    "service token",
    "secret of the settings",
    "private signing key",
    "derived key",
    "mailed link",
    "mailed code",
    "invitation",
    "challenge of a passkey",
    "token of a provider",
    "token of a provider's sign-in",
    "code of a provider",
    "offer to stay",
}


async def test_every_kind_of_secret_was_issued(traces: Traces) -> None:
    expected = {*SECRET_MEMBERS.values(), *SECRET_COOKIES.values(), *WITHOUT_A_MEMBER}

    missing = expected - traces.issued.kinds()

    assert not missing, f"add a step to tests/secrecy/steps/ that issues: {sorted(missing)}"
    assert len(traces.issued.secrets) > 50


def test_every_member_that_sounds_like_a_secret_is_known() -> None:
    names = {name for schema in schemas().values() for name in schema.get("properties", {})}

    unknown = {name for name in names if SOUNDS_SECRET.search(name)} - SECRET_MEMBERS.keys() - NO_SECRETS.keys()

    assert not unknown, f"say in tests/secrecy/issued.py whether these are secrets: {sorted(unknown)}"


async def test_the_database_holds_no_secret(traces: Traces) -> None:
    assert len(traces.database) > 20_000
    assert all(mark in traces.database for mark in traces.personal), "the dump must hold what is no secret"
    assert traces.issued.found_in(traces.database) == {}


async def test_the_logs_hold_no_secret_and_nobody(traces: Traces) -> None:
    assert '"level": "debug"' in traces.logs or '"level": "info"' in traces.logs
    assert len(traces.logs.splitlines()) > 30
    assert traces.issued.found_in(traces.logs) == {}
    lines = [line for line in traces.logs.splitlines() if any(mark in line for mark in traces.personal)]
    assert lines == [], "no address, name or message belongs into a log"
    assert "@example.org" not in traces.logs


async def test_figures_and_traces_hold_no_secret(traces: Traces) -> None:
    assert "/api/auth/login" in traces.figures
    assert "POST /api/auth/login" in traces.spans
    assert traces.issued.found_in(traces.figures) == {}
    assert traces.issued.found_in(traces.spans) == {}
    assert not any(f"{mark}@" in traces.figures + traces.spans for mark in traces.personal)
    assert not any(f"Remember {mark}" in traces.figures + traces.spans for mark in traces.personal)


async def test_refusals_hold_no_secret(traces: Traces) -> None:
    assert len(traces.issued.problems) > 10
    assert traces.issued.found_in("\n".join(traces.issued.problems)) == {}


@pytest.mark.parametrize(
    "stored",
    [
        "'{secret}'::text",
        "convert_to('{secret}', 'UTF8')",
        "encode(convert_to('{secret}', 'UTF8'), 'base64')",
        "encode(convert_to('x{secret}y', 'UTF8'), 'base64')",
        "encode(convert_to('xy{secret}', 'UTF8'), 'base64')",
        "encode(convert_to('{secret}', 'UTF8'), 'hex')",
        "jsonb_build_object('deep', jsonb_build_array('{secret}'))",
        "decode('{decoded}', 'hex')",
    ],
)
async def test_a_secret_is_found_in_whatever_form_it_is_kept(database_url: str, stored: str) -> None:
    """Without this a search that finds nothing would prove nothing."""
    secret = base64.urlsafe_b64encode(bytes(range(40, 72))).decode().rstrip("=")
    issued = Issued()
    issued.note("ticket", secret)
    value = stored.format(secret=secret, decoded=bytes(range(40, 72)).hex())
    connection = await asyncpg.connect(database_url)
    await connection.execute(f"CREATE SCHEMA hidden; CREATE TABLE hidden.kept AS SELECT 1 AS id, {value} AS value")
    await connection.close()

    rows = await every_row(database_url)

    assert issued.found_in("\n".join(rows["hidden.kept"])) == {"ticket": 1}
    assert issued.found_in("nothing of it") == {}
