# Services of Cloud Run, where Terraform deploys them: `var.manifests` holds what `blueprint.sh render` printed. The older of
# the two resources is taken because it has the shape of the manifests, annotations included, so that nothing is translated.

locals {
  deployed = { for key, text in var.manifests : key => jsondecode(text) }
}

resource "google_cloud_run_service" "deployed" {
  for_each = local.deployed

  name     = each.value.metadata.name
  location = var.region

  metadata {
    labels      = each.value.metadata.labels
    annotations = each.value.metadata.annotations
  }

  template {
    metadata {
      name        = try(each.value.spec.template.metadata.name, null)
      labels      = each.value.spec.template.metadata.labels
      annotations = each.value.spec.template.metadata.annotations
    }

    spec {
      service_account_name  = google_service_account.service[each.key].email
      container_concurrency = each.value.spec.template.spec.containerConcurrency
      timeout_seconds       = each.value.spec.template.spec.timeoutSeconds

      dynamic "containers" {
        for_each = each.value.spec.template.spec.containers

        content {
          name    = containers.value.name
          image   = containers.value.image
          args    = try(containers.value.args, null)
          command = try(containers.value.command, null)

          dynamic "ports" {
            for_each = try(containers.value.ports, [])

            content {
              name           = ports.value.name
              container_port = ports.value.containerPort
            }
          }

          resources {
            limits = containers.value.resources.limits
          }

          dynamic "env" {
            for_each = containers.value.env

            content {
              name  = env.value.name
              value = try(env.value.value, null)

              dynamic "value_from" {
                for_each = try([env.value.valueFrom.secretKeyRef], [])

                content {
                  secret_key_ref {
                    name = value_from.value.name
                    key  = value_from.value.key
                  }
                }
              }
            }
          }

          dynamic "startup_probe" {
            for_each = try([containers.value.startupProbe], [])

            content {
              initial_delay_seconds = try(startup_probe.value.initialDelaySeconds, null)
              period_seconds        = startup_probe.value.periodSeconds
              timeout_seconds       = startup_probe.value.timeoutSeconds
              failure_threshold     = startup_probe.value.failureThreshold

              dynamic "http_get" {
                for_each = try([startup_probe.value.httpGet], [])

                content {
                  path = http_get.value.path
                }
              }

              dynamic "tcp_socket" {
                for_each = try([startup_probe.value.tcpSocket], [])

                content {
                  port = tcp_socket.value.port
                }
              }
            }
          }

          dynamic "liveness_probe" {
            for_each = try([containers.value.livenessProbe], [])

            content {
              period_seconds    = liveness_probe.value.periodSeconds
              timeout_seconds   = liveness_probe.value.timeoutSeconds
              failure_threshold = liveness_probe.value.failureThreshold

              http_get {
                path = liveness_probe.value.httpGet.path
              }
            }
          }
        }
      }
    }
  }

  traffic {
    percent         = 100
    latest_revision = true
  }

  depends_on = [google_secret_manager_secret_iam_member.reads, google_sql_database.own, google_sql_database.each]
}

# The load balancer brings no identity, so Cloud Run asks for none: ingress keeps everybody else out, and internal routes
# verify the caller's token themselves.
resource "google_cloud_run_service_iam_member" "everybody" {
  for_each = google_cloud_run_service.deployed

  location = each.value.location
  service  = each.value.name
  role     = "roles/run.invoker"
  member   = "allUsers"
}
