# GitHub's workflow deploys without a key: Google trusts the token that GitHub signs for a run of this repository's main branch.

locals {
  is_ci = var.github_repository != ""
}

resource "google_iam_workload_identity_pool" "ci" {
  count = local.is_ci ? 1 : 0

  workload_identity_pool_id = "emergence-ci"
  display_name              = "Emergence: CI"
  depends_on                = [google_project_service.used]
}

resource "google_iam_workload_identity_pool_provider" "github" {
  count = local.is_ci ? 1 : 0

  workload_identity_pool_id          = google_iam_workload_identity_pool.ci[0].workload_identity_pool_id
  workload_identity_pool_provider_id = "github"
  display_name                       = "GitHub Actions"
  attribute_condition                = "assertion.repository == '${var.github_repository}' && assertion.ref == 'refs/heads/main'"

  attribute_mapping = {
    "google.subject"       = "assertion.sub"
    "attribute.repository" = "assertion.repository"
  }

  oidc {
    issuer_uri = "https://token.actions.githubusercontent.com"
  }
}

resource "google_service_account" "deployer" {
  account_id   = "emergence-deployer"
  display_name = "Emergence: who deploys, from CI"
  depends_on   = [google_project_service.used]
}

resource "google_service_account_iam_member" "ci_deploys" {
  count = local.is_ci ? 1 : 0

  service_account_id = google_service_account.deployer.name
  role               = "roles/iam.workloadIdentityUser"
  member             = "principalSet://iam.googleapis.com/${google_iam_workload_identity_pool.ci[0].name}/attribute.repository/${var.github_repository}"
}

resource "google_project_iam_member" "deploys" {
  for_each = toset([
    "roles/run.admin",
    "roles/logging.viewer",
    "roles/logging.logWriter",
    "roles/ondemandscanning.admin", # Cloud Build scans images
  ])

  project = var.project_id
  role    = each.key
  member  = google_service_account.deployer.member
}

resource "google_artifact_registry_repository_iam_member" "pushes" {
  location   = google_artifact_registry_repository.images.location
  repository = google_artifact_registry_repository.images.name
  role       = "roles/artifactregistry.writer"
  member     = google_service_account.deployer.member
}

# It may start services as their accounts, and look which versions of secrets there are without reading them.
resource "google_service_account_iam_member" "starts" {
  for_each = local.services

  service_account_id = google_service_account.service[each.key].name
  role               = "roles/iam.serviceAccountUser"
  member             = google_service_account.deployer.member
}

resource "google_secret_manager_secret_iam_member" "looks" {
  for_each = local.secrets

  secret_id = google_secret_manager_secret.named[each.key].secret_id
  role      = "roles/secretmanager.viewer"
  member    = google_service_account.deployer.member
}
