# The bus on Pub/Sub: one topic, a subscription for each service that takes events, pushed with a signed identity.
# docs/bus.md says what the product expects; what has been tried too often is set aside and stays there.

locals {
  is_pubsub = var.event_bus == "pubsub"
  pushed    = local.is_pubsub ? local.subscribers : {}
  agent     = "serviceAccount:service-${var.project_number}@gcp-sa-pubsub.iam.gserviceaccount.com"
}

resource "google_service_account" "pusher" {
  count = local.is_pubsub ? 1 : 0

  account_id   = "emergence-pubsub"
  display_name = "Emergence: who Pub/Sub is when it delivers events"
  depends_on   = [google_project_service.used]
}

resource "google_pubsub_topic" "events" {
  count = local.is_pubsub ? 1 : 0

  name                       = "emergence-events"
  message_retention_duration = "1209600s" # 14 days
  depends_on                 = [google_project_service.used]

  message_storage_policy {
    allowed_persistence_regions = local.regions
  }
}

resource "google_pubsub_topic" "dead_letters" {
  count = local.is_pubsub ? 1 : 0

  name                       = "emergence-dead-letters"
  message_retention_duration = "1209600s"
  depends_on                 = [google_project_service.used]

  message_storage_policy {
    allowed_persistence_regions = local.regions
  }
}

resource "google_pubsub_subscription" "events" {
  for_each = local.pushed

  name                       = "emergence-events-${each.key}"
  topic                      = google_pubsub_topic.events[0].id
  enable_message_ordering    = true
  ack_deadline_seconds       = 60
  message_retention_duration = "604800s" # 7 days

  expiration_policy {
    ttl = "" # never
  }

  retry_policy {
    minimum_backoff = "1s"
    maximum_backoff = "600s"
  }

  dead_letter_policy {
    dead_letter_topic     = google_pubsub_topic.dead_letters[0].id
    max_delivery_attempts = 100 # about 15 hours; fewer would set events aside in an outage of minutes
  }

  push_config {
    push_endpoint = "${local.services[each.value].url}/api/${each.key}/internal/events"

    oidc_token {
      service_account_email = google_service_account.pusher[0].email
      audience              = "${local.services[each.value].url}/api/${each.key}/internal/events" # the service takes no other
    }
  }
}

resource "google_pubsub_subscription" "dead_letters" {
  count = local.is_pubsub ? 1 : 0

  name                       = "emergence-dead-letters"
  topic                      = google_pubsub_topic.dead_letters[0].id
  message_retention_duration = "604800s"

  expiration_policy {
    ttl = ""
  }
}

resource "google_pubsub_topic_iam_member" "publishes" {
  for_each = local.is_pubsub ? local.services : {}

  topic  = google_pubsub_topic.events[0].name
  role   = "roles/pubsub.publisher"
  member = google_service_account.service[each.key].member
}

# Who deploys looks whether the topic is there before services are told to use it.
resource "google_pubsub_topic_iam_member" "looks" {
  count = local.is_pubsub ? 1 : 0

  topic  = google_pubsub_topic.events[0].name
  role   = "roles/pubsub.viewer"
  member = google_service_account.deployer.member
}

resource "google_pubsub_topic_iam_member" "sets_aside" {
  for_each = local.is_pubsub ? merge({ agent = local.agent }, {
    for key in keys(local.services) : key => google_service_account.service[key].member
  }) : {}

  topic  = google_pubsub_topic.dead_letters[0].name
  role   = "roles/pubsub.publisher"
  member = each.value
}

# Pub/Sub's own account acknowledges what it moves to the dead letters.
resource "google_pubsub_subscription_iam_member" "moves" {
  for_each = local.pushed

  subscription = google_pubsub_subscription.events[each.key].name
  role         = "roles/pubsub.subscriber"
  member       = local.agent
}

resource "google_service_account_iam_member" "signs" {
  count = local.is_pubsub ? 1 : 0

  service_account_id = google_service_account.pusher[0].name
  role               = "roles/iam.serviceAccountTokenCreator"
  member             = local.agent
}
