"""The database, migrated only as far as the revision that serves can live with."""

from operate.catalogue import Service
from operate.compatibility import require_compatible
from operate.images import commit_of_tree, image_of_commit
from operate.jobs import Job, run_job
from operate.manifests import Wanted, render
from operate.programs import Tools, tell
from operate.revisions import require_live, revisions_of
from operate.secret_store import check_secrets

MIGRATE = Job("emergence-migrate", ("migrate",))


def migrate(tools: Tools, services: list[Service], project_number: str, *, accept_schema: bool) -> None:
    """Run `emergence migrate` as a job with main's image and secrets. Raises Refused(SCHEMA, IMAGE, FAILED).

    Services also migrate when they start; as a job it happens before any new revision, and its failure stops nothing.
    """
    main = next(service for service in services if service.key == "main")
    live = require_live(tools, main.name)
    serving = next(each for each in revisions_of(tools, main.name) if each.name == live.main_revision)
    if not accept_schema:
        require_compatible(tools, serving.commit)
    image = image_of_commit(tools, main, commit_of_tree(tools))
    pinned = check_secrets(tools, main)
    service = render(tools, Wanted(main, project_number, image, pinned), "migrate")
    run_job(tools, service, MIGRATE)
    if not tools.is_dry:
        tell("The database has this version's schema.")
