/* SPDX-License-Identifier: Apache-2.0 */
/* Reading YAML: libyaml's events become a tree by recursion, which the depth limit bounds. An
 * anchor is known only after its value is complete, so no value can contain itself, and each alias
 * is a copy whose values are counted again, so that nothing grows beyond YAML_NODES_MAX. */
#include "codec/yaml.h"

#include <stdlib.h>
#include <yaml.h>

#include "base/macro.h"
#include "codec/yaml_scalar.h"

struct anchor {
    char *name;
    json_t *value;
    size_t nodes;
};

struct reader {
    yaml_parser_t parser;
    struct yaml_scalar scalar;
    struct anchor anchors[YAML_ALIASES_MAX];
    size_t anchor_count;
    size_t aliases;
    size_t nodes;
    bool (*is_text)(const char *key); /* NULL: none is */
    bool keep_numbers;                /* as they are written: below such a key */
    json_t *lines;                    /* key of the outermost mapping -> line */
    struct err *err;
};

#define _cleanup_event_ _cleanup_(yaml_event_delete)

static int fail(const struct reader *reader, const yaml_mark_t *mark, enum err_code code,
                const char *problem)
{
    return err_set(reader->err, code, "invalid YAML in line %zu, column %zu: %s", mark->line + 1,
                   mark->column + 1, problem);
}

static int next_event(struct reader *reader, yaml_event_t *out)
{
    const yaml_parser_t *parser = &reader->parser;
    if (yaml_parser_parse(&reader->parser, out))
        return 0;
    if (parser->error == YAML_MEMORY_ERROR)
        abort();
    if (parser->error == YAML_READER_ERROR)
        return err_set(reader->err, ERR_INVALID, "invalid YAML at byte %zu: %s",
                       parser->problem_offset, parser->problem);
    return fail(reader, &parser->problem_mark, ERR_INVALID, parser->problem);
}

static int build(struct reader *reader, const yaml_event_t *event, unsigned depth, json_t **out);

static int build_sequence(struct reader *reader, unsigned depth, json_t *array)
{
    for (;;) {
        _cleanup_event_ yaml_event_t event = {0};
        json_t *item;
        if (next_event(reader, &event) != 0)
            return -1;
        if (event.type == YAML_SEQUENCE_END_EVENT)
            return 0;
        if (build(reader, &event, depth + 1, &item) != 0)
            return -1;
        json_array_append_new(array, item);
    }
}

/* Remember what "<<" named: a mapping or a list of them. */
static int add_merge(const struct reader *reader, const yaml_mark_t *mark, json_t *merges,
                     json_t *value)
{
    size_t i;
    json_t *item;
    if (json_array_size(merges) > 0)
        return fail(reader, mark, ERR_INVALID, "\"<<\" has been given before");
    if (json_is_object(value))
        return json_array_append(merges, value);
    json_array_foreach(value, i, item)
    {
        if (!json_is_object(item))
            break;
    }
    if (!json_is_array(value) || i < json_array_size(value))
        return fail(reader, mark, ERR_INVALID, "\"<<\" must name a mapping or a list of them");
    return json_array_extend(merges, value);
}

static const char *check_key(const yaml_event_t *event, const json_t *object)
{
    if (event->type != YAML_SCALAR_EVENT)
        return "a key must be a plain word or a string";
    if (strlen((const char *)event->data.scalar.value) != event->data.scalar.length)
        return "a key must not contain NUL";
    if (json_object_get(object, (const char *)event->data.scalar.value))
        return "this key has been given before";
    return NULL;
}

static bool is_merge(const yaml_event_t *key)
{
    return key->data.scalar.plain_implicit &&
           strcmp((const char *)key->data.scalar.value, "<<") == 0;
}

static int build_pair(struct reader *reader, const yaml_event_t *key, unsigned depth,
                      json_t *object, json_t *merges)
{
    _cleanup_event_ yaml_event_t event = {0};
    json_auto_t *value = NULL;
    const char *problem = check_key(key, object);
    if (problem)
        return fail(reader, &key->start_mark, ERR_INVALID, problem);
    bool kept = reader->keep_numbers;
    reader->keep_numbers = depth == 1 && reader->is_text &&
                           reader->is_text((const char *)key->data.scalar.value);
    if (next_event(reader, &event) != 0 || build(reader, &event, depth + 1, &value) != 0)
        return -1;
    reader->keep_numbers = kept;
    if (is_merge(key))
        return add_merge(reader, &event.start_mark, merges, value);
    const char *name = (const char *)key->data.scalar.value;
    if (json_object_set(object, name, value) != 0)
        return fail(reader, &key->start_mark, ERR_INVALID, "text is not UTF-8");
    if (depth == 1)
        json_object_set_new(reader->lines, name,
                            json_integer((json_int_t)key->start_mark.line + 1));
    return 0;
}

