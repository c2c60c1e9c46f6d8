-- Policies of namespaces and of repositories: tags that become immutable by their names, and tags
-- that are pruned by number or by age. A policy with a repository applies there only; one without
-- applies to every repository of the namespace.

CREATE TABLE immutability_policy (
    id            @pk@,
    uuid          @name@ NOT NULL,
    namespace_id  BIGINT NOT NULL,
    repository_id BIGINT,                         -- NULL: all of the namespace
    tag_pattern   @text@ NOT NULL,                -- a regular expression
    matches       SMALLINT NOT NULL,              -- 1: tags that match, 0: tags that do not
    CONSTRAINT immutability_policy_uuid UNIQUE (uuid),
    CONSTRAINT immutability_namespace FOREIGN KEY (namespace_id) REFERENCES account (id),
    CONSTRAINT immutability_repository FOREIGN KEY (repository_id) REFERENCES repository (id)
);
CREATE INDEX immutability_policy_of ON immutability_policy (namespace_id, repository_id, id);
CREATE INDEX immutability_policy_on ON immutability_policy (repository_id);

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
