/* SPDX-License-Identifier: Apache-2.0 */
/* One repository: read, choose, end. */
#include "domain/prune_repository.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "codec/jw.h"
#include "domain/audit.h"
#include "domain/immutability_rule.h"
#include "domain/name.h"
#include "domain/prune_sql.h"
#include "domain/tag_sql.h"

enum {
    PAGE = 1000,         /* tags that are read at once */
    ENDED_AT_ONCE = 50,  /* and ended in one transaction, */
    HOLD_US = 20 * 1000, /* or fewer, when that takes long */
    CONFLICTS_MAX = 5,
    REASON_MAX = 512,
};

/* What one choice is about. */
struct choice {
    const struct prune *prune;
    const struct prune_repository *repository;
    int64_t now_ms;
    struct arena arena;
    struct list of_namespace, of_repository; /* struct prune_policy */
    struct prune_rules rules;
    struct prune_candidate *tags;
    size_t count, space;
};

static void choice_done(struct choice *choice)
{
    prune_rules_done(&choice->rules);
    free(choice->tags);
    arena_done(&choice->arena);
}

static int load_policies(const struct prune_repository *repository, struct db_tx *tx,
                         struct arena *arena, struct list *of_namespace, struct list *of_repository,
                         struct err *err)
{
    struct prune_subject subject = {repository->place->namespace_id, 0};
    if (prune_policy_list(tx, arena, &subject, of_namespace, err) != 0)
        return -1;
    subject.repository_id = repository->id;
    return prune_policy_list(tx, arena, &subject, of_repository, err);
}

static int add_rules(struct prune_rules *rules, const struct list *policies, struct err *err)
{
    const struct prune_policy *items = policies->items;
    for (size_t i = 0; i < policies->count; i++) {
        if (prune_rules_add(rules, &items[i], err) != 0)
            return -1;
    }
    return 0;
}

static int make_rules(struct choice *choice, struct err *err)
{
    const struct prune_repository *repository = choice->repository;
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(choice->prune->db, DB_READ, &tx, err) != 0 ||
        load_policies(repository, tx, &choice->arena, &choice->of_namespace, &choice->of_repository,
                      err) != 0 ||
        add_rules(&choice->rules, &choice->of_namespace, err) != 0 ||
        add_rules(&choice->rules, &choice->of_repository, err) != 0)
        return -1;
    return repository->standard ? prune_rules_add(&choice->rules, repository->standard, err) : 0;
}

static void add_tag(struct choice *choice, const struct tag *tag)
{
    uint64_t about = prune_rules_about(&choice->rules, tag->name);
    if (about == 0)
        return;
    if (choice->count == choice->space) {
        choice->space = choice->space ? 2 * choice->space : PAGE;
        choice->tags = realloc(choice->tags, choice->space * sizeof *choice->tags);
        if (!choice->tags)
            abort();
    }
    choice->tags[choice->count++] = (struct prune_candidate){
        .id = tag->id,
        .name = arena_strdup(&choice->arena, tag->name),
        .start_ms = tag->start_ms,
        .about = about,
    };
}

/* The page behind `after`, which becomes its last name: how many there were, or -1. */
static int64_t read_page(struct choice *choice, char after[TAG_NAME_MAX + 1], struct err *err)
{
    struct list page = {0};
    _cleanup_(arena_done) struct arena arena = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    if (db_begin(choice->prune->db, DB_READ, &tx, err) != 0 ||
        tag_list(tx, &arena, choice->repository->id, after, PAGE, choice->now_ms, &page, err) != 0)
        return -1;
    const struct tag *tags = page.items;
    for (size_t i = 0; i < page.count; i++) {
        if (!tags[i].immutable && !prune_rules_signature(str_of(tags[i].name)))
            add_tag(choice, &tags[i]);
    }
    if (page.count > 0)
        snprintf(after, TAG_NAME_MAX + 1, "%s", tags[page.count - 1].name);
    return (int64_t)page.count;
}

static bool stopped(const struct prune *prune)
{
    return prune->stop && prune->stop(prune->context);
}

/* 1 read, 0 told to stop, -1. */
static int read_tags(struct choice *choice, struct err *err)
{
    char after[TAG_NAME_MAX + 1] = "";
    for (int64_t all = 0, count = PAGE; count == PAGE; all += count) {
        if (stopped(choice->prune))
            return 0;
        if (all >= PRUNE_TAGS_MAX)
            return err_set(err, ERR_TOO_LARGE, "%.200s/%.200s has more than %d tags",
                           choice->repository->place->namespace_name, choice->repository->name,
                           PRUNE_TAGS_MAX);
        count = read_page(choice, after, err);
        if (count < 0)
            return -1;
    }
    return 1;
}