static int build_mapping(struct reader *reader, unsigned depth, json_t *object)
{
    json_auto_t *merges = json_array();
    size_t i;
    json_t *merge;
    for (;;) {
        _cleanup_event_ yaml_event_t key = {0};
        if (next_event(reader, &key) != 0)
            return -1;
        if (key.type == YAML_MAPPING_END_EVENT)
            break;
        if (build_pair(reader, &key, depth, object, merges) != 0)
            return -1;
    }
    json_array_foreach(merges, i, merge) /* the first to name a key wins, after the mapping's own */
        json_object_update_missing(object, merge);
    return 0;
}

static bool has_tag(const yaml_char_t *tag, const char *wanted)
{
    return strcmp((const char *)tag, wanted) == 0;
}

/* Whether a value is of the type that its explicit tag demands. */
static bool fits_tag(const json_t *value, const yaml_char_t *tag)
{
    return (json_is_string(value) && has_tag(tag, YAML_STR_TAG)) ||
           (json_is_null(value) && has_tag(tag, YAML_NULL_TAG)) ||
           (json_is_boolean(value) && has_tag(tag, YAML_BOOL_TAG)) ||
           (json_is_integer(value) && has_tag(tag, YAML_INT_TAG)) ||
           (json_is_number(value) && has_tag(tag, YAML_FLOAT_TAG));
}

/* Returns what is wrong, or NULL. */
static const char *read_scalar(const struct reader *reader, const yaml_event_t *event, json_t **out)
{
    const yaml_char_t *tag = event->data.scalar.tag;
    struct str text = {(const char *)event->data.scalar.value, event->data.scalar.length};
    bool typed = tag ? !has_tag(tag, YAML_STR_TAG) : event->data.scalar.plain_implicit;
    const char *problem = "text is not UTF-8";
    if (str_find(text, '\0') >= 0)
        return "text must not contain NUL";
    json_auto_t *value = typed ? yaml_scalar_resolve(&reader->scalar, text, &problem)
                               : json_stringn(text.ptr, text.len);
    /* What has no value here is a number too, one that is too large. */
    if (reader->keep_numbers && typed && !tag && (!value || json_is_number(value))) {
        json_decref(value);
        value = json_stringn(text.ptr, text.len);
        problem = "text is not UTF-8";
    }
    if (!value)
        return problem;
    if (tag && !fits_tag(value, tag))
        return "value does not fit its tag, or the tag is not supported";
    *out = TAKE(value);
    return NULL;
}

static int build_scalar(const struct reader *reader, const yaml_event_t *event, json_t **out)
{
    const char *problem = read_scalar(reader, event, out);
    return problem ? fail(reader, &event->start_mark, ERR_INVALID, problem) : 0;
}

static struct anchor *find_anchor(struct reader *reader, const yaml_char_t *name)
{
    for (size_t i = 0; i < reader->anchor_count; i++) {
        if (strcmp(reader->anchors[i].name, (const char *)name) == 0)
            return &reader->anchors[i];
    }
    return NULL;
}

static int add_anchor(struct reader *reader, const yaml_event_t *event, const yaml_char_t *name,
                      json_t *value, size_t nodes)
{
    if (find_anchor(reader, name))
        return fail(reader, &event->start_mark, ERR_INVALID, "this anchor has been given before");
    if (reader->anchor_count == YAML_ALIASES_MAX)
        return fail(reader, &event->start_mark, ERR_TOO_LARGE, "too many anchors");
    char *copy = strdup((const char *)name);
    if (!copy)
        abort();
    reader->anchors[reader->anchor_count++] = (struct anchor){copy, json_incref(value), nodes};
    return 0;
}

static int build_alias(struct reader *reader, const yaml_event_t *event, json_t **out)
{
    const struct anchor *anchor = find_anchor(reader, event->data.alias.anchor);
    if (!anchor)
        return fail(reader, &event->start_mark, ERR_INVALID, "this alias names nothing before it");
    reader->nodes += anchor->nodes;
    if (++reader->aliases > YAML_ALIASES_MAX || reader->nodes > YAML_NODES_MAX)
        return fail(reader, &event->start_mark, ERR_TOO_LARGE, "too many or too large aliases");
    *out = json_deep_copy(anchor->value);
    return 0;
}

