"""The tables of the memory service, in the order in which they came."""
