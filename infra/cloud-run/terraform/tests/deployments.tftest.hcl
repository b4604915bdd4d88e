# `terraform test`: what a plan must hold, and which values are refused. It changes nothing anywhere.

variables {
  environment    = "prod"
  project_id     = "emergence-469005"
  project_number = "123456789012"
  public_host    = "chat.example.org"
  event_bus      = "pubsub"
}

run "the_database_is_private_and_protected" {
  command = plan

  assert {
    condition     = !google_sql_database_instance.own.settings[0].ip_configuration[0].ipv4_enabled
    error_message = "The database has a public address."
  }

  assert {
    condition     = google_sql_database_instance.own.deletion_protection && google_sql_database_instance.own.settings[0].deletion_protection_enabled
    error_message = "The database can be deleted by mistake."
  }

  assert {
    condition     = google_sql_database_instance.own.settings[0].backup_configuration[0].point_in_time_recovery_enabled
    error_message = "The database cannot be restored to a point in time."
  }
}

run "each_service_reads_its_own_secrets_only" {
  command = plan

  assert {
    condition = toset([for key, read in local.reads : read.secret if read.service == "session"]) == toset([
      "DATABASE_URL", "EMERGENCE_SERVICE_SECRET", "METRICS_TOKEN"
    ])
    error_message = "session reads other secrets than it needs."
  }

  assert {
    condition     = length([for read in values(local.reads) : read if read.secret == "AUTH_JWT_SECRET"]) == 1
    error_message = "AUTH_JWT_SECRET is read by others than auth."
  }
}

run "every_service_that_takes_events_gets_them_pushed" {
  command = plan

  assert {
    condition     = toset(keys(google_pubsub_subscription.events)) == toset(["auth", "session", "chat", "memory"])
    error_message = "A service does not get the events."
  }

  assert {
    condition     = google_pubsub_subscription.events["memory"].push_config[0].push_endpoint == "https://emergence-app-123456789012.europe-west1.run.app/api/memory/internal/events"
    error_message = "memory's events go elsewhere."
  }
}

run "each_path_goes_to_its_owner" {
  command = plan

  assert {
    condition = alltrue([
      for route in local.edge.routes : one([for rule in local.rules : rule.service if rule.prefix == route.prefix]) == route.backend
    ])
    error_message = "A prefix of routes.yaml goes to another service."
  }

  assert {
    condition     = google_compute_region_network_endpoint_group.service["auth"].cloud_run[0].service == "emergence-auth-service"
    error_message = "auth's backend is another service of Cloud Run."
  }
}

run "without_a_host_there_is_no_load_balancer" {
  command = plan

  variables {
    environment = "dev"
    public_host = ""
  }

  assert {
    condition     = length(google_compute_url_map.own) == 0 && length(google_monitoring_uptime_check_config.public) == 0
    error_message = "A load balancer without a name."
  }
}

run "postgres_as_bus_makes_no_topics" {
  command = plan

  variables {
    event_bus = "postgres"
  }

  assert {
    condition     = length(google_pubsub_topic.events) + length(google_pubsub_subscription.events) + length(google_service_account.pusher) == 0
    error_message = "Pub/Sub is made though nobody uses it."
  }
}

run "an_address_instead_of_a_name_is_refused" {
  command = plan

  variables {
    public_host = "https://chat.example.org/"
  }

  expect_failures = [var.public_host]
}

run "production_without_a_name_is_refused" {
  command = plan

  variables {
    public_host = ""
  }

  expect_failures = [var.public_host]
}

run "an_unknown_environment_is_refused" {
  command = plan

  variables {
    environment = "live"
  }

  expect_failures = [var.environment]
}

run "a_name_of_a_project_instead_of_its_id_is_refused" {
  command = plan

  variables {
    project_id     = "My Project"
    project_number = "my-project"
  }

  expect_failures = [var.project_id, var.project_number]
}

run "an_image_by_tag_is_refused" {
  command = plan

  variables {
    manifests = { auth = "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"image\":\"example/auth:latest\"}]}}}}" }
  }

  expect_failures = [var.manifests]
}

run "collectors_may_write_figures_where_there_are_any" {
  command = plan

  variables {
    collect_figures = true
  }

  assert {
    condition     = { for key, each in google_project_iam_member.writes_figures : key => each.role } == { for key in keys(local.services) : key => "roles/monitoring.metricWriter" }
    error_message = "A service's collector may not write its figures."
  }
}

run "without_collectors_no_service_writes_figures" {
  command = plan

  assert {
    condition     = length(google_project_iam_member.writes_figures) == 0
    error_message = "A service may write figures although no collector stands beside it."
  }
}

run "a_database_each_is_read_by_its_service_and_the_keeper" {
  command = plan

  variables {
    databases = "each"
    event_bus = "postgres"
  }

  assert {
    condition     = { for key, each in google_sql_database.each : key => each.name } == { for key in ["auth", "bus", "chat", "memory", "session"] : key => "emergence_${key}" }
    error_message = "A service has no database of its own."
  }

  assert {
    condition = join(" ", [
      for name in ["AUTH_DATABASE_URL", "CHAT_DATABASE_URL", "MEMORY_DATABASE_URL", "SESSION_DATABASE_URL"] :
      join(",", [for read in values(local.reads) : read.service if read.secret == name])
    ]) == "auth main main session"
    error_message = "The address of a database is read by another service."
  }

  assert {
    condition     = !contains(local.secrets, "DATABASE_URL") && length(google_secret_manager_secret_iam_member.keeps) == 5
    error_message = "The keeper must read every address, and nobody the shared one."
  }
}

run "a_database_each_with_pubsub_needs_none_for_events" {
  command = plan

  variables {
    databases = "each"
  }

  assert {
    condition     = !contains(keys(google_sql_database.each), "bus") && !contains(local.secrets, "EMERGENCE_BUS_URL")
    error_message = "A database for events that travel by Pub/Sub."
  }
}

run "one_database_makes_no_keeper" {
  command = plan

  assert {
    condition     = length(google_sql_database.each) + length(google_service_account.keeper) + length(google_secret_manager_secret_iam_member.keeps) == 0
    error_message = "Something of a database each is made though there is one for all."
  }
}

run "an_unknown_choice_of_databases_is_refused" {
  command = plan

  variables {
    databases = "two"
  }

  expect_failures = [var.databases]
}
