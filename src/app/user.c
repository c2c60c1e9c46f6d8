/* SPDX-License-Identifier: Apache-2.0 */
/* wharf user: accounts from the command line. */
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "app/audited.h"
#include "app/commands.h"
#include "app/listing.h"
#include "app/stores.h"
#include "auth/password.h"
#include "base/clock.h"
#include "codec/jw.h"
#include "domain/account.h"

enum { LINE_MAX_BYTES = 256 };

static int read_line(FILE *in, struct arena *arena, struct str *out, struct err *err)
{
    char text[LINE_MAX_BYTES];
    if (!fgets(text, sizeof text, in))
        return err_set(err, ERR_INVALID, "no password was given");
    text[strcspn(text, "\r\n")] = '\0';
    *out = str_of(arena_strdup(arena, text));
    explicit_bzero(text, sizeof text);
    return 0;
}

/* Ask on the terminal, without showing what is typed. */
static int prompt(const char *question, struct arena *arena, struct str *out, struct err *err)
{
    struct termios shown, hidden;
    fprintf(stderr, "%s", question);
    bool terminal = tcgetattr(STDIN_FILENO, &shown) == 0;
    if (terminal) {
        hidden = shown;
        hidden.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    }
    int result = read_line(stdin, arena, out, err);
    if (terminal) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
        fprintf(stderr, "\n");
    }
    return result;
}

static int read_password(const struct cli *cli, struct str *out, struct err *err)
{
    struct str again;
    if (cli->password_stdin)
        return read_line(stdin, cli->arena, out, err);
    if (!isatty(STDIN_FILENO))
        return err_set(err, ERR_INVALID,
                       "the password is asked for on a terminal; elsewhere use --password-stdin");
    if (prompt("Password: ", cli->arena, out, err) != 0 ||
        prompt("Again: ", cli->arena, &again, err) != 0)
        return -1;
    if (!str_eq(*out, again))
        return err_set(err, ERR_INVALID, "the two passwords differ");
    return 0;
}

static int new_hash(const struct cli *cli, char out[PASSWORD_HASH_SIZE], struct err *err)
{
    struct str password;
    if (read_password(cli, &password, err) != 0 || account_check_password(password, err) != 0)
        return -1;
    _cleanup_(password_checker_freep) struct password_checker *checker = password_checker_new(0, 0,
                                                                                              0);
    return password_hash(checker, password, out, err);
}

int command_user_create(struct cli *cli, struct err *err)
{
    struct settings settings;
    struct account made;
    char hash[PASSWORD_HASH_SIZE];
    _cleanup_stores_ struct stores stores = {0};
    if (account_check_name(str_of(cli->args[0]), err) != 0 || new_hash(cli, hash, err) != 0 ||
        stores_open_cli(cli, &settings, &stores, err) != 0)
        return -1;
    struct account_new user = {cli->args[0], cli->email, hash, cli->superuser};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(stores.db, DB_WRITE, &tx, err) != 0 ||
        account_create_user(tx, cli->arena, &user, clock_wall_ms(), &made, err) != 0 ||
        audited_write(tx, cli->arena, AUDIT_USER_CREATE, made.id, err, "username", made.name,
                      "email", made.email, NULL) != 0 ||
        db_commit(&tx, err) != 0)
        return -1;
    printf("created user %s\n", made.name);
    return EXIT_DONE;
}

static int find_user(struct cli *cli, struct db_tx *tx, struct account *out, struct err *err)
{
    int found = account_find_by_name(tx, cli->arena, cli->args[0], out, err);
    if (found < 0)
        return -1;
    if (found == 0 || out->kind != ACCOUNT_USER)
        return err_set(err, ERR_NOT_FOUND, "there is no user %.200s; wharf user list shows all",
                       cli->args[0]);
    return 0;
}

int command_user_passwd(struct cli *cli, struct err *err)
{
    struct settings settings;
    struct account user;
    char hash[PASSWORD_HASH_SIZE];
    _cleanup_stores_ struct stores stores = {0};
    if (new_hash(cli, hash, err) != 0 || stores_open_cli(cli, &settings, &stores, err) != 0)
        return -1;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(stores.db, DB_WRITE, &tx, err) != 0 || find_user(cli, tx, &user, err) != 0 ||
        account_set_password(tx, user.id, hash, err) != 0 ||
        account_end_sessions(tx, user.id, err) != 0 ||
        audited_write(tx, cli->arena, AUDIT_ACCOUNT_CHANGE_PASSWORD, user.id, err, NULL) != 0 ||
        db_commit(&tx, err) != 0)
        return -1;
    printf("changed the password of %s\n", user.name);
    return EXIT_DONE;
}

static int set_enabled(struct cli *cli, bool enabled, struct err *err)
{
    struct settings settings;
    struct account user;
    _cleanup_stores_ struct stores stores = {0};
    if (stores_open_cli(cli, &settings, &stores, err) != 0)
        return -1;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(stores.db, DB_WRITE, &tx, err) != 0 || find_user(cli, tx, &user, err) != 0 ||
        account_set_enabled(tx, user.id, enabled, err) != 0 ||
        audited_write(tx, cli->arena, enabled ? AUDIT_USER_ENABLE : AUDIT_USER_DISABLE, user.id,
                      err, "username", user.name, NULL) != 0 ||
        db_commit(&tx, err) != 0)
        return -1;
    printf("%s user %s\n", enabled ? "enabled" : "disabled", user.name);
    return EXIT_DONE;
}

int command_user_enable(struct cli *cli, struct err *err)
{
    return set_enabled(cli, true, err);
}

int command_user_disable(struct cli *cli, struct err *err)
{
    return set_enabled(cli, false, err);
}

static void print_user(struct jw *json, const struct account *user)
{
    char created[CLOCK_RFC3339_SIZE];
    clock_format_rfc3339(user->created_ms, created);
    if (!json) {
        printf("%-30s %-9s %-10s %s  %s\n", user->name, user->enabled ? "enabled" : "disabled",
               user->superuser ? "superuser" : "", created, user->email ? user->email : "");
        return;
    }
    jw_begin_object(json);
    jw_member_text(json, "name", user->name);
    jw_member_text(json, "email", user->email);
    jw_member_bool(json, "enabled", user->enabled);
    jw_member_bool(json, "superuser", user->superuser);
    jw_member_text(json, "created", created);
    jw_end_object(json);
}

int command_user_list(struct cli *cli, struct err *err)
{
    struct settings settings;
    struct listing listing;
    _cleanup_stores_ struct stores stores = {0};
    if (listing_begin(&listing, cli, err) != 0 ||
        stores_open_cli(cli, &settings, &stores, err) != 0)
        return -1;
    const char *after = cli->after;
    for (int64_t want; (want = listing_want(&listing, ACCOUNT_PAGE_MAX)) > 0;) {
        struct list page = {0};
        struct account_page query = {ACCOUNT_USER, true, after, want};
        _cleanup_db_tx_ struct db_tx *tx = NULL;
        if (db_begin(stores.db, DB_READ, &tx, err) != 0 ||
            account_list(tx, cli->arena, &query, &page, err) != 0)
            return listing_abort(&listing);
        const struct account *users = page.items;
        for (size_t i = 0; i < page.count; i++)
            print_user(listing_item(&listing), &users[i]);
        if ((int64_t)page.count < want)
            break;
        after = users[page.count - 1].name;
    }
    listing_end(&listing);
    return EXIT_DONE;
}
