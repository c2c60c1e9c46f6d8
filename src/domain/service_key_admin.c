/* SPDX-License-Identifier: Apache-2.0 */
/* Managing service keys. */
#include "service_key_admin.h"

#include "codec/jwt.h"
#include "codec/pem.h"
#include "domain/service_key_admin_sql.h"

static const char approval_type[] = "Super User API"; /* Quay's words */

int service_key_admin_generate(struct arena *arena, struct service_key *out,
                               const char **public_pem_out, const char **private_pem_out,
                               struct err *err)
{
    _cleanup_(jwt_key_freep) struct jwt_key *key = NULL;
    char *public_jwk, *private_jwk;
    if (jwt_key_generate(&key, err) != 0 ||
        jwt_key_format(key, arena, false, &public_jwk, err) != 0 ||
        jwt_key_format(key, arena, true, &private_jwk, err) != 0 ||
        pem_of_jwk(arena, str_of(private_jwk), public_pem_out, private_pem_out, err) != 0)
        return -1;
    out->kid = arena_strdup(arena, jwt_key_id(key));
    out->public_jwk = public_jwk;
    return 0;
}

int service_key_admin_create(struct db_tx *tx, struct arena *arena, const struct service_key *key,
                             const char *metadata, int64_t approver_id, const char *notes,
                             struct err *err)
{
    struct service_key_admin stored = {0};
    if (service_key_create(tx, key, err) != 0 ||
        service_key_admin_find(tx, arena, key->kid, &stored, err) < 0)
        return -1;
    stored.metadata = metadata;
    if (service_key_admin_change(tx, &stored, err) != 0)
        return -1;
    return service_key_admin_approve(tx, stored.id, approver_id, notes, key->created_ms, err);
}

int service_key_admin_list(struct db_tx *tx, struct arena *arena, struct list *out, struct err *err)
{
    return db_list_whole(tx, &Q_SERVICE_KEY_ADMIN_LIST, arena, out, err, DB_WHOLE_LIMIT);
}

int service_key_admin_find(struct db_tx *tx, struct arena *arena, const char *kid,
                           struct service_key_admin *out, struct err *err)
{
    return db_one(tx, &Q_SERVICE_KEY_ADMIN_FIND, arena, out, err, kid);
}

int service_key_admin_change(struct db_tx *tx, const struct service_key_admin *key, struct err *err)
{
    const int64_t *expires = key->expires_ms ? &key->expires_ms : NULL;
    return db_exec(tx, &Q_SERVICE_KEY_ADMIN_CHANGE, err, key->id, key->name, key->metadata,
                   expires) < 0
               ? -1
               : 0;
}

int service_key_admin_approve(struct db_tx *tx, int64_t id, int64_t approver_id, const char *notes,
                              int64_t now_ms, struct err *err)
{
    const int64_t *approver = approver_id ? &approver_id : NULL;
    return db_exec(tx, &Q_SERVICE_KEY_ADMIN_APPROVE, err, id, approver, approval_type, now_ms,
                   notes ? notes : "") < 0
               ? -1
               : 0;
}

int service_key_admin_delete(struct db_tx *tx, int64_t id, struct err *err)
{
    return db_exec(tx, &Q_SERVICE_KEY_ADMIN_DELETE, err, id) < 0 ? -1 : 0;
}
