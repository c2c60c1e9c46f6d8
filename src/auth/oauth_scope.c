/* SPDX-License-Identifier: Apache-2.0 */
/* OAuth scopes. */
#include "oauth_scope.h"

const struct oauth_scope oauth_scopes[] = {
    {OAUTH_REPO_READ, OAUTH_REPO_READ, "repo:read", "View all visible repositories",
     "See and pull every repository that you can see", "fa-hdd-o", false},
    {OAUTH_REPO_WRITE, OAUTH_REPO_WRITE | OAUTH_REPO_READ, "repo:write",
     "Read and write to any accessible repositories",
     "See, pull and push to every repository that you can push to", "fa-hdd-o", false},
    {OAUTH_REPO_ADMIN, OAUTH_REPO_ADMIN | OAUTH_REPO_WRITE | OAUTH_REPO_READ, "repo:admin",
     "Administer repositories",
     "Change settings, rights and content of every repository that you administer", "fa-hdd-o",
     false},
    {OAUTH_REPO_CREATE, OAUTH_REPO_CREATE, "repo:create", "Create repositories",
     "Create repositories wherever you may create them", "fa-plus", false},
    {OAUTH_USER_READ, OAUTH_USER_READ, "user:read", "Read user information",
     "See your name, your address and your organizations", "fa-user", false},
    {OAUTH_USER_ADMIN, OAUTH_USER_ADMIN, "user:admin", "Administer user",
     "Change your account: robots, stars, notifications, and everything else about you", "fa-gear",
     true},
    {OAUTH_ORG_ADMIN, OAUTH_ORG_ADMIN, "org:admin", "Administer organization",
     "Change members, teams, robots and settings of the organizations that you administer",
     "fa-gear", true},
    {OAUTH_SUPER_USER, OAUTH_SUPER_USER, "super:user", "Super user access",
     "Administer the whole registry, when you may do so", "fa-street-view", true},
    {0, 0, NULL, NULL, NULL, NULL, false},
};

static const struct oauth_scope *find(struct str name)
{
    for (const struct oauth_scope *scope = oauth_scopes; scope->bit; scope++) {
        if (str_eq_text(name, scope->name))
            return scope;
    }
    return NULL;
}

static bool is_separator(char c)
{
    return c == ' ' || c == ',';
}

/* The bits of all names: their own, or also those that they imply. */
static unsigned parse(struct str text, bool implied)
{
    unsigned bits = 0;
    for (size_t at = 0; at < text.len;) {
        size_t start = at;
        while (at < text.len && !is_separator(text.ptr[at]))
            at++;
        if (at > start) {
            const struct oauth_scope *scope = find((struct str){text.ptr + start, at - start});
            if (!scope)
                return 0;
            bits |= implied ? scope->implies : scope->bit;
        }
        at++;
    }
    return bits;
}

unsigned oauth_scope_parse(struct str text)
{
    return parse(text, true);
}

unsigned oauth_scope_asked(struct str text)
{
    return parse(text, false);
}

const char *oauth_scope_format(struct arena *arena, unsigned bits)
{
    const char *text = "";
    for (const struct oauth_scope *scope = oauth_scopes; scope->bit; scope++) {
        if (bits & scope->bit)
            text = arena_printf(arena, "%s%s%s", text, *text ? " " : "", scope->name);
    }
    return text;
}
