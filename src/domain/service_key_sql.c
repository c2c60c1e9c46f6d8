/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on service keys. The private half is selected in one statement only. A key without end has
 * expires_ms NULL. */
#include "service_key_sql.h"

#include "domain/service_key.h"

static const struct field public_fields[] = {
    F_INT(struct service_key, id, "id", 0),
    F_TEXT(struct service_key, service, "service", 0),
    F_TEXT(struct service_key, kid, "kid", 0),
    F_TEXT(struct service_key, name, "name", 0),
    F_TEXT(struct service_key, public_jwk, "public_jwk", 0),
    F_INT(struct service_key, created_ms, "created_ms", 0),
    F_INT(struct service_key, expires_ms, "expires_ms", FIELD_NULLABLE),
    F_BOOL(struct service_key, approved, "approved", 0),
};
static const struct schema public_row = SCHEMA(struct service_key, public_fields);

static const struct field signing_fields[] = {
    F_INT(struct service_key, id, "id", 0),
    F_TEXT(struct service_key, service, "service", 0),
    F_TEXT(struct service_key, kid, "kid", 0),
    F_TEXT(struct service_key, name, "name", 0),
    F_TEXT(struct service_key, public_jwk, "public_jwk", 0),
    F_TEXT(struct service_key, private_jwk, "private_jwk", FIELD_SECRET),
    F_INT(struct service_key, created_ms, "created_ms", 0),
    F_INT(struct service_key, expires_ms, "expires_ms", FIELD_NULLABLE),
    F_BOOL(struct service_key, approved, "approved", 0),
};
static const struct schema signing_row = SCHEMA(struct service_key, signing_fields);

#define PUBLIC_COLUMNS                                                                             \
    "SELECT id, service, kid, name, public_jwk, created_ms, expires_ms, approved FROM service_key"

const struct query Q_SERVICE_KEY_FIND = {
    .sql = PUBLIC_COLUMNS " WHERE kid = $1",
    .params = "t",
    .row = &public_row,
};

const struct query Q_SERVICE_KEY_LIST = {
    .sql = PUBLIC_COLUMNS " WHERE service = $1 AND approved = 1"
                          " AND (expires_ms IS NULL OR expires_ms > $2) ORDER BY kid LIMIT $3",
    .params = "tii",
    .row = &public_row,
};

const struct query Q_SERVICE_KEY_SIGNING = {
    .sql = "SELECT id, service, kid, name, public_jwk, private_jwk, created_ms, expires_ms,"
           " approved FROM service_key WHERE service = $1 AND approved = 1"
           " AND private_jwk IS NOT NULL AND (expires_ms IS NULL OR expires_ms > $2)"
           " ORDER BY created_ms DESC, id DESC LIMIT 1",
    .params = "ti",
    .row = &signing_row,
};

const struct query Q_SERVICE_KEY_INSERT = {
    .sql = "INSERT INTO service_key (service, kid, name, public_jwk, private_jwk, created_ms,"
           " expires_ms, approved) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    .params = "ttttTiIi",
};

const struct query Q_SERVICE_KEY_PRUNE = {
    .sql = "DELETE FROM service_key WHERE expires_ms < $1",
    .params = "i",
    .scan_ok = true, /* a small table, once an hour */
};

const struct query *const service_key_queries[] = {
    &Q_SERVICE_KEY_FIND,   &Q_SERVICE_KEY_LIST,  &Q_SERVICE_KEY_SIGNING,
    &Q_SERVICE_KEY_INSERT, &Q_SERVICE_KEY_PRUNE, NULL,
};
