# Rules for a Dockerfile. input: {"key", "instructions": [{"stage", "name", "value"}]}; stages count from 0.
package emergence.image

import rego.v1

last_stage := max([each.stage | some each in input.instructions])

in_last contains each if {
	some each in input.instructions
	each.stage == last_stage
}

base := value if {
	some each in input.instructions
	each.name == "ARG"
	startswith(each.value, "BASE=")
	value := trim_prefix(each.value, "BASE=")
}

deny contains "base: the base image must be named once, by its digest, as ARG BASE" if {
	not regex.match("^[a-z0-9./:-]+@sha256:[0-9a-f]{64}$", base)
}

deny contains "base: the base image must be named once, by its digest, as ARG BASE" if not base

deny contains sprintf("from: %s is neither the base nor a stage of this file", [each.value]) if {
	some each in input.instructions
	each.name == "FROM"
	not regex.match(`^(\$\{BASE\}|[a-z]+)( AS [a-z]+)?$`, each.value)
}

deny contains "stages: what builds must not be in the image: use at least two stages" if last_stage < 1

deny contains "user: the image must run as 10001:10001" if {
	[each.value | some each in input.instructions; each.name == "USER"] != ["10001:10001"]
}

deny contains "hashes: packages are installed with --require-hashes --only-binary :all: from the service's own file" if {
	runs := [each.value | some each in input.instructions; each.name == "RUN"; contains(each.value, "-requirements.txt")]
	not all_hashed(runs)
}

all_hashed(runs) if {
	count(runs) == 1
	contains(runs[0], sprintf("-r %s-requirements.txt", [input.key]))
	contains(runs[0], "--require-hashes")
	contains(runs[0], "--only-binary :all:")
}

deny contains "nothing-runs: the last stage copies and runs nothing, so that nothing is installed beside the packages" if {
	some each in in_last
	each.name in {"RUN", "ADD"}
}

deny contains "entrypoint: ENTRYPOINT must be [\"emergence\"], which gets the signals itself" if {
	not is_program
}

# Not compared as text: the engine keeps the quotation marks of what it is given escaped.
is_program if {
	[value] := [each.value | some each in in_last; each.name == "ENTRYPOINT"]
	regex.match(`^\[\W*emergence\W*\]$`, value)
}

deny contains "no-bytecode: PYTHONDONTWRITEBYTECODE must be set; the root may be read-only" if {
	not contains(concat(" ", [each.value | some each in in_last; each.name == "ENV"]), "PYTHONDONTWRITEBYTECODE=1")
}

deny contains "label: managed-by=emergence must be a label, or make clean would not find the image" if {
	not contains(concat(" ", [each.value | some each in in_last; each.name == "LABEL"]), "managed-by=emergence")
}

deny contains sprintf("port: %s must not be set; Cloud Run says it", [each.value]) if {
	some each in in_last
	each.name == "ENV"
	regex.match(`(^|\s)PORT=`, each.value)
}
