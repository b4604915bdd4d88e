locals {
  apis = toset(concat(
    [
      "artifactregistry.googleapis.com",
      "cloudbilling.googleapis.com",
      "cloudbuild.googleapis.com",
      "cloudresourcemanager.googleapis.com",
      "cloudscheduler.googleapis.com",
      "compute.googleapis.com",
      "dns.googleapis.com",
      "iam.googleapis.com",
      "iamcredentials.googleapis.com",
      "logging.googleapis.com",
      "monitoring.googleapis.com",
      "ondemandscanning.googleapis.com",
      "run.googleapis.com",
      "secretmanager.googleapis.com",
      "servicenetworking.googleapis.com",
      "sqladmin.googleapis.com",
      "sts.googleapis.com",
    ],
    var.event_bus == "pubsub" ? ["pubsub.googleapis.com"] : [],
    var.vpc_connector ? ["vpcaccess.googleapis.com"] : [],
  ))
}

resource "google_project_service" "used" {
  for_each = local.apis

  service            = each.key
  disable_on_destroy = false # others in the project may use it
}
