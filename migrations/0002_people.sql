-- People: what organizations, teams, robots, applications and their rights need, the audit log,
-- and what users say about repositories. Roles on repositories are 1 read, 2 write, 3 admin; roles
-- of teams are 1 member, 2 creator, 3 admin. Secrets are kept as a hash (to compare) and, where the
-- API must show them again, sealed with the registry's key (to read).

ALTER TABLE account ADD COLUMN verified SMALLINT NOT NULL DEFAULT 1;
ALTER TABLE account ADD COLUMN given_name @name@;
ALTER TABLE account ADD COLUMN family_name @name@;
ALTER TABLE account ADD COLUMN company @name@;
ALTER TABLE account ADD COLUMN location @name@;
ALTER TABLE account ADD COLUMN invoice_email SMALLINT NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN invoice_email_address @name@;
-- How long a closed tag can be restored in this namespace; NULL: as the registry says.
ALTER TABLE account ADD COLUMN tag_expiration_ms BIGINT;
ALTER TABLE account ADD COLUMN last_accessed_ms BIGINT;
-- A browser session is good while this is the number it began with.
ALTER TABLE account ADD COLUMN session_epoch BIGINT NOT NULL DEFAULT 0;
-- Who may pull an organization's public repositories: 0 everybody, 1 any account, 2 accounts that
-- accepted its terms.
ALTER TABLE account ADD COLUMN pull_policy SMALLINT NOT NULL DEFAULT 0;

-- What a robot account has beyond an account. Its name is NAMESPACE+SHORTNAME.
CREATE TABLE robot (
    account_id   BIGINT NOT NULL,
    owner_id     BIGINT NOT NULL,                 -- the user or organization
    description  @text@ NOT NULL,
    metadata     @text@ NOT NULL,                 -- JSON object
    token_hash   @bytes@ NOT NULL,
    token_sealed @blob@ NOT NULL,
    PRIMARY KEY (account_id),
    CONSTRAINT robot_account FOREIGN KEY (account_id) REFERENCES account (id),
    CONSTRAINT robot_owner FOREIGN KEY (owner_id) REFERENCES account (id)
);
CREATE INDEX robot_of_owner ON robot (owner_id, account_id);

-- Foreign identities that may ask for a token of the robot.
CREATE TABLE robot_federation (
    id       @pk@,
    robot_id BIGINT NOT NULL,
    issuer   @name@ NOT NULL,
    subject  @name@ NOT NULL,
    CONSTRAINT federation_robot FOREIGN KEY (robot_id) REFERENCES account (id)
);
CREATE INDEX robot_federation_of ON robot_federation (robot_id);

CREATE TABLE team (
    id              @pk@,
    organization_id BIGINT NOT NULL,
    name            @name@ NOT NULL,
    role            SMALLINT NOT NULL,            -- 1 member, 2 creator, 3 admin
    description     @text@ NOT NULL,
    CONSTRAINT team_name UNIQUE (organization_id, name),
    CONSTRAINT team_organization FOREIGN KEY (organization_id) REFERENCES account (id)
);

CREATE TABLE team_member (
    team_id    BIGINT NOT NULL,
    account_id BIGINT NOT NULL,                   -- a user or a robot
    PRIMARY KEY (team_id, account_id),
    CONSTRAINT member_team FOREIGN KEY (team_id) REFERENCES team (id),
    CONSTRAINT member_account FOREIGN KEY (account_id) REFERENCES account (id)
);
CREATE INDEX team_member_of ON team_member (account_id, team_id);

CREATE TABLE team_invite (
    id         @pk@,
    code       @name@ NOT NULL,
    team_id    BIGINT NOT NULL,
    inviter_id BIGINT NOT NULL,
    account_id BIGINT,                            -- who is invited, or
    email      @name@,                            -- the address that is
    created_ms BIGINT NOT NULL,
    CONSTRAINT team_invite_code UNIQUE (code),
    CONSTRAINT invite_team FOREIGN KEY (team_id) REFERENCES team (id)
);
CREATE INDEX team_invite_of ON team_invite (team_id);
CREATE INDEX team_invite_to ON team_invite (account_id);

