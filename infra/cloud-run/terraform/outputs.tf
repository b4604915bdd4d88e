output "dns_records" {
  description = "What the domain's zone must hold before the certificate is issued."
  value       = { for version, address in google_compute_global_address.public : version == "IPV4" ? "A" : "AAAA" => address.address }
}

output "database_private_address" {
  description = "Host of DATABASE_URL."
  value       = google_sql_database_instance.own.private_ip_address
}

output "standby_private_address" {
  description = "Host of DATABASE_URL after a failover; null without a second region."
  value       = local.is_standby ? google_sql_database_instance.standby[0].private_ip_address : null
}

output "serving_regions" {
  description = "Where the load balancer sends the requests of each service."
  value       = { for key, group in local.serving : key => group.region if local.is_edge }
}

output "image_repository" {
  description = "Where images are pushed to."
  value       = "${var.region}-docker.pkg.dev/${var.project_id}/${google_artifact_registry_repository.images.repository_id}"
}

output "service_urls" {
  description = "Addresses at which services call each other."
  value       = { for key, service in local.services : key => service.url }
}

output "event_bus" {
  description = "Settings of the bus for every service."
  value = local.is_pubsub ? {
    EMERGENCE_BUS              = "pubsub"
    EMERGENCE_BUS_URL          = "pubsub://${var.project_id}"
    EMERGENCE_BUS_PUSH_ACCOUNT = google_service_account.pusher[0].email
  } : { EMERGENCE_BUS = "postgres" }
}

output "workload_identity_provider" {
  description = "Variable WORKLOAD_IDENTITY_PROVIDER of the repository on GitHub."
  value       = local.is_ci ? google_iam_workload_identity_pool_provider.github[0].name : null
}

output "deployer" {
  description = "Variable DEPLOYER of the repository on GitHub."
  value       = google_service_account.deployer.email
}
