"""Remembers every secret that went over the wire or was made, and finds it again in whatever form it was kept."""

import base64
import binascii
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import httpx2

from emergence.contracts.auth.values import REFRESH_COOKIE

# Members of bodies, of requests and of answers, that hold a secret: one line for each new one.
SECRET_MEMBERS = {
    "access_token": "access token",
    "token": "access token",
    "mfa_token": "token of a sign-in's first step",
    "ticket": "ticket",
    "secret": "seed of an authenticator",
    "otpauth_uri": "seed of an authenticator",
    "codes": "recovery code",
    "recovery_codes": "recovery code",
    "undo_token": "offer to stay",
    "link": "token of a sign-in's first step",
    "password": "password",
    "current_password": "password",
    "new_password": "password",
    "api_key": "provider's key",
    "credential": "credential of the machine's owner",
}
SECRET_COOKIES = {REFRESH_COOKIE: "refresh token"}
# Members whose names sound like a secret and are none, with the reason.
NO_SECRETS = {
    "code": "a problem's code, or a guess that is worth nothing after its use",
    "token_type": "the word Bearer",
    "token_budget": "a number",
    "recovery_codes_left": "a number",
    "password_must_reset": "yes or no",
    "password_min_length": "a number",
    "has_refresh_token": "yes or no",
    "keys": "public keys",
    "key_id": "the name of a public key",
    "key": "what a preference is about",
    "links": "how items of memory belong together",
    "access_token_signing_alg_values_supported": "names of algorithms",
    "jwks_uri": "an address",
    "token_endpoint": "an address",
    "token_endpoint_auth_methods_supported": "names of methods",
    "token_endpoint_auth_signing_alg_values_supported": "names of algorithms",
    "linked_at": "a time",
    "has_password": "yes or no",
    "must_change_password": "yes or no",
    "password_changed_at": "a time",
    "passkey": "an answer that is worth nothing after its use",
    "passkeys": "how many, or their names",
    "passkeys_at": "an address",
    "max_tokens": "a number",
    "input_tokens": "a number",
    "output_tokens": "a number",
    "cached_input_tokens": "a number",
}
SOUNDS_SECRET = re.compile(r"token|secret|ticket|code|password|credential|key|challenge|_uri$|link")
OFFER = '"code":"deletion_pending"'  # the one refusal that hands a token out: to keep the account
SHORTEST = 8  # below it a text is found by chance
EDGE = 2  # characters of base64 at both ends that depend on the neighbours


@dataclass
class Issued:
    """Every secret by its value, with its kind."""

    secrets: dict[str, str] = field(default_factory=dict, repr=False)
    problems: list[str] = field(default_factory=list, repr=False)

    def note(self, kind: str, *values: str) -> None:
        """Remember secrets that nobody sees on the wire."""
        for value in values:
            assert len(value) >= SHORTEST, f"a {kind} of {len(value)} characters is found anywhere by chance"
            self.secrets.setdefault(value, kind)  # what a step says of it is more than what its member's name says

    def kinds(self) -> set[str]:
        """Return which kinds were issued."""
        return set(self.secrets.values())

    async def see_request(self, request: httpx2.Request) -> None:
        """Remember what a person sends."""
        self._see(request.content)

    async def see_response(self, response: httpx2.Response) -> None:
        """Remember what a person gets; keep refusals, which may repeat nothing."""
        if "event-stream" in response.headers.get("content-type", ""):
            return
        self._see(await response.aread())
        for name, value in response.cookies.items():
            for cookie, kind in SECRET_COOKIES.items():
                if cookie in name and len(value) >= SHORTEST:
                    self.note(kind, value)
        if response.status_code >= 400 and OFFER not in response.text:
            self.problems.append(f"{response.text} {dict(response.headers)}")

    def found_in(self, text: str) -> dict[str, int]:
        """Return how many secrets of each kind the text holds, in any form."""
        counted: dict[str, int] = {}
        folded = text.casefold()
        for value, kind in self.secrets.items():
            if any(form in text or form.casefold() in folded for form in forms_of(value)):
                counted[kind] = counted.get(kind, 0) + 1
        return counted

    def _see(self, content: bytes) -> None:
        try:
            document = json.loads(content)
        except ValueError:
            return
        for name, value in members_of(document):
            if name in SECRET_MEMBERS:
                values = value if isinstance(value, list) else [value]
                self.note(SECRET_MEMBERS[name], *(each for each in values if isinstance(each, str)))


def members_of(document: Any) -> Iterator[tuple[str, Any]]:
    """Yield the members of all objects in a document."""
    if isinstance(document, dict):
        for name, value in document.items():
            yield name, value
            yield from members_of(value)
    elif isinstance(document, list):
        for value in document:
            yield from members_of(value)


def forms_of(value: str) -> set[str]:
    """Return a secret as it is, escaped, in hexadecimal, in base64, and what it is the base64 or base32 of."""
    last = value.rpartition(".")[2]  # a token's signature, which is enough to find it by
    contents = {value.encode(), last.encode(), value.replace("-", "").encode(), *_decoded(last)}
    forms = {value, last, value.replace("-", ""), quote(value, safe="")}
    for content in contents:
        forms |= {content.hex(), *_in_base64(content)}
    return {form for form in forms if len(form) >= SHORTEST}


def _decoded(value: str) -> Iterator[bytes]:
    padded = value + "=" * (-len(value) % 4)
    for decode in (base64.urlsafe_b64decode, base64.b32decode):
        try:
            content = decode(padded)
        except (ValueError, binascii.Error):
            continue
        if len(content) >= SHORTEST:
            yield content


def _in_base64(content: bytes) -> Iterator[str]:
    """Yield the base64 of `content` wherever it begins in what was encoded, without the ends that depend on that."""
    for before in range(3):
        text = base64.b64encode(b"\0" * before + content).decode().rstrip("=")
        inner = text[(4 if before else 0) : len(text) - EDGE]
        yield inner
        yield inner.replace("+", "-").replace("/", "_")