-- A right on one repository, of a user, a robot or a team.
CREATE TABLE repository_permission (
    id            @pk@,
    repository_id BIGINT NOT NULL,
    account_id    BIGINT,
    team_id       BIGINT,
    role          SMALLINT NOT NULL,
    CONSTRAINT permission_of_account UNIQUE (repository_id, account_id),
    CONSTRAINT permission_of_team UNIQUE (repository_id, team_id),
    CONSTRAINT permission_repository FOREIGN KEY (repository_id) REFERENCES repository (id),
    CONSTRAINT permission_account FOREIGN KEY (account_id) REFERENCES account (id),
    CONSTRAINT permission_team FOREIGN KEY (team_id) REFERENCES team (id)
);
CREATE INDEX repository_permission_account ON repository_permission (account_id, repository_id);
CREATE INDEX repository_permission_team ON repository_permission (team_id, repository_id);

-- Default permissions ("prototypes"): rights that a new repository of the organization starts with.
CREATE TABLE default_permission (
    id              @pk@,
    uuid            @name@ NOT NULL,
    organization_id BIGINT NOT NULL,
    activating_id   BIGINT,                       -- only when this account creates it; NULL: anybody
    account_id      BIGINT,                       -- who gets the right: an account or
    team_id         BIGINT,                       -- a team
    role            SMALLINT NOT NULL,
    CONSTRAINT default_permission_uuid UNIQUE (uuid),
    CONSTRAINT default_organization FOREIGN KEY (organization_id) REFERENCES account (id),
    CONSTRAINT default_account FOREIGN KEY (account_id) REFERENCES account (id),
    CONSTRAINT default_team FOREIGN KEY (team_id) REFERENCES team (id)
);
CREATE INDEX default_permission_of ON default_permission (organization_id, id);
CREATE INDEX default_permission_account ON default_permission (account_id);
CREATE INDEX default_permission_activating ON default_permission (activating_id);
CREATE INDEX default_permission_team ON default_permission (team_id);

-- Passwords for programs of a user ($app). The first half finds the row, the second is the secret.
CREATE TABLE app_token (
    id               @pk@,
    uuid             @name@ NOT NULL,
    account_id       BIGINT NOT NULL,
    title            @name@ NOT NULL,
    lookup           @name@ NOT NULL,
    secret_hash      @bytes@ NOT NULL,
    secret_sealed    @blob@ NOT NULL,
    created_ms       BIGINT NOT NULL,
    last_accessed_ms BIGINT,
    expires_ms       BIGINT,
    CONSTRAINT app_token_uuid UNIQUE (uuid),
    CONSTRAINT app_token_lookup UNIQUE (lookup),
    CONSTRAINT app_token_account FOREIGN KEY (account_id) REFERENCES account (id)
);
CREATE INDEX app_token_of ON app_token (account_id, id);
CREATE INDEX app_token_expiry ON app_token (expires_ms);

CREATE TABLE oauth_application (
    id              @pk@,
    organization_id BIGINT NOT NULL,
    client_id       @name@ NOT NULL,
    secret_sealed   @blob@ NOT NULL,
    name            @name@ NOT NULL,
    description     @text@ NOT NULL,
    application_uri @text@ NOT NULL,
    redirect_uri    @text@ NOT NULL,
    avatar_email    @name@,
    CONSTRAINT oauth_application_client UNIQUE (client_id),
    CONSTRAINT application_organization FOREIGN KEY (organization_id) REFERENCES account (id)
);
CREATE INDEX oauth_application_of ON oauth_application (organization_id, id);