static int build_collection(struct reader *reader, const yaml_event_t *event, unsigned depth,
                            json_t **out)
{
    bool mapping = event->type == YAML_MAPPING_START_EVENT;
    const yaml_char_t *tag = mapping ? event->data.mapping_start.tag
                                     : event->data.sequence_start.tag;
    if (tag && !has_tag(tag, mapping ? YAML_MAP_TAG : YAML_SEQ_TAG))
        return fail(reader, &event->start_mark, ERR_INVALID, "the tag is not supported");
    if (depth > YAML_DEPTH_MAX)
        return fail(reader, &event->start_mark, ERR_TOO_LARGE, "nested too deep");
    json_auto_t *value = mapping ? json_object() : json_array();
    int result = mapping ? build_mapping(reader, depth, value)
                         : build_sequence(reader, depth, value);
    if (result == 0)
        *out = TAKE(value);
    return result;
}

static const yaml_char_t *anchor_of(const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return event->data.scalar.anchor;
    case YAML_SEQUENCE_START_EVENT:
        return event->data.sequence_start.anchor;
    case YAML_MAPPING_START_EVENT:
        return event->data.mapping_start.anchor;
    default:
        return NULL;
    }
}

/* The value that begins with `event`, `depth` collections deep when it is one itself. */
static int build(struct reader *reader, const yaml_event_t *event, unsigned depth, json_t **out)
{
    size_t before = reader->nodes;
    json_auto_t *value = NULL;
    int result;
    if (++reader->nodes > YAML_NODES_MAX)
        return fail(reader, &event->start_mark, ERR_TOO_LARGE, "too many values");
    if (event->type == YAML_ALIAS_EVENT)
        result = build_alias(reader, event, &value);
    else if (event->type == YAML_SCALAR_EVENT)
        result = build_scalar(reader, event, &value);
    else
        result = build_collection(reader, event, depth, &value);
    if (result != 0)
        return -1;
    const yaml_char_t *name = anchor_of(event);
    if (name && add_anchor(reader, event, name, value, reader->nodes - before) != 0)
        return -1;
    *out = TAKE(value);
    return 0;
}

/* Take the next event for its type only. */
static int skip_event(struct reader *reader, yaml_event_type_t *type_out)
{
    _cleanup_event_ yaml_event_t event = {0};
    if (next_event(reader, &event) != 0)
        return -1;
    *type_out = event.type;
    return 0;
}

static int build_document(struct reader *reader, json_t **out)
{
    yaml_event_type_t type;
    if (skip_event(reader, &type) != 0 || skip_event(reader, &type) != 0)
        return -1; /* start of the stream, start of the document */
    if (type == YAML_STREAM_END_EVENT) {
        *out = json_null();
        return 0;
    }
    _cleanup_event_ yaml_event_t root = {0};
    json_auto_t *value = NULL;
    if (next_event(reader, &root) != 0 || build(reader, &root, 1, &value) != 0)
        return -1;
    if (skip_event(reader, &type) != 0 || skip_event(reader, &type) != 0)
        return -1; /* end of the document, end of the stream */
    if (type != YAML_STREAM_END_EVENT)
        return fail(reader, &reader->parser.mark, ERR_INVALID, "a second document begins");
    *out = TAKE(value);
    return 0;
}

static void reader_init(struct reader *reader, struct str text)
{
    if (!yaml_parser_initialize(&reader->parser))
        abort();
    yaml_parser_set_encoding(&reader->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&reader->parser, (const unsigned char *)text.ptr, text.len);
    yaml_scalar_init(&reader->scalar);
}

static void reader_done(struct reader *reader)
{
    for (size_t i = 0; i < reader->anchor_count; i++) {
        free(reader->anchors[i].name);
        json_decref(reader->anchors[i].value);
    }
    yaml_scalar_done(&reader->scalar);
    yaml_parser_delete(&reader->parser);
}

int yaml_parse(struct str text, json_t **out, json_t **lines_out, struct err *err)
{
    return yaml_parse_texts(text, NULL, out, lines_out, err);
}

int yaml_parse_texts(struct str text, bool (*is_text)(const char *key), json_t **out,
                     json_t **lines_out, struct err *err)
{
    if (text.len > YAML_BYTES_MAX)
        return err_set(err, ERR_TOO_LARGE, "YAML is larger than %d bytes", YAML_BYTES_MAX);
    json_auto_t *lines = json_object();
    struct reader reader = {.is_text = is_text, .lines = lines, .err = err};
    reader_init(&reader, text.ptr ? text : STR(""));
    int result = build_document(&reader, out);
    reader_done(&reader);
    if (result == 0 && lines_out)
        *lines_out = TAKE(lines);
    return result;
}
