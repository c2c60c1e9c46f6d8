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
