"""A provider's key, kept and refused."""

from tests.routes.world import World
from tests.secrecy.issued import Issued

KEY, REFUSED_KEY = "sk-scripted-7f3d1c5b9a8e2046", "sk-refused-91c05ab7e4d2f638"


async def keep_a_key(world: World, _: Issued) -> None:
    admin = await world.admin()
    body = {"base_url": world.models_url, "model": "gpt-6.1-sol", "api_key": KEY}
    assert (await admin.ask("PUT", "/api/models/openai_compatible", body)).status_code == 200
    nobody_there = {"base_url": "http://127.0.0.1:9/v1", "model": "none", "api_key": REFUSED_KEY}
    assert (await admin.ask("PUT", "/api/models/openai_compatible", nobody_there)).status_code == 409
    await admin.talk()


STEPS = [keep_a_key]
