/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP Basic. A login is decided in this order: lockout, remembered password, bcrypt. The lockout
 * comes first even for a remembered password: otherwise somebody locked out could go on guessing
 * at the cache, at a million guesses a second.
 *
 * No transaction is open while bcrypt runs. So that guesses made at the same moment do not all pass
 * before the first of them has failed, the account is read again once it is this login's turn. */
#include "basic.h"

#include "auth/access_login.h"
#include "auth/app_login.h"
#include "auth/auth_state.h"
#include "auth/client_key.h"
#include "auth/lockout.h"
#include "auth/oauth_login.h"
#include "auth/robot_login.h"
#include "base/hex.h"
#include "base/quote.h"
#include "domain/account_profile.h"

static bool is_text(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c < ' ' || c == 0x7f)
            return false;
    }
    return utf8_valid(s);
}

enum basic_kind basic_kind_of(struct str username)
{
    static const struct {
        const char *name;
        enum basic_kind kind;
    } special[] = {
        {"$token", BASIC_ACCESS_TOKEN},
        {"$app", BASIC_APP_TOKEN},
        {"$oauthtoken", BASIC_OAUTH_TOKEN},
    };
    for (size_t i = 0; i < ARRAY_LEN(special); i++) {
        if (str_eq_text(username, special[i].name))
            return special[i].kind;
    }
    /* An address may have a plus too: alice+registry@example.org. */
    bool robot = str_find(username, '+') >= 0 && str_find(username, '@') < 0;
    return robot ? BASIC_ROBOT : BASIC_USER;
}

bool basic_parse(struct arena *arena, struct str header, struct basic *out)
{
    struct str rest = str_trim(header), scheme, username;
    if (header.len > BASIC_HEADER_MAX || !str_cut(&rest, ' ', &scheme) ||
        !str_eq_case(scheme, STR("basic")))
        return false;
    _cleanup_buf_ struct buf decoded;
    buf_init(&decoded, BASIC_HEADER_MAX);
    bool ok = base64_decode(&decoded, str_trim(rest));
    struct str password = buf_str(&decoded);
    ok = ok && is_text(password) && str_cut(&password, ':', &username) && password.ptr &&
         username.len > 0 && username.len <= BASIC_USERNAME_MAX;
    if (ok)
        *out = (struct basic){basic_kind_of(username), arena_text(arena, username),
                              arena_str(arena, password)};
    if (decoded.ptr)
        explicit_bzero(decoded.ptr, decoded.cap);
    return ok;
}

struct login {
    struct auth *auth;
    struct arena *arena;
    const char *name; /* or address, as given */
    struct str password;
    int64_t now_ms;
    struct account account; /* all zero when there is no such user */
};

/* Read the account; organizations and robots have no password and count as unknown. */
static int load(struct login *login, struct err *err)
{
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(login->auth->db, DB_READ, &tx, err) != 0)
        return -1;
    struct account account = {0};
    bool address = str_find(str_of(login->name), '@') >= 0;
    int found = address ? account_find_by_email(tx, login->arena, login->name, &account, err)
                        : account_find_by_name(tx, login->arena, login->name, &account, err);
    if (found < 0)
        return -1;
    bool user = found > 0 && account.kind == ACCOUNT_USER;
    login->account = user ? account : (struct account){0};
    return 0;
}

static int check_lockout(const struct login *login, int64_t *retry_after_s_out, struct err *err)
{
    int64_t left = lockout_remaining_ms(login->account.failed_logins, login->account.failed_ms,
                                        login->now_ms);
    if (left == 0)
        return 0;
    *retry_after_s_out = lockout_retry_after_s(left);
    return err_set(err, ERR_TOO_MANY, "too many failed logins, try again in %lld seconds",
                   (long long)*retry_after_s_out);
}

/* Count a failure, as of when the login began, or forget them all. A login is not decided otherwise
 * because this could not be written. */
static void note(const struct login *login, bool failed)
{
    struct err ignored;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (login->account.id == 0 || db_begin(login->auth->db, DB_WRITE, &tx, &ignored) != 0)
        return;
    int noted = failed ? account_login_failed(tx, login->account.id, login->now_ms, &ignored)
                       : account_login_cleared(tx, login->account.id, &ignored);
    if (noted == 0)
        (void)db_commit(&tx, &ignored);
}

static bool remembered(const struct login *login)
{
    return password_remembered(login->auth->passwords, login->account.password_hash,
                               login->password, login->now_ms);
}

