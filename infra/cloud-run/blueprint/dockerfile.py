"""Reads a Dockerfile as a list of instructions, for the rules about images."""

from typing import Any


def instructions(text: str) -> list[dict[str, Any]]:
    """Return stage, name and value of each instruction; what stands before the first FROM is in stage 0 too."""
    found: list[dict[str, Any]] = []
    stage = -1
    for line in _joined(text):
        name, _, value = line.partition(" ")
        stage += name.upper() == "FROM"
        found.append({"stage": max(stage, 0), "name": name.upper(), "value": " ".join(value.split())})
    return found


def _joined(text: str) -> list[str]:
    """Return the lines without comments, those that end in a backslash with the next one."""
    lines = [line.strip() for line in text.splitlines()]
    whole = "\n".join(line for line in lines if line and not line.startswith("#"))
    return whole.replace("\\\n", " ").splitlines()
