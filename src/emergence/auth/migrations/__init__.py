"""SQL files of the auth schema, applied in order."""
