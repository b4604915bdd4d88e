"""Addresses that letters lead to: always below the public address, never below what a request calls us."""

from emergence.auth.parts import Auth


def link_with(auth: Auth, page: str, secret: str) -> str:
    """Return the address of a page of the web client that takes `secret` from the fragment, which no server sees."""
    return f"{page_address(auth, page)}#{secret}"


def page_address(auth: Auth, page: str) -> str:
    """Return the address of a page of the web client; a path alone where no public address is known."""
    return f"{auth.settings.public_url() or ''}/{page}"
