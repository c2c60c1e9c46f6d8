/* SPDX-License-Identifier: Apache-2.0 */
/* Command line parsing. getopt_long would need its own table for each command; this one has a
 * single table, in which a command names the options it takes. */
#include "cli.h"

#include <stdio.h>

enum option_kind { TAKES_NOTHING, TAKES_TEXT, TAKES_TEXTS };

enum { REPEATED_MAX = 16 };

static const struct option_row {
    enum cli_option bit;
    const char *name;
    enum option_kind kind;
    size_t offset;
    const char *value; /* as help shows it */
    const char *summary;
} options[] = {
    {OPTION_CONFIG, "--config", TAKES_TEXT, offsetof(struct cli, config_dir), "DIR",
     "folder with config.yaml, ssl.cert and ssl.key"},
    {OPTION_DATA, "--data", TAKES_TEXT, offsetof(struct cli, data_dir), "DIR",
     "folder of the database and the blobs [./wharf-data]"},
    {OPTION_LISTEN, "--listen", TAKES_TEXTS, offsetof(struct cli, listen), "ADDRESS",
     "address:port to serve on, with https:// in front for TLS; may be repeated"},
    {OPTION_JSON, "--json", TAKES_NOTHING, offsetof(struct cli, json), NULL, "print JSON"},
    {OPTION_DRY_RUN, "--dry-run", TAKES_NOTHING, offsetof(struct cli, dry_run), NULL,
     "say what would be done, and why; change nothing"},
    {OPTION_REPAIR, "--repair", TAKES_NOTHING, offsetof(struct cli, repair), NULL,
     "mend what can be mended"},
    {OPTION_FORCE, "--force", TAKES_NOTHING, offsetof(struct cli, force), NULL,
     "even if that removes most of the objects, or leaves an organization without admins"},
    {OPTION_VERIFY, "--verify", TAKES_NOTHING, offsetof(struct cli, verify), NULL,
     "read every blob and compare its digest"},
    {OPTION_STATUS, "--status", TAKES_NOTHING, offsetof(struct cli, status), NULL,
     "only show which migrations are applied"},
    {OPTION_PASSWORD_STDIN, "--password-stdin", TAKES_NOTHING, offsetof(struct cli, password_stdin),
     NULL, "read the password from standard input"},
    {OPTION_SUPERUSER, "--superuser", TAKES_NOTHING, offsetof(struct cli, superuser), NULL,
     "the user may administer the registry"},
    {OPTION_PUBLIC, "--public", TAKES_NOTHING, offsetof(struct cli, is_public), NULL,
     "anybody may pull"},
    {OPTION_MARKDOWN, "--markdown", TAKES_NOTHING, offsetof(struct cli, markdown), NULL,
     "the text is Markdown"},
    {OPTION_EMAIL, "--email", TAKES_TEXT, offsetof(struct cli, email), "ADDRESS",
     "the user's e-mail address"},
    {OPTION_AFTER, "--after", TAKES_TEXT, offsetof(struct cli, after), "NAME",
     "begin behind this name"},
    {OPTION_LIMIT, "--limit", TAKES_TEXT, offsetof(struct cli, limit), "N", "show at most N [all]"},
    {OPTION_USER, "--user", TAKES_TEXT, offsetof(struct cli, user), "NAME", "whose"},
    {OPTION_SCOPE, "--scope", TAKES_TEXT, offsetof(struct cli, scope), "SCOPES",
     "what it may do at most, such as \"repo:read org:admin\""},
    {OPTION_DAYS, "--days", TAKES_TEXT, offsetof(struct cli, days), "N", "how long it is good for"},
    {OPTION_LOGS, "--org", TAKES_TEXT, offsetof(struct cli, org), "NAME", "of this organization"},
    {OPTION_LOGS, "--repo", TAKES_TEXT, offsetof(struct cli, repo), "NAMESPACE/NAME",
     "of this repository"},
    {OPTION_LOGS, "--since", TAKES_TEXT, offsetof(struct cli, since), "DAY",
     "from this day, such as 2026-11-24, in UTC"},
    {OPTION_LOGS, "--until", TAKES_TEXT, offsetof(struct cli, until), "DAY", "before this day"},
    {OPTION_LOGS, "--kind", TAKES_TEXT, offsetof(struct cli, kind), "KIND",
     "only entries of this kind, such as push_repo"},
    {OPTION_PATTERN, "--pattern", TAKES_TEXT, offsetof(struct cli, pattern), "REGEX",
     "only tags that match"},
    {OPTION_PATTERN, "--except", TAKES_TEXT, offsetof(struct cli, except), "REGEX",
     "only tags that do not match"},
    {OPTION_CREATOR, "--creator", TAKES_TEXT, offsetof(struct cli, creator), "NAME",
     "only for repositories that this user or robot account creates"},
    {OPTION_ROLE, "--role", TAKES_TEXT, offsetof(struct cli, role), "ROLE",
     "read, write or admin [read]; of a team: member, creator or admin [member]"},
};

