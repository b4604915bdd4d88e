-- What people do with their threads. `titled` is set once a person named it: then no title is made of a message.
-- `pin_order` is null for what is not pinned. A thread whose `deleted_at` is set is nowhere but for its restoring.
-- `retention_days` is shorter than the deployment's limit or null for that limit.
ALTER TABLE threads
    ADD COLUMN titled boolean NOT NULL DEFAULT false,
    ADD COLUMN archived_at timestamptz,
    ADD COLUMN pin_order bigint,
    ADD COLUMN folder_id uuid,
    ADD COLUMN deleted_at timestamptz,
    ADD COLUMN temporary boolean NOT NULL DEFAULT false,
    ADD COLUMN retention_days integer;
CREATE INDEX threads_pinned ON threads (user_id) WHERE pin_order IS NOT NULL;
CREATE INDEX threads_in_folder ON threads (folder_id) WHERE folder_id IS NOT NULL;
CREATE INDEX threads_deleted ON threads (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX threads_restorable ON threads (user_id, deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX threads_temporary ON threads (updated_at) WHERE temporary;
CREATE INDEX threads_of_limited_age ON threads (updated_at) WHERE retention_days IS NOT NULL;
CREATE INDEX threads_by_age ON threads (updated_at);

-- Without it every thread that is erased would have all runs looked through for its own.
CREATE INDEX runs_of_erased_thread ON runs (thread_id);

CREATE TABLE thread_folders (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    name text NOT NULL,
    position bigint NOT NULL,
    created_at timestamptz NOT NULL,
    UNIQUE (user_id, name)
);
