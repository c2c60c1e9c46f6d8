/* SPDX-License-Identifier: Apache-2.0 */
/* Where the keys come from. */
#include "secrets.h"

#include "domain/setting.h"

enum { DRAWN_LEN = 64 };

/* config's text, or the one in the database. */
static int secret_text(struct db *db, struct arena *arena, const char *configured, struct str *out,
                       struct err *err)
{
    const char *text = configured;
    if (!text && setting_get_secret(db, arena, "secret", DRAWN_LEN, &text, err) != 0)
        return -1;
    *out = str_of(text);
    return 0;
}

int secrets_load(struct db *db, const struct secrets_config *config, struct secrets *out,
                 struct err *err)
{
    struct arena arena = {0};
    struct str secret, database, page;
    int loaded = secret_text(db, &arena, config->secret_key, &secret, err) == 0 &&
                         secret_text(db, &arena, config->database_secret_key, &database, err) ==
                             0 &&
                         secret_text(db, &arena, config->page_token_key, &page, err) == 0
                     ? 0
                     : -1;
    if (loaded == 0) {
        seal_derive(secret, "cookie", &out->cookie);
        seal_derive(secret, "client key", &out->client_key);
        seal_derive(database, "stored secret", &out->store);
        seal_derive(page, "page token", &out->page);
    }
    arena_done(&arena);
    return loaded;
}
