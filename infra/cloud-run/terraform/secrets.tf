# Places for secrets, without their values: `make secrets` gives those, so that none is ever in Terraform's state.

resource "google_secret_manager_secret" "named" {
  for_each = local.secrets

  secret_id           = each.key
  deletion_protection = var.deletion_protection

  replication {
    user_managed {
      dynamic "replicas" {
        for_each = local.regions

        content {
          location = replicas.value
        }
      }
    }
  }

  depends_on = [google_project_service.used]
}
