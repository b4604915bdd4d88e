# GitHub's workflow deploys without a key: Google trusts the token that GitHub signs for a run of this repository's workflow on its
# main branch, in the environment of the same name, whose reviewers GitHub has asked before it signs.

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
  attribute_condition = join(" && ", [
    "assertion.repository == '${var.github_repository}'",
    "assertion.repository_id == '${var.github_repository_id}'", # a name can come to be somebody else's, a number cannot
    "assertion.ref == 'refs/heads/main'",
    "assertion.workflow_ref == '${var.github_repository}/.github/workflows/deploy.yml@refs/heads/main'",
    "assertion.environment == '${var.environment}'",
  ])

  attribute_mapping = {
    "google.subject"          = "assertion.sub"
    "attribute.repository_id" = "assertion.repository_id"
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
  member             = "principalSet://iam.googleapis.com/${google_iam_workload_identity_pool.ci[0].name}/attribute.repository_id/${var.github_repository_id}"
}

resource "google_project_iam_member" "deploys" {
  for_each = toset([
    "roles/run.admin",
    "roles/logging.viewer",
    "roles/logging.logWriter",
    "roles/ondemandscanning.admin",          # Cloud Build scans images
    "roles/browser",                         # whether the project is there, and paid for
    "roles/serviceusage.serviceUsageViewer", # which APIs are on
    "roles/compute.networkViewer",           # whether the network is there
    "roles/cloudbuild.builds.viewer",        # Cloud Build: whether a commit was checked, and who approved
  ])

  project = var.project_id
  role    = each.key
  member  = google_service_account.deployer.member
}

# Tests run whatever a change brings along, so the build that runs them is somebody who may do nothing else.
resource "google_service_account" "checker" {
  account_id   = "emergence-checker"
  display_name = "Emergence: who runs the tests, in Cloud Build"
  depends_on   = [google_project_service.used]
}

resource "google_project_iam_member" "checks" {
  project = var.project_id
  role    = "roles/logging.logWriter"
  member  = google_service_account.checker.member
}

# What `gcloud builds submit` uploads lies in this bucket; other buckets, Terraform's state among them, stay closed.
resource "google_project_iam_member" "reads_source" {
  for_each = { deployer = google_service_account.deployer.member, checker = google_service_account.checker.member }

  project = var.project_id
  role    = "roles/storage.objectViewer"
  member  = each.value

  condition {
    title      = "Source of builds"
    expression = "resource.name.startsWith('projects/_/buckets/${var.project_id}_cloudbuild')"
  }
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

resource "google_service_account_iam_member" "starts_jobs" {
  count = var.databases == "each" ? 1 : 0

  service_account_id = google_service_account.keeper[0].name
  role               = "roles/iam.serviceAccountUser"
  member             = google_service_account.deployer.member
}

resource "google_secret_manager_secret_iam_member" "looks" {
  for_each = local.secrets

  secret_id = google_secret_manager_secret.named[each.key].secret_id
  role      = "roles/secretmanager.viewer"
  member    = google_service_account.deployer.member
}
