# A service that may have no instance does its daily work (erasures that are due, events that wait) only when it runs. It is
# asked once a day whether it is ready, which starts it; Cloud Scheduler counts as inside, where ingress is closed.

locals {
  # As blueprint/render.py lays them over each other: the environment over the profile over the manifest.
  layers = [yamldecode(file("${path.module}/../environments/${var.environment}.yaml")), local.profile]
  least = {
    for key, manifest in local.manifests : key => [
      for layer in concat([for over in local.layers : try(over.services[key], null)], [manifest]) :
      layer.spec.template.metadata.annotations["autoscaling.knative.dev/minScale"]
      if can(layer.spec.template.metadata.annotations["autoscaling.knative.dev/minScale"])
    ]
  }
  resting = { for key, found in local.least : key => local.services[key].url if try(found[0], "0") == "0" }
}

resource "google_cloud_scheduler_job" "wake" {
  for_each = local.resting

  name             = "emergence-wake-${each.key}"
  region           = local.active_region
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
