"""The front door: routes to local or remote services, serves the web client, sets security headers."""
