"""Tables that every service's schema has for its events; applied before the service's own."""
