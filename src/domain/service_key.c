/* SPDX-License-Identifier: Apache-2.0 */
/* Service keys: rows in, rows out. Making and using the keys themselves is auth/keys.c. */
#include "service_key.h"

#include "domain/service_key_sql.h"

int service_key_find(struct db_tx *tx, struct arena *arena, const char *kid,
                     struct service_key *out, struct err *err)
{
    return db_one(tx, &Q_SERVICE_KEY_FIND, arena, out, err, kid);
}

int service_key_check(const struct service_key *key, int64_t now_ms, struct err *err)
{
    if (!key->approved)
        return err_set(err, ERR_CONFLICT, "service key has not been approved");
    if (key->expires_ms != 0 && key->expires_ms <= now_ms)
        return err_set(err, ERR_DENIED, "service key has expired");
    return 0;
}

int service_key_list(struct db_tx *tx, struct arena *arena, const char *service, int64_t now_ms,
                     struct list *out, struct err *err)
{
    return db_list_whole(tx, &Q_SERVICE_KEY_LIST, arena, out, err, service, now_ms, DB_WHOLE_LIMIT);
}

int service_key_find_signing(struct db_tx *tx, struct arena *arena, const char *service,
                             int64_t now_ms, struct service_key *out, struct err *err)
{
    return db_one(tx, &Q_SERVICE_KEY_SIGNING, arena, out, err, service, now_ms);
}

int service_key_create(struct db_tx *tx, const struct service_key *key, struct err *err)
{
    const int64_t *expires = key->expires_ms != 0 ? &key->expires_ms : NULL;
    int64_t id = db_insert(tx, &Q_SERVICE_KEY_INSERT, err, key->service, key->kid, key->name,
                           key->public_jwk, key->private_jwk, key->created_ms, expires,
                           (int64_t)key->approved);
    if (id < 0 && err->code == ERR_EXISTS)
        return err_set(err, ERR_EXISTS, "service key %s exists already", key->kid);
    return id < 0 ? -1 : 0;
}

int64_t service_key_prune(struct db_tx *tx, int64_t expired_before_ms, struct err *err)
{
    return db_exec(tx, &Q_SERVICE_KEY_PRUNE, err, expired_before_ms);
}
