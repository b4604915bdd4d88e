"""Which passwords may be chosen, and what the answer says of those that may not."""

import asyncio
import subprocess
import sys
from hashlib import sha1
from pathlib import Path
from time import perf_counter

import pytest

from emergence.auth.breached_list import BreachedList
from emergence.auth.callers import Caller
from emergence.auth.parts import Auth
from emergence.auth.password_checks import PasswordChecks
from emergence.auth.password_policy import Chooser, require_acceptable
from emergence.commands.breached import run
from emergence.contracts.auth.problems import PasswordRefused, SignInBusy
from emergence.kernel.settings import SettingsInvalid
from tests.auth.breach_service import BreachService, breach_service
from tests.auth.served_auth import ADMINISTRATOR, PUBLIC_URL, ServedAuth, auth_environ, bearer, served_auth

ADA = Chooser("ada.lovelace@example.org", "Ada Lovelace")
NOWHERE = Caller(None, None, False)
STRONG = "correct horse battery staple"


async def reason(auth: Auth, password: str, chooser: Chooser = ADA) -> str | None:
    """Return why a password is refused, or None."""
    try:
        await require_acceptable(auth, password, chooser, NOWHERE)
    except PasswordRefused as refused:
        return str(refused.members["reason"])
    return None


JUDGED: list[tuple[str, str | None]] = [
    (STRONG, None),
    ("мой дядя самых честных правил", None),
    ("   spaces stay as they are   ", None),
    ("正確な馬の電池ホチキス止め", None),
    ("x9$kQ2vL", None),
    ("short12", "too_short"),
    ("cafe\u0301 cre", None),  # eight characters and a half: the accent is none of its own
    ("cafe\u0301 cr", "too_short"),
    ("q" * 1025, "too_long"),
    ("é" * 513, "too_long"),
    ("password", "common"),
    ("PASSWORD", "common"),
    ("trustno1", "common"),
    ("qwertyuiop", "common"),
    ("password12", "common"),
    ("dragon dragon 12", "guessable"),
    ("kx7qmvrw", None),
    ("lakjsdfh", "guessable"),
    ("aaaaaaaaaaaaaaaaaaaa", "guessable"),
    ("abcabcabcabcabcabc", "guessable"),
    ("1234567890123456", "guessable"),
    ("q" * 1000, "guessable"),
    ("lovelace1", "personal"),
    ("Ada Lovelace", "personal"),
    ("ada.lovelace@example.org", "personal"),
    ("lovelacelovelace", "personal"),
    ("10v3lac3", "personal"),
    ("Emergence2026", "personal"),
    ("example.org", "personal"),
    ("lovelace met difference engines in turin", None),
    ("a lighthouse keeper sells his violet umbrella to nine bored giraffes", None),  # 68: OWASP ASVS 5.0 §6.2.9
]


async def test_a_password_is_judged_by_length_and_by_how_soon_it_is_guessed(served: ServedAuth) -> None:
    found = [(password, await reason(served.auth, password)) for password, _ in JUDGED]

    assert found == JUDGED


async def test_another_persons_name_is_a_word_like_others(served: ServedAuth) -> None:
    bob = Chooser("bob@example.net", "Bob")

    assert await reason(served.auth, "wyrzykow", Chooser("wyrzykow@example.net", None)) == "personal"
    assert await reason(served.auth, "wyrzykow", bob) is None


async def test_production_asks_for_fifteen_characters_unless_there_is_a_second_factor(database_url: str) -> None:
    environ = auth_environ(database_url, EMERGENCE_ENV="production", EMERGENCE_PUBLIC_URL=PUBLIC_URL)
    async with served_auth(environ) as served:
        with_factor = Chooser(ADA.email, ADA.display_name, has_second_factor=True)

        assert await reason(served.auth, "x9$kQ2vL.7mRw!") == "too_short"
        assert await reason(served.auth, "x9$kQ2vL.7mRw!z") is None
        assert await reason(served.auth, "x9$kQ2vL", with_factor) is None
        assert await reason(served.auth, "x9$kQ2v", with_factor) == "too_short"


async def test_the_answer_says_why_and_repeats_nothing(served: ServedAuth) -> None:
    browser, signed_in = await served.claimed(email="grace.hopper@example.org", display_name="Grace Hopper")
    change = {"current_password": ADMINISTRATOR["password"], "new_password": "gracehopper99"}

    answer = await browser.post_json("/api/auth/change-password", change, **bearer(signed_in))

    assert (answer.status_code, answer.json()["code"], answer.json()["reason"]) == (422, "password_refused", "personal")
    assert "your name" in answer.json()["detail"]
    assert "gracehopper" not in answer.text


async def test_judging_is_bounded_and_leaves_the_event_loop_free(served: ServedAuth) -> None:
    await reason(served.auth, STRONG)  # loads the lists
    judging = asyncio.gather(*(reason(served.auth, "$a@l0" * 204 + str(number)) for number in range(10)))
    slowest, started = 0.0, perf_counter()
    while not judging.done():
        asked = perf_counter()
        await asyncio.sleep(0)
        slowest = max(slowest, perf_counter() - asked)

    await judging
    assert perf_counter() - started < 5
    assert slowest < 0.2


async def test_beyond_what_fits_people_are_asked_to_come_back() -> None:
    checks = PasswordChecks(None)

    answers = await asyncio.gather(*(checks.weakness(STRONG, []) for _ in range(40)), return_exceptions=True)
    checks.close()

    assert [type(answer) for answer in answers if answer is not None] == [SignInBusy] * 8