/* Compare, when it is this login's turn: 1, 0, -1. A failure is counted before the turn ends, so
 * that guesses at the same moment are at most as many as there are turns. */
static int compare_in_turn(struct login *login, int64_t *retry_after_s_out, struct err *err)
{
    if (load(login, err) != 0 || check_lockout(login, retry_after_s_out, err) != 0)
        return -1;
    if (remembered(login)) /* by now: many logins with one password came at once */
        return 1;
    bool right = password_compare(login->auth->passwords, login->account.password_hash,
                                  login->password, login->now_ms);
    if (!right)
        note(login, true);
    return right;
}

/* Whether the password is right: 1, 0, or -1 when it could not be found out. */
static int compare(struct login *login, int64_t *retry_after_s_out, struct err *err)
{
    if (remembered(login))
        return 1;
    if (password_enter(login->auth->passwords, err) != 0) {
        *retry_after_s_out = 1;
        return -1;
    }
    int right = compare_in_turn(login, retry_after_s_out, err);
    password_leave(login->auth->passwords);
    return right;
}

/* Remember the login, if the last one was long enough ago. Nor is a login refused for this. */
static void touch(const struct login *login)
{
    const struct auth_config *rules = &login->auth->rules;
    struct err ignored;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (!rules->last_accessed ||
        login->now_ms - login->account.last_accessed_ms < rules->last_accessed_ms ||
        db_begin(login->auth->db, DB_WRITE_RELAXED, &tx, &ignored) != 0)
        return;
    if (account_touch(tx, login->account.id, login->now_ms, &ignored) == 0)
        (void)db_commit(&tx, &ignored);
}

int basic_login_user(struct auth *auth, struct arena *arena, const char *name_or_email,
                     struct str password, int64_t now_ms, struct identity *out,
                     int64_t *retry_after_s_out, struct err *err)
{
    struct login login = {auth, arena, name_or_email, password, now_ms, {0}};
    if (load(&login, err) != 0 || check_lockout(&login, retry_after_s_out, err) != 0)
        return -1;
    int right = compare(&login, retry_after_s_out, err);
    if (right < 0)
        return -1;
    if (!right)
        return err_set(err, ERR_UNAUTHORIZED, "invalid username or password");
    if (login.account.failed_logins > 0)
        note(&login, false);
    if (!login.account.enabled)
        return err_set(err, ERR_UNAUTHORIZED, "this account is disabled");
    if (auth->rules.verified_only && !login.account.verified)
        return err_set(err, ERR_CONFLICT, "confirm your e-mail address first");
    touch(&login);
    *out = identity_of_account(&auth->rules, &login.account);
    return 0;
}

/* A user's password, plain or encrypted. */
static int login_user(struct auth *auth, struct arena *arena, const struct basic *credentials,
                      int64_t now_ms, struct identity *out, int64_t *retry_after_s_out,
                      struct err *err)
{
    struct str password = credentials->password;
    if (!client_key_open(auth, arena, credentials->password, &password) &&
        auth->rules.encrypted_basic_auth)
        return err_set(err, ERR_UNAUTHORIZED,
                       "plain passwords are not taken here: use an encrypted one, which your "
                       "account settings make, or an app token");
    int result = basic_login_user(auth, arena, credentials->username, password, now_ms, out,
                                  retry_after_s_out, err);
    if (result != 0 && err->code == ERR_CONFLICT)
        err->code = ERR_UNAUTHORIZED; /* here there is nothing else to be said of it */
    return result;
}

int basic_login(struct auth *auth, struct arena *arena, const struct basic *credentials,
                int64_t now_ms, struct identity *out, int64_t *retry_after_s_out, struct err *err)
{
    switch (credentials->kind) {
    case BASIC_USER:
        return login_user(auth, arena, credentials, now_ms, out, retry_after_s_out, err);
    case BASIC_OAUTH_TOKEN:
        return oauth_login(auth, arena, credentials->password, now_ms, out, err);
    case BASIC_ACCESS_TOKEN:
        return access_login(auth, arena, credentials->password, now_ms, out, err);
    case BASIC_ROBOT:
        return robot_login(auth, arena, credentials->username, credentials->password, now_ms, out,
                           err);
    case BASIC_APP_TOKEN:
        return app_login(auth, arena, credentials->password, now_ms, out, err);
    }
    return err_set(err, ERR_INTERNAL, "credentials of no kind");
}
