"""One socket: how it is admitted, what it hears, what it may say, and when it is closed."""
