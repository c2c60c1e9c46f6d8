/* SPDX-License-Identifier: Apache-2.0 */
/* wharf prune: the policies by which tags are pruned, what they would do and why, and doing it now.
 */
#include "domain/prune.h"

#include <stdio.h>
#include <time.h>

#include "app/accounts.h"
#include "app/commands.h"
#include "app/listing.h"
#include "app/named.h"
#include "base/clock.h"
#include "domain/gc.h"

/* What a command is about: a namespace, or with a repository that one. */
struct target {
    struct account owner;
    struct repository repository; /* id 0: the namespace */
    struct prune_subject subject;
    const char *text; /* as it was given */
};

static int find_target(struct accounts *accounts, const char *text, struct target *out,
                       struct err *err)
{
    struct cli *cli = accounts->cli;
    struct repository_name name;
    *out = (struct target){.text = text};
    if (!strchr(text, '/')) {
        if (accounts_get_namespace(accounts, text, &out->owner, err) != 0)
            return -1;
        out->subject.namespace_id = out->owner.id;
        return 0;
    }
    if (named_parse_text(cli, &accounts->settings, text, &name, err) != 0 ||
        accounts_get_namespace(accounts, name.namespace_name, &out->owner, err) != 0)
        return -1;
    int found = repository_find(accounts->tx, cli->arena, &name, &out->repository, err);
    if (found == 0)
        return err_set(err, ERR_NAME_UNKNOWN, "there is no repository %.200s", name.full);
    out->subject = (struct prune_subject){out->owner.id, out->repository.id};
    return found < 0 ? -1 : 0;
}

static int open_target(struct cli *cli, enum db_mode mode, struct accounts *accounts,
                       struct target *out, struct err *err)
{
    if (accounts_open(cli, mode, accounts, err) != 0)
        return -1;
    return find_target(accounts, cli->args[0], out, err);
}

/* "10 newest", or "younger than 7d", and of which tags. */
static void print_policy(struct jw *json, const struct prune_policy *policy)
{
    if (!json) {
        printf("%s  keeps %s %s%s%s\n", policy->uuid,
               policy->method == PRUNE_BY_NUMBER ? "the newest" : "what is younger than",
               policy->value,
               !policy->pattern  ? ""
               : policy->matches ? " of tags that match "
                                 : " of tags that do not match ",
               policy->pattern ? policy->pattern : "");
        return;
    }
    jw_begin_object(json);
    jw_member_text(json, "uuid", policy->uuid);
    jw_member_text(json, "method", prune_policy_method_name(policy->method));
    jw_member_text(json, "value", policy->value);
    jw_member_text(json, "tag_pattern", policy->pattern);
    jw_member_bool(json, "tag_pattern_matches", policy->matches);
    jw_end_object(json);
}

int command_prune_list(struct cli *cli, struct err *err)
{
    struct listing listing;
    struct target target;
    struct list list = {0};
    _cleanup_accounts_ struct accounts accounts = {0};
    if (listing_begin(&listing, cli, err) != 0)
        return -1;
    if (open_target(cli, DB_READ, &accounts, &target, err) != 0 ||
        prune_policy_list(accounts.tx, cli->arena, &target.subject, &list, err) != 0)
        return listing_abort(&listing);
    const struct prune_policy *policies = list.items;
    for (size_t i = 0; i < list.count; i++)
        print_policy(listing_item(&listing), &policies[i]);
    listing_end(&listing);
    return EXIT_DONE;
}

static int audit(struct accounts *accounts, const struct target *target,
                 const struct prune_policy *policy, struct err *err)
{
    const char *repository = target->repository.id ? target->repository.name : NULL;
    enum audit_kind kind = repository ? AUDIT_CREATE_REPOSITORY_AUTOPRUNE_POLICY
                                      : AUDIT_CREATE_NAMESPACE_AUTOPRUNE_POLICY;
    return accounts_audit(
        accounts, target->owner.id, err, kind, "method", prune_policy_method_name(policy->method),
        "value", policy->value, "tag_pattern", policy->pattern, "tag_pattern_matches",
        policy->matches ? "true" : "false", "policy_uuid", policy->uuid, "namespace",
        target->owner.name, repository ? "repo" : NULL, repository, NULL);
}

int command_prune_add(struct cli *cli, struct err *err)
{
    struct target target;
    struct prune_policy policy = {
        .method = prune_policy_method_parse(str_of(cli->args[1])),
        .value = cli->args[2],
        .pattern = cli->pattern ? cli->pattern : cli->except,
        .matches = !cli->except,
    };
    _cleanup_accounts_ struct accounts accounts = {0};
    if (cli->pattern && cli->except)
        return err_set(err, ERR_INVALID, "--pattern and --except do not go together");
    if (open_target(cli, DB_WRITE, &accounts, &target, err) != 0 ||
        prune_policy_create(accounts.tx, cli->arena, &target.subject, &policy, accounts.now_ms,
                            &policy.uuid, err) != 0 ||
        audit(&accounts, &target, &policy, err) != 0 || db_commit(&accounts.tx, err) != 0)
        return -1;
    if (cli->json)
        printf("{\"uuid\":\"%s\"}\n", policy.uuid);
    else
        printf("added the auto-prune policy %s to %s\n", policy.uuid, target.text);
    return EXIT_DONE;
}