/* How many words the name of a command has, when all of them stand at the start of argv; else 0. */
static int match_name(const char *name, int argc, char **argv)
{
    struct str rest = str_of(name), word;
    int words = 0;
    while (rest.ptr && words < argc) {
        str_cut(&rest, ' ', &word);
        if (!str_eq_text(word, argv[words++]))
            return 0;
    }
    return rest.ptr ? 0 : words;
}

static const struct command *find_command(int argc, char **argv, int *used_out)
{
    for (const struct command *command = commands; command->name; command++) {
        *used_out = match_name(command->name, argc, argv);
        if (*used_out > 0)
            return command;
    }
    return NULL;
}

/* Is it the first word of commands that have more: "user"? */
static bool is_group(const char *word)
{
    size_t len = strlen(word);
    for (const struct command *command = commands; command->name; command++) {
        if (strncmp(command->name, word, len) == 0 && command->name[len] == ' ')
            return true;
    }
    return false;
}

static const struct option_row *find_option(struct str name)
{
    for (size_t i = 0; i < ARRAY_LEN(options); i++) {
        if (str_eq_text(name, options[i].name))
            return &options[i];
    }
    return NULL;
}

static int store_value(struct cli *cli, const struct option_row *row, const char *value,
                       struct err *err)
{
    void *member = (char *)cli + row->offset;
    struct texts *texts = member;
    switch (row->kind) {
    case TAKES_NOTHING:
        *(bool *)member = true;
        return 0;
    case TAKES_TEXT:
        *(const char **)member = value;
        return 0;
    case TAKES_TEXTS:
        if (!texts->items)
            texts->items = arena_array(cli->arena, REPEATED_MAX, sizeof *texts->items);
        if (texts->count == REPEATED_MAX)
            return err_set(err, ERR_INVALID, "%s: given more than %d times", row->name,
                           REPEATED_MAX);
        texts->items[texts->count++] = value;
        return 0;
    }
    return 0;
}

/* One option at argv[0]; *used_out is 1 or 2 words. */
static int take_option(struct cli *cli, int argc, char **argv, int *used_out, struct err *err)
{
    struct str rest = str_of(argv[0]), name;
    str_cut(&rest, '=', &name);
    const struct option_row *row = find_option(name);
    if (!row || !(cli->command->options & (unsigned)row->bit))
        return err_set(err, ERR_INVALID, "%.*s: no such option of wharf %s; see wharf %s --help",
                       STR_FMT(name), cli->command->name, cli->command->name);
    *used_out = 1;
    if (row->kind == TAKES_NOTHING && rest.ptr)
        return err_set(err, ERR_INVALID, "%s: takes no value", row->name);
    const char *value = rest.ptr;
    if (row->kind != TAKES_NOTHING && !value) {
        if (argc < 2)
            return err_set(err, ERR_INVALID, "%s: needs a value (%s)", row->name, row->value);
        value = argv[1];
        *used_out = 2;
    }
    return store_value(cli, row, value, err);
}

