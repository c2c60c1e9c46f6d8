/* SPDX-License-Identifier: Apache-2.0 */
/* wharf logs: the audit log from the command line, oldest first: what has moved to the archive,
 * then what is in the database. Both are read in pieces, so that a long log takes little memory. */
#include <stdio.h>
#include <time.h>

#include "app/commands.h"
#include "app/listing.h"
#include "app/stores.h"
#include "base/clock.h"
#include "codec/json.h"
#include "domain/account.h"
#include "domain/audit_archive.h"
#include "domain/audit_log.h"
#include "domain/repository.h"

enum { PAGE = 500, LINE_BYTES_MAX = 1 << 20 };

/* What is asked for: by name, for the archive, which knows no numbers, and as a filter. */
struct wanted {
    struct cli *cli;
    struct listing listing;
    struct audit_filter filter;
    const char *space;      /* NULL: any */
    const char *repository; /* without the namespace; NULL: any */
    char since[CLOCK_RFC3339_SIZE], until[CLOCK_RFC3339_SIZE];
    bool full; /* the limit is reached */
};

/* A line of the archive. */
struct line {
    const char *datetime;
    const char *kind;
    const char *space;
    const char *repository;
    const char *performer;
    const char *ip;
};
static const struct field line_fields[] = {
    F_TEXT(struct line, datetime, "datetime", FIELD_REQUIRED),
    F_TEXT(struct line, kind, "kind", FIELD_REQUIRED),
    F_TEXT(struct line, space, "namespace", FIELD_NULLABLE),
    F_TEXT(struct line, repository, "repository", FIELD_NULLABLE),
    F_TEXT(struct line, performer, "performer", FIELD_NULLABLE),
    F_TEXT(struct line, ip, "ip", FIELD_NULLABLE),
};
static const struct schema line_schema = SCHEMA(struct line, line_fields);

/* "2026-11-24", the beginning of that day in UTC. */
static int parse_day(const char *option, const char *text, int64_t *out, struct err *err)
{
    enum { YEAR_MAX = 9999 };
    struct str rest = str_of(text), year, month, day;
    uint64_t numbers[3];
    struct tm date = {0};
    if (!text)
        return 0;
    if (!str_cut(&rest, '-', &year) || !str_cut(&rest, '-', &month) || !str_cut(&rest, '-', &day) ||
        rest.ptr || !str_to_u64(year, YEAR_MAX, &numbers[0]) || numbers[0] < 1970 ||
        !str_to_u64(month, 12, &numbers[1]) || !str_to_u64(day, 31, &numbers[2]))
        return err_set(err, ERR_INVALID, "%s: must be a day such as 2026-11-24", option);
    date.tm_year = (int)numbers[0] - 1900;
    date.tm_mon = (int)numbers[1] - 1;
    date.tm_mday = (int)numbers[2];
    *out = (int64_t)timegm(&date) * 1000;
    return 0;
}

static int read_options(struct wanted *wanted, struct err *err)
{
    struct cli *cli = wanted->cli;
    wanted->filter = (struct audit_filter){.end_ms = clock_wall_ms() + 1};
    if (parse_day("--since", cli->since, &wanted->filter.start_ms, err) != 0 ||
        parse_day("--until", cli->until, &wanted->filter.end_ms, err) != 0)
        return -1;
    if ((cli->user != NULL) + (cli->org != NULL) + (cli->repo != NULL) > 1)
        return err_set(err, ERR_INVALID, "one of --user, --org and --repo is enough");
    if (cli->kind && audit_kind_parse(str_of(cli->kind)) == AUDIT_UNKNOWN)
        return err_set(err, ERR_INVALID, "--kind: there are no entries of the kind %.60s",
                       cli->kind);
    clock_format_rfc3339_ms(wanted->filter.start_ms, wanted->since);
    clock_format_rfc3339_ms(wanted->filter.end_ms, wanted->until);
    wanted->space = cli->user ? cli->user : cli->org;
    if (!cli->repo)
        return 0;
    const char *slash = strchr(cli->repo, '/');
    if (!slash)
        return err_set(err, ERR_INVALID, "--repo: must be NAMESPACE/NAME");
    wanted->space = arena_text(cli->arena, (struct str){cli->repo, (size_t)(slash - cli->repo)});
    wanted->repository = slash + 1;
    return 0;
}

static int find_space(struct wanted *wanted, struct db_tx *tx, struct err *err)
{
    struct account space;
    struct repository repository;
    struct arena *arena = wanted->cli->arena;
    struct repository_name name = {wanted->cli->repo, wanted->space, wanted->repository};
    if (!wanted->space)
        return 0;
    int found = account_find_by_name(tx, arena, wanted->space, &space, err);
    if (found < 0)
        return -1;
    if (found == 0)
        return err_set(err, ERR_NOT_FOUND, "there is no user or organization %.200s",
                       wanted->space);
    wanted->filter.namespace_id = space.id;
    if (!wanted->repository)
        return 0;
    found = repository_find(tx, arena, &name, &repository, err);
    if (found == 0)
        return err_set(err, ERR_NOT_FOUND, "there is no repository %.200s", wanted->cli->repo);
    wanted->filter.repository_id = repository.id;
    return found < 0 ? -1 : 0;
}

