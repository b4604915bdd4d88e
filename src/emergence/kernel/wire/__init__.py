"""How services talk: a client always speaks HTTP messages, only the transport differs."""
