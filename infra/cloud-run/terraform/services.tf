# What is deployed is written once, in the manifests and in routes.yaml; here it is read.

locals {
  manifests = {
    for file in fileset("${path.module}/..", "*-service.yaml") :
    trimsuffix(file, "-service.yaml") => yamldecode(file("${path.module}/../${file}"))
  }

  services = {
    for key, manifest in local.manifests : key => {
      name    = manifest.metadata.name
      account = split("@", manifest.spec.template.spec.serviceAccountName)[0]
      # By the address that Cloud Run gives every service before it exists.
      url    = "https://${manifest.metadata.name}-${var.project_number}.${local.active_region}.run.app"
      serves = slice(manifest.spec.template.spec.containers[0].args, 1, length(manifest.spec.template.spec.containers[0].args))
      secrets = toset(concat(
        [
          for variable in manifest.spec.template.spec.containers[0].env :
          variable.valueFrom.secretKeyRef.name
          if can(variable.valueFrom.secretKeyRef.name) && (var.databases == "one" || variable.name != "DATABASE_URL")
        ],
        # As blueprint/databases.py binds them.
        var.databases == "one" ? [] : [
          for served in slice(manifest.spec.template.spec.containers[0].args, 1, length(manifest.spec.template.spec.containers[0].args)) :
          "${upper(served)}_DATABASE_URL" if served != "gateway"
        ],
        var.databases == "each" && var.event_bus == "postgres" ? ["EMERGENCE_BUS_URL"] : [],
        compact(split(",", try(manifest.metadata.annotations["emergence.dev/optional-secrets"], "")))
      ))
    }
  }

  # The event handlers of a service run where it is served: chat's and memory's within main.
  subscribers = merge([
    for key, service in local.services : {
      for served in service.serves : served => key if served != "gateway"
    }
  ]...)

  secrets = toset(flatten([for service in values(local.services) : tolist(service.secrets)]))
  profile = yamldecode(file("${path.module}/../profiles/${var.profile}.yaml"))
  edge    = yamldecode(file("${path.module}/../routes.yaml"))
  is_edge = var.public_host != ""
}
