# One domain in front of all services. Which path goes where is written in ../routes.yaml.

locals {
  fronted = local.is_edge ? local.services : {}

  # Hidden paths first, then the longest prefix; the priority is the place in this list.
  rules = concat(
    [for path in local.edge.hidden : { service = local.edge.default, prefix = path, is_hidden = true }],
    [
      for prefix in reverse(sort([for route in local.edge.routes : format("%03d %s", length(route.prefix), route.prefix)])) : {
        service   = one([for route in local.edge.routes : route.backend if route.prefix == split(" ", prefix)[1]])
        prefix    = split(" ", prefix)[1]
        is_hidden = false
      }
    ]
  )
}

resource "google_compute_region_network_endpoint_group" "service" {
  for_each = local.fronted

  name                  = "emergence-${each.key}"
  region                = var.region
  network_endpoint_type = "SERVERLESS"

  cloud_run {
    service = each.value.name
  }

  depends_on = [google_project_service.used]
}

resource "google_compute_backend_service" "service" {
  for_each = local.fronted

  name                  = "emergence-${each.key}"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  protocol              = "HTTPS"

  backend {
    group = local.serving[each.key].id
  }

  log_config {
    enable      = true
    sample_rate = 0.01 # lines hold addresses of people
  }
}

resource "google_compute_url_map" "own" {
  count = local.is_edge ? 1 : 0

  name            = "emergence"
  default_service = google_compute_backend_service.service[local.edge.default].id

  host_rule {
    hosts        = [var.public_host]
    path_matcher = "emergence"
  }

  path_matcher {
    name            = "emergence"
    default_service = google_compute_backend_service.service[local.edge.default].id

    dynamic "route_rules" {
      for_each = local.rules

      content {
        priority = route_rules.key + 1
        service  = google_compute_backend_service.service[route_rules.value.service].id

        dynamic "match_rules" {
          for_each = strcontains(route_rules.value.prefix, "*") ? ["", "/**"] : []

          content {
            path_template_match = "${route_rules.value.prefix}${match_rules.value}"
          }
        }

        dynamic "match_rules" {
          for_each = strcontains(route_rules.value.prefix, "*") ? [] : [route_rules.value.prefix]

          content {
            full_path_match = match_rules.value
          }
        }

        dynamic "match_rules" {
          for_each = strcontains(route_rules.value.prefix, "*") ? [] : ["${route_rules.value.prefix}/"]

          content {
            prefix_match = match_rules.value
          }
        }

        # A URL map has no answer of its own: a hidden path is aborted before a backend is asked.
        dynamic "route_action" {
          for_each = route_rules.value.is_hidden ? [404] : []

          content {
            fault_injection_policy {
              abort {
                http_status = route_action.value
                percentage  = 100
              }
            }
          }
        }
      }
    }
  }
}

resource "google_compute_url_map" "to_https" {
  count = local.is_edge ? 1 : 0

  name = "emergence-to-https"

  default_url_redirect {
    https_redirect         = true
    redirect_response_code = "MOVED_PERMANENTLY_DEFAULT"
    strip_query            = false
  }
}

resource "google_compute_managed_ssl_certificate" "own" {
  count = local.is_edge ? 1 : 0

  name = "emergence-${replace(var.public_host, ".", "-")}" # another host is another certificate

  managed {
    domains = [var.public_host]
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "google_compute_ssl_policy" "own" {
  count = local.is_edge ? 1 : 0

  name            = "emergence"
  profile         = "MODERN"
  min_tls_version = "TLS_1_2"
}

resource "google_compute_target_https_proxy" "own" {
  count = local.is_edge ? 1 : 0

  name             = "emergence"
  url_map          = google_compute_url_map.own[0].id
  ssl_certificates = [google_compute_managed_ssl_certificate.own[0].id]
  ssl_policy       = google_compute_ssl_policy.own[0].id
}

resource "google_compute_target_http_proxy" "to_https" {
  count = local.is_edge ? 1 : 0

  name    = "emergence-to-https"
  url_map = google_compute_url_map.to_https[0].id
}

resource "google_compute_global_address" "public" {
  for_each = local.is_edge ? toset(["IPV4", "IPV6"]) : []

  name       = "emergence-${lower(each.key)}"
  ip_version = each.key
}

resource "google_compute_global_forwarding_rule" "https" {
  for_each = google_compute_global_address.public

  name                  = "emergence-https-${lower(each.key)}"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  ip_address            = each.value.id
  port_range            = "443"
  target                = google_compute_target_https_proxy.own[0].id
}

resource "google_compute_global_forwarding_rule" "to_https" {
  for_each = google_compute_global_address.public

  name                  = "emergence-http-${lower(each.key)}"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  ip_address            = each.value.id
  port_range            = "80"
  target                = google_compute_target_http_proxy.to_https[0].id
}
