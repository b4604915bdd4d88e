# Each service is somebody of its own and reads only its own secrets. No account has a key.

resource "google_service_account" "service" {
  for_each = local.services

  account_id   = each.value.account
  display_name = "Emergence: ${each.key}"
  depends_on   = [google_project_service.used]
}

locals {
  reads = merge([
    for key, service in local.services : { for secret in service.secrets : "${key}/${secret}" => { service = key, secret = secret } }
  ]...)
}

resource "google_secret_manager_secret_iam_member" "reads" {
  for_each = local.reads

  secret_id = google_secret_manager_secret.named[each.value.secret].secret_id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.service[each.value.service].member
}

# The collector beside a service writes the figures as that service.
resource "google_project_iam_member" "writes_figures" {
  for_each = var.collect_figures ? local.services : {}

  project = var.project_id
  role    = "roles/monitoring.metricWriter"
  member  = google_service_account.service[each.key].member
}

# Where each service has its own database, jobs that look after all of them run as somebody who may read every address and no key.
resource "google_service_account" "keeper" {
  count = var.databases == "each" ? 1 : 0

  account_id   = "emergence-keeper"
  display_name = "Emergence: keeper of the databases"
  depends_on   = [google_project_service.used]
}

resource "google_secret_manager_secret_iam_member" "keeps" {
  for_each = toset([for name in local.secrets : name if var.databases == "each" && (endswith(name, "_DATABASE_URL") || name == "EMERGENCE_BUS_URL")])

  secret_id = google_secret_manager_secret.named[each.key].secret_id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.keeper[0].member
}
