"""The same frames without a WebSocket: server-sent events one way, posted commands the other."""