static void print(struct wanted *wanted, const struct line *line, struct str json)
{
    struct jw *w = listing_item(&wanted->listing);
    if (w) {
        jw_raw(w, json);
        return;
    }
    printf("%s  %-28s %-20s %-20s %-15s %s\n", line->datetime, line->kind,
           line->performer ? line->performer : "-", line->space ? line->space : "-",
           line->ip ? line->ip : "-", line->repository ? line->repository : "");
}

static bool same(const char *wanted, const char *text)
{
    return !wanted || (text && strcmp(wanted, text) == 0);
}

static int take_line(void *context, struct str text, struct err *err)
{
    struct wanted *wanted = context;
    struct arena arena = {0};
    struct line line = {0};
    if (json_decode_text(&arena, &line_schema, text, LINE_BYTES_MAX, &line, err) != 0) {
        arena_done(&arena);
        return -1;
    }
    wanted->full = listing_want(&wanted->listing, 1) == 0;
    bool shown = same(wanted->cli->kind, line.kind) && same(wanted->space, line.space) &&
                 same(wanted->repository, line.repository) &&
                 strcmp(line.datetime, wanted->since) >= 0 &&
                 strcmp(line.datetime, wanted->until) < 0;
    if (shown && !wanted->full)
        print(wanted, &line, text);
    arena_done(&arena);
    return wanted->full;
}

static int read_archives(struct wanted *wanted, struct db *db, const char *folder, struct err *err)
{
    struct list list = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(db, DB_READ, &tx, err) != 0 || find_space(wanted, tx, err) != 0 ||
        audit_archive_list(tx, wanted->cli->arena, &list, err) != 0)
        return -1;
    db_end(&tx);
    const struct audit_archive *archives = list.items;
    enum { MONTH_LEN = 7 };
    for (size_t i = 0; i < list.count && !wanted->full; i++) {
        if (strncmp(archives[i].month, wanted->since, MONTH_LEN) < 0 ||
            strncmp(archives[i].month, wanted->until, MONTH_LEN) > 0)
            continue;
        if (audit_archive_read(folder, &archives[i], take_line, wanted, err) < 0)
            return -1;
    }
    return 0;
}

static void take_record(struct wanted *wanted, const struct audit_record *record)
{
    char time[CLOCK_RFC3339_SIZE];
    const char *kind = audit_kind_name(record->kind);
    _cleanup_buf_ struct buf json;
    struct jw w = {.buf = &json};
    buf_init(&json, LINE_BYTES_MAX);
    if (!same(wanted->cli->kind, kind) || listing_want(&wanted->listing, 1) == 0)
        return;
    clock_format_rfc3339_ms(record->at_ms, time);
    struct line line = {
        time,       kind, record->namespace_name, record->repository_name, record->performer_name,
        record->ip,
    };
    audit_record_write(&w, record);
    print(wanted, &line, buf_str(&json));
}

static int read_database(struct wanted *wanted, struct db *db, struct err *err)
{
    struct audit_cursor cursor = {0};
    struct arena arena = {0};
    size_t got = PAGE;
    int result = 0;
    while (result == 0 && got == PAGE && listing_want(&wanted->listing, PAGE) > 0) {
        struct list page = {0};
        _cleanup_db_tx_ struct db_tx *tx = NULL;
        result = db_begin(db, DB_READ, &tx, err);
        if (result == 0)
            result = audit_log_forward(tx, &arena, &wanted->filter, &cursor, PAGE, &page, err);
        const struct audit_record *records = page.items;
        got = page.count;
        for (size_t i = 0; result == 0 && i < got; i++)
            take_record(wanted, &records[i]);
        if (got > 0)
            cursor = (struct audit_cursor){records[got - 1].at_ms, records[got - 1].id};
        arena_reset(&arena);
    }
    arena_done(&arena);
    return result;
}

int command_logs(struct cli *cli, struct err *err)
{
    struct settings settings;
    struct wanted wanted = {.cli = cli};
    _cleanup_stores_ struct stores stores = {0};
    if (read_options(&wanted, err) != 0 || stores_open_cli(cli, &settings, &stores, err) != 0 ||
        listing_begin(&wanted.listing, cli, err) != 0)
        return -1;
    if (read_archives(&wanted, stores.db, settings.archive, err) != 0 ||
        read_database(&wanted, stores.db, err) != 0)
        return listing_abort(&wanted.listing);
    listing_end(&wanted.listing);
    return EXIT_DONE;
}
