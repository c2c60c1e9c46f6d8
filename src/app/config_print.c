/* SPDX-License-Identifier: Apache-2.0 */
/* Printing findings, values and the documentation page, all from the tables. */
#include "app/config_print.h"

#include "app/config_schema.h"
#include "app/config_value.h"
#include "base/quote.h"
#include "codec/jw.h"

enum { LINE_WIDTH = 78 };

static const struct {
    const char *title;
    const char *count; /* in the last line */
    const char *json;
} groups[CONFIG_SEVERITIES] = {
    [CONFIG_FOUND_REFUSED] = {"Refused: the registry does not start with", "refused", "refused"},
    [CONFIG_FOUND_WARNING] = {"Doubtful", "doubtful", "warnings"},
    [CONFIG_FOUND_IGNORED] = {"Accepted without effect", "without effect", "ignored"},
    [CONFIG_FOUND_USED] = {"Used", "used", "used"},
};

static void print_finding(const struct config_finding *finding, struct buf *out)
{
    buf_printf(out, "  %s", finding->key);
    if (finding->line > 0)
        buf_printf(out, " (line %lld)", (long long)finding->line);
    buf_printf(out, "\n      %s\n", finding->text);
}

/* Used keys need no words: their names, several in a line. */
static void print_names(const struct config_findings *findings, struct buf *out)
{
    size_t column = 0;
    for (size_t i = 0; i < findings->count; i++) {
        const struct config_finding *finding = &findings->items[i];
        size_t len = strlen(finding->key);
        if (finding->severity != CONFIG_FOUND_USED)
            continue;
        if (column > 0 && column + len + 3 > LINE_WIDTH) {
            buf_add_char(out, '\n');
            column = 0;
        }
        buf_printf(out, "  %s", finding->key);
        column += len + 2;
    }
    buf_add_char(out, '\n');
}

void config_check_print(const struct config_findings *findings, struct buf *out)
{
    for (int severity = 0; severity < CONFIG_SEVERITIES; severity++) {
        if (findings->counts[severity] == 0)
            continue;
        buf_printf(out, "%s:\n", groups[severity].title);
        for (size_t i = 0; i < findings->count && severity != CONFIG_FOUND_USED; i++) {
            if ((int)findings->items[i].severity == severity)
                print_finding(&findings->items[i], out);
        }
        if (severity == CONFIG_FOUND_USED)
            print_names(findings, out);
        buf_add_char(out, '\n');
    }
    for (int severity = 0; severity < CONFIG_SEVERITIES; severity++)
        buf_printf(out, "%s%zu %s", severity ? ", " : "", findings->counts[severity],
                   groups[severity].count);
    buf_add_char(out, '\n');
}

void config_check_json(const struct config_findings *findings, struct buf *out)
{
    struct jw w = {.buf = out};
    jw_begin_object(&w);
    for (int severity = 0; severity < CONFIG_SEVERITIES; severity++) {
        jw_key(&w, groups[severity].json);
        jw_begin_array(&w);
        for (size_t i = 0; i < findings->count; i++) {
            const struct config_finding *finding = &findings->items[i];
            if ((int)finding->severity != severity)
                continue;
            jw_begin_object(&w);
            jw_member_text(&w, "key", finding->key);
            jw_member_int(&w, "line", finding->line);
            jw_member_text(&w, "text", finding->text);
            jw_end_object(&w);
        }
        jw_end_array(&w);
    }
    jw_end_object(&w);
    buf_add_char(out, '\n');
}

static void show_texts(const struct texts *texts, struct buf *out)
{
    buf_add_char(out, '[');
    for (size_t i = 0; i < texts->count; i++) {
        buf_add_text(out, i > 0 ? ", " : "");
        quote_json(out, str_of(texts->items[i]));
    }
    buf_add_char(out, ']');
}

static void show_text(const struct field *field, const char *text, struct buf *out)
{
    if (!text)
        buf_add_text(out, "null");
    else if (field->flags & FIELD_SECRET)
        buf_add_text(out, "\"********\"");
    else
        quote_json(out, str_of(text));
}

