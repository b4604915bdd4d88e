"""How letters call browsers and programs: by names of ours, whatever they call themselves."""

import pytest

from emergence.auth.mail.device_name import device_name

KIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("agent", "english", "french"),
    [
        (f"Mozilla/5.0 (Windows NT 10.0) {KIT} Chrome/142.0 Safari/537.36", "Chrome on Windows", "Chrome sur Windows"),
        (
            f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {KIT} Chrome/142.0 Safari/537.36 Edg/142.0",
            "Edge on Windows",
            "Edge sur Windows",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605 Version/18 Safari/605.1.15",
            "Safari on macOS",
            "Safari sur macOS",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18 Safari/604.1",
            "Safari on iPhone",
            "Safari sur iPhone",
        ),
        (
            f"Mozilla/5.0 (Linux; Android 15) {KIT} SamsungBrowser/28.0 Chrome/142.0 Mobile Safari/537.36",
            "Samsung Internet on Android",
            "Samsung Internet sur Android",
        ),
        (
            "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
            "Firefox on Linux",
            "Firefox sur Linux",
        ),
        ("curl/8.0", "a program (curl)", "un programme (curl)"),
        ("Python-urllib/3.14", "a program (Python-urllib)", "un programme (Python-urllib)"),
        ("Python/3.14 aiohttp/3.13.2", "a program (aiohttp)", "un programme (aiohttp)"),
        ("python-httpx/0.28.1", "a program (python-httpx)", "un programme (python-httpx)"),
        ("EVIL curl {at}", "an unknown browser or program", "un navigateur ou un programme inconnu"),
        ("Mozilla/5.0 (X11; Linux)", "an unknown browser on Linux", "un navigateur inconnu sur Linux"),
        ("Call-0800-EVIL/1.0 {at}", "an unknown browser or program", "un navigateur ou un programme inconnu"),
        ("", "an unknown browser or program", "un navigateur ou un programme inconnu"),
        (None, "an unknown browser or program", "un navigateur ou un programme inconnu"),
    ],
)
def test_browsers_are_called_by_names_of_ours(agent: str | None, english: str, french: str) -> None:
    assert (device_name(agent, "en"), device_name(agent, "fr")) == (english, french)
