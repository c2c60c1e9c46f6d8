/* SPDX-License-Identifier: Apache-2.0 */
/* wharf label: labels of manifests, which are named as clients name images: NAMESPACE/NAME:TAG or
 * NAMESPACE/NAME@DIGEST. */
#include "domain/label.h"

#include <stdio.h>
#include <string.h>

#include "app/commands.h"
#include "app/listing.h"
#include "app/named.h"
#include "base/quote.h"
#include "domain/manifest.h"

struct image {
    struct named named;
    struct manifest manifest;
    char digest[DIGEST_TEXT_SIZE];
};

/* "acme/app:v1" in two; a ':' before the last '/' belongs to the name of a host. */
static int cut(struct arena *arena, const char *text, const char **name_out,
               const char **reference_out, struct err *err)
{
    struct str all = str_of(text);
    ptrdiff_t at = str_find(all, '@');
    if (at < 0)
        at = str_find_last(all, ':');
    if (at <= str_find_last(all, '/') || !text[at + 1])
        return err_set(err, ERR_INVALID,
                       "%.200s: must be NAMESPACE/NAME:TAG or "
                       "NAMESPACE/NAME@DIGEST",
                       text);
    *name_out = arena_text(arena, str_sub(all, 0, (size_t)at));
    *reference_out = text + at + 1;
    return 0;
}

static int find_manifest(struct accounts *accounts, const char *reference, struct image *out,
                         struct err *err)
{
    struct arena *arena = accounts->cli->arena;
    int64_t id = out->named.repository.id;
    struct digest digest;
    if (!strchr(reference, ':'))
        return manifest_find_by_tag(accounts->tx, arena, id, reference, accounts->now_ms,
                                    &out->manifest, err);
    if (digest_parse(str_of(reference), &digest, err) != 0)
        return -1;
    return manifest_find(accounts->tx, arena, id, &digest, &out->manifest, err);
}

static int open_image(struct cli *cli, enum db_mode mode, struct accounts *accounts,
                      struct image *out, struct err *err)
{
    const char *name = NULL, *reference = NULL;
    if (cut(cli->arena, cli->args[0], &name, &reference, err) != 0 ||
        accounts_open(cli, mode, accounts, err) != 0 ||
        named_get(accounts, name, &out->named, err) != 0 ||
        (mode == DB_WRITE && named_check_writable(&out->named, err) != 0))
        return -1;
    int found = find_manifest(accounts, reference, out, err);
    if (found == 0)
        return err_set(err, ERR_MANIFEST_UNKNOWN, "%.150s has no manifest %.150s",
                       out->named.name.full, reference);
    if (found < 0)
        return -1;
    digest_format(&out->manifest.digest, out->digest);
    return 0;
}

static void write_label(struct jw *w, const struct label *label)
{
    jw_begin_object(w);
    jw_member_text(w, "id", label->uuid);
    jw_member_text(w, "key", label->key);
    jw_member_text(w, "value", label->value);
    jw_member_text(w, "source_type", label_source_name(label->source));
    jw_member_text(w, "media_type", label_media_type(label));
    jw_end_object(w);
}

int command_label_list(struct cli *cli, struct err *err)
{
    struct image image = {0};
    struct listing listing;
    struct list list = {0};
    _cleanup_accounts_ struct accounts accounts = {0};
    if (open_image(cli, DB_READ, &accounts, &image, err) != 0 ||
        label_list(accounts.tx, cli->arena, image.manifest.id, "", &list, err) != 0 ||
        listing_begin(&listing, cli, err) != 0)
        return -1;
    const struct label *labels = list.items;
    for (size_t i = 0; i < list.count; i++) {
        struct jw *json = listing_item(&listing);
        if (json)
            write_label(json, &labels[i]);
        else
            printf("%s  %-8s %s=%s\n", labels[i].uuid, label_source_name(labels[i].source),
                   labels[i].key, labels[i].value);
    }
    listing_end(&listing);
    return EXIT_DONE;
}

