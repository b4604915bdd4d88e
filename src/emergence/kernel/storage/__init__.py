"""PostgreSQL, the only database: pool, short transactions, migrations, and the embedded server."""
