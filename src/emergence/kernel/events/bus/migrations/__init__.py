"""Tables of the bus that lives in PostgreSQL."""
