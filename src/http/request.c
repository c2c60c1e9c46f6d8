/* SPDX-License-Identifier: Apache-2.0 */
/* Looking things up in a request. Headers are few, so a scan that compares lengths first is the
 * fastest table there is. */
#include "request.h"

static const struct str names[METHOD_COUNT] = {
    [METHOD_GET] = {"GET", 3},         [METHOD_HEAD] = {"HEAD", 4},
    [METHOD_POST] = {"POST", 4},       [METHOD_PUT] = {"PUT", 3},
    [METHOD_PATCH] = {"PATCH", 5},     [METHOD_DELETE] = {"DELETE", 6},
    [METHOD_OPTIONS] = {"OPTIONS", 7},
};

bool request_next_header(const struct request *request, struct str name, size_t *index,
                         struct str *value_out)
{
    while (*index < request->header_count) {
        const struct header *header = &request->headers[(*index)++];
        if (header->name.len == name.len && str_eq_case(header->name, name)) {
            *value_out = header->value;
            return true;
        }
    }
    return false;
}

struct str request_header(const struct request *request, struct str name)
{
    struct str value = {NULL, 0};
    size_t index = 0;
    request_next_header(request, name, &index, &value);
    return value;
}

const char *method_name(enum method method)
{
    return (unsigned)method < METHOD_COUNT ? names[method].ptr : "unknown";
}

bool method_parse(struct str text, enum method *out)
{
    for (size_t i = 0; i < METHOD_COUNT; i++) {
        if (str_eq(text, names[i])) {
            *out = (enum method)i;
            return true;
        }
    }
    return false;
}
