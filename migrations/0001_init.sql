-- The tables of a registry: accounts, repositories, content, and what garbage collection needs.
-- Portable DDL; @pk@ (an auto-incrementing 64-bit key), @bytes@ (binary, indexable, up to 255
-- bytes), @blob@ (binary of any size), @name@ (text compared by bytes, up to 255 bytes) and
-- @text@ (long text) are expanded for each engine. Times are milliseconds since 1970. Digests are
-- packed: one byte of algorithm, then the digest's bytes.

-- Users, organizations and robots. A namespace is the name of a user or of an organization.
CREATE TABLE account (
    id            @pk@,
    uuid          @name@ NOT NULL,
    kind          SMALLINT NOT NULL,              -- 1 user, 2 organization, 3 robot
    name          @name@ NOT NULL,
    email         @name@,
    password_hash @name@,                         -- bcrypt; NULL when there is none to compare
    enabled       SMALLINT NOT NULL DEFAULT 1,
    superuser     SMALLINT NOT NULL DEFAULT 0,
    created_ms    BIGINT NOT NULL,
    failed_logins BIGINT NOT NULL DEFAULT 0,      -- in a row
    failed_ms     BIGINT NOT NULL DEFAULT 0,      -- the last of them
    CONSTRAINT account_name UNIQUE (name),
    CONSTRAINT account_email UNIQUE (email),
    CONSTRAINT account_uuid UNIQUE (uuid)
);

CREATE TABLE repository (
    id           @pk@,
    namespace_id BIGINT NOT NULL,
    name         @name@ NOT NULL,
    public       SMALLINT NOT NULL DEFAULT 0,
    state        SMALLINT NOT NULL DEFAULT 0,     -- 0 normal, 1 read-only, 2 mirror, 3 being deleted
    description  @text@,
    created_ms   BIGINT NOT NULL,
    CONSTRAINT repository_name UNIQUE (namespace_id, name),
    CONSTRAINT repository_namespace FOREIGN KEY (namespace_id) REFERENCES account (id)
);
CREATE INDEX repository_public ON repository (public, namespace_id, name);

-- One row for each distinct content that is stored as an object.
CREATE TABLE blob (
    id         @pk@,
    digest     @bytes@ NOT NULL,
    size       BIGINT NOT NULL,
    object_key @name@ NOT NULL,
    created_ms BIGINT NOT NULL,
    CONSTRAINT blob_digest UNIQUE (digest),
    CONSTRAINT blob_object UNIQUE (object_key)
);

-- A repository may use a blob before a manifest there refers to it: after an upload or a mount, and
-- for a while after the last manifest that did is gone.
CREATE TABLE blob_lease (
    repository_id BIGINT NOT NULL,
    blob_id       BIGINT NOT NULL,
    expires_ms    BIGINT NOT NULL,
    PRIMARY KEY (repository_id, blob_id),
    CONSTRAINT lease_repository FOREIGN KEY (repository_id) REFERENCES repository (id),
    CONSTRAINT lease_blob FOREIGN KEY (blob_id) REFERENCES blob (id)
);
CREATE INDEX blob_lease_blob ON blob_lease (blob_id, expires_ms);

CREATE TABLE manifest (
    id            @pk@,
    repository_id BIGINT NOT NULL,
    digest        @bytes@ NOT NULL,
    media_type    @name@ NOT NULL,
    artifact_type @name@,                         -- as the referrers list shows it
    subject       @bytes@,                        -- digest of the manifest this one refers to
    annotations   @text@,                         -- JSON object, for the referrers list
    content       @blob@ NOT NULL,                -- the bytes as received
    size          BIGINT NOT NULL,
    deleted       SMALLINT NOT NULL DEFAULT 0,    -- deleted by digest: not served, until collected
    created_ms    BIGINT NOT NULL,
    CONSTRAINT manifest_digest UNIQUE (repository_id, digest),
    CONSTRAINT manifest_repository FOREIGN KEY (repository_id) REFERENCES repository (id)
);
CREATE INDEX manifest_subject ON manifest (repository_id, subject, digest);

