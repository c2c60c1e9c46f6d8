/* SPDX-License-Identifier: Apache-2.0 */
/* wharf gc: collect now what is due, or say what would go and why. */
#include "domain/gc.h"

#include <stdio.h>
#include <time.h>

#include "app/commands.h"
#include "app/listing.h"
#include "app/stores.h"
#include "base/clock.h"

struct explain {
    struct listing listing;
    int64_t goes, stays, bytes;
};

static const char *const subject_names[] = {
    [GC_OF_MANIFEST] = "manifest", [GC_OF_BLOB] = "blob",     [GC_OF_REPOSITORY] = "repository",
    [GC_OF_UPLOAD] = "upload",     [GC_OF_OBJECT] = "object",
};

static int print_verdict(void *context, const struct gc_verdict *verdict)
{
    struct explain *explain = context;
    char due[CLOCK_RFC3339_SIZE];
    struct jw *json = listing_item(&explain->listing);
    clock_format_rfc3339(verdict->due_ms, due);
    explain->goes += verdict->goes;
    explain->stays += !verdict->goes;
    explain->bytes += verdict->goes ? verdict->size : 0;
    if (!json) {
        printf("%-6s %-10s %s: %s\n", verdict->goes ? "goes" : "stays",
               subject_names[verdict->subject], verdict->name, verdict->reason);
        return 0;
    }
    jw_begin_object(json);
    jw_member_bool(json, "goes", verdict->goes);
    jw_member_text(json, "kind", subject_names[verdict->subject]);
    jw_member_text(json, "name", verdict->name);
    jw_member_int(json, "size", verdict->size);
    jw_member_text(json, "due", due);
    jw_member_text(json, "reason", verdict->reason);
    jw_end_object(json);
    return 0;
}

static int explain_all(const struct gc *gc, const struct cli *cli, struct err *err)
{
    struct explain explain = {0};
    if (listing_begin(&explain.listing, cli, err) != 0)
        return -1;
    if (gc_explain(gc, clock_wall_ms(), print_verdict, &explain, err) != 0)
        return listing_abort(&explain.listing);
    listing_end(&explain.listing);
    if (!cli->json)
        printf("%lld would go (%lld bytes), %lld would stay; nothing was changed\n",
               (long long)explain.goes, (long long)explain.bytes, (long long)explain.stays);
    return EXIT_DONE;
}

static void print_report(const struct gc_report *report, bool json)
{
    const struct {
        const char *name;
        int64_t count;
    } rows[] = {
        {"tags", report->tags},       {"manifests", report->manifests},
        {"blobs", report->blobs},     {"uploads", report->uploads},
        {"objects", report->objects}, {"repositories", report->repositories},
        {"bytes", report->bytes},     {"kept", report->kept},
        {"failed", report->failed},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        printf(json ? "%s\"%s\":%lld" : "%s%s %lld",
               i == 0 ? (json ? "{" : "collected: ") : (json ? "," : ", "), rows[i].name,
               (long long)rows[i].count);
    printf(json ? "}\n" : "\n");
}

/* A server may be pushing to the same database. */
static void breathe(void *context, int64_t waited_us, int64_t held_us)
{
    (void)context;
    int64_t us = gc_pause_us(waited_us, held_us);
    struct timespec pause = {us / 1000000, us % 1000000 * 1000};
    nanosleep(&pause, NULL);
}

static int collect_all(const struct gc *gc, const struct cli *cli, struct err *err)
{
    struct gc_report report = {0};
    int more;
    do {
        more = gc_run(gc, clock_wall_ms(), &report, err);
    } while (more > 0);
    print_report(&report, cli->json);
    if (more < 0)
        return -1;
    return report.failed ? EXIT_FAILED : EXIT_DONE;
}

int command_gc(struct cli *cli, struct err *err)
{
    struct settings settings;
    _cleanup_stores_ struct stores stores = {0};
    if (stores_open_cli(cli, &settings, &stores, err) != 0)
        return -1;
    struct gc gc = {
        .db = stores.db, .store = stores.blobs, .policy = settings.gc, .breathe = breathe};
    return cli->dry_run ? explain_all(&gc, cli, err) : collect_all(&gc, cli, err);
}
