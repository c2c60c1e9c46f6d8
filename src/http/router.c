/* SPDX-License-Identifier: Apache-2.0 */
/* The router: a trie of path segments. A node's literal children are tried before its capture, and
 * that before its greedy capture; the greedy one takes as many segments as it can, but all that are
 * left only when no pattern goes on behind it. Looking up allocates nothing but the captured
 * values.
 */
#include "router.h"

#include <assert.h>
#include <stdlib.h>

#include "base/uri.h"

enum { SEGMENTS_MAX = 64 };

/* What a method of a path leads to. */
struct leaf {
    const void *row;
    char *names[ROUTE_CAPTURES_MAX];
    size_t name_count;
};

struct node {
    char *text; /* of a literal child; its parent sorts by it */
    size_t text_len;
    struct node **literals;
    size_t literal_count;
    struct node *capture; /* {x} */
    struct node *greedy;  /* {x+} */
    struct leaf *leaves[METHOD_COUNT];
};

struct router {
    struct node root;
};

static void *allocate(size_t size)
{
    void *memory = calloc(1, size);
    if (!memory)
        abort();
    return memory;
}

static char *duplicate(struct str text)
{
    char *copy = allocate(text.len + 1);
    if (text.len > 0)
        memcpy(copy, text.ptr, text.len);
    return copy;
}

struct router *router_new(void)
{
    return allocate(sizeof(struct router));
}

/* --- freeing --- */

static void leaf_free(struct leaf *leaf)
{
    if (!leaf)
        return;
    for (size_t i = 0; i < leaf->name_count; i++)
        free(leaf->names[i]);
    free(leaf);
}

static void node_done(struct node *node);

static void node_free(struct node *node)
{
    if (!node)
        return;
    node_done(node);
    free(node);
}

static void node_done(struct node *node)
{
    for (size_t i = 0; i < node->literal_count; i++)
        node_free(node->literals[i]);
    node_free(node->capture);
    node_free(node->greedy);
    for (size_t i = 0; i < METHOD_COUNT; i++)
        leaf_free(node->leaves[i]);
    free(node->literals);
    free(node->text);
}

void router_free(struct router *router)
{
    if (!router)
        return;
    node_done(&router->root);
    free(router);
}

/* --- adding --- */

/* Where the literal is among a node's children, or would be. */
static size_t literal_place(const struct node *node, struct str text, bool *found_out)
{
    size_t low = 0, high = node->literal_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        const struct node *child = node->literals[middle];
        int order = str_cmp(text, (struct str){child->text, child->text_len});
        if (order == 0) {
            *found_out = true;
            return middle;
        }
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    *found_out = false;
    return low;
}

static struct node *add_literal(struct node *node, struct str text)
{
    bool found;
    size_t place = literal_place(node, text, &found);
    if (found) {
        assert(node->literals);
        return node->literals[place];
    }
    struct node **grown = realloc(node->literals,
                                  (node->literal_count + 1) * sizeof node->literals[0]);
    if (!grown)
        abort();
    memmove(grown + place + 1, grown + place, (node->literal_count - place) * sizeof grown[0]);
    node->literals = grown;
    node->literal_count++;
    struct node *child = grown[place] = allocate(sizeof *child);
    child->text = duplicate(text);
    child->text_len = text.len;
    return child;
}

static struct node *add_capture(struct node **slot)
{
    if (!*slot)
        *slot = allocate(sizeof **slot);
    return *slot;
}

static bool is_name(struct str name)
{
    for (size_t i = 0; i < name.len; i++) {
        if (!char_is_alnum(name.ptr[i]) && name.ptr[i] != '_')
            return false;
    }
    return name.len > 0;
}

static struct node *add_segment(struct node *node, struct str segment, struct leaf *leaf,
                                bool *greedy)
{
    if (segment.len == 0 || segment.ptr[0] != '{') {
        bool literal = str_find(segment, '{') < 0 && str_find(segment, '}') < 0;
        return literal ? add_literal(node, segment) : NULL;
    }
    bool plus = str_ends(segment, STR("+}"));
    size_t tail = plus ? 2 : 1;
    struct str name = segment.len > 1 + tail ? str_sub(segment, 1, segment.len - 1 - tail)
                                             : (struct str){NULL, 0};
    bool valid = str_ends(segment, STR("}")) && is_name(name) && !(plus && *greedy) &&
                 leaf->name_count < ROUTE_CAPTURES_MAX;
    if (!valid)
        return NULL;
    leaf->names[leaf->name_count++] = duplicate(name);
    *greedy |= plus;
    return add_capture(plus ? &node->greedy : &node->capture);
}

int router_add(struct router *router, enum method method, const char *pattern, const void *row,
               struct err *err)
{
    struct str rest = str_of(pattern);
    if ((unsigned)method >= METHOD_COUNT || rest.len == 0 || rest.ptr[0] != '/')
        return err_set(err, ERR_INVALID, "route pattern %s does not begin with '/'", pattern);
    rest = str_sub(rest, 1, rest.len);
    struct leaf *leaf = allocate(sizeof *leaf);
    leaf->row = row;
    struct node *node = &router->root;
    struct str segment;
    bool greedy = false;
    size_t count = 0;
    while (node && str_cut(&rest, '/', &segment))
        node = ++count <= SEGMENTS_MAX ? add_segment(node, segment, leaf, &greedy) : NULL;
    if (node && !node->leaves[method]) {
        node->leaves[method] = leaf;
        return 0;
    }
    leaf_free(leaf);
    if (!node)
        return err_set(err, ERR_INVALID, "route pattern %s is malformed", pattern);
    return err_set(err, ERR_EXISTS, "route %s %s is taken", method_name(method), pattern);
}

