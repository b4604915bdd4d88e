"""Runs the services of the manifests as processes of this machine, as Cloud Run would run their images."""
