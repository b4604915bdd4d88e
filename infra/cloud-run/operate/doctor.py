"""`make doctor`: everything that is needed, each as one line, also after something was found."""

import json
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from operate.catalogue import catalogue
from operate.preflight import (
    check_apis,
    check_billing,
    check_bus,
    check_docker,
    check_environment,
    check_network,
    check_sign_in,
    check_tools,
    project_number,
)
from operate.programs import Tools
from operate.refusals import Exit, Refused
from operate.secret_store import check_secrets

OLDEST_PYTHON = (3, 11)
OLDEST_TERRAFORM = (1, 9)  # terraform/versions.tf
Look = tuple[str, Callable[[], object]]


@dataclass(frozen=True, slots=True)
class Found:
    """What one look found; `refusal` says what to do where it is not well."""

    what: str
    refusal: Refused | None

    def __str__(self) -> str:
        return f"{'ok  ' if self.refusal is None else 'FAIL'}  {self.what}{f': {self.refusal}' if self.refusal else ''}"


def doctor(tools: Tools) -> list[Found]:
    """Look at everything that can still be told apart. Raises nothing that a look raised.

    Where nobody is signed in, or the project is not there, everything further would say the same again.
    """
    found = _looked(
        ("gcloud is new enough", lambda: check_tools(tools, docker=False)),
        ("docker's engine answers", lambda: check_docker(tools)),
        ("git", lambda: _check_there(tools, "git")),
        ("make", lambda: _check_there(tools, "make")),
        ("Python is new enough", _check_python),
        ("terraform is new enough", lambda: check_terraform(tools)),
        ("signed in to Google", lambda: _check_sign_in(tools)),
    )
    if found[-1].refusal:
        return found
    found += _looked(
        ("signed in for Terraform", lambda: check_second_sign_in(tools)),
        (f"project {tools.place.project}", lambda: project_number(tools)),
    )
    if found[-1].refusal:
        return found
    found += _looked(
        ("billing", lambda: check_billing(tools)),
        ("APIs", lambda: check_apis(tools)),
        ("network", lambda: check_network(tools)),
        ("bus", lambda: check_bus(tools)),
        ("environment", lambda: check_environment(tools)),
    )
    try:
        services = catalogue(tools)
    except Refused as refused:
        return [*found, Found("catalogue of services", refused)]
    secrets: Sequence[Look] = [
        (f"secrets of {each.key}", lambda each=each: check_secrets(tools, each))  # type: ignore[misc]
        for each in services
    ]
    return found + _looked(*secrets)


def check_terraform(tools: Tools) -> None:
    """Raise Refused(TOOL) for a missing or too old one."""
    said = tools.run("terraform", "version", "-json", code=Exit.TOOL)
    version = tuple(map(int, re.findall(r"\d+", str(json.loads(said)["terraform_version"]))[:2]))
    if version < OLDEST_TERRAFORM:
        raise Refused(Exit.TOOL, f"terraform {version[0]}.{version[1]} is too old; install 1.9 or newer")


def check_second_sign_in(tools: Tools) -> None:
    """Raise Refused(NOT_SIGNED_IN) without what Terraform signs in with."""
    try:
        tools.read_text("auth", "application-default", "print-access-token")
    except Refused:
        raise Refused(
            Exit.NOT_SIGNED_IN, "Terraform has no credentials; type `gcloud auth application-default login`"
        ) from None


def _check_sign_in(tools: Tools) -> None:
    try:
        check_sign_in(tools)
    except Refused as refused:
        raise Refused(refused.code, "nobody is; type `gcloud auth login`") from None  # in gcloud's words: much longer


def _check_there(tools: Tools, program: str) -> None:
    tools.run(program, "--version", code=Exit.TOOL)


def _check_python() -> None:
    if sys.version_info < OLDEST_PYTHON:
        raise Refused(Exit.TOOL, "Python 3.11 or newer is needed")


def _looked(*looks: Look) -> list[Found]:
    return [_look(what, look) for what, look in looks]


def _look(what: str, look: Callable[[], object]) -> Found:
    try:
        look()
    except Refused as refused:
        return Found(what, refused)
    return Found(what, None)