/* --- finding --- */

struct search {
    struct str segments[SEGMENTS_MAX];
    size_t count;
    enum method method;
    unsigned allowed;
    const struct leaf *leaf;
    size_t from[ROUTE_CAPTURES_MAX]; /* captures, as ranges of segments */
    size_t to[ROUTE_CAPTURES_MAX];
};

static bool split(struct str path, struct search *search)
{
    struct str rest = str_sub(path, 1, path.len);
    struct str segment;
    if (path.len == 0 || path.ptr[0] != '/')
        return false;
    while (str_cut(&rest, '/', &segment)) {
        if (search->count == SEGMENTS_MAX)
            return false;
        search->segments[search->count++] = segment;
    }
    return true;
}

static bool take_leaf(const struct node *node, struct search *search)
{
    const struct leaf *leaf = node->leaves[search->method];
    for (unsigned i = 0; i < METHOD_COUNT; i++)
        search->allowed |= node->leaves[i] ? 1u << i : 0;
    if (node->leaves[METHOD_GET])
        search->allowed |= 1u << METHOD_HEAD;
    if (!leaf && search->method == METHOD_HEAD)
        leaf = node->leaves[METHOD_GET];
    search->leaf = leaf;
    return leaf != NULL;
}

static bool descend(const struct node *node, struct search *search, size_t at, size_t captures);

static bool take_capture(const struct node *child, struct search *search, size_t from, size_t to,
                         size_t captures)
{
    if (captures == ROUTE_CAPTURES_MAX)
        return false;
    search->from[captures] = from;
    search->to[captures] = to;
    return descend(child, search, to, captures + 1);
}

static bool descend(const struct node *node, struct search *search, size_t at, size_t captures)
{
    if (at == search->count)
        return take_leaf(node, search);
    bool found;
    size_t place = literal_place(node, search->segments[at], &found);
    if (found && descend(node->literals[place], search, at + 1, captures))
        return true;
    if (search->segments[at].len == 0)
        return false;
    if (node->capture && take_capture(node->capture, search, at, at + 1, captures))
        return true;
    if (!node->greedy)
        return false;
    size_t end = at + 1;
    while (end < search->count && search->segments[end].len > 0)
        end++;
    bool whole = end == search->count; /* the pattern may end here, but others say more */
    for (size_t part = whole ? end - 1 : end; part > at; part--) {
        if (take_capture(node->greedy, search, at, part, captures))
            return true;
    }
    return whole && take_capture(node->greedy, search, at, end, captures);
}

/* One segment, decoded; false when that gives '/', NUL or nonsense. */
static bool decode_segment(struct buf *out, struct str segment)
{
    size_t before = out->len;
    return uri_decode(out, segment, false) &&
           str_find(str_sub(buf_str(out), before, out->len), '/') < 0;
}

static const char *decode(struct arena *arena, const struct search *search, size_t capture)
{
    struct str first = search->segments[search->from[capture]];
    struct str last = search->segments[search->to[capture] - 1];
    struct str raw = {first.ptr, (size_t)(last.ptr + last.len - first.ptr)};
    if (str_find(raw, '\0') >= 0)
        return NULL;
    if (str_find(raw, '%') < 0)
        return arena_text(arena, raw);
    _cleanup_buf_ struct buf decoded;
    buf_init(&decoded, raw.len);
    for (size_t i = search->from[capture]; i < search->to[capture]; i++) {
        if (i > search->from[capture])
            buf_add_char(&decoded, '/');
        if (!decode_segment(&decoded, search->segments[i]))
            return NULL;
    }
    return arena_text(arena, buf_str(&decoded));
}

bool router_find(const struct router *router, struct arena *arena, enum method method,
                 struct str path, struct route_match *out)
{
    struct search search;
    search.count = 0;
    search.method = method;
    search.allowed = 0;
    search.leaf = NULL;
    *out = (struct route_match){0};
    if (!split(path, &search) || !descend(&router->root, &search, 0, 0)) {
        out->allowed = search.allowed;
        return false;
    }
    for (size_t i = 0; i < search.leaf->name_count; i++) {
        out->names[i] = search.leaf->names[i];
        out->values[i] = decode(arena, &search, i);
        if (!out->values[i]) {
            *out = (struct route_match){0};
            return false;
        }
    }
    out->captures = search.leaf->name_count;
    out->row = search.leaf->row;
    out->allowed = search.allowed;
    return true;
}

const char *route_value(const struct route_match *match, const char *name)
{
    for (size_t i = 0; i < match->captures; i++) {
        if (strcmp(match->names[i], name) == 0)
            return match->values[i];
    }
    return NULL;
}
