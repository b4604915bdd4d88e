"""The auth service: accounts, login sessions, tokens and tickets."""
