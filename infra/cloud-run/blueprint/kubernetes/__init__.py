"""The same services for a cluster with Istio (Anthos Service Mesh on GKE), from the same manifests and routes.yaml."""
