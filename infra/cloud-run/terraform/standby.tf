# A second region that serves nobody until `make failover`: a replica of the database, images, and the load balancer's way
# there. Empty `standby_region`: none of it. The services there are deployed by `make deploy-standby`, with no instance.

locals {
  is_standby     = var.standby_region != ""
  active_region  = var.active_region == "" ? var.region : var.active_region
  is_failed_over = local.is_standby && local.active_region == var.standby_region
  regions        = compact([var.region, var.standby_region])
  backed_up      = local.is_standby ? local.fronted : {}
  serving = (
    local.is_failed_over
    ? google_compute_region_network_endpoint_group.standby
    : google_compute_region_network_endpoint_group.service
  )
}

resource "google_compute_subnetwork" "standby" {
  count = local.is_standby ? 1 : 0

  name                     = "emergence-${var.standby_region}"
  region                   = var.standby_region
  network                  = google_compute_network.own.id
  ip_cidr_range            = "10.8.8.0/22"
  private_ip_google_access = true
}

resource "google_sql_database_instance" "standby" {
  # checkov:skip=CKV_GCP_51:its flags are the primary's, which the check cannot see
  # checkov:skip=CKV_GCP_52:its flags are the primary's, which the check cannot see
  # checkov:skip=CKV_GCP_53:its flags are the primary's, which the check cannot see
  # checkov:skip=CKV_GCP_54:its flags are the primary's, which the check cannot see
  # checkov:skip=CKV_GCP_111:its flags are the primary's, which the check cannot see
  count = local.is_standby ? 1 : 0

  name                 = var.standby_instance
  region               = var.standby_region
  database_version     = google_sql_database_instance.own.database_version
  master_instance_name = local.is_failed_over ? null : google_sql_database_instance.own.name # promoted, it has none
  deletion_protection  = var.deletion_protection

  settings {
    tier                        = var.database_tier
    edition                     = "ENTERPRISE"
    availability_type           = var.database_high_availability ? "REGIONAL" : "ZONAL"
    disk_type                   = "PD_SSD"
    disk_autoresize             = true
    disk_autoresize_limit       = var.database_disk_limit_gb
    deletion_protection_enabled = var.deletion_protection

    ip_configuration {
      ipv4_enabled    = false
      private_network = google_compute_network.own.id
      ssl_mode        = "ENCRYPTED_ONLY"
    }

    # A replica has none; once it is the database it has what the former one had.
    dynamic "backup_configuration" {
      for_each = local.is_failed_over ? google_sql_database_instance.own.settings[0].backup_configuration : []

      content {
        enabled                        = true
        start_time                     = backup_configuration.value.start_time
        location                       = var.standby_region
        point_in_time_recovery_enabled = true
        transaction_log_retention_days = backup_configuration.value.transaction_log_retention_days

        backup_retention_settings {
          retained_backups = 14
        }
      }
    }

    maintenance_window {
      day          = 6 # Saturday: never on the day of the other one
      hour         = 3 # UTC
      update_track = "stable"
    }

    insights_config {
      query_insights_enabled = true
    }

    # PostgreSQL refuses to replay where max_connections is smaller than at the primary.
    dynamic "database_flags" {
      for_each = google_sql_database_instance.own.settings[0].database_flags

      content {
        name  = database_flags.value.name
        value = database_flags.value.value
      }
    }
  }

  depends_on = [google_service_networking_connection.database]
}

# Images of its own: those of the other region cannot be pulled while it is away.
resource "google_artifact_registry_repository" "standby" {
  count = local.is_standby ? 1 : 0

  location      = var.standby_region
  repository_id = google_artifact_registry_repository.images.repository_id
  description   = "Images of Emergence's services, for the second region."
  format        = "DOCKER"

  docker_config {
    immutable_tags = true
  }

  vulnerability_scanning_config {
    enablement_config = "INHERITED"
  }

  cleanup_policies {
    id     = "keep-newest"
    action = "KEEP"

    most_recent_versions {
      keep_count = 5
    }
  }

  depends_on = [google_project_service.used]
}

resource "google_artifact_registry_repository_iam_member" "pushes_standby" {
  count = local.is_standby ? 1 : 0

  location   = google_artifact_registry_repository.standby[0].location
  repository = google_artifact_registry_repository.standby[0].name
  role       = "roles/artifactregistry.writer"
  member     = google_service_account.deployer.member
}

# With both groups at once the load balancer would send people to the nearer region, so a backend has one of them, which
# `make failover` exchanges; `active_region` says the same here.
resource "google_compute_region_network_endpoint_group" "standby" {
  for_each = local.backed_up

  name                  = "emergence-${each.key}"
  region                = var.standby_region
  network_endpoint_type = "SERVERLESS"

  cloud_run {
    service = each.value.name
  }

  depends_on = [google_project_service.used]
}
