"""The commands of blueprint.sh, one file each."""
