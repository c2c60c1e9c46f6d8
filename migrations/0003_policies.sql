-- Policies of namespaces and of repositories: tags that become immutable by their names, and tags
-- that are pruned by number or by age. A policy with a repository applies there only; one without
-- applies to every repository of the namespace.

-- Accounts of one kind by name: organizations among many robots and users. Names are unique anyway;
-- saying so here tells the planner that the index gives their whole order.
CREATE UNIQUE INDEX account_kind ON account (kind, name);
-- Rights, the highest first.
CREATE INDEX team_role ON team (organization_id, role);
CREATE INDEX repository_permission_role ON repository_permission (repository_id, role, team_id);

CREATE TABLE immutability_policy (
    id            @pk@,
    uuid          @name@ NOT NULL,
    namespace_id  BIGINT NOT NULL,
    repository_id BIGINT,                         -- NULL: all of the namespace
    tag_pattern   @text@ NOT NULL,                -- a regular expression
    matches       SMALLINT NOT NULL,              -- 1: tags that match, 0: tags that do not
    -- The sweep over tags that were there before the policy: 1 while it has some to look at, how far
    -- it is (a repository's name and a tag; '' for the tag: all of that repository is done), and how
    -- many tags it has made immutable.
    pending       SMALLINT NOT NULL,
    swept_repo    @name@ NOT NULL,
    swept_tag     @name@ NOT NULL,
    swept         BIGINT NOT NULL,
    CONSTRAINT immutability_policy_uuid UNIQUE (uuid),
    CONSTRAINT immutability_namespace FOREIGN KEY (namespace_id) REFERENCES account (id),
    CONSTRAINT immutability_repository FOREIGN KEY (repository_id) REFERENCES repository (id)
);
CREATE INDEX immutability_policy_of ON immutability_policy (namespace_id, repository_id, id);
CREATE INDEX immutability_policy_on ON immutability_policy (repository_id);
CREATE INDEX immutability_policy_pending ON immutability_policy (pending, id);

CREATE TABLE prune_policy (
    id            @pk@,
    uuid          @name@ NOT NULL,
    namespace_id  BIGINT NOT NULL,
    repository_id BIGINT,                         -- NULL: all of the namespace
    method        SMALLINT NOT NULL,              -- 1 number_of_tags, 2 creation_date
    keep          @name@ NOT NULL,                -- as it was given: a number, or an age as "7d"
    tag_pattern   @text@,                         -- NULL: every tag
    matches       SMALLINT NOT NULL,              -- 1: tags that match, 0: tags that do not
    CONSTRAINT prune_policy_uuid UNIQUE (uuid),
    CONSTRAINT prune_namespace FOREIGN KEY (namespace_id) REFERENCES account (id),
    CONSTRAINT prune_repository FOREIGN KEY (repository_id) REFERENCES repository (id)
);
CREATE INDEX prune_policy_of ON prune_policy (namespace_id, repository_id, id);
CREATE INDEX prune_policy_on ON prune_policy (repository_id);

-- Proof keys of authorization codes (RFC 7636, S256): what the exchange must know the origin of.

ALTER TABLE oauth_code ADD COLUMN challenge @name@;   -- NULL: none was given

-- Storage quotas, and what they are compared with. A namespace uses the distinct blobs that the
-- manifests of its repositories refer to. Which blobs have been counted stands in usage_blob, and
-- the sums follow from it; pushes and the collector only append to usage_queue what may have
-- changed, and one worker looks at that and at what is true, so that no push waits for a sum.

CREATE TABLE quota (
    id            @pk@,
    namespace_id  BIGINT NOT NULL,
    limit_bytes   BIGINT NOT NULL,
    CONSTRAINT quota_namespace UNIQUE (namespace_id),
    CONSTRAINT quota_account FOREIGN KEY (namespace_id) REFERENCES account (id)
);

CREATE TABLE quota_limit (
    id            @pk@,
    quota_id      BIGINT NOT NULL,
    kind          SMALLINT NOT NULL,              -- 1 warning, 2 reject
    percent       SMALLINT NOT NULL,
    CONSTRAINT quota_limit_of UNIQUE (quota_id, kind, percent),
    CONSTRAINT quota_limit_quota FOREIGN KEY (quota_id) REFERENCES quota (id)
);

-- Row 1: there since accounting began (at_ms); never changed, so that pushes may read it without
-- waiting. Row 2: how far what was there before has been counted (cursor_id, a manifest), and since
-- when all of it (at_ms; 0: not yet); whoever counts locks it.
CREATE TABLE usage_state (
    id            BIGINT PRIMARY KEY,
    at_ms         BIGINT NOT NULL,
    cursor_id     BIGINT NOT NULL
);

-- What may have changed: a new manifest (blob_id 0), or one blob that a manifest let go of
-- (manifest_id 0). Nothing here refers to rows that must be there: they may be gone by then.
CREATE TABLE usage_queue (
    id            @pk@,
    namespace_id  BIGINT NOT NULL,
    repository_id BIGINT NOT NULL,
    manifest_id   BIGINT NOT NULL,
    blob_id       BIGINT NOT NULL
);
CREATE INDEX usage_queue_of ON usage_queue (namespace_id, repository_id, manifest_id);

CREATE TABLE usage_blob (
    repository_id BIGINT NOT NULL,
    blob_id       BIGINT NOT NULL,
    namespace_id  BIGINT NOT NULL,
    size          BIGINT NOT NULL,
    PRIMARY KEY (repository_id, blob_id)
);
CREATE INDEX usage_blob_in ON usage_blob (namespace_id, blob_id, size);

-- Sums of usage_blob: of a repository's rows, and of the distinct blobs of a namespace. A row that
-- is not there is 0.
CREATE TABLE usage_repository (
    repository_id BIGINT PRIMARY KEY,
    bytes         BIGINT NOT NULL
);
CREATE TABLE usage_namespace (
    namespace_id  BIGINT PRIMARY KEY,
    bytes         BIGINT NOT NULL
);

-- Who is told that an export of the audit log is there: an address of the web, one of mail, or both.

CREATE TABLE audit_delivery (
    id         @pk@,
    export_id  BIGINT NOT NULL,
    kind       SMALLINT NOT NULL,                 -- 1 web, 2 mail
    target     @text@ NOT NULL,
    state      SMALLINT NOT NULL,                 -- 0 waits, 1 done, 2 given up
    tries      BIGINT NOT NULL,
    due_ms     BIGINT NOT NULL,                   -- when it is tried next
    CONSTRAINT delivery_export FOREIGN KEY (export_id) REFERENCES audit_export (id)
);
CREATE INDEX audit_delivery_due ON audit_delivery (state, due_ms);
CREATE INDEX audit_delivery_of ON audit_delivery (export_id, state);
