"""The commands of docs/auth-api.md that sign in, go on and sign out do so as they stand there, but for the address."""

import asyncio
import json
import re
from pathlib import Path

from tests.architecture.sources import ROOT
from tests.auth.served_auth import ServedAuth
from tests.served_app import served as served_at

ORIGIN = "https://chat.example.org"
BLOCK = re.compile(r"with the cookies in the file `jar`:\n\n```sh\n(.*?)```", re.DOTALL)


async def run(command: str, where: Path) -> tuple[int, str]:
    """Run a command of the page in a shell and return the status and the body of the answer."""
    program = await asyncio.create_subprocess_shell(
        f"{command} -sS -w '\n%{{http_code}}'", cwd=where, stdout=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(30):
        answer, _ = await program.communicate()
    body, _, status = answer.decode().rpartition("\n")
    return int(status), body


async def test_the_page_signs_in_goes_on_and_signs_out(served: ServedAuth, tmp_path: Path) -> None:
    await served.claimed(email="ada@example.org", password="correct horse battery staple")
    found = BLOCK.search((ROOT / "docs" / "auth-api.md").read_text())
    assert found is not None
    commands = found[1].replace("\\\n", " ").strip().splitlines()
    async with served_at(served.app) as address:
        here = [command.replace(ORIGIN, address) for command in commands]
        answers = [await run(command, tmp_path) for command in here]
        again = await run(here[1], tmp_path)

    log_in, refresh, log_out = answers
    assert [status for status, _ in answers] == [200, 200, 204], answers
    assert json.loads(log_in[1])["session_id"] == json.loads(refresh[1])["session_id"]
    assert log_out[1] == ""
    assert again[0] == 401, again
