"""Secrets that tutorials and standards publish: whoever copies one has none."""

PUBLISHED = frozenset(
    {
        "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",  # FastAPI's tutorial
        "404e635266556a586e3272357538782f413f4428472b4b6250645367566b5970",  # Spring Security tutorials
        "3cfa76ef14937c1c0ea519f8fc057a80fcd04a7420f8e8bcd0a7567c272e007b",  # Spring Boot JWT tutorials
        "aym1sysppbydfgzld3umj1qzkobwvmkoqq-estjqlr_t-1qs0gzh75aktmn3yj0ips4hcguutwjazzr1z9caow",  # RFC 7515 A.1
        "fdfyfzerwc2ucbb46pzqi4gg85lujr8obt-kwrbicvq",  # RFC 7517 A.3
        "hjtxiz2usn5kbqfbttnwbpdmhkv8fjg-onbc6mxccyg",  # RFC 7520
        "-ebudnsvz2ijtoz-akfxtsct4uo2crulcsbwlbingge",  # Wycheproof's signing key
        "qwertyuiopasdfghjklzxcvbnm123456",
        "00112233445566778899aabbccddeeff",
        "0123456789abcdef0123456789abcdef",
        "abcdefghijklmnopqrstuvwxyz123456",
        "abcdefghijklmnopqrstuvwxyz012345",
    }
)
GUESSED_FIRST = (
    "changeme",
    "change-me",
    "change_me",
    "secret",
    "password",
    "example",
    "default",
    "letmein",
    "your-",
    "your_",
)

REPEATED_PIECE = 8  # characters; `openssl rand` never gives this


def is_known_secret(secret: str) -> bool:
    """Return whether an attacker tries it first: published, with a guessable word, or a short piece repeated."""
    lowered = secret.strip().lower()
    if lowered in PUBLISHED or any(word in lowered for word in GUESSED_FIRST):
        return True
    return any(lowered == (lowered[:size] * len(lowered))[: len(lowered)] for size in range(1, REPEATED_PIECE + 1))
