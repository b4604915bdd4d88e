"""Who may have an account here that does not have one yet."""

from emergence.auth.parts import Auth


async def may_join(auth: Auth, email_norm: str) -> bool:
    """Return whether somebody unknown, who has proved to own this address, may have an account."""
    return auth.settings.auth_signup == "open"
