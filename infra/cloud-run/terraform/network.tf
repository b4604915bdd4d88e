# A network of its own: the database has only a private address in it, and services leave through it.

resource "google_compute_network" "own" {
  name                    = "emergence"
  auto_create_subnetworks = false
  depends_on              = [google_project_service.used]
}

resource "google_compute_subnetwork" "services" {
  name                     = "emergence-${var.region}"
  region                   = var.region
  network                  = google_compute_network.own.id
  ip_cidr_range            = "10.8.0.0/22" # direct VPC egress takes two addresses for each instance
  private_ip_google_access = true
}

# Services call each other at their run.app addresses while these take requests only from inside: the names lead to Google's
# private address, which counts as inside.
resource "google_dns_managed_zone" "run" {
  name       = "emergence-run-app"
  dns_name   = "run.app."
  visibility = "private"

  private_visibility_config {
    networks {
      network_url = google_compute_network.own.id
    }
  }
}

resource "google_dns_record_set" "run" {
  managed_zone = google_dns_managed_zone.run.name
  name         = "run.app."
  type         = "A"
  ttl          = 300
  rrdatas      = ["199.36.153.8", "199.36.153.9", "199.36.153.10", "199.36.153.11"] # private.googleapis.com
}

resource "google_dns_record_set" "every_run" {
  managed_zone = google_dns_managed_zone.run.name
  name         = "*.run.app."
  type         = "CNAME"
  ttl          = 300
  rrdatas      = ["run.app."]
}

# Where Google places the database's private address.
resource "google_compute_global_address" "database" {
  name          = "emergence-database"
  purpose       = "VPC_PEERING"
  address_type  = "INTERNAL"
  prefix_length = 20
  network       = google_compute_network.own.id
}

resource "google_service_networking_connection" "database" {
  network                 = google_compute_network.own.id
  service                 = "servicenetworking.googleapis.com"
  reserved_peering_ranges = [google_compute_global_address.database.name]
}

resource "google_vpc_access_connector" "own" {
  count = var.vpc_connector ? 1 : 0

  name          = "emergence"
  region        = var.region
  network       = google_compute_network.own.name
  ip_cidr_range = "10.8.4.0/28"
  machine_type  = "e2-micro"
  min_instances = 2
  max_instances = 3
  depends_on    = [google_project_service.used]
}