static int check_args(const struct cli *cli, struct err *err)
{
    const struct command *command = cli->command;
    if (cli->arg_count < command->args_min)
        return err_set(err, ERR_INVALID, "usage: wharf %s %s", command->name, command->args);
    if (cli->arg_count > command->args_max)
        return err_set(err, ERR_INVALID, "%s: one word too many; usage: wharf %s %s",
                       cli->args[command->args_max], command->name, command->args);
    return 0;
}

static bool is_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0;
}

/* No command begins so. "wharf user", "wharf user --help" and "wharf help user" ask for the group.
 */
static int take_group(struct cli *cli, int argc, char **argv, bool *help_out, struct err *err)
{
    if (!is_group(argv[0]))
        return err_set(err, ERR_INVALID, "%s: no such command; wharf help lists them", argv[0]);
    if (argc > 1 && !is_help(argv[1]))
        return err_set(err, ERR_INVALID, "%s %s: no such command; wharf %s --help lists them",
                       argv[0], argv[1], argv[0]);
    cli->group = argv[0];
    *help_out = true;
    return 0;
}

int cli_parse(struct arena *arena, int argc, char **argv, struct cli *out, bool *help_out,
              struct err *err)
{
    struct cli cli = {.arena = arena};
    int at = 0;
    *help_out = argc == 0 || is_help(argv[0]);
    if (*help_out && argc < 2) {
        *out = cli;
        return 0;
    }
    if (*help_out) { /* wharf help COMMAND */
        argc--;
        argv++;
    }
    cli.command = find_command(argc, argv, &at);
    if (!cli.command && take_group(&cli, argc, argv, help_out, err) != 0)
        return -1;
    if (!cli.command)
        at = argc;
    while (at < argc) {
        int used = 1;
        if (strcmp(argv[at], "--help") == 0 || strcmp(argv[at], "-h") == 0)
            *help_out = true;
        else if (argv[at][0] == '-' && argv[at][1] != '\0') {
            if (take_option(&cli, argc - at, argv + at, &used, err) != 0)
                return -1;
        } else if (cli.arg_count < CLI_ARGS_MAX)
            cli.args[cli.arg_count++] = argv[at];
        else
            return err_set(err, ERR_INVALID, "%s: one word too many", argv[at]);
        at += used;
    }
    if (!*help_out && check_args(&cli, err) != 0)
        return -1;
    *out = cli;
    return 0;
}

/* All, or those of the group. */
static void print_commands(const char *group)
{
    size_t len = group ? strlen(group) : 0;
    if (group)
        printf("usage: wharf %s COMMAND [OPTIONS]\n\n", group);
    else
        printf("wharf, a container image registry\n\nusage: wharf COMMAND [OPTIONS]\n\n");
    for (const struct command *command = commands; command->name; command++) {
        char usage[64];
        if (group && (strncmp(command->name, group, len) != 0 || command->name[len] != ' '))
            continue;
        snprintf(usage, sizeof usage, "%s %s", command->name, command->args);
        printf("  %-41s %s\n", usage, command->summary);
    }
    printf("\nwharf %s%sCOMMAND --help shows the options of one.\n", group ? group : "",
           group ? " " : "");
}

void cli_print_help(const struct cli *cli)
{
    const struct command *command = cli->command;
    if (!command) {
        print_commands(cli->group);
        return;
    }
    printf("%s\n\nusage: wharf %s %s%s\n", command->summary, command->name, command->args,
           command->options ? " [OPTIONS]" : "");
    for (size_t i = 0; i < ARRAY_LEN(options); i++) {
        char name[40];
        if (!(command->options & (unsigned)options[i].bit))
            continue;
        snprintf(name, sizeof name, "%s %s", options[i].name,
                 options[i].value ? options[i].value : "");
        printf("  %-22s %s\n", name, options[i].summary);
    }
}
