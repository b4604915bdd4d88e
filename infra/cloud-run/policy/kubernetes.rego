# Rules for everything that is rendered for a cluster. input: {"documents"}. Each sentence begins with its rule's name.
package emergence.kubernetes

import rego.v1

named(kind) := {each.metadata.name: each | some each in input.documents; each.kind == kind}

deployments := named("Deployment")

pod(name) := deployments[name].spec.template.spec

container(name) := pod(name).containers[0]

namespace := name if some name, _ in named("Namespace")

deny contains "injection: the namespace must have sidecars put into its pods" if not injects

injects if {
	some each in named("Namespace")
	some label in ["istio-injection", "istio.io/rev"]
	object.get(each.metadata.labels, label, "") != ""
}

deny contains "strict: the namespace must have a PeerAuthentication of its own with mode STRICT, and none with another" if not is_strict

is_strict if {
	modes := {object.get(each.spec, ["mtls", "mode"], "") | some each in named("PeerAuthentication")}
	modes == {"STRICT"}
}

deny contains "nobody: an AuthorizationPolicy and a NetworkPolicy must shut out whom no other lets in" if not is_closed

is_closed if {
	named("AuthorizationPolicy").nobody.spec == {}
	named("NetworkPolicy").nobody.spec == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
}

beside := {
	"ServiceAccount", "Service", "HorizontalPodAutoscaler", "PodDisruptionBudget", "AuthorizationPolicy", "DestinationRule",
	"NetworkPolicy",
}

deny contains sprintf("whole: %s has no %s", [name, kind]) if {
	some name, _ in deployments
	some kind in beside
	not name in object.keys(named(kind))
}

deny contains sprintf("callers: %s lets in whoever shows no certificate that is named", [name]) if {
	some name, policy in named("AuthorizationPolicy")
	name != "nobody"
	some rule in policy.spec.rules
	not names_callers(rule)
}

names_callers(rule) if {
	count(rule.from) == 1
	count(rule.from[0].source.principals) > 0
	every principal in rule.from[0].source.principals {
		regex.match("^[a-z0-9.-]+/ns/[a-z0-9-]+/sa/[a-z0-9-]+$", principal)
	}
}

deny contains sprintf("paths: %s lets a caller ask for everything", [name]) if {
	some name, policy in named("AuthorizationPolicy")
	name != "nobody"
	some rule in policy.spec.rules
	not names_paths(rule)
}

names_paths(rule) if {
	count(rule.to) == 1
	operation := rule.to[0].operation
	asked := array.concat(object.get(operation, "paths", []), object.get(operation, "notPaths", []))
	count(asked) > 0
	count({path | some path in asked} & {"*", "/*", "/"}) == 0
}

deny contains sprintf("allow: %s must allow, and select the pods of its service alone", [name]) if {
	some name, policy in named("AuthorizationPolicy")
	name != "nobody"
	not selects(policy.spec, name)
}

selects(spec, name) if {
	spec.action == "ALLOW"
	spec.selector == {"matchLabels": {"app": name}}
}

deny contains sprintf("mutual: %s must be spoken to by ISTIO_MUTUAL", [name]) if {
	some name, rule in named("DestinationRule")
	object.get(rule.spec, ["trafficPolicy", "tls", "mode"], "") != "ISTIO_MUTUAL"
}

deny contains sprintf("account: %s must run as a service account of its own, tied to Google's of the same name", [name]) if {
	some name, _ in deployments
	not has_own_account(name)
}

has_own_account(name) if {
	pod(name).serviceAccountName == name
	address := named("ServiceAccount")[name].metadata.annotations["iam.gke.io/gcp-service-account"]
	regex.match(sprintf("^%s@[a-z0-9-]+\\.iam\\.gserviceaccount\\.com$", [name]), address)
}

deny contains sprintf("token: %s must not be given a token for the cluster itself", [name]) if {
	some name, _ in deployments
	object.get(pod(name), "automountServiceAccountToken", true) != false
}

deny contains sprintf("unprivileged: %s must run as 10001, read-only, without capabilities or more rights", [name]) if {
	some name, _ in deployments
	not is_unprivileged(name)
}

