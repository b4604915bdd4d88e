# Rules for one rendered manifest. input: {"key", "serves", "environment", "manifest", "variables": {"plain", "secret"},
# "neighbours": {variable: name of a service}, "project", "project_number"}; the last two are "" where nobody says them. Each sentence begins with its rule's name.
package emergence.service

import rego.v1

manifest := input.manifest

template := manifest.spec.template

annotations := object.get(template.metadata, "annotations", {})

container := template.spec.containers[0]

env := object.get(container, "env", [])

literal contains entry if {
	some entry in env
	"value" in object.keys(entry)
}

reference contains entry if {
	some entry in env
	"valueFrom" in object.keys(entry)
}

value_of(name) := entry.value if {
	some entry in literal
	entry.name == name
}

behind_load_balancer := {"staging", "prod"}

reserved := {"PORT", "K_SERVICE", "K_REVISION", "K_CONFIGURATION"}

never_throttled := {"auth", "session"}

deny contains "one-container: exactly one container serves, the first; only the collector may stand beside it" if {
	not stands_alone_or_with_collector
}

stands_alone_or_with_collector if count(template.spec.containers) == 1

stands_alone_or_with_collector if {
	count(template.spec.containers) == 2
	collector.name == "collector"
	not "ports" in object.keys(collector)
}

collector := template.spec.containers[1]

deny contains sprintf("own-collector: %s must come from REGION-docker.pkg.dev/PROJECT/…/collector of the account's project, by digest", [collector.image]) if {
	not has_own_collector
}

has_own_collector if {
	[_, domain] := split(template.spec.serviceAccountName, "@")
	project := trim_suffix(domain, ".iam.gserviceaccount.com")
	regex.match(sprintf("^[a-z0-9-]+-docker\\.pkg\\.dev/%s/[a-z0-9-]+/collector@sha256:[0-9a-f]{64}$", [project]), collector.image)
}

deny contains "plain-collector: the collector has a name, an image, --config=env:COLLECTOR_CONFIG, its limits and its two variables" if {
	object.keys(collector) != {"name", "image", "args", "resources", "env"}
}

deny contains "plain-collector: the collector must be started with --config=env:COLLECTOR_CONFIG alone" if {
	object.get(collector, "args", []) != ["--config=env:COLLECTOR_CONFIG"]
}

deny contains "plain-collector: the collector may know its configuration and METRICS_TOKEN, the latter as a secret, and nothing else" if {
	not knows_only_its_own
}

knows_only_its_own if not collector

knows_only_its_own if {
	object.keys(collector) == {"name", "image", "args", "resources", "env"}
	[configured, token] := collector.env
	configured.name == "COLLECTOR_CONFIG"
	"value" in object.keys(configured)
	token.name == "METRICS_TOKEN"
	regex.match("^[1-9][0-9]*$", object.get(token, ["valueFrom", "secretKeyRef", "key"], ""))
}

deny contains "small-collector: the collector may take at most half a processor and 512Mi" if {
	limits := object.get(collector, ["resources", "limits"], {})
	not is_small(limits)
}

is_small(limits) if {
	to_number(trim_suffix(limits.cpu, "m")) <= 500
	endswith(limits.cpu, "m")
	mebibytes(limits.memory) <= 512
}

deny contains sprintf("own-account: must run as emergence-%s@PROJECT.iam.gserviceaccount.com, and nobody else", [input.key]) if {
	account := object.get(template.spec, "serviceAccountName", "the default account")
	not regex.match(sprintf("^emergence-%s@[a-z0-9-]+\\.iam\\.gserviceaccount\\.com$", [input.key]), account)
}

deny contains "own-account: the account must be one of the project that is deployed to" if {
	input.project != ""
	not endswith(object.get(template.spec, "serviceAccountName", ""), sprintf("@%s.iam.gserviceaccount.com", [input.project]))
}

deny contains sprintf("own-image: %s must come from REGION-docker.pkg.dev/PROJECT/…/%s of the account's project", [container.image, input.key]) if {
	not is_own_image
}

is_own_image if {
	[_, domain] := split(template.spec.serviceAccountName, "@")
	project := trim_suffix(domain, ".iam.gserviceaccount.com")
	regex.match(sprintf("^[a-z0-9-]+-docker\\.pkg\\.dev/%s/[a-z0-9-]+/%s@sha256:", [project, input.key]), container.image)
}

deny contains sprintf("known-variable: %s is not in policy/variables.yaml as %s", [entry.name, kind]) if {
	some kind, entries in {"plain": literal, "secret": reference}
	some entry in entries
	not entry.name in input.variables[kind]
}

deny contains sprintf("known-variable: %s has neither a value nor a secret", [entry.name]) if {
	some entry in env
	not entry in literal
	not entry in reference
}

container_fields := {"name", "image", "args", "ports", "resources", "env", "startupProbe", "livenessProbe", "command"}

deny contains sprintf("plain-container: %s of a container is more than a service needs", [name]) if {
	some name in object.keys(container) - container_fields
}

