variable "environment" {
  description = "Which deployment this is; each has a project of its own."
  type        = string

  validation {
    condition     = contains(["dev", "staging", "prod"], var.environment)
    error_message = "environment must be dev, staging or prod."
  }
}

variable "project_id" {
  description = "Google Cloud project, like emergence-469005."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project_id))
    error_message = "project_id must be a project's id (6 to 30 of a-z, 0-9 and -), not its name or number."
  }
}

variable "project_number" {
  description = "The project's number; `gcloud projects describe PROJECT_ID --format='value(projectNumber)'` prints it."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{6,}$", var.project_number))
    error_message = "project_number must be the project's number, digits only."
  }
}

variable "region" {
  description = "Region of everything that has one."
  type        = string
  default     = "europe-west1"
}

variable "standby_region" {
  description = "Second region that takes over by `make failover`; empty: none. Secrets keep the regions that they were made with."
  type        = string
  default     = ""

  validation {
    condition     = var.standby_region == "" || can(regex("^[a-z]+-[a-z]+[0-9]{1,2}$", var.standby_region))
    error_message = "standby_region must be a region like europe-west4."
  }

  validation {
    condition     = var.standby_region != var.region
    error_message = "standby_region must be another region than region."
  }
}

variable "active_region" {
  description = "Region that serves: empty or `region`; `standby_region` after `make failover`, which prints it."
  type        = string
  default     = ""

  validation {
    condition     = contains(["", var.region, var.standby_region], var.active_region)
    error_message = "active_region must be region or standby_region."
  }
}

variable "database_instance" {
  description = "Name of the database's instance in `region`; a failback gives it another one, since Google keeps a name for a week."
  type        = string
  default     = "emergence"
}

variable "standby_instance" {
  description = "Name of its replica in `standby_region`."
  type        = string
  default     = "emergence-standby"
}

variable "profile" {
  description = "Sizes, as in ../profiles: default, or seed for those of the first plan."
  type        = string
  default     = "default"

  validation {
    condition     = contains(["default", "seed"], var.profile)
    error_message = "profile must be the name of a file in ../profiles: default or seed."
  }
}

variable "public_host" {
  description = "Name that browsers use, like chat.example.org; empty: no load balancer, main answers at its run.app address."
  type        = string
  default     = ""

  validation {
    condition     = var.public_host == "" || can(regex("^([a-z0-9-]+\\.)+[a-z]{2,}$", var.public_host))
    error_message = "public_host must be a bare name like chat.example.org, without https:// and without a path."
  }

  validation {
    condition     = var.public_host != "" || var.environment == "dev"
    error_message = "staging and prod take requests only from the load balancer, so they need public_host."
  }
}

variable "manifests" {
  description = <<-TEXT
    Services that Terraform deploys itself: service (auth, session, main) to what `blueprint.sh render` printed for it.
    Empty, the default: revisions belong to the deploy scripts, and Terraform makes only what stands around them.
  TEXT
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for text in values(var.manifests) : can(jsondecode(text).spec.template.spec.containers[0].image)])
    error_message = "manifests must hold the JSON that `blueprint.sh render SERVICE` prints."
  }

  validation {
    condition = alltrue([
      for text in values(var.manifests) : can(regex("@sha256:[0-9a-f]{64}$", jsondecode(text).spec.template.spec.containers[0].image))
    ])
    error_message = "manifests must name images by digest (IMAGE@sha256:…), never by tag."
  }
}

variable "event_bus" {
  description = "What carries events: postgres needs nothing here; pubsub makes topics, subscriptions and grants. The scripts' BUS says the same."
  type        = string
  default     = "postgres"

  validation {
    condition     = contains(["postgres", "pubsub"], var.event_bus)
    error_message = "event_bus must be postgres or pubsub."
  }
}

variable "databases" {
  description = "One database for all services, or one for each of them on the same instance (each). The scripts' DATABASES says the same."
  type        = string
  default     = "one"

  validation {
    condition     = contains(["one", "each"], var.databases)
    error_message = "databases must be one or each."
  }
}

variable "database_tier" {
  description = "Machine of the database. A change restarts it."
  type        = string
  default     = "db-custom-1-3840"
}

variable "database_high_availability" {
  description = "A second machine in another zone takes over within about a minute; it doubles the price."
  type        = bool
  default     = false
}

variable "database_disk_limit_gb" {
  description = "The disk grows by itself up to this size, in GB; 0: without a limit."
  type        = number
  default     = 200
}

variable "deletion_protection" {
  description = "Refuse to delete the database. Set it to false, apply, and only then destroy."
  type        = bool
  default     = true
}

variable "vpc_connector" {
  description = "Make a Serverless VPC Access connector. Cloud Run reaches the database without one (direct VPC egress, at no price); builds and older services may need it."
  type        = bool
  default     = false
}

variable "notification_emails" {
  description = "Who is told of alerts."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for address in var.notification_emails : can(regex("^[^@ ]+@[^@ ]+$", address))])
    error_message = "notification_emails must hold addresses like ada@example.org."
  }
}

variable "collect_figures" {
  description = "Whether a collector beside each service hands the product's figures to Cloud Monitoring; without one the alerts about them would stay silent, so they are left out."
  type        = bool
  default     = false
}

variable "github_repository" {
  description = "OWNER/NAME whose workflow may deploy, from its main branch; empty: none."
  type        = string
  default     = ""

  validation {
    condition     = var.github_repository == "" || can(regex("^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$", var.github_repository))
    error_message = "github_repository must be OWNER/NAME."
  }
}

variable "github_repository_id" {
  description = "The repository's number, which stays with it when its name changes; `gh api repos/OWNER/NAME --jq .id` prints it."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^[0-9]*$", var.github_repository_id)) && (var.github_repository_id == "") == (var.github_repository == "")
    error_message = "github_repository_id must be the number of github_repository, and is needed with it."
  }
}
