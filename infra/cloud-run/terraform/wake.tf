# A service that may have no instance does its daily work (erasures that are due, events that wait) only when it runs. It is
# asked once a day whether it is ready, which starts it; Cloud Scheduler counts as inside, where ingress is closed.

locals {
  resting = {
    for key, manifest in local.manifests : key => local.services[key].url
    if try(manifest.spec.template.metadata.annotations["autoscaling.knative.dev/minScale"], "0") == "0"
  }
}

resource "google_cloud_scheduler_job" "wake" {
  for_each = local.resting

  name             = "emergence-wake-${each.key}"
  region           = var.region
  description      = "Starts ${each.key} once a day, for what is due."
  schedule         = "30 3 * * *"
  time_zone        = "Etc/UTC"
  attempt_deadline = "180s"

  http_target {
    http_method = "GET"
    uri         = "${each.value}/api/ready"
  }

  retry_config {
    retry_count = 3
  }

  depends_on = [google_project_service.used]
}
