/* SPDX-License-Identifier: Apache-2.0 */
/* The command line: commands and options as tables, from which parsing and help both come. */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "codec/schema.h"

enum exit_status { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

enum { CLI_ARGS_MAX = 8 };

/* Every option of every command; which of them a command takes is in its row. */
struct cli {
    struct arena *arena;
    const struct command *command;  /* NULL: only help is asked for, of all or of `group` */
    const char *group;              /* the first word of several commands: "user" */
    const char *args[CLI_ARGS_MAX]; /* what is not an option */
    size_t arg_count;

    const char *config_dir;
    const char *data_dir;
    struct texts listen;
    bool json;
    bool dry_run;
    bool repair;
    bool force;
    bool verify;
    bool status;
    bool password_stdin;
    bool superuser;
    bool is_public;
    bool markdown;
    const char *email;
    const char *after;
    const char *limit;
    const char *org;
    const char *repo;
    const char *since;
    const char *until;
    const char *kind;
    const char *user;
    const char *scope;
    const char *days;
    const char *role;
    const char *pattern;
    const char *except;
    const char *creator;
};

enum cli_option {
    OPTION_CONFIG = 1 << 0,
    OPTION_DATA = 1 << 1,
    OPTION_LISTEN = 1 << 2,
    OPTION_JSON = 1 << 3,
    OPTION_DRY_RUN = 1 << 4,
    OPTION_REPAIR = 1 << 5,
    OPTION_VERIFY = 1 << 6,
    OPTION_STATUS = 1 << 7,
    OPTION_PASSWORD_STDIN = 1 << 8,
    OPTION_SUPERUSER = 1 << 9,
    OPTION_PUBLIC = 1 << 10,
    OPTION_EMAIL = 1 << 11,
    OPTION_AFTER = 1 << 12,
    OPTION_LIMIT = 1 << 13,
    OPTION_FORCE = 1 << 14,
    OPTION_USER = 1 << 15,
    OPTION_SCOPE = 1 << 16,
    OPTION_DAYS = 1 << 17,
    OPTION_ROLE = 1 << 18,
    OPTION_PATTERN = 1 << 19, /* --pattern, --except */
    OPTION_CREATOR = 1 << 20,
    OPTION_MARKDOWN = 1 << 21,
    OPTION_LOGS = 1 << 30,                       /* --org, --repo, --since, --until, --kind */
    OPTIONS_STORE = OPTION_CONFIG | OPTION_DATA, /* what every command on the stores takes */
    OPTIONS_PAGE = OPTION_AFTER | OPTION_LIMIT | OPTION_JSON,
};

struct command {
    const char *name; /* one to three words: "serve", "user create" */
    const char *args; /* as help shows them: "NAME TAG DIGEST" */
    size_t args_min, args_max;
    unsigned options; /* enum cli_option */
    const char *summary;
    /* The exit status; on -1 main prints *err and exits with EXIT_FAILED. */
    int (*run)(struct cli *cli, struct err *err);
};

/* All commands, ended by a row without name; in commands.c. */
extern const struct command commands[];

/* Parse. 0, or -1 with a message that says how to ask for help. `--help` and `help` give a command
 * of NULL, and so does a group's name alone. */
int cli_parse(struct arena *arena, int argc, char **argv, struct cli *out, bool *help_out,
              struct err *err);
/* Help for the command, or the list of the group's commands, or of all. */
void cli_print_help(const struct cli *cli);
