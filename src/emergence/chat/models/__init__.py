"""The model seam: how to speak with a provider, how to authenticate, what it can do.

Start at `provider.py` (the words), `open_provider.py` (from a key to a provider) and
`call_with_care.py` (retries, deadlines, circuit breaker). Provider packages load on first use.
"""
