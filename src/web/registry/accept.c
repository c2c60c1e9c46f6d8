/* SPDX-License-Identifier: Apache-2.0 */
/* Accept. Clients send one header with a list, or many headers; weights do not matter to us, as a
 * stored manifest has one type only. */
#include "accept.h"

static bool is_excluded(struct str parameters)
{
    struct str one;
    while (str_cut(&parameters, ';', &one)) {
        one = str_trim(one);
        if (str_eq_case(one, STR("q=0")) || str_eq_case(one, STR("q=0.0")) ||
            str_eq_case(one, STR("q=0.00")) || str_eq_case(one, STR("q=0.000")))
            return true;
    }
    return false;
}

static bool range_matches(struct str range, struct str media_type, bool by_name_only)
{
    if (str_eq_case(range, media_type))
        return true;
    if (by_name_only)
        return false;
    if (str_eq(range, STR("*/*")))
        return true;
    bool any_subtype = str_ends(range, STR("/*"));
    return any_subtype &&
           str_eq_case(str_sub(media_type, 0, range.len - 1), str_sub(range, 0, range.len - 1));
}

/* 1 covered, 0 not, -1 there is no Accept header. */
static int search(const struct request *request, struct str media_type, bool by_name_only)
{
    struct str value, item;
    size_t index = 0;
    int result = -1;
    while (request_next_header(request, STR("Accept"), &index, &value)) {
        result = 0;
        while (str_cut(&value, ',', &item)) {
            struct str parameters = item, range;
            str_cut(&parameters, ';', &range);
            if (range_matches(str_trim(range), media_type, by_name_only) &&
                !(parameters.ptr && is_excluded(parameters)))
                return 1;
        }
    }
    return result;
}

bool accept_covers(const struct request *request, struct str media_type)
{
    return search(request, media_type, false) != 0;
}

bool accept_names(const struct request *request, struct str media_type)
{
    return search(request, media_type, true) == 1;
}
