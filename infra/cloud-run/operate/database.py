"""The database, migrated only as far as the revision that serves can live with."""

from operate.compatibility import require_compatible
from operate.images import commit_of_tree, image_of_commit
from operate.jobs import Job, Whose, manifest_for_jobs, run_job
from operate.programs import Tools, tell
from operate.revisions import require_live, revisions_of

MIGRATE = Job("emergence-migrate", ("migrate",))


def migrate(tools: Tools, whose: Whose, *, accept_schema: bool) -> None:
    """Run `emergence migrate` as a job with main's image. Raises Refused(SCHEMA, IMAGE, FAILED).

    Services also migrate when they start; as a job it happens before any new revision, and its failure stops nothing.
    """
    main = whose.main
    live = require_live(tools, main.name)
    serving = next(each for each in revisions_of(tools, main.name) if each.name == live.main_revision)
    if not accept_schema:
        require_compatible(tools, serving.commit)
    image = image_of_commit(tools, main, commit_of_tree(tools))
    run_job(tools, manifest_for_jobs(tools, whose, image, "migrate"), MIGRATE)
    if not tools.is_dry:
        tell("The database has this version's schema.")
