"""Do the work that a server asks for while many guesses are being made at it (ALTCHA, version 2)."""


def proof_for(challenge: object) -> str | None:
    """Return what the server takes as proof, after a second of computing; None when it cannot be done here."""
    try:
        from altcha import Challenge, Payload, solve_challenge
    except ImportError:  # it comes with the services, and this may be the terminal alone
        return None
    if not isinstance(challenge, dict):
        return None
    try:
        asked = Challenge.from_dict(challenge)
        solution = solve_challenge(asked)
    except (KeyError, TypeError, ValueError):
        return None
    return Payload(asked, solution).to_base64() if solution else None
