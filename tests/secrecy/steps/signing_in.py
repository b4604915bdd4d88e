"""Passwords, tokens, tickets, codes: right, wrong, in the wrong place, renewed and ended."""

from tests.routes.declared.signing_in import with_second_factor
from tests.routes.person import PASSWORD, Person
from tests.routes.world import OWNER_CREDENTIAL, World, code_now
from tests.secrecy.issued import Issued

WRONG = "not seven herons at all, rather eight"
ANOTHER = "nine loud geese under the bridge"


async def sign_in_and_go_on(world: World, _: Issued) -> None:
    person = await world.person()
    assert (await person.browser.post("/api/auth/refresh", json={})).status_code == 200
    assert (await person.ask("POST", "/api/auth/step-up", {"password": PASSWORD})).status_code == 200
    again = await world.sign_in(person.mark)
    assert (await again.ask("POST", "/api/auth/ws-ticket", headers={"origin": world.url})).status_code == 200
    await again.talk()
    change = {"current_password": PASSWORD, "new_password": ANOTHER}
    assert (await again.ask("POST", "/api/auth/change-password", change)).status_code == 204
    assert (await again.browser.post("/api/auth/logout", json={})).status_code == 204


async def sign_in_with_two_factors(world: World, _: Issued) -> None:
    person = await world.person()
    seed, codes = await with_second_factor(person)
    assert len(seed) == 20
    body = {"email": person.email, "password": PASSWORD}
    browser = await world.client()
    for code in (codes[0], codes[0]):  # the second time it is refused
        begun = (await browser.post("/api/auth/login", json=body)).json()
        await browser.post("/api/auth/login/mfa", json={"mfa_token": begun["mfa_token"], "code": code})


async def fail_in_every_way(world: World, issued: Issued) -> None:
    person = await world.person()
    browser = await world.client()
    await browser.post("/api/auth/login", json={"email": person.email, "password": WRONG})
    await browser.post("/api/auth/login", json={"email": [person.email], "password": {PASSWORD: WRONG}})
    await browser.post("/api/auth/login", content=f'{{"password": "{WRONG}'.encode())
    await browser.post("/api/auth/login/mfa", json={"mfa_token": "x" * 43, "code": "123456"})
    await browser.post("/api/auth/login", params={"password": WRONG, "access_token": person.token}, json={})
    await browser.get(f"/api/threads/{person.token}", headers=person.bearer)
    await browser.get(f"/api/{person.token}")
    await browser.get("/api/threads", headers={"authorization": f"Bearer {person.token}x"})
    await browser.get("/api/threads", headers={"authorization": f"Basic {person.token}"})
    await person.ask("POST", "/api/auth/change-password", {"current_password": WRONG, "new_password": ANOTHER})
    await person.ask("POST", "/api/auth/2fa/verify", {"code": code_now("A" * 32)})
    await stolen_refresh_token(person)
    assert len(issued.problems) >= 10


async def stolen_refresh_token(person: Person) -> None:
    """Use a refresh token that was superseded twice, as a thief would."""
    stolen = dict(person.browser.cookies)
    for _ in range(2):
        assert (await person.browser.post("/api/auth/refresh", json={})).status_code == 200
    for name, value in stolen.items():
        person.browser.cookies.set(name, value, domain="127.0.0.1")
    answer = await person.browser.post("/api/auth/refresh", json={})
    assert answer.json()["code"] == "session_reuse_detected"


async def sign_in_from_the_machine(world: World, _: Issued) -> None:
    browser = await world.client()
    owner = await browser.post("/api/auth/owner/login", json={"credential": OWNER_CREDENTIAL})
    assert owner.status_code == 200, owner.text
    assert (await browser.post("/api/auth/dev/login", json={"email": "dev@example.org"})).status_code == 200


STEPS = [sign_in_and_go_on, sign_in_with_two_factors, fail_in_every_way, sign_in_from_the_machine]