-- Access tokens of the API. The first 20 characters find the row, the rest is the secret.
CREATE TABLE oauth_token (
    id               @pk@,
    uuid             @name@ NOT NULL,
    application_id   BIGINT NOT NULL,
    account_id       BIGINT NOT NULL,             -- whose rights it has
    created_by       BIGINT,                      -- who made it on an application's page
    name             @name@,
    lookup           @name@ NOT NULL,
    secret_hash      @bytes@ NOT NULL,
    scope            @name@ NOT NULL,
    created_ms       BIGINT NOT NULL,
    expires_ms       BIGINT NOT NULL,
    last_accessed_ms BIGINT,
    CONSTRAINT oauth_token_uuid UNIQUE (uuid),
    CONSTRAINT oauth_token_lookup UNIQUE (lookup),
    CONSTRAINT token_application FOREIGN KEY (application_id) REFERENCES oauth_application (id),
    CONSTRAINT token_account FOREIGN KEY (account_id) REFERENCES account (id)
);
CREATE INDEX oauth_token_of_application ON oauth_token (application_id, id);
CREATE INDEX oauth_token_of_account ON oauth_token (account_id, id);
CREATE INDEX oauth_token_expiry ON oauth_token (expires_ms);

CREATE TABLE oauth_code (
    id             @pk@,
    application_id BIGINT NOT NULL,
    account_id     BIGINT NOT NULL,
    lookup         @name@ NOT NULL,
    secret_hash    @bytes@ NOT NULL,
    scope          @name@ NOT NULL,
    redirect_uri   @text@ NOT NULL,
    expires_ms     BIGINT NOT NULL,
    CONSTRAINT oauth_code_lookup UNIQUE (lookup),
    CONSTRAINT code_application FOREIGN KEY (application_id) REFERENCES oauth_application (id),
    CONSTRAINT code_account FOREIGN KEY (account_id) REFERENCES account (id)
);
CREATE INDEX oauth_code_expiry ON oauth_code (expires_ms);
CREATE INDEX oauth_code_of_application ON oauth_code (application_id);
CREATE INDEX oauth_code_of_account ON oauth_code (account_id);

-- Tokens that an administrator of an application has prepared for somebody to confirm.
CREATE TABLE oauth_assignment (
    id             @pk@,
    uuid           @name@ NOT NULL,
    application_id BIGINT NOT NULL,
    account_id     BIGINT NOT NULL,
    redirect_uri   @text@ NOT NULL,
    scope          @name@ NOT NULL,
    response_type  @name@ NOT NULL,
    CONSTRAINT oauth_assignment_uuid UNIQUE (uuid),
    CONSTRAINT assignment_application FOREIGN KEY (application_id) REFERENCES oauth_application (id),
    CONSTRAINT assignment_account FOREIGN KEY (account_id) REFERENCES account (id)
);
CREATE INDEX oauth_assignment_of_application ON oauth_assignment (application_id);
CREATE INDEX oauth_assignment_of_account ON oauth_assignment (account_id, id);

-- Tokens for one repository ($token).
CREATE TABLE access_token (
    id            @pk@,
    uuid          @name@ NOT NULL,
    repository_id BIGINT NOT NULL,
    name          @name@ NOT NULL,
    lookup        @name@ NOT NULL,
    secret_hash   @bytes@ NOT NULL,
    role          SMALLINT NOT NULL,
    created_ms    BIGINT NOT NULL,
    expires_ms    BIGINT,
    CONSTRAINT access_token_uuid UNIQUE (uuid),
    CONSTRAINT access_token_lookup UNIQUE (lookup),
    CONSTRAINT access_token_repository FOREIGN KEY (repository_id) REFERENCES repository (id)
);
CREATE INDEX access_token_of ON access_token (repository_id, id);
CREATE INDEX access_token_expiry ON access_token (expires_ms);

