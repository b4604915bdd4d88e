# Rules for all services together. input: {"max_connections", "connections", "services": [{"key", "name", "account", "serves"}]}.
package emergence.deployment

import rego.v1

share := 0.8

needed := sum([held | some each in input.connections; held := each.instances * each.per_instance])

deny contains sprintf("connections: %d instances' connections exceed 80 %% of the database's %d", [needed, input.max_connections]) if {
	needed > input.max_connections * share
}

deny contains sprintf("accounts: %s is the account of more than one service", [each.account]) if {
	some each in input.services
	count([other | some other in input.services; other.account == each.account]) > 1
}

deny contains sprintf("once: %s must run in exactly one service", [served]) if {
	some served in input.product
	count([each | some each in input.services; some name in each.serves; name == served]) != 1
}
