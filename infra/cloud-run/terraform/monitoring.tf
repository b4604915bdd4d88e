# Dashboards and alerts are the files of ../monitoring; here they are handed over as they are.

locals {
  monitoring = "${path.module}/../monitoring"
  policy_files = setunion(
    fileset(local.monitoring, "alerts/platform/*.json"),
    var.collect_figures ? fileset(local.monitoring, "alerts/figures/*.json") : []
  )
  policies = {
    for file in local.policy_files : trimsuffix(basename(file), ".json") => jsondecode(file("${local.monitoring}/${file}"))
    if(local.is_edge || basename(file) != "PublicAddressFails.json") && (local.is_standby || basename(file) != "DatabaseReplicaLags.json")
  }
}

resource "google_monitoring_dashboard" "own" {
  for_each = fileset(local.monitoring, "dashboards/*.json")

  dashboard_json = file("${local.monitoring}/${each.key}")
  depends_on     = [google_project_service.used]
}

resource "google_monitoring_notification_channel" "email" {
  for_each = var.notification_emails

  type         = "email"
  display_name = "Emergence: ${each.key}"
  labels       = { email_address = each.key }
  depends_on   = [google_project_service.used]
}

resource "google_monitoring_uptime_check_config" "public" {
  count = local.is_edge ? 1 : 0

  display_name = "emergence-public-address"
  period       = "60s"
  timeout      = "10s"

  http_check {
    path         = "/api/health"
    port         = 443
    use_ssl      = true
    validate_ssl = true
  }

  monitored_resource {
    type   = "uptime_url"
    labels = { host = var.public_host, project_id = var.project_id }
  }
}

resource "google_monitoring_alert_policy" "own" {
  for_each = local.policies

  display_name          = each.value.displayName
  combiner              = each.value.combiner
  severity              = each.value.severity
  user_labels           = each.value.userLabels
  notification_channels = [for channel in google_monitoring_notification_channel.email : channel.id]

  documentation {
    mime_type = each.value.documentation.mimeType
    subject   = each.value.documentation.subject
    content   = each.value.documentation.content
  }

  alert_strategy {
    auto_close = each.value.alertStrategy.autoClose
  }

  dynamic "conditions" {
    for_each = each.value.conditions

    content {
      display_name = conditions.value.displayName

      dynamic "condition_prometheus_query_language" {
        for_each = try([conditions.value.conditionPrometheusQueryLanguage], [])

        content {
          query                     = condition_prometheus_query_language.value.query
          duration                  = condition_prometheus_query_language.value.duration
          evaluation_interval       = condition_prometheus_query_language.value.evaluationInterval
          alert_rule                = condition_prometheus_query_language.value.alertRule
          disable_metric_validation = condition_prometheus_query_language.value.disableMetricValidation
        }
      }

      dynamic "condition_threshold" {
        for_each = try([conditions.value.conditionThreshold], [])

        content {
          filter             = condition_threshold.value.filter
          denominator_filter = try(condition_threshold.value.denominatorFilter, null)
          comparison         = condition_threshold.value.comparison
          threshold_value    = condition_threshold.value.thresholdValue
          duration           = condition_threshold.value.duration

          trigger {
            count = condition_threshold.value.trigger.count
          }

          dynamic "aggregations" {
            for_each = condition_threshold.value.aggregations

            content {
              alignment_period     = aggregations.value.alignmentPeriod
              per_series_aligner   = aggregations.value.perSeriesAligner
              cross_series_reducer = aggregations.value.crossSeriesReducer
              group_by_fields      = aggregations.value.groupByFields
            }
          }

          dynamic "denominator_aggregations" {
            for_each = try(condition_threshold.value.denominatorAggregations, [])

            content {
              alignment_period     = denominator_aggregations.value.alignmentPeriod
              per_series_aligner   = denominator_aggregations.value.perSeriesAligner
              cross_series_reducer = denominator_aggregations.value.crossSeriesReducer
              group_by_fields      = denominator_aggregations.value.groupByFields
            }
          }
        }
      }
    }
  }

  depends_on = [google_project_service.used]
}
