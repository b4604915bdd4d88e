"""One table of routes, written in the words of each proxy that stands in front of the services."""
