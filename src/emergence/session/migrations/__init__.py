"""The tables of the session service, in the order in which they came."""
