"""Call a browser by names of ours: what it calls itself is a stranger's text, and has no place in a letter.

The web client's list of sessions reads the same signs (`web/src/settings/security/device_name.ts`); it also shows the
names of programs that are not known here, to whoever is signed in.
"""

import re

from emergence.contracts.auth.values import Language

# The first that fits counts: nearly every browser also claims to be Chrome, Safari and Mozilla.
BROWSERS = (
    (r"\bEdg(?:e|A|iOS)?/", "Edge"),
    (r"\bOPR/|\bOPT/|\bOPiOS/", "Opera"),
    (r"\bSamsungBrowser/", "Samsung Internet"),
    (r"\bVivaldi/", "Vivaldi"),
    (r"\bFxiOS/|\bFirefox/", "Firefox"),
    (r"\bCriOS/|\b(?:Headless)?Chrome/", "Chrome"),
    (r"\bVersion/[\d.]+.*\bSafari/", "Safari"),
    (r"^emergence\b", "Emergence"),
)
# What calls itself by its own name and a version, first of all: programs that people write or run by hand.
PROGRAMS = (
    "curl",
    "Wget",
    "HTTPie",
    "PostmanRuntime",
    "Python-urllib",
    "python-requests",
    "python-httpx",
    "aiohttp",
    "Go-http-client",
    "node",
    "undici",
    "axios",
    "okhttp",
    "Java",
    "Apache-HttpClient",
    "Ruby",
    "libwww-perl",
    "GuzzleHttp",
)
SYSTEMS = (
    (r"\biPhone\b", "iPhone"),
    (r"\biPad\b", "iPad"),
    (r"\bAndroid\b", "Android"),
    (r"\bWindows NT\b", "Windows"),
    (r"\bMac OS X\b|\bMacintosh\b", "macOS"),
    (r"\bCrOS\b", "ChromeOS"),
    (r"\bLinux\b", "Linux"),
)
BOTH: dict[Language, str] = {"en": "{} on {}", "fr": "{} sur {}"}
BROWSER_ONLY: dict[Language, str] = {"en": "{} on an unknown system", "fr": "{} sur un système inconnu"}
SYSTEM_ONLY: dict[Language, str] = {"en": "an unknown browser on {}", "fr": "un navigateur inconnu sur {}"}
PROGRAM: dict[Language, str] = {"en": "a program ({})", "fr": "un programme ({})"}
NEITHER: dict[Language, str] = {"en": "an unknown browser or program", "fr": "un navigateur ou un programme inconnu"}


def device_name(agent: str | None, language: Language) -> str:
    """Return something like `Firefox on Linux`, for the middle of a sentence; no word of it comes from `agent`."""
    if program := _program(agent or ""):
        return PROGRAM[language].format(program)
    browser, system = (_named(signs, agent or "") for signs in (BROWSERS, SYSTEMS))
    if browser and system:
        return BOTH[language].format(browser, system)
    if browser:
        return BROWSER_ONLY[language].format(browser)
    return SYSTEM_ONLY[language].format(system) if system else NEITHER[language]


def _program(agent: str) -> str | None:
    called = {word.partition("/")[0].lower() for word in agent.split() if "/" in word}  # `Python/3.14 aiohttp/3.13`
    return next((name for name in PROGRAMS if name.lower() in called), None)


def _named(signs: tuple[tuple[str, str], ...], agent: str) -> str | None:
    return next((name for sign, name in signs if re.search(sign, agent)), None)
