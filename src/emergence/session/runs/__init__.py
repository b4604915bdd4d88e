"""One generation by one agent: how it is carried out, logged, ended, and taken up again after a crash."""
