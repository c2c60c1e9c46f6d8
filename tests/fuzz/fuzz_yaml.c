/* SPDX-License-Identifier: Apache-2.0 */
/* YAML: what parses is written as JSON, and JSON, being YAML in flow style, parses to the same. */
#include "codec/jw.h"
#include "codec/yaml.h"
#include "fuzz.h"

enum { OUT_MAX = YAML_BYTES_MAX };

struct any {
    struct json_t *value;
};
static const struct field any_fields[] = {F_JSON(struct any, value, "value", 0)};
static const struct schema any_schema = SCHEMA(struct any, any_fields);

/* libyaml takes only keys of up to 1024 characters in flow style, nothing nested deeper than our
 * limit (the wrapping adds one level), and reads exponents and 1.0 its own way: those documents
 * are not compared. */
static bool comparable(const json_t *value, unsigned depth)
{
    const char *key;
    json_t *member;
    size_t i;
    if (json_is_real(value) || depth >= YAML_DEPTH_MAX)
        return false;
    json_object_foreach((json_t *)value, key, member)
    {
        if (strlen(key) > 100 || strcmp(key, "<<") == 0 || !comparable(member, depth + 1))
            return false;
    }
    json_array_foreach(value, i, member)
    {
        if (!comparable(member, depth + 1))
            return false;
    }
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = {0};
    json_auto_t *first = NULL, *second = NULL, *lines = NULL;
    _cleanup_buf_ struct buf out;
    buf_init(&out, OUT_MAX);
    if (yaml_parse((struct str){(const char *)data, size}, &first, &lines, &err) != 0) {
        must(err.code == ERR_INVALID || err.code == ERR_TOO_LARGE);
        return 0;
    }
    jw_encode(&(struct jw){.buf = &out}, &any_schema, &(struct any){first});
    if (!buf_ok(&out) || !comparable(first, 1))
        return 0;
    if (yaml_parse(buf_str(&out), &second, NULL, &err) != 0)
        must(err.code == ERR_TOO_LARGE);
    else
        must(json_equal(first, json_object_get(second, "value")));
    return 0;
}