static void show_int(const char *name, int64_t value, struct buf *out)
{
    const struct config_key *key = config_keys_find(name);
    if (key->kind == CONFIG_DURATION)
        config_value_add_duration(out, value);
    else if (key->kind == CONFIG_SIZE)
        config_value_add_size(out, value);
    else
        buf_printf(out, "%lld", (long long)value);
}

static void show_value(const struct field *field, const void *member, struct buf *out)
{
    switch (field->kind) {
    case FIELD_BOOL:
        buf_add_text(out, *(const bool *)member ? "true" : "false");
        break;
    case FIELD_INT:
        show_int(field->name, *(const int64_t *)member, out);
        break;
    case FIELD_TEXTS:
        show_texts(member, out);
        break;
    default:
        show_text(field, *(const char *const *)member, out);
        break;
    }
}

static void show_storage(const struct config_storage *storage, struct buf *out)
{
    if (!storage->path)
        return;
    buf_add_text(out, "DISTRIBUTED_STORAGE_CONFIG:\n  ");
    quote_json(out, str_of(storage->location));
    buf_add_text(out, ":\n    - LocalStorage\n    - storage_path: ");
    quote_json(out, str_of(storage->path));
    buf_printf(out, "\n      fsync: %s\n", storage->fsync ? "always" : "never");
}

void config_show(const struct config *config, struct buf *out)
{
    for (size_t i = 0; i < config_schema.count; i++) {
        const struct field *field = &config_schema.fields[i];
        buf_printf(out, "%s: ", field->name);
        show_value(field, (const char *)config + field->offset, out);
        bool used = config_keys_find(field->name)->status == CONFIG_USED;
        buf_add_text(out, used ? "\n" : " # no effect yet\n");
    }
    show_storage(&config->storage, out);
}

static const char docs_intro[] =
    "# The keys of config.yaml\n"
    "\n"
    "wharf reads Quay's `config.yaml` from the folder given with `--config`. It knows every key "
    "of\n"
    "Quay, and the tables below say what becomes of each:\n"
    "\n"
    "- **used**: it works.\n"
    "- **no effect**: it is accepted, and the note says why it changes nothing.\n"
    "- **refused**: wharf does not start with it, because to ignore it would be dangerous.\n"
    "\n"
    "A value in parentheses behind the status is the one that asks for what happens anyway: it is\n"
    "always fine, and the row is about all others.\n"
    "\n"
    "`wharf config check` says the same about a file, `wharf config show` prints the values in\n"
    "force, `wharf config init` writes a first file. This page is made from the program's "
    "tables.\n";

static void doc_default(const struct config_key *key, struct buf *out)
{
    const struct field *field = schema_find(&config_schema, str_of(key->name));
    if (!field || key->status != CONFIG_USED)
        return;
    buf_add_char(out, '`');
    show_value(field, (const char *)&config_schema_defaults + field->offset, out);
    buf_add_char(out, '`');
}

static void doc_key(const struct config_key *key, struct buf *out)
{
    static const char *const status[] = {
        [CONFIG_USED] = "used", [CONFIG_ACCEPTED] = "no effect", [CONFIG_REFUSED] = "refused"};
    bool pattern = key->name[0] == '*';
    buf_printf(out, "| `%s%s` | %s | ", pattern ? "NAME" : "", key->name + pattern,
               config_value_expected(key->kind));
    doc_default(key, out);
    buf_printf(out, " | %s", status[key->status]);
    if (key->harmless)
        buf_printf(out, " (`%s`)", key->harmless);
    buf_printf(out, " | %s |\n", key->note);
}

void config_docs(struct buf *out)
{
    const struct config_key_table *table;
    buf_add_text(out, docs_intro);
    for (size_t t = 0; (table = config_keys_table(t)); t++) {
        buf_printf(out,
                   "\n## %s\n\n| Key | Value | Default | Status | Note |\n|---|---|---|---|---|\n",
                   table->title);
        for (size_t i = 0; i < table->count; i++)
            doc_key(&table->keys[i], out);
    }
}