revision_fields := {"serviceAccountName", "containerConcurrency", "timeoutSeconds", "containers"}

deny contains sprintf("plain-container: %s of a revision is more than a service needs", [name]) if {
	some name in object.keys(template.spec) - revision_fields
}

service_annotations := {"run.googleapis.com/ingress", "emergence.dev/optional-secrets"}

revision_annotations := {
	"autoscaling.knative.dev/minScale",
	"autoscaling.knative.dev/maxScale",
	"run.googleapis.com/container-dependencies",
	"run.googleapis.com/cpu-throttling",
	"run.googleapis.com/execution-environment",
	"run.googleapis.com/network-interfaces",
	"run.googleapis.com/sessionAffinity",
	"run.googleapis.com/startup-cpu-boost",
	"run.googleapis.com/vpc-access-egress",
}

deny contains sprintf("known-annotation: %s is not one that a service may have", [name]) if {
	some name in object.keys(object.get(manifest.metadata, "annotations", {})) - service_annotations
}

deny contains sprintf("known-annotation: %s is not one that a revision may have", [name]) if {
	some name in object.keys(annotations) - revision_annotations
}

deny contains sprintf("pinned-secret: %s must name the number of a version, not %q", [entry.name, version]) if {
	some entry in reference
	version := object.get(entry.valueFrom, ["secretKeyRef", "key"], "")
	not regex.match("^[1-9][0-9]*$", version)
}

deny contains sprintf("own-secret: %s must be bound to the secret of its own name, not to %s", [entry.name, name]) if {
	some entry in reference
	name := object.get(entry.valueFrom, ["secretKeyRef", "name"], "")
	name != entry.name
}

deny contains sprintf("neighbours: %s must be https://%s-NUMBER.REGION.run.app with the number of the project", [entry.name, name]) if {
	some entry in literal
	name := input.neighbours[entry.name]
	not regex.match(sprintf("^https://%s-%s\\.[a-z]+-[a-z]+[0-9]{1,2}\\.run\\.app$", [name, number]), entry.value)
}

number := "[1-9][0-9]*" if input.project_number == ""

number := input.project_number if input.project_number != ""

deny contains sprintf("secret-in-manifest: %s must come from Secret Manager", [entry.name]) if {
	some entry in literal
	regex.match("(_SECRET|_KEY|_PASSWORD|_TOKEN|DATABASE_URL|BUS_URL|_PROVIDERS)$", entry.name)
	not startswith(entry.value, "pubsub://")
}

deny contains "image-by-digest: the image must be named by its digest; a tag moves" if {
	not regex.match("^[^ ]+@sha256:[0-9a-f]{64}$", container.image)
}

deny contains sprintf("reserved-variable: %s is set by Cloud Run itself", [entry.name]) if {
	some entry in env
	entry.name in reserved
}

deny contains sprintf("placeholder: %s is not filled", [text]) if {
	walk(manifest, [_, text])
	is_string(text)
	contains(replace(text, "${env:", ""), "${") # the collector fills those itself
}

deny contains "startup-probe: a startup probe must let an instance start within 240 s" if not starts_in_time

starts_in_time if {
	probe := container.startupProbe
	probe.periodSeconds * probe.failureThreshold <= 240
	probe.timeoutSeconds <= probe.periodSeconds
}

deny contains "liveness-probe: liveness must ask /api/health, which never touches the database" if {
	object.get(container, ["livenessProbe", "httpGet", "path"], "") != "/api/health"
}

deny contains "probes-differ: startup and liveness must ask different paths" if {
	container.startupProbe.httpGet.path == container.livenessProbe.httpGet.path
}

deny contains "cpu-boost: run.googleapis.com/startup-cpu-boost must be \"true\"" if {
	object.get(annotations, "run.googleapis.com/startup-cpu-boost", "") != "true"
}

deny contains "ingress: behind the load balancer only it may reach the service" if {
	input.environment in behind_load_balancer
	ingress != behind
}

ingress := object.get(manifest.metadata, ["annotations", "run.googleapis.com/ingress"], "all")

behind := "internal-and-cloud-load-balancing"

fronts := {"all": "1", behind: "2"}

deny contains sprintf("ingress: %s is neither all nor %s", [ingress, behind]) if not ingress in object.keys(fronts)

deny contains sprintf("hops: %s must be 1, and 2 behind the load balancer, or callers could say who they are", [entry.name]) if {
	some entry in literal
	endswith(entry.name, "_TRUSTED_HOPS")
	entry.value != object.get(fronts, ingress, "")
}

deny contains "sockets: whoever serves sockets needs timeoutSeconds 3600" if {
	some served in input.serves
	served in {"session", "gateway"}
	object.get(template.spec, "timeoutSeconds", 300) != 3600
}

deny contains "affinity: session needs run.googleapis.com/sessionAffinity \"true\"" if {
	"session" in input.serves
	object.get(annotations, "run.googleapis.com/sessionAffinity", "") != "true"
}