is_unprivileged(name) if {
	own := container(name).securityContext
	own == {"allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "capabilities": {"drop": ["ALL"]}}
	whole := pod(name).securityContext
	whole.runAsNonRoot == true
	whole.runAsUser == 10001
	whole.seccompProfile.type == "RuntimeDefault"
}

deny contains sprintf("host: %s must take nothing of its machine", [name]) if {
	some name, _ in deployments
	some volume in object.get(pod(name), "volumes", [])
	not "emptyDir" in object.keys(volume)
}

deny contains sprintf("host: %s must take nothing of its machine", [name]) if {
	some name, _ in deployments
	some field in ["hostNetwork", "hostPID", "hostIPC"]
	field in object.keys(pod(name))
}

deny contains sprintf("digest: %s must name its image by digest", [name]) if {
	some name, _ in deployments
	not regex.match("^[^ ]+@sha256:[0-9a-f]{64}$", container(name).image)
}

deny contains sprintf("size: %s must ask for what it is limited to", [name]) if {
	some name, _ in deployments
	not has_size(name)
}

has_size(name) if {
	resources := container(name).resources
	resources.requests == resources.limits
	object.keys(resources.limits) == {"cpu", "memory"}
}

deny contains sprintf("probes: %s must have three probes, and the one of its life must not ask the database", [name]) if {
	some name, _ in deployments
	not has_probes(name)
}

has_probes(name) if {
	own := container(name)
	{"startupProbe", "readinessProbe", "livenessProbe"} & object.keys(own) == {"startupProbe", "readinessProbe", "livenessProbe"}
	own.livenessProbe.httpGet.path == "/api/health"
}

deny contains sprintf("secret: %s of %s must come from a Secret", [entry.name, name]) if {
	some name, _ in deployments
	some entry in container(name).env
	"value" in object.keys(entry)
	regex.match("(_SECRET|_KEY|_PASSWORD|_TOKEN|DATABASE_URL)$", entry.name)
}

deny contains sprintf("placeholder: %s is not filled", [text]) if {
	walk(input.documents, [_, text])
	is_string(text)
	contains(text, "${")
}

deny contains sprintf("range: %s must have one at least and no fewer at most", [name]) if {
	some name, each in named("HorizontalPodAutoscaler")
	not has_range(each.spec)
}

has_range(spec) if {
	spec.minReplicas >= 1
	spec.minReplicas <= spec.maxReplicas
}

deny contains sprintf("drain: %s must let a machine be emptied, one pod at a time", [name]) if {
	some name, each in named("PodDisruptionBudget")
	object.get(each.spec, "maxUnavailable", 0) != 1
}

deny contains sprintf("deadline: the route %s must have none: sockets and streams last as long as they last", [route.name]) if {
	some each in named("VirtualService")
	some route in each.spec.http
	"timeout" in object.keys(route)
}

deny contains "hidden: what is for neighbours must be answered 404 before any other route" if {
	some each in named("VirtualService")
	not hides_first(each.spec.http)
}

hides_first(routes) if {
	object.get(routes[0], ["directResponse", "status"], 0) == 404
	object.get(routes[1], ["directResponse", "status"], 0) == 404
}

deny contains "https: the gateway must take https from TLS 1.2 on, and send plain requests there" if {
	some each in named("Gateway")
	not takes_https(each.spec.servers)
}

takes_https(servers) if {
	{server.port.protocol | some server in servers} == {"HTTP", "HTTPS"}
	every server in servers {
		is_secure(server)
	}
}

is_secure(server) if {
	server.port.protocol == "HTTP"
	server.tls == {"httpsRedirect": true}
}

is_secure(server) if {
	server.port.protocol == "HTTPS"
	server.tls.mode == "SIMPLE"
	server.tls.minProtocolVersion in {"TLSV1_2", "TLSV1_3"}
}

deny contains sprintf("network: %s must be reached from named pods or namespaces, at one port", [name]) if {
	some name, policy in named("NetworkPolicy")
	name != "nobody"
	not is_narrow(policy.spec)
}

is_narrow(spec) if {
	spec.policyTypes == ["Ingress", "Egress"]
	count(spec.ingress) == 1
	spec.ingress[0].ports == [{"port": 8080, "protocol": "TCP"}]
	count(spec.ingress[0].from) > 0
	every source in spec.ingress[0].from {
		is_named(source)
	}
}

is_named(source) if count(source.podSelector.matchLabels) > 0

is_named(source) if count(source.namespaceSelector.matchLabels) > 0