static const char *reason_of(const struct choice *choice, const struct prune_candidate *tag,
                             char out[REASON_MAX])
{
    const struct prune_policy *policy = tag->rule->policy;
    const char *whose = policy == choice->repository->standard ? "registry"
                        : policy->repository_id                ? "repository"
                                                               : "namespace";
    char about[PATTERN_MAX + 64] = "";
    if (policy->pattern)
        snprintf(about, sizeof about, " among tags that %smatch %s",
                 policy->matches ? "" : "do not ", policy->pattern);
    if (policy->method == PRUNE_BY_AGE)
        snprintf(out, REASON_MAX, "older than %s%s, by a policy of the %s", policy->value, about,
                 whose);
    else
        snprintf(out, REASON_MAX, "%lld newer ones%s where %s are kept, by a policy of the %s",
                 (long long)tag->newer, about, policy->value, whose);
    return out;
}

static int tell(const struct choice *choice, const struct prune_candidate *tag)
{
    char reason[REASON_MAX];
    const struct prune *prune = choice->prune;
    struct prune_verdict verdict = {
        .namespace_name = choice->repository->place->namespace_name,
        .repository = choice->repository->name,
        .tag = tag->name,
        .start_ms = tag->start_ms,
        .policy = tag->rule->policy,
        .reason = reason_of(choice, tag, reason),
    };
    return prune->tell ? prune->tell(prune->context, &verdict) : 0;
}

/* ---- ending ---- */

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool same_policies(const struct list *a, const struct list *b)
{
    const struct prune_policy *x = a->items, *y = b->items;
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++) {
        if (strcmp(x[i].uuid, y[i].uuid) != 0 || x[i].method != y[i].method ||
            x[i].matches != y[i].matches || !same_text(x[i].value, y[i].value) ||
            !same_text(x[i].pattern, y[i].pattern))
            return false;
    }
    return true;
}

/* 1 when what the choice was made by still holds, 0, -1. */
static int still_holds(const struct choice *choice, struct db_tx *tx, struct arena *arena,
                       struct err *err)
{
    struct prune_repository_row row;
    struct list of_namespace = {0}, of_repository = {0};
    int found = db_one(tx, &Q_PRUNE_REPOSITORY, arena, &row, err, choice->repository->id,
                       choice->repository->place->namespace_id);
    if (found <= 0)
        return found;
    if (load_policies(choice->repository, tx, arena, &of_namespace, &of_repository, err) != 0)
        return -1;
    return same_policies(&of_namespace, &choice->of_namespace) &&
           same_policies(&of_repository, &choice->of_repository);
}

static int audit(const struct choice *choice, struct db_tx *tx, struct arena *arena,
                 const char *tag, const struct prune_policy *policy, int64_t now_ms,
                 struct err *err)
{
    enum { METADATA_MAX = 4096 };
    const struct prune_place *place = choice->repository->place;
    _cleanup_buf_ struct buf metadata;
    struct jw w = {.buf = &metadata};
    buf_init(&metadata, METADATA_MAX);
    jw_begin_object(&w);
    jw_member_text(&w, "performer", "autoprune worker");
    jw_member_text(&w, "namespace", place->namespace_name);
    jw_member_text(&w, "repo", choice->repository->name);
    jw_member_text(&w, "tag", tag);
    jw_member_text(&w, "policy_uuid", policy->uuid);
    jw_end_object(&w);
    struct audit_entry entry = {
        .kind = AUDIT_AUTOPRUNE_TAG_DELETE,
        .namespace_id = place->namespace_id,
        .repository_id = choice->repository->id,
        .metadata = arena_text(arena, buf_str(&metadata)),
    };
    return audit_write(tx, &entry, now_ms, err);
}

static int end_tag(const struct choice *choice, struct db_tx *tx, struct arena *arena,
                   const struct tag *tag, const struct prune_policy *policy, int64_t now_ms,
                   struct err *err)
{
    if (tag_end(tx, arena, &choice->prune->manifests, choice->repository->id, tag, now_ms, err) !=
        0)
        return -1;
    return audit(choice, tx, arena, tag->name, policy, now_ms, err);
}

/* The signatures of an image that no tag shows any more: as many as went, or -1. */
static int end_signatures(const struct choice *choice, struct db_tx *tx, struct arena *arena,
                          const struct tag *image, const struct prune_policy *policy,
                          int64_t now_ms, struct err *err)
{
    enum { NAMES = 8 };
    struct list names = {0};
    char name[DIGEST_TEXT_SIZE + 8], digest[DIGEST_TEXT_SIZE];
    int ended = 0;
    if (image->digest.alg != DIGEST_SHA256)
        return 0;
    if (db_list(tx, &Q_TAG_SHOWN_OF_MANIFEST, arena, &names, err, image->manifest_id, now_ms,
                (int64_t)NAMES) != 0)
        return -1;
    for (size_t i = 0; i < names.count; i++) {
        if (!prune_rules_signature(str_of(((const struct tag *)names.items)[i].name)))
            return 0;
    }
    digest_format(&image->digest, digest);
    for (const char *const *suffix = prune_rules_suffixes; *suffix; suffix++) {
        struct tag tag;
        snprintf(name, sizeof name, "sha256-%s%s", digest + strlen("sha256:"), *suffix);
        int found = tag_find(tx, arena, choice->repository->id, name, now_ms, &tag, err);
        if (found < 0)
            return -1;
        if (found == 0 || tag.immutable)
            continue;
        if (end_tag(choice, tx, arena, &tag, policy, now_ms, err) != 0)
            return -1;
        ended++;
    }
    return ended;
}