-- Codes that are sent by mail: they confirm an address, change it, or let somebody in who forgot
-- the password.
CREATE TABLE mail_code (
    id            @pk@,
    code_hash     @bytes@ NOT NULL,
    purpose       SMALLINT NOT NULL,              -- 1 confirm, 2 change address, 3 recover, 4 repository
    account_id    BIGINT,
    repository_id BIGINT,
    email         @name@,
    created_ms    BIGINT NOT NULL,
    expires_ms    BIGINT NOT NULL,
    used_ms       BIGINT,
    CONSTRAINT mail_code_hash UNIQUE (code_hash)
);
CREATE INDEX mail_code_expiry ON mail_code (expires_ms);
CREATE INDEX mail_code_account ON mail_code (account_id);
CREATE INDEX mail_code_repository ON mail_code (repository_id, email);

CREATE TABLE star (
    account_id    BIGINT NOT NULL,
    repository_id BIGINT NOT NULL,
    created_ms    BIGINT NOT NULL,
    PRIMARY KEY (account_id, repository_id),
    CONSTRAINT star_account FOREIGN KEY (account_id) REFERENCES account (id),
    CONSTRAINT star_repository FOREIGN KEY (repository_id) REFERENCES repository (id)
);
CREATE INDEX star_of_repository ON star (repository_id);

-- What happened. Not tied to the rows it names: it outlives them.
CREATE TABLE audit_log (
    id            @pk@,
    kind          SMALLINT NOT NULL,
    namespace_id  BIGINT,
    performer_id  BIGINT,
    repository_id BIGINT,
    at_ms         BIGINT NOT NULL,
    ip            @name@,
    metadata      @text@ NOT NULL,
    times         BIGINT NOT NULL DEFAULT 1       -- above 1: so many alike within a second
);
CREATE INDEX audit_log_namespace ON audit_log (namespace_id, at_ms, id);
CREATE INDEX audit_log_repository ON audit_log (repository_id, at_ms, id);
CREATE INDEX audit_log_performer ON audit_log (performer_id, at_ms, id);
CREATE INDEX audit_log_time ON audit_log (at_ms, id);

-- Months whose entries have moved to files. Only the first `bytes` of a file count: what lies behind
-- was written by a move that did not get as far as removing the rows.
CREATE TABLE audit_archive (
    month     @name@ NOT NULL,                    -- YYYY-MM
    bytes     BIGINT NOT NULL,
    entries   BIGINT NOT NULL,
    PRIMARY KEY (month)
);

-- Exports of the audit log that were asked for, and their files.
CREATE TABLE audit_export (
    id            @pk@,
    uuid          @name@ NOT NULL,                -- names the file, and is hard to guess
    namespace_id  BIGINT NOT NULL,
    repository_id BIGINT,                         -- only what is about this one
    performer_id  BIGINT,                         -- who asked
    start_ms      BIGINT NOT NULL,
    end_ms        BIGINT NOT NULL,
    created_ms    BIGINT NOT NULL,
    state         SMALLINT NOT NULL,              -- 0 asked for, 1 there, 2 failed
    expires_ms    BIGINT,                         -- when the file goes
    callback_url   @text@,
    callback_email @name@,
    base_url      @text@ NOT NULL,                -- how the asker reaches this registry
    CONSTRAINT audit_export_uuid UNIQUE (uuid)
);
CREATE INDEX audit_export_state ON audit_export (state, id);
CREATE INDEX audit_export_expiry ON audit_export (expires_ms);

-- What an administrator says about a service key, and who let it in.
ALTER TABLE service_key ADD COLUMN metadata @text@;              -- a JSON object
ALTER TABLE service_key ADD COLUMN rotation_s BIGINT;
ALTER TABLE service_key ADD COLUMN approver_id BIGINT;
ALTER TABLE service_key ADD COLUMN approval_type @name@;
ALTER TABLE service_key ADD COLUMN approved_ms BIGINT;
ALTER TABLE service_key ADD COLUMN approval_notes @text@;

-- Pulls and pushes of a day (days since 1970), for statistics and popularity.
CREATE TABLE repository_activity (
    repository_id BIGINT NOT NULL,
    day           BIGINT NOT NULL,
    actions       BIGINT NOT NULL,
    PRIMARY KEY (repository_id, day)
);

