# PostgreSQL with pgvector; reached by its private address only, over TLS. `make db-user` makes users, and secrets with addresses.

resource "google_sql_database_instance" "own" {
  name                = var.database_instance
  region              = var.region
  database_version    = "POSTGRES_18" # the major version that the tests run with
  deletion_protection = var.deletion_protection

  settings {
    tier                        = var.database_tier
    edition                     = "ENTERPRISE"
    availability_type           = var.database_high_availability ? "REGIONAL" : "ZONAL"
    disk_type                   = "PD_SSD"
    disk_autoresize             = true # from 10 GB; a size written here would shrink it again, by making it anew
    disk_autoresize_limit       = var.database_disk_limit_gb
    deletion_protection_enabled = var.deletion_protection # holds against the console and gcloud too

    ip_configuration {
      ipv4_enabled    = false
      private_network = google_compute_network.own.id
      ssl_mode        = "ENCRYPTED_ONLY"
    }

    backup_configuration {
      enabled                        = true
      start_time                     = "02:00" # UTC
      location                       = var.region
      point_in_time_recovery_enabled = true
      transaction_log_retention_days = 7

      backup_retention_settings {
        retained_backups = 14
      }
    }

    maintenance_window {
      day          = 7 # Sunday
      hour         = 3 # UTC
      update_track = "stable"
    }

    insights_config {
      query_insights_enabled = true
    }

    database_flags {
      name  = "max_connections"
      value = tostring(local.profile.database.max_connections)
    }

    database_flags {
      name  = "log_min_duration_statement"
      value = "1000" # milliseconds; statements are logged, their parameters never
    }

    database_flags {
      name  = "log_parameter_max_length"
      value = "0"
    }

    database_flags {
      name  = "log_statement"
      value = "ddl"
    }

    database_flags {
      name  = "log_checkpoints"
      value = "on"
    }

    database_flags {
      name  = "log_connections"
      value = "on"
    }

    database_flags {
      name  = "log_disconnections"
      value = "on"
    }

    database_flags {
      name  = "log_lock_waits"
      value = "on"
    }
  }

  depends_on = [google_service_networking_connection.database]
}

resource "google_sql_database" "own" {
  name            = "emergence"
  instance        = google_sql_database_instance.own.name
  deletion_policy = "ABANDON" # its data goes only with the instance
}

locals {
  # Without Pub/Sub, events travel through a database too.
  owners = var.databases == "one" ? [] : concat(keys(local.subscribers), var.event_bus == "postgres" ? ["bus"] : [])
}

# Beside the first, which stays as it was until its data has been moved and somebody drops it.
resource "google_sql_database" "each" {
  for_each = toset(local.owners)

  name            = "emergence_${each.key}"
  instance        = google_sql_database_instance.own.name
  deletion_policy = "ABANDON"
}
