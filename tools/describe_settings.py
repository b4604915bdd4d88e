"""Prints docs/configuration.md: every variable, from the settings classes' own descriptions."""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

from emergence.composition import every_settings_class
from emergence.kernel.settings import DescribedSetting, Settings, describe_all, is_secret
from emergence.kernel.surroundings import CommonSettings

OPENING = """# Configuration

Written by `make docs` from the program's own descriptions; `emergence settings` prints the same with the values that
`emergence up` would use, `emergence settings --serve` with those of `emergence serve`. Every setting is an environment
variable. `emergence up` needs none of them: it makes its own secrets and starts its own PostgreSQL. A variable that is
set to an empty text counts as not set. Booleans are `true` or `false` (`1`/`0`, `yes`/`no`, `on`/`off`); anything else
is refused at start.
"""


def reference() -> str:
    """Return the document."""
    return OPENING + "".join(f"\n## {title}\n\n{_table(rows)}" for title, rows in _chapters())


def _chapters() -> Iterator[tuple[str, list[str]]]:
    """Yield each variable once, under the first class that declares it; what all services share comes first."""
    kinds: list[type[Settings]] = [CommonSettings, *every_settings_class()]
    for kind, described in groupby(describe_all(kinds, {}), key=itemgetter(0)):
        yield _title(kind), [_row(kind, setting) for _, setting in described]


def _title(kind: type[Settings]) -> str:
    if kind is CommonSettings:
        return "Every service"
    return f"{kind.__name__.removesuffix('Settings')}: {(kind.__doc__ or '').splitlines()[0].rstrip('.')}"


def _row(kind: type[Settings], setting: DescribedSetting) -> str:
    field = kind.variables()[setting.name]
    default = (
        "**required**" if field.is_required() else f"`{setting.shown}`" if field.get_default() not in (None, "") else ""
    )
    masked = " *Secret: never printed.*" if is_secret(field) else ""
    return f"| `{setting.name}` | {default} | {setting.description.replace('|', chr(92) + '|')}{masked} |"


def _table(rows: list[str]) -> str:
    return "\n".join(["| variable | default | meaning |", "|---|---|---|", *rows]) + "\n"


if __name__ == "__main__":
    print(reference(), end="")
