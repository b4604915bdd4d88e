"""Who may call whom, proven by certificates: written for sidecars on this machine and for Istio on GKE."""