CREATE TABLE manifest_blob (
    manifest_id   BIGINT NOT NULL,
    blob_id       BIGINT NOT NULL,
    repository_id BIGINT NOT NULL,
    PRIMARY KEY (manifest_id, blob_id),
    CONSTRAINT manifest_blob_manifest FOREIGN KEY (manifest_id) REFERENCES manifest (id),
    CONSTRAINT manifest_blob_blob FOREIGN KEY (blob_id) REFERENCES blob (id)
);
CREATE INDEX manifest_blob_use ON manifest_blob (blob_id, repository_id);

-- An index names its children by digest: with sparse indexes a child may be absent, or come later.
CREATE TABLE manifest_child (
    parent_id     BIGINT NOT NULL,
    child         @bytes@ NOT NULL,
    repository_id BIGINT NOT NULL,
    PRIMARY KEY (parent_id, child),
    CONSTRAINT manifest_child_parent FOREIGN KEY (parent_id) REFERENCES manifest (id)
);
CREATE INDEX manifest_child_use ON manifest_child (repository_id, child);

-- A tag is an interval of time in which a name meant a manifest. It is live while end_ms lies in
-- the future; "no end" is the largest number, so that uniqueness holds for live tags too.
CREATE TABLE tag (
    id            @pk@,
    repository_id BIGINT NOT NULL,
    name          @name@ NOT NULL,
    manifest_id   BIGINT NOT NULL,
    start_ms      BIGINT NOT NULL,
    end_ms        BIGINT NOT NULL DEFAULT 9223372036854775807,
    hidden        SMALLINT NOT NULL DEFAULT 0,    -- keeps a manifest pushed by digest for a while
    immutable     SMALLINT NOT NULL DEFAULT 0,
    CONSTRAINT tag_interval UNIQUE (repository_id, name, end_ms),
    CONSTRAINT tag_repository FOREIGN KEY (repository_id) REFERENCES repository (id),
    CONSTRAINT tag_manifest FOREIGN KEY (manifest_id) REFERENCES manifest (id)
);
CREATE INDEX tag_manifest_use ON tag (manifest_id, end_ms);
-- Listing reads this index only, so that a page costs the same however long the history is.
CREATE INDEX tag_live ON tag (repository_id, hidden, name, end_ms);

CREATE TABLE upload (
    id            @pk@,
    uuid          @name@ NOT NULL,
    repository_id BIGINT NOT NULL,
    object_key    @name@ NOT NULL,
    received      BIGINT NOT NULL DEFAULT 0,      -- bytes that are hashed and written
    hash_state    @blob@,                         -- base/digest.h, hasher_save; NULL before the first byte
    created_ms    BIGINT NOT NULL,
    expires_ms    BIGINT NOT NULL,
    CONSTRAINT upload_uuid UNIQUE (uuid),
    CONSTRAINT upload_repository FOREIGN KEY (repository_id) REFERENCES repository (id)
);
CREATE INDEX upload_expiry ON upload (expires_ms);
CREATE INDEX upload_of_repository ON upload (repository_id);

-- What may have died: checked by the collector when due.
CREATE TABLE gc_queue (
    id        @pk@,
    kind      SMALLINT NOT NULL,                  -- 1 manifest, 2 blob, 3 repository
    object_id BIGINT NOT NULL,
    due_ms    BIGINT NOT NULL
);
CREATE INDEX gc_queue_due ON gc_queue (due_ms, id);
CREATE INDEX gc_queue_object ON gc_queue (kind, object_id);

-- Objects without a row any more, to be removed from storage.
CREATE TABLE dead_object (
    object_key      @name@ NOT NULL,
    delete_after_ms BIGINT NOT NULL,
    size            BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (object_key)
);
CREATE INDEX dead_object_due ON dead_object (delete_after_ms);

-- Keys that sign registry tokens, published under /keys/services/.
CREATE TABLE service_key (
    id          @pk@,
    service     @name@ NOT NULL,
    kid         @name@ NOT NULL,
    name        @name@ NOT NULL,
    public_jwk  @text@ NOT NULL,
    private_jwk @text@,                           -- only of keys this instance signs with
    created_ms  BIGINT NOT NULL,
    expires_ms  BIGINT,
    approved    SMALLINT NOT NULL DEFAULT 0,
    CONSTRAINT service_key_kid UNIQUE (kid)
);
CREATE INDEX service_key_service ON service_key (service, kid);

-- Facts about this registry that are no configuration, such as its generated secret.
CREATE TABLE setting (
    name  @name@ NOT NULL,
    value @text@ NOT NULL,
    PRIMARY KEY (name)
);
