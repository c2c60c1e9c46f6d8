/* SPDX-License-Identifier: Apache-2.0 */
/* OAuth applications. */
#include "oauth_application.h"

#include "base/rand.h"
#include "domain/oauth_application_sql.h"

/* Of the applications that no organization may have: ours, and the one that Quay reserves. */
static const char internal_name[] = "__wharf_command_line";
static const char *const reserved_names[] = {internal_name, "__quay_bootstrap_app"};

struct str oauth_application_draw_secret(struct arena *arena, const struct seal_key *key)
{
    char secret[OAUTH_CLIENT_SECRET_LEN + 1];
    _cleanup_buf_ struct buf sealed;
    buf_init(&sealed, sizeof secret + SEAL_OVERHEAD);
    rand_token(secret, OAUTH_CLIENT_SECRET_LEN);
    seal_close(key, str_of(secret), &sealed);
    explicit_bzero(secret, sizeof secret);
    return arena_str(arena, buf_str(&sealed));
}

const char *oauth_application_secret(struct arena *arena, const struct seal_key *key,
                                     const struct oauth_application *application)
{
    _cleanup_buf_ struct buf secret;
    buf_init(&secret, OAUTH_CLIENT_SECRET_LEN + 1);
    return seal_open(key, application->secret_sealed, &secret) ? arena_text(arena, buf_str(&secret))
                                                               : NULL;
}

int oauth_application_find(struct db_tx *tx, struct arena *arena, const char *client_id,
                           struct oauth_application *out, struct err *err)
{
    return db_one(tx, &Q_OAUTH_APPLICATION_FIND, arena, out, err, client_id);
}

int oauth_application_list(struct db_tx *tx, struct arena *arena, int64_t organization_id,
                           int64_t after, int64_t limit, struct list *out, struct err *err)
{
    if (limit < 1 || limit > DB_WHOLE_MAX)
        limit = DB_WHOLE_LIMIT;
    return db_list_whole(tx, &Q_OAUTH_APPLICATION_PAGE, arena, out, err, organization_id, after,
                         internal_name, limit);
}

static int check_name(const char *name, struct err *err)
{
    if (!*name)
        return err_set(err, ERR_INVALID, "the name of an application must not be empty");
    for (size_t i = 0; i < ARRAY_LEN(reserved_names); i++) {
        if (strcmp(name, reserved_names[i]) == 0)
            return err_set(err, ERR_INVALID, "the name %s is reserved", name);
    }
    return 0;
}

static int insert(struct db_tx *tx, struct arena *arena, int64_t organization_id,
                  const struct oauth_application_info *info, struct str secret_sealed,
                  struct oauth_application *out, struct err *err)
{
    char *client_id = arena_alloc(arena, OAUTH_CLIENT_ID_LEN + 1);
    rand_token(client_id, OAUTH_CLIENT_ID_LEN);
    int64_t id = db_insert(tx, &Q_OAUTH_APPLICATION_INSERT, err, organization_id, client_id,
                           secret_sealed, info->name, info->description, info->application_uri,
                           info->redirect_uri, info->avatar_email);
    if (id < 0)
        return -1;
    *out = (struct oauth_application){
        .id = id,
        .organization_id = organization_id,
        .client_id = client_id,
        .secret_sealed = secret_sealed,
        .name = info->name,
        .description = info->description,
        .application_uri = info->application_uri,
        .redirect_uri = info->redirect_uri,
        .avatar_email = info->avatar_email,
    };
    return 0;
}

int oauth_application_create(struct db_tx *tx, struct arena *arena, int64_t organization_id,
                             const struct oauth_application_info *info, struct str secret_sealed,
                             struct oauth_application *out, struct err *err)
{
    if (check_name(info->name, err) != 0)
        return -1;
    return insert(tx, arena, organization_id, info, secret_sealed, out, err);
}

int oauth_application_update(struct db_tx *tx, int64_t id,
                             const struct oauth_application_info *info, struct err *err)
{
    if (check_name(info->name, err) != 0)
        return -1;
    return db_exec(tx, &Q_OAUTH_APPLICATION_UPDATE, err, id, info->name, info->description,
                   info->application_uri, info->redirect_uri, info->avatar_email) < 0
               ? -1
               : 0;
}

int oauth_application_set_secret(struct db_tx *tx, int64_t id, struct str secret_sealed,
                                 struct err *err)
{
    return db_exec(tx, &Q_OAUTH_APPLICATION_SET_SECRET, err, id, secret_sealed) < 0 ? -1 : 0;
}

int oauth_application_delete(struct db_tx *tx, int64_t id, struct err *err)
{
    static const struct query *const steps[] = {
        &Q_OAUTH_APPLICATION_DELETE_TOKENS,
        &Q_OAUTH_APPLICATION_DELETE_CODES,
        &Q_OAUTH_APPLICATION_DELETE_ASSIGNMENTS,
        &Q_OAUTH_APPLICATION_DELETE,
    };
    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        if (db_exec(tx, steps[i], err, id) < 0)
            return -1;
    }
    return 0;
}

int oauth_application_internal(struct db_tx *tx, struct arena *arena, int64_t account_id,
                               int64_t *id_out, struct err *err)
{
    static const struct oauth_application_info info = {
        .name = internal_name,
        .description = "Tokens made on the command line",
        .application_uri = "",
        .redirect_uri = "",
    };
    struct oauth_application application;
    int found = db_one(tx, &Q_OAUTH_APPLICATION_BY_NAME, arena, &application, err, account_id,
                       internal_name);
    if (found < 0 ||
        (found == 0 && insert(tx, arena, account_id, &info, STR(""), &application, err) != 0))
        return -1;
    *id_out = application.id;
    return 0;
}