async def test_what_one_person_is_called_is_not_held_against_another(served: ServedAuth) -> None:
    people = [Chooser(f"wyrzykowski{number}@example.net", None) for number in range(10)]

    found = await asyncio.gather(*(reason(served.auth, "wyrzykowski3", person) for person in people))

    assert found[3] == "personal"
    assert found[:3] + found[4:] == [None] * 9


def test_starting_loads_no_word_lists() -> None:
    program = "import sys, emergence.auth.app; print([n for n in ('zxcvbn', 'rbloom', 'altcha') if n in sys.modules])"

    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)

    assert ended.stdout.strip() == "[]"


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A file built by the command from a list of words and a list of sums."""
    words, sums, file = tmp_path / "words.txt", tmp_path / "sums.txt", tmp_path / "breached.bin"
    words.write_bytes("tr0ub4dor&3 is the other one\r\nнеразглашение тайны\n\n".encode())
    sums.write_text(f"{sha1(b'my voice is my passport').hexdigest().upper()}:42\n{'0' * 40}\n")
    command = type("Words", (), {"lists": [words, sums], "to": file})()
    assert run(command) == 0
    return file


async def test_an_operators_list_is_refused_too(database_url: str, built: Path) -> None:
    async with served_auth(auth_environ(database_url, AUTH_BREACHED_PASSWORDS_FILE=str(built))) as served:
        listed = ("tr0ub4dor&3 is the other one", "неразглашение тайны", "my voice is my passport")

        assert [await reason(served.auth, each) for each in listed] == ["common"] * 3
        assert await reason(served.auth, "My Voice Is My Passport") == "common"
        assert await reason(served.auth, "my voice is not my passport") is None
        assert await reason(served.auth, "trustno1") == "common"


@pytest.mark.parametrize(
    "content",
    [None, b"", b"hunter2\n", b"emergence-breached-passwords-1\nxx", b"emergence-breached-passwords-1\n" + bytes(64)],
)
async def test_a_file_that_is_no_list_is_named_at_the_start(
    database_url: str, tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "list"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(SettingsInvalid, match="AUTH_BREACHED_PASSWORDS_FILE"):
        async with served_auth(auth_environ(database_url, AUTH_BREACHED_PASSWORDS_FILE=str(file))):
            pass


def test_a_list_errs_once_in_ten_thousand_and_never_forgets() -> None:
    published = [f"published {number}" for number in range(20_000)]
    breached = BreachedList.of((each.encode() for each in published), len(published))

    assert all(each in breached for each in published)
    assert sum(f"private {number}" in breached for number in range(20_000)) < 12


LINES = sha1(STRONG.encode()).hexdigest().upper()


async def asked(database_url: str, service: BreachService, password: str = STRONG) -> tuple[str | None, list[str]]:
    """Return why a password is refused, and the reasons why the service was not heard."""
    async with served_auth(auth_environ(database_url, AUTH_BREACHED_PASSWORDS_URL=service.address)) as served:
        refused = await reason(served.auth, password)
        rows = await served.auth.database.fetch(
            "SELECT data, outcome FROM audit_log WHERE type = 'policy.breach_check_skipped'"
        )
        return refused, [row["data"] for row in rows]


async def test_a_breach_service_learns_five_characters_and_is_believed(database_url: str) -> None:
    async with breach_service() as service:
        service.answer = f"{'0' * 35}:3\r\n{LINES[5:]}:17\r\n"

        assert await asked(database_url, service) == ("common", [])
        assert service.asked == [(f"/range/{LINES[:5]}", "true")]


async def test_padding_and_other_suffixes_mean_nothing(database_url: str) -> None:
    async with breach_service() as service:
        service.answer = f"{LINES[5:]}:0\r\n{'A' * 35}:9\r\nnonsense\r\n:::\r\n"

        assert await asked(database_url, service) == (None, [])


@pytest.mark.parametrize(
    ("status", "delay_s", "why"), [(500, 0, "status_500"), (302, 0, "status_302"), (200, 90, "timeout")]
)
async def test_a_silent_breach_service_refuses_nobody_and_is_written_down(
    database_url: str, status: int, delay_s: float, why: str
) -> None:
    async with breach_service() as service:
        service.status, service.delay_s, service.answer = status, delay_s, f"{LINES[5:]}:17"
        started = perf_counter()

        assert await asked(database_url, service) == (None, [f'{{"reason": "{why}"}}'])
        assert len(service.asked) == 1
        assert perf_counter() - started < 60


async def test_an_unreachable_breach_service_refuses_nobody(database_url: str, free_port: int) -> None:
    service = BreachService(address=f"http://127.0.0.1:{free_port}/range")

    assert await asked(database_url, service) == (None, ['{"reason": "unreachable"}'])


async def test_a_breach_service_is_not_asked_about_what_is_refused_anyway(database_url: str) -> None:
    async with breach_service() as service:
        assert await asked(database_url, service, "password") == ("common", [])
        assert service.asked == []


@pytest.mark.parametrize("address", ["http://breaches.example/range", "ftp://x", "range"])
async def test_a_breach_service_is_asked_over_https_only(database_url: str, address: str) -> None:
    with pytest.raises(SettingsInvalid, match="AUTH_BREACHED_PASSWORDS_URL"):
        async with served_auth(auth_environ(database_url, AUTH_BREACHED_PASSWORDS_URL=address)):
            pass