int command_prune_remove(struct cli *cli, struct err *err)
{
    struct target target;
    _cleanup_accounts_ struct accounts accounts = {0};
    if (open_target(cli, DB_WRITE, &accounts, &target, err) != 0)
        return -1;
    const char *repository = target.repository.id ? target.repository.name : NULL;
    enum audit_kind kind = repository ? AUDIT_DELETE_REPOSITORY_AUTOPRUNE_POLICY
                                      : AUDIT_DELETE_NAMESPACE_AUTOPRUNE_POLICY;
    int removed = prune_policy_delete(accounts.tx, cli->arena, &target.subject, cli->args[1], err);
    if (removed == 0)
        return err_set(err, ERR_NOT_FOUND, "%.200s has no auto-prune policy %.60s", target.text,
                       cli->args[1]);
    if (removed < 0 ||
        accounts_audit(&accounts, target.owner.id, err, kind, "policy_uuid", cli->args[1],
                       "namespace", target.owner.name, repository ? "repo" : NULL, repository,
                       NULL) != 0 ||
        db_commit(&accounts.tx, err) != 0)
        return -1;
    printf("removed the auto-prune policy %s of %s\n", cli->args[1], target.text);
    return EXIT_DONE;
}

/* ---- running ---- */

static int print_verdict(void *context, const struct prune_verdict *verdict)
{
    struct listing *listing = context;
    char since[CLOCK_RFC3339_SIZE];
    struct jw *json = listing_item(listing);
    clock_format_rfc3339(verdict->start_ms, since);
    if (!json) {
        printf("%s/%s:%s  since %s: %s (%s)\n", verdict->namespace_name, verdict->repository,
               verdict->tag, since, verdict->reason,
               verdict->policy->uuid ? verdict->policy->uuid : "config.yaml");
        return 0;
    }
    jw_begin_object(json);
    jw_member_text(json, "namespace", verdict->namespace_name);
    jw_member_text(json, "repository", verdict->repository);
    jw_member_text(json, "tag", verdict->tag);
    jw_member_text(json, "start", since);
    jw_member_text(json, "policy", verdict->policy->uuid);
    jw_member_text(json, "reason", verdict->reason);
    jw_end_object(json);
    return 0;
}

/* A server may be pushing to the same database. */
static void breathe(void *context, int64_t waited_us, int64_t held_us)
{
    (void)context;
    int64_t us = gc_pause_us(waited_us, held_us);
    struct timespec pause = {us / 1000000, us % 1000000 * 1000};
    nanosleep(&pause, NULL);
}

static int run_on(struct accounts *accounts, const struct prune *prune, const struct target *target,
                  struct prune_report *report, struct err *err)
{
    if (!target)
        return prune_run_all(prune, accounts->now_ms, report, err);
    struct prune_place place = {
        .namespace_id = target->owner.id,
        .namespace_name = target->owner.name,
        .only = target->repository.id ? target->repository.name : NULL,
    };
    return prune_run(prune, &place, accounts->now_ms, report, err);
}

static void print_end(const struct prune_report *report, const struct cli *cli)
{
    if (report->failed)
        fprintf(stderr, "%lld repositories could not be pruned; the last because: %s\n",
                (long long)report->failed, report->last_failure.msg);
    if (cli->dry_run && !cli->json)
        printf("%lld tags would go; nothing was changed\n", (long long)report->tags);
    if (!cli->dry_run && cli->json)
        printf("{\"tags\":%lld,\"repositories\":%lld,\"namespaces\":%lld,\"failed\":%lld}\n",
               (long long)report->tags, (long long)report->repositories, (long long)report->turns,
               (long long)report->failed);
    if (!cli->dry_run && !cli->json)
        printf("pruned: tags %lld, repositories looked at %lld\n", (long long)report->tags,
               (long long)report->repositories);
}

static int run(struct cli *cli, struct accounts *accounts, struct err *err)
{
    struct listing listing = {0};
    struct target target;
    struct prune_report report = {0};
    struct prune prune = accounts->settings.pruner.prune;
    const char *text = cli->arg_count > 0 ? cli->args[0] : NULL;
    if (text && find_target(accounts, text, &target, err) != 0)
        return -1;
    db_end(&accounts->tx);
    prune.db = accounts->stores.db;
    prune.dry_run = cli->dry_run;
    prune.breathe = breathe;
    if (cli->dry_run) {
        prune.tell = print_verdict;
        prune.context = &listing;
        if (listing_begin(&listing, cli, err) != 0)
            return -1;
    }
    int done = run_on(accounts, &prune, text ? &target : NULL, &report, err);
    if (done != 0)
        return cli->dry_run ? listing_abort(&listing) : -1;
    if (cli->dry_run)
        listing_end(&listing);
    print_end(&report, cli);
    return report.failed ? EXIT_FAILED : EXIT_DONE;
}

int command_prune_run(struct cli *cli, struct err *err)
{
    _cleanup_accounts_ struct accounts accounts = {0};
    if (accounts_open(cli, DB_READ, &accounts, err) != 0)
        return -1;
    if (!cli->dry_run && accounts.settings.rules.read_only)
        return err_set(err, ERR_READ_ONLY, "the registry is read-only");
    if (!cli->dry_run && accounts.settings.pruner.poll_ms == 0)
        return err_set(err, ERR_UNSUPPORTED,
                       "FEATURE_AUTO_PRUNE is off in config.yaml: tags are not pruned here");
    return run(cli, &accounts, err);
}

int command_prune(struct cli *cli, struct err *err)
{
    if (!cli->dry_run)
        return err_set(err, ERR_INVALID,
                       "say --dry-run to see what would go, or `wharf prune run`"
                       " to have it go");
    return command_prune_run(cli, err);
}
