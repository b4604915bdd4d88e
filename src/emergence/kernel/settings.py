"""Typed settings read once from an environment mapping; the only place that knows how text becomes a value."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Self, get_args
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, PydanticUndefined

TRUE_WORDS = frozenset({"1", "true", "yes", "on", "y", "t"})
FALSE_WORDS = frozenset({"0", "false", "no", "off", "n", "f", ""})
# pydantic's error types, for people who do not know Python.
WORDINGS = {
    "missing": "is required",
    "int_parsing": "must be a whole number",
    "float_parsing": "must be a number",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "literal_error": "must be {expected}",
}


class SettingsInvalid(Exception):
    """A setting is missing or has a value that cannot be used; the message names it and says what to do."""


def parse_boolean(value: object) -> bool:
    """Return the truth that a word stands for (`1`, `true`, `yes`, `on` and their opposites, any case).

    Raises ValueError for anything else: a typo must not silently switch something off.
    """
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise ValueError("must be true or false (1/0, yes/no, on/off)")


def _seconds(value: object) -> timedelta:
    if isinstance(value, timedelta):
        return value
    try:
        duration = timedelta(seconds=float(str(value)))
    except (ValueError, OverflowError):
        raise ValueError("must be a number of seconds") from None
    if duration < timedelta(0):
        raise ValueError("must be a number of seconds, not below zero")
    return duration


def _without_newline(value: object) -> object:
    """Drop one trailing newline: secrets that were piped into a store often carry one."""
    return value.removesuffix("\n").removesuffix("\r") if isinstance(value, str) else value


def _web_address(value: str) -> str:
    if urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).hostname:
        raise ValueError("must be an address that begins with http:// or https://")
    return value


def _server_address(value: str) -> str:
    if urlsplit(_web_address(value)).path.strip("/") or value.endswith("//"):
        raise ValueError("must be an address without a path, like https://chat.example.org")
    return value.removesuffix("/")


WebAddress = Annotated[str, AfterValidator(_web_address)]
ServerAddress = Annotated[str, AfterValidator(_server_address)]
Boolean = Annotated[bool, BeforeValidator(parse_boolean)]
Seconds = Annotated[timedelta, BeforeValidator(_seconds)]
Secret = Annotated[SecretStr, BeforeValidator(_without_newline)]


@dataclass(frozen=True, slots=True)
class DescribedSetting:
    """One line of `emergence settings`; `shown` never holds a secret."""

    name: str
    shown: str
    is_set: bool
    description: str


class Settings(BaseModel):
    """Base of each service's settings: one field per variable, named as the variable in lower case.

    Every field has a description with unit, default and reason. A variable that is set to an
    empty text counts as not set.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    @classmethod
    def variables(cls) -> dict[str, FieldInfo]:
        """Return the environment variables this class reads, with their fields."""
        return {name.upper(): field for name, field in cls.model_fields.items()}

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Self:
        """Return the settings found in `environ`.

        Raises SettingsInvalid with one line per setting that is missing or cannot be used; the
        lines never contain the values.
        """
        given = {name.lower(): environ[name] for name in cls.variables() if environ.get(name, "").strip()}
        try:
            return cls.model_validate(given)
        except ValidationError as invalid:
            lines = sorted({_explanation(error) for error in invalid.errors(include_input=False)})
            raise SettingsInvalid("\n".join(lines)) from None


def describe(kind: type[Settings], environ: Mapping[str, str]) -> Iterator[DescribedSetting]:
    """Yield every variable of `kind` with the value that `environ` or the default gives it.

    Works on values that `read` would refuse, so that a broken configuration can be looked at.
    """
    for variable, field in kind.variables().items():
        is_set = bool(environ.get(variable, "").strip())
        value = environ[variable] if is_set else field.get_default()
        yield DescribedSetting(
            name=variable,
            shown="(set, hidden)" if is_set and is_secret(field) else _shown(value),
            is_set=is_set,
            description=field.description or "",
        )


def describe_all(
    kinds: Iterable[type[Settings]], environ: Mapping[str, str]
) -> Iterator[tuple[type[Settings], DescribedSetting]]:
    """Yield each variable once, with the first of `kinds` that declares it; see `describe`."""
    seen: set[str] = set()
    for kind in kinds:
        for setting in describe(kind, environ):
            if setting.name not in seen:
                seen.add(setting.name)
                yield kind, setting


def problems_of(kinds: Iterable[type[Settings]], environ: Mapping[str, str]) -> list[str]:
    """Return what `read` of any of `kinds` would refuse, a line for each setting, sorted."""
    problems: set[str] = set()
    for kind in kinds:
        try:
            kind.read(environ)
        except SettingsInvalid as invalid:
            problems.update(str(invalid).splitlines())
    return sorted(problems)


def _explanation(error: ErrorDetails) -> str:
    wording = WORDINGS.get(error["type"])
    reason = wording.format(**error.get("ctx", {})) if wording else error["msg"].removeprefix("Value error, ")
    if not error["loc"]:
        return reason  # of several settings together: it names them itself
    return f"{str(error['loc'][0]).upper()}: {reason}"


def _shown(value: object) -> str:
    if value is None or value is PydanticUndefined:
        return "(not set)"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, timedelta):
        return f"{value.total_seconds():g} s"
    return str(value)


def is_secret(field: FieldInfo) -> bool:
    """Return whether values of this field are masked wherever they are shown."""
    return _holds_secret(field.annotation)


def _holds_secret(annotation: object) -> bool:
    return annotation is SecretStr or any(_holds_secret(inner) for inner in get_args(annotation))
