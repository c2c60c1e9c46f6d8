/* SPDX-License-Identifier: Apache-2.0 */
/* wharf fsck: compare the database with the stored objects. Exit status 1 when something was found
 * that was not repaired. */
#include "domain/fsck.h"

#include <stdio.h>
#include <unistd.h>

#include "app/commands.h"
#include "app/listing.h"
#include "app/stores.h"
#include "base/clock.h"

struct show {
    struct listing listing;
    int64_t left; /* findings that were not repaired */
};

static const char *const actions[] = {
    [FSCK_LEFT] = "left",     [FSCK_REMOVED] = "removed", [FSCK_ADOPTED] = "adopted",
    [FSCK_QUEUED] = "queued", [FSCK_COUNTED] = "counted",
};

static void print_lines(const struct fsck_finding *finding)
{
    printf("%-8s %s: %s", actions[finding->action], finding->name, fsck_kind_text(finding->kind));
    if (finding->size != finding->found)
        printf(" (%lld bytes, should be %lld)", (long long)finding->found,
               (long long)finding->size);
    printf("\n");
    for (size_t i = 0; i < finding->affected.count; i++)
        printf("%-8s   needed by %s\n", "", finding->affected.items[i]);
    if (finding->more_affected)
        printf("%-8s   and more\n", "");
}

static void print_json(struct jw *json, const struct fsck_finding *finding)
{
    jw_begin_object(json);
    jw_member_text(json, "kind", fsck_kind_name(finding->kind));
    jw_member_text(json, "action", actions[finding->action]);
    jw_member_text(json, "name", finding->name);
    jw_member_text(json, "object", finding->object_key);
    jw_member_int(json, "size", finding->size);
    jw_member_int(json, "found", finding->found);
    jw_key(json, "affected");
    jw_begin_array(json);
    for (size_t i = 0; i < finding->affected.count; i++)
        jw_text(json, finding->affected.items[i]);
    jw_end_array(json);
    jw_member_bool(json, "more_affected", finding->more_affected);
    jw_end_object(json);
}

static int print_finding(void *context, const struct fsck_finding *finding)
{
    struct show *show = context;
    struct jw *json = listing_item(&show->listing);
    show->left += finding->action == FSCK_LEFT;
    if (json)
        print_json(json, finding);
    else
        print_lines(finding);
    return 0;
}

static void print_progress(void *context, const struct fsck_report *report)
{
    (void)context;
    fprintf(stderr, "\r%lld objects, %lld blobs, %lld MB read ", (long long)report->objects,
            (long long)report->blobs, (long long)(report->bytes / 1000000));
}

int command_fsck(struct cli *cli, struct err *err)
{
    enum { DAY_MS = 24 * 3600 * 1000 };
    struct settings settings;
    struct show show = {0};
    struct fsck_report report = {0};
    _cleanup_stores_ struct stores stores = {0};
    if (stores_open_cli(cli, &settings, &stores, err) != 0 ||
        listing_begin(&show.listing, cli, err) != 0)
        return -1;
    bool terminal = isatty(STDERR_FILENO) && !cli->json;
    struct fsck fsck = {
        .db = stores.db,
        .store = stores.blobs,
        .policy = settings.gc,
        .repair = cli->repair,
        .force = cli->force,
        .verify = cli->verify,
        .orphan_age_ms = DAY_MS,
        .each = print_finding,
        .progress = terminal ? print_progress : NULL,
        .context = &show,
    };
    int result = fsck_run(&fsck, clock_wall_ms(), &report, err);
    if (terminal)
        fprintf(stderr, "\r%60s\r", "");
    if (result != 0)
        return listing_abort(&show.listing);
    listing_end(&show.listing);
    if (!cli->json)
        printf("looked at %lld blobs, %lld manifests, %lld uploads, %lld objects: %lld left, %lld "
               "repaired\n",
               (long long)report.blobs, (long long)report.manifests, (long long)report.uploads,
               (long long)report.objects, (long long)show.left, (long long)report.repaired);
    return show.left ? EXIT_FAILED : EXIT_DONE;
}