deny contains "throttled: auth and session work between requests, so their processor must not be throttled" if {
	some served in input.serves
	served in never_throttled
	object.get(annotations, "run.googleapis.com/cpu-throttling", "true") != "false"
}

deny contains "private-network: the database is reached through the VPC, by a network interface with private-ranges-only" if {
	not has_private_network
}

has_private_network if {
	some interface in json.unmarshal(annotations["run.googleapis.com/network-interfaces"])
	interface.network != ""
	annotations["run.googleapis.com/vpc-access-egress"] == "private-ranges-only"
}

deny contains "shared-database: DATABASE_URL must be a secret, and no instance may keep data of its own" if not has_shared_database

has_shared_database if {
	some entry in reference
	endswith(entry.name, "DATABASE_URL")
	not value_of("EMERGENCE_DATA_DIR")
}

binds(name) if {
	some entry in reference
	entry.name == name
}

deny contains sprintf("own-database: %s is the database of a service that does not run here", [entry.name]) if {
	some entry in reference
	endswith(entry.name, "_DATABASE_URL")
	not lower(trim_suffix(entry.name, "_DATABASE_URL")) in input.serves
}

deny contains sprintf("own-database: %s beside DATABASE_URL; bind one for all, or one for each service", [entry.name]) if {
	binds("DATABASE_URL")
	some entry in reference
	endswith(entry.name, "_DATABASE_URL")
}

bound := {entry.name | some entry in reference}

deny contains sprintf("own-database: %s has neither DATABASE_URL nor one of its own", [served]) if {
	some served in input.serves
	served != "gateway"
	count(bound & {"DATABASE_URL", concat("_", [upper(served), "DATABASE_URL"])}) == 0
}

deny contains "own-database: without DATABASE_URL, EMERGENCE_BUS_URL must say where events travel" if {
	input.serves != ["gateway"]
	not binds("DATABASE_URL")
	not binds("EMERGENCE_BUS_URL")
	not value_of("EMERGENCE_BUS_URL")
}

deny contains "serve: args must be serve and the services; `up` would start a database in each instance" if {
	object.get(container, "args", []) != array.concat(["serve"], input.serves)
}

deny contains "entrypoint: the image's own entrypoint must stay" if "command" in object.keys(container)

deny contains "production: EMERGENCE_ENV must be production, and nobody signs in without a password" if {
	some name, wanted in {"EMERGENCE_ENV": "production", "AUTH_DEV_LOGIN": "false", "AUTH_ENV": "production"}
	value_of(name) != wanted
}

deny contains "production: EMERGENCE_ENV must be said" if not value_of("EMERGENCE_ENV")

deny contains "public-url: EMERGENCE_PUBLIC_URL must begin with https://" if {
	not startswith(value_of("EMERGENCE_PUBLIC_URL"), "https://")
}

deny contains "protected-figures: METRICS_TOKEN must be bound, or anybody may read /metrics" if not has_metrics_token

has_metrics_token if {
	some entry in reference
	entry.name == "METRICS_TOKEN"
}

deny contains "scale: minScale and maxScale must be said, up to 1000, and the first not exceed the second" if not has_scale

has_scale if {
	least := to_number(annotations["autoscaling.knative.dev/minScale"])
	most := to_number(annotations["autoscaling.knative.dev/maxScale"])
	least <= most
	most > 0
	most <= 1000
}

deny contains "concurrency: containerConcurrency must be said, 1 to 1000" if not has_concurrency

has_concurrency if {
	template.spec.containerConcurrency >= 1
	template.spec.containerConcurrency <= 1000
}

deny contains "size: cpu must be 1, 2, 4 or 8, with at least 512Mi (2Gi with 4, 4Gi with 8) and at most 4Gi a processor" if not has_size

least_mebibytes := {"1": 512, "2": 512, "4": 2048, "8": 4096}

most_mebibytes := {"1": 4096, "2": 8192, "4": 16384, "8": 32768} # what Cloud Run gives

has_size if {
	limits := container.resources.limits
	mebibytes(limits.memory) >= least_mebibytes[limits.cpu]
	mebibytes(limits.memory) <= most_mebibytes[limits.cpu]
}

mebibytes(text) := to_number(trim_suffix(text, "Mi")) if endswith(text, "Mi")

mebibytes(text) := to_number(trim_suffix(text, "Gi")) * 1024 if endswith(text, "Gi")

deny contains "labels: managed-by, service and environment must be said on the service and its revisions" if {
	some labels in [object.get(manifest.metadata, "labels", {}), object.get(template.metadata, "labels", {})]
	wanted := {"managed-by": "emergence", "service": input.key, "environment": input.environment}
	some name, value in wanted
	object.get(labels, name, "") != value
}

deny contains "revision: the revision must be named after the commit" if {
	not startswith(object.get(template.metadata, "name", ""), sprintf("%s-", [manifest.metadata.name]))
}

deny contains "traffic: the shares must come to 100" if sum([share.percent | some share in manifest.spec.traffic]) != 100
