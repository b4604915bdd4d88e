"""Images: built from their Dockerfiles, looked into, started as Cloud Run would, and vouched for."""
