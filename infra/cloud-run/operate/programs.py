"""Runs the tools of the machine (gcloud, docker, git) and says in our words why one failed."""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from operate.place import Place
from operate.refusals import Exit, Missing, Refused

# gcloud's sentences (SDK 528), first match wins. Its exit code is 1 for all of them.
MEANINGS: Sequence[tuple[str, Exit, str]] = (
    (r"You do not currently have an active account|Reauthentication|UNAUTHENTICATED|invalid authentication cred"
     r"|HTTPError 401|Could not read json file", Exit.NOT_SIGNED_IN,
     "nobody is signed in to Google; type `gcloud auth login`"),
    (r"RESOURCE_EXHAUSTED|HTTPError (429|5\d\d)|HttpError.*\b(429|50\d)\b|UNAVAILABLE|INTERNAL\b|Quota exceeded"
     r"|code[=:] ?50\d|Too Many Requests", Exit.API, "Google's API is busy or failing; try the same again in a minute"),
    (r"NOT_FOUND|Cannot find|could not be found|was not found|instance \[[^]]+\] not found|Image not found"
     r"|HTTPError 404", Exit.FAILED, ""),
    (r"ABORTED|HTTPError 409|Conflict for resource|ConflictError", Exit.BUSY,
     "somebody else is changing the same thing; look with `make status`, then try again"),
    (r"SERVICE_DISABLED|has not been used in project|BILLING_DISABLED|[Bb]illing", Exit.PROJECT,
     "an API is off or the project has no billing; `make doctor` names which"),
    (r"PERMISSION_DENIED|HTTPError 403|does not have permission|Required '[a-zA-Z.]+' permission|Permission .* denied",
     Exit.PROJECT, "this account may not do that in this project"),
)  # fmt: skip
AUTHENTICATED_AS = re.compile(r"\s*This command is authenticated .*")  # gcloud appends who asked; it explains nothing


@dataclass(frozen=True, slots=True)
class Ended:
    """A program that ran to its end."""

    status: int
    out: str
    err: str


class Machine(Protocol):
    """What runs programs; a test passes another one."""

    def run(self, words: Sequence[str], given: str | None = None, more: Mapping[str, str] | None = None) -> Ended:
        """Run `words` with `given` on stdin and `more` variables. Raises Refused(TOOL) without such a program."""


class ThisMachine:
    """Runs programs here, without a terminal, so that none can ask."""

    def run(self, words: Sequence[str], given: str | None = None, more: Mapping[str, str] | None = None) -> Ended:
        """See Machine."""
        try:
            done = subprocess.run(
                list(words),
                input=given,
                stdin=subprocess.DEVNULL if given is None else None,
                capture_output=True,
                text=True,
                env=os.environ | dict(more or {}),
                check=False,
            )
        except FileNotFoundError:
            raise Refused(Exit.TOOL, f"{words[0]} is not installed; `make doctor` says what is needed") from None
        return Ended(done.returncode, done.stdout, done.stderr)


@dataclass(frozen=True, slots=True)
class Tools:
    """The machine's programs, in one place; `is_dry` lets everything be read and nothing be changed."""

    machine: Machine
    place: Place
    is_dry: bool = False

    def read(self, *words: str) -> Any:
        """Return what gcloud answers, parsed from JSON. Raises Missing, Refused."""
        said = self._gcloud([*words, "--format=json"])
        return json.loads(said) if said.strip() else None

    def read_text(self, *words: str) -> str:
        """Return what gcloud prints as it is. Raises Missing, Refused."""
        return self._gcloud(list(words))

    def change(self, *words: str, given: str | None = None) -> Any:
        """Have gcloud change something and return its answer from JSON; None in a dry run, which says the words."""
        if self.is_dry:
            tell(f"would run: gcloud {shlex.join(words)} --project={self.place.project}")
            return None
        said = self._gcloud([*words, "--format=json"], given)
        return json.loads(said) if said.strip() else None

    def run(self, *words: str, code: Exit, given: str | None = None, more: Mapping[str, str] | None = None) -> str:
        """Run another program and return what it printed. Raises Refused(code) with its last line."""
        ended = self.machine.run(words, given, more)
        if ended.status:
            raise Refused(code, f"`{shlex.join(words[:3])} …` failed: {last_line(ended.err or ended.out)}")
        return ended.out

    def _gcloud(self, words: list[str], given: str | None = None) -> str:
        whole = ["gcloud", *words, f"--project={self.place.project}", "--quiet"]
        ended = self.machine.run(whole, given, {"CLOUDSDK_CORE_DISABLE_PROMPTS": "1"})
        if ended.status:
            raise refusal_of(ended.err, " ".join(words[:3]))
        return ended.out


def refusal_of(said: str, what: str) -> Refused:
    """Return what gcloud's own words mean."""
    said = AUTHENTICATED_AS.sub("", said)
    for pattern, code, sentence in MEANINGS:
        if re.search(pattern, said):
            if not sentence:
                return Missing(code, f"gcloud {what}: {last_line(said)}")
            return Refused(code, f"{sentence} (gcloud {what}: {last_line(said)})")
    return Refused(Exit.FAILED, f"gcloud {what} failed: {last_line(said)}")


def last_line(said: str) -> str:
    """Return as one line what a tool says is wrong: from its last `ERROR:` on, else its last line; 300 characters."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [number for number, line in enumerate(lines) if line.startswith("ERROR:")]
    kept = lines[errors[-1] :] if errors else lines[-1:]
    return " ".join(kept)[:300] or "it said nothing"


def blueprint(tools: Tools, *words: str) -> str:
    """Return what the manifests' own program prints. Raises Refused with its exit code."""
    program = str(Path(__file__).resolve().parents[1] / "blueprint.sh")
    ended = tools.machine.run([program, *words])
    if ended.status:
        known = ended.status if ended.status in set(Exit) else Exit.MANIFEST
        raise Refused(Exit(known), last_line(ended.err))
    return ended.out


def tell(text: str) -> None:
    """Say to the operator what happens, on stderr: stdout is for what was asked."""
    print(text, file=sys.stderr, flush=True)
