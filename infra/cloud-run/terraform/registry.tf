resource "google_artifact_registry_repository" "images" {
  location      = var.region
  repository_id = "emergence"
  description   = "Images of Emergence's services."
  format        = "DOCKER"

  docker_config {
    immutable_tags = true # a tag never comes to mean another image
  }

  vulnerability_scanning_config {
    enablement_config = "INHERITED"
  }

  cleanup_policies {
    id     = "keep-newest"
    action = "KEEP"

    most_recent_versions {
      keep_count = 20 # enough to roll back to
    }
  }

  cleanup_policies {
    id     = "delete-old"
    action = "DELETE"

    condition {
      older_than = "7776000s" # 90 days
    }
  }

  depends_on = [google_project_service.used]
}