/* 1 and more: so many went; 0 it is not what was chosen any more; -1. */
static int end_candidate(const struct choice *choice, struct db_tx *tx, struct arena *arena,
                         const struct prune_candidate *candidate, int64_t now_ms, struct err *err)
{
    struct tag tag;
    const struct prune_policy *policy = candidate->rule->policy;
    int found = tag_find(tx, arena, choice->repository->id, candidate->name, now_ms, &tag, err);
    if (found <= 0)
        return found;
    if (tag.id != candidate->id || tag.immutable)
        return 0;
    /* A policy that was made a moment ago may not have got to this tag yet. */
    int demanded = choice->prune->manifests.immutable_tags
                       ? immutability_rule_demands(tx, arena, choice->repository->id, tag.name,
                                                   now_ms, err)
                       : 0;
    if (demanded != 0)
        return demanded < 0 ? -1 : tag_protect(tx, &choice->prune->manifests, &tag, err);
    if (end_tag(choice, tx, arena, &tag, policy, now_ms, err) != 0)
        return -1;
    int more = end_signatures(choice, tx, arena, &tag, policy, now_ms, err);
    return more < 0 ? -1 : 1 + more;
}

/* A transaction's worth of `chosen`, the last of them first. Lowers *left by what was dealt with.
 * 1, 0 when the choice does not hold any more, -1. */
static int end_some(const struct choice *choice, const struct prune_candidate *const *chosen,
                    size_t *left, struct prune_report *report, struct err *err)
{
    const struct prune *prune = choice->prune;
    _cleanup_(arena_done) struct arena arena = {0};
    _cleanup_db_tx_ struct db_tx *tx = NULL;
    size_t at = *left, least = at > ENDED_AT_ONCE ? at - ENDED_AT_ONCE : 0;
    int64_t went = 0, asked_us = clock_mono_us();
    if (db_begin(prune->db, DB_WRITE, &tx, err) != 0)
        return -1;
    int64_t begun_us = clock_mono_us(), now_ms = clock_wall_ms();
    int holds = still_holds(choice, tx, &arena, err);
    if (holds <= 0)
        return holds;
    while (at > least && clock_mono_us() - begun_us < HOLD_US) {
        int ended = end_candidate(choice, tx, &arena, chosen[at - 1], now_ms, err);
        if (ended < 0)
            return -1;
        went += ended;
        at--;
    }
    if (db_commit(&tx, err) != 0)
        return -1;
    *left = at;
    report->tags += went;
    if (prune->breathe)
        prune->breathe(prune->context, begun_us - asked_us, clock_mono_us() - begun_us);
    return 1;
}

static int end_all(const struct choice *choice, const struct prune_candidate *const *chosen,
                   size_t count, struct prune_report *report, struct err *err)
{
    int conflicts = 0;
    for (size_t left = count; left > 0 && !stopped(choice->prune);) {
        int holds = end_some(choice, chosen, &left, report, err);
        if (holds == 0)
            return 0;
        if (holds < 0 && (err->code != ERR_CONFLICT || ++conflicts > CONFLICTS_MAX))
            return -1;
    }
    return 0;
}

/* What goes, oldest last; of an array that is sorted so. */
static size_t list_chosen(const struct choice *choice, const struct prune_candidate **out)
{
    size_t count = 0;
    for (size_t i = 0; i < choice->count; i++) {
        if (choice->tags[i].rule)
            out[count++] = &choice->tags[i];
    }
    return count;
}

static int carry_out(struct choice *choice, struct prune_report *report, struct err *err)
{
    const struct prune_candidate **chosen = arena_array(&choice->arena, choice->count,
                                                        sizeof(struct prune_candidate *));
    size_t count = list_chosen(choice, chosen);
    size_t now = count > PRUNE_ENDED_MAX && !choice->prune->dry_run ? PRUNE_ENDED_MAX : count;
    for (size_t i = count; i > count - now; i--) {
        if (tell(choice, chosen[i - 1]) != 0)
            return err_set(err, ERR_INTERNAL, "the list of tags could not be written");
    }
    if (choice->prune->dry_run)
        report->tags += (int64_t)count;
    else if (end_all(choice, chosen + (count - now), now, report, err) != 0)
        return -1;
    return now < count && !stopped(choice->prune);
}

int prune_repository(const struct prune *prune, const struct prune_repository *repository,
                     int64_t now_ms, struct prune_report *report, struct err *err)
{
    _cleanup_(choice_done) struct choice choice = {
        .prune = prune, .repository = repository, .now_ms = now_ms};
    if (make_rules(&choice, err) != 0)
        return -1;
    if (choice.rules.count == 0)
        return 0;
    int ready = read_tags(&choice, err);
    if (ready <= 0)
        return ready;
    report->repositories++;
    if (choice.count == 0)
        return 0;
    prune_rules_choose(&choice.rules, now_ms, choice.tags, choice.count);
    return carry_out(&choice, report, err);
}