static int finish(struct accounts *accounts, const struct image *image, enum audit_kind kind,
                  const struct label *label, struct err *err)
{
    const struct named *named = &image->named;
    if (accounts_audit(accounts, named->repository.namespace_id, err, kind, "id", label->uuid,
                       "key", label->key, "value", label->value, "manifest_digest", image->digest,
                       "media_type", label_media_type(label), "namespace",
                       named->name.namespace_name, "repo", named->name.path, NULL) != 0)
        return -1;
    return db_commit(&accounts->tx, err);
}

static int check(const struct settings *settings, const struct label *label, struct err *err)
{
    const struct texts *prefixes = settings->rules.label_prefixes;
    if (label_check_key(str_of(label->key), err) != 0 ||
        label_check_reserved(label->key, &prefixes[0], err) != 0 ||
        label_check_reserved(label->key, &prefixes[1], err) != 0)
        return -1;
    if (strlen(label->value) > LABEL_VALUE_MAX || !utf8_valid(str_of(label->value)))
        return err_set(err, ERR_INVALID, "a value is UTF-8 text of at most %d bytes",
                       LABEL_VALUE_MAX);
    return 0;
}

/* What the label asks of the tags happens to them, too. */
static int add(struct accounts *accounts, const struct image *image, struct label *label,
               struct err *err)
{
    const struct manifest_policy *policy = &accounts->settings.manifests;
    struct arena *arena = accounts->cli->arena;
    int64_t repository_id = image->named.repository.id, id = image->manifest.id;
    struct label_effect effect = {0};
    label_effect_add(policy, label->key, label->value, &effect);
    if (check(&accounts->settings, label, err) != 0 ||
        label_add(accounts->tx, arena, repository_id, id, label, err) != 0 ||
        label_effect_on_manifest(accounts->tx, arena, policy, repository_id, id, &effect,
                                 accounts->now_ms, err) != 0)
        return -1;
    return finish(accounts, image, AUDIT_MANIFEST_LABEL_ADD, label, err);
}

int command_label_add(struct cli *cli, struct err *err)
{
    struct image image = {0};
    struct label label = {.key = cli->args[1], .value = cli->args[2], .source = LABEL_OF_API};
    _cleanup_accounts_ struct accounts accounts = {0};
    _cleanup_buf_ struct buf out;
    struct jw w = {.buf = &out};
    buf_init(&out, (size_t)8 * LABEL_VALUE_MAX);
    if (open_image(cli, DB_WRITE, &accounts, &image, err) != 0 ||
        add(&accounts, &image, &label, err) != 0)
        return -1;
    write_label(&w, &label);
    if (cli->json)
        printf("%.*s\n", STR_FMT(buf_str(&out)));
    else
        printf("%s has the label %s now: %s\n", cli->args[0], label.key, label.uuid);
    return EXIT_DONE;
}

int command_label_remove(struct cli *cli, struct err *err)
{
    struct image image = {0};
    struct label label;
    _cleanup_accounts_ struct accounts accounts = {0};
    if (open_image(cli, DB_WRITE, &accounts, &image, err) != 0)
        return -1;
    int found = label_find(accounts.tx, cli->arena, image.manifest.id, cli->args[1], &label, err);
    if (found == 0)
        return err_set(err, ERR_NOT_FOUND, "%.200s has no label %.40s", cli->args[0], cli->args[1]);
    if (found < 0)
        return -1;
    if (label.source != LABEL_OF_API)
        return err_set(err, ERR_INVALID, "a label that came with the manifest cannot be removed");
    if (label_delete(accounts.tx, label.id, err) != 0 ||
        finish(&accounts, &image, AUDIT_MANIFEST_LABEL_DELETE, &label, err) != 0)
        return -1;
    printf("removed the label %s of %s\n", label.key, cli->args[0]);
    return EXIT_DONE;
}
