"""How many instances of session will be needed: from the history of open sockets, with Python's standard library."""
