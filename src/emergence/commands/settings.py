"""`emergence settings`: every variable, its value (secrets masked) and what it means."""

import argparse
import json
import os
import textwrap
from collections.abc import Iterator
from dataclasses import asdict

from emergence.composition import every_settings_class
from emergence.kernel.settings import DescribedSetting, SettingsInvalid, describe


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of this command."""
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print them all; exit 1 when one cannot be used, after printing which."""
    described = list(_all_settings())
    if arguments.json:
        print(json.dumps([asdict(setting) for setting in described], indent=2))
    else:
        for setting in described:
            print(f"{setting.name} = {setting.shown}{'' if setting.is_set else '  (default)'}")
            print(textwrap.indent(textwrap.fill(setting.description, 100), "    "))
    problems = sorted(set(_problems()))
    for problem in problems:
        print(f"emergence settings: {problem}", flush=True)
    return 1 if problems else 0


def _all_settings() -> Iterator[DescribedSetting]:
    seen: set[str] = set()
    for kind in every_settings_class():
        for setting in describe(kind, os.environ):
            if setting.name not in seen:
                seen.add(setting.name)
                yield setting


def _problems() -> Iterator[str]:
    for kind in every_settings_class():
        try:
            kind.read(os.environ)
        except SettingsInvalid as invalid:
            yield from str(invalid).splitlines()
