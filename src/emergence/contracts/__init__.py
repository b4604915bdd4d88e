"""Every promise between services: messages, errors, events and typed clients."""
