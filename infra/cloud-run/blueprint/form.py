"""What a piece of YAML must look like, and the place of what looks otherwise; forms.py says it of each file."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol


class Form(Protocol):
    """What something read from YAML may be."""

    def problems(self, found: Any, at: str) -> Iterator[str]:
        """Yield a sentence for each thing that is wrong with `found`, which stands at the place `at`."""


@dataclass(frozen=True, slots=True)
class Anything:
    """What somebody else checks."""

    def problems(self, found: Any, at: str) -> Iterator[str]:
        """See Form."""
        yield from ()


@dataclass(frozen=True, slots=True)
class Text:
    """A text, all of which `pattern` matches; `expected` says so in words."""

    pattern: str = r"(?s).*"
    expected: str = "a text"

    def problems(self, found: Any, at: str) -> Iterator[str]:
        """See Form."""
        if isinstance(found, bool | int | float):
            yield f"{at} must be {self.expected}; YAML reads {_shown(found)} there: put it in quotes"
        elif not isinstance(found, str) or not re.fullmatch(self.pattern, found):
            yield f"{at} must be {self.expected}, not {_shown(found)}"


@dataclass(frozen=True, slots=True)
class Number:
    """A number from `least` to `most`, without quotes."""

    least: int = 0
    most: int = 10**9
    is_whole: bool = True

    def problems(self, found: Any, at: str) -> Iterator[str]:
        """See Form."""
        kinds = int if self.is_whole else int | float
        if isinstance(found, bool) or not isinstance(found, kinds) or not self.least <= found <= self.most:
            kind = "a whole number" if self.is_whole else "a number"
            yield f"{at} must be {kind} from {self.least} to {self.most}, without quotes, not {_shown(found)}"


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false, without quotes."""

    def problems(self, found: Any, at: str) -> Iterator[str]:
        """See Form."""
        if not isinstance(found, bool):
            yield f"{at} must be true or false, without quotes, not {_shown(found)}"


@dataclass(frozen=True, slots=True)
class Fields:
    """A mapping with these keys, of which `required` must be there; others are unknown unless they have a form."""

    of: Mapping[str, Form]
    required: tuple[str, ...] = ()
    others: Form | None = None

    def problems(self, found: Any, at: str) -> Iterator[str]:
        """See Form."""
        if not isinstance(found, dict):
            yield f"{at or 'it'} must be a mapping, not {_shown(found)}"
            return
        yield from (f"{_below(at, key)} is missing" for key in self.required if key not in found)
        for key, value in found.items():
            form = self.of.get(key, self.others) if isinstance(key, str) else None
            if form is None:
                yield f"{_below(at, key)} is unknown; known: {', '.join(self.of)}"
            else:
                yield from form.problems(value, _below(at, key))


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of things of one form; where each has a name, no two have the same."""

    of: Form
    least: int = 0

    def problems(self, found: Any, at: str) -> Iterator[str]:
        """See Form."""
        if not isinstance(found, list):
            yield f"{at} must be a list, not {_shown(found)}"
            return
        if len(found) < self.least:
            yield f"{at} must have at least {self.least} entries, not {len(found)}"
        names = [entry["name"] for entry in found if isinstance(entry, dict) and isinstance(entry.get("name"), str)]
        yield from (f"{at} has {name} twice" for name in dict.fromkeys(names) if names.count(name) > 1)
        for place, entry in enumerate(found):
            yield from self.of.problems(entry, f"{at}[{place}]")


def one_of(*words: str) -> Text:
    """Return the form of a text that is one of `words`."""
    return Text("|".join(map(re.escape, words)), " or ".join(words))


def every(form: Form, *names: str, **of: Form) -> Fields:
    """Return a mapping in which each of `names` has the same form, and `of` theirs; all of them are required."""
    fields = {**dict.fromkeys(names, form), **of}
    return Fields(fields, tuple(fields))


def _below(at: str, key: Any) -> str:
    return f"{at}.{key}" if at else str(key)


def _shown(found: Any) -> str:
    if found is None:
        return "empty"
    if isinstance(found, bool):
        return str(found).lower()
    if isinstance(found, dict | list):
        return "a mapping" if isinstance(found, dict) else "a list"
    return repr(found)