CREATE TABLE manifest_pull (
    repository_id BIGINT NOT NULL,
    digest        @bytes@ NOT NULL,
    pulls         BIGINT NOT NULL,
    last_ms       BIGINT NOT NULL,
    PRIMARY KEY (repository_id, digest)
);

CREATE TABLE tag_pull (
    repository_id BIGINT NOT NULL,
    tag           @name@ NOT NULL,
    digest        @bytes@ NOT NULL,               -- of the last pull
    pulls         BIGINT NOT NULL,
    last_ms       BIGINT NOT NULL,
    PRIMARY KEY (repository_id, tag)
);

-- The layers' bytes as descriptors give them; NULL where there are none, and in rows from before.
ALTER TABLE manifest ADD COLUMN layers_size BIGINT;
-- Made by restoring an older manifest.
ALTER TABLE tag ADD COLUMN reversion SMALLINT NOT NULL DEFAULT 0;
-- The history of a repository's tags, newest first, a page at a time.
CREATE INDEX tag_history ON tag (repository_id, id);

CREATE TABLE label (
    id            @pk@,
    uuid          @name@ NOT NULL,
    repository_id BIGINT NOT NULL,
    manifest_id   BIGINT NOT NULL,
    label_key     @name@ NOT NULL,
    label_value   @text@ NOT NULL,
    json          SMALLINT NOT NULL,              -- the value is JSON, not plain text
    source        SMALLINT NOT NULL,              -- 1 manifest, 2 api, 3 internal
    CONSTRAINT label_uuid UNIQUE (uuid),
    CONSTRAINT label_manifest FOREIGN KEY (manifest_id) REFERENCES manifest (id)
);
CREATE INDEX label_of_manifest ON label (manifest_id, label_key, id);

-- Messages of the operator that every page shows.
CREATE TABLE message (
    id         @pk@,
    uuid       @name@ NOT NULL,
    content    @text@ NOT NULL,
    severity   @name@ NOT NULL,
    media_type @name@ NOT NULL,
    CONSTRAINT message_uuid UNIQUE (uuid)
);

-- Notifications that a user sees when signed in.
CREATE TABLE notification (
    id         @pk@,
    uuid       @name@ NOT NULL,
    account_id BIGINT NOT NULL,                   -- a user, or an organization: all its admins
    kind       @name@ NOT NULL,
    metadata   @text@ NOT NULL,
    dismissed  SMALLINT NOT NULL DEFAULT 0,
    created_ms BIGINT NOT NULL,
    CONSTRAINT notification_uuid UNIQUE (uuid),
    CONSTRAINT notification_account FOREIGN KEY (account_id) REFERENCES account (id)
);
CREATE INDEX notification_of ON notification (account_id, dismissed, id);

-- The terms of an organization, each version kept as it was.
CREATE TABLE terms (
    id              @pk@,
    organization_id BIGINT NOT NULL,
    version         BIGINT NOT NULL,
    content         @text@ NOT NULL,
    created_ms      BIGINT NOT NULL,
    CONSTRAINT terms_version UNIQUE (organization_id, version),
    CONSTRAINT terms_organization FOREIGN KEY (organization_id) REFERENCES account (id)
);

CREATE TABLE terms_acceptance (
    id              @pk@,
    organization_id BIGINT NOT NULL,
    account_id      BIGINT NOT NULL,
    version         BIGINT NOT NULL,
    accepted_ms     BIGINT NOT NULL,
    revoked_ms      BIGINT,
    ip              @name@,
    CONSTRAINT acceptance_organization FOREIGN KEY (organization_id) REFERENCES account (id),
    CONSTRAINT acceptance_account FOREIGN KEY (account_id) REFERENCES account (id)
);
CREATE INDEX terms_acceptance_of ON terms_acceptance (account_id, organization_id, version);
CREATE INDEX terms_acceptance_to ON terms_acceptance (organization_id, id);
