"""What session promises: threads and messages over REST, and the live protocol `emergence.v1`.

`threads` holds what is stored, `commands` what a client says (`posted_commands`: without a WebSocket),
`frames` what it hears, `protocol` the numbers both sides rely on, `problems` the errors.
"""
