"""Passkeys (WebAuthn Level 3): added, used as the only proof or as the second factor, named and removed."""
