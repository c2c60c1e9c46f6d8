/* SPDX-License-Identifier: Apache-2.0 */
#include "web/dispatch.h"

#include "../auth/fixture.h"
#include "auth/token.h"
#include "base/clock.h"
#include "web/manifest_cache.h"
#include "web/route_index.h"
#include "web/web_metrics.h"

static char *issue(struct fixture *f, int64_t now_ms)
{
    static const struct token_access pull = {SCOPE_REPOSITORY, "alice/app", SCOPE_PULL, NULL};
    struct account alice = fixture_user(f, "alice", NULL);
    struct identity who = identity_of_account(auth_rules(f->auth), &alice);
    int64_t next;
    char *token;
    fixture_add_key(f, "quay", 0, true);
    assert_ok(keys_renew(f->auth->keys, NOW, &next, &f->err), &f->err);
    assert_ok(token_issue(f->auth, &f->arena, &who, &pull, 1, HOST, now_ms, &token, &f->err),
              &f->err);
    return token;
}

/* What the quick path has found before it gives up is used, and let go of once. */
static void test_quick_gives_up(void **state)
{
    struct fixture *f = *state;
    static const struct service_rules rules = {.hostname = HOST, .scheme = "http"};
    struct route_index *routes;
    struct service service = {.auth = f->auth, .db = f->db};
    struct buf log;
    struct bearer *bearer;
    int64_t now_ms = clock_wall_ms();
    struct str token = str_of(issue(f, now_ms));
    assert_ok(route_index_new(&routes, &f->err), &f->err);
    web_metrics_init(route_index_labels(routes));
    service.routes = routes;
    service.cache = manifest_cache_new(f->db, 1, 1024);
    atomic_store(&service.rules, &rules);
    struct http_app app = dispatch_app(&service);
    struct request request = {.arena = &f->arena,
                              .path = STR("/v2/alice/app/manifests/v1"),
                              .header_count = 1,
                              .remote = "127.0.0.1"};
    request.headers[0] = (struct header){STR("Authorization"),
                                         str_of(arena_printf(&f->arena, "Bearer %s", token.ptr))};
    struct reply reply = {.arena = &f->arena, .fd = -1};
    struct body_sink sink;
    buf_init(&log, 4096);
    assert_ok(token_verify(f->auth, token, now_ms, &bearer, &f->err), &f->err);
    assert_int_equal(atomic_load(&bearer->cached.refs), 2); /* the cache's and ours */

    assert_false(app.quick(app.context, &request, &reply));
    assert_false(app.start(app.context, &request, &reply, &sink));
    assert_int_equal(reply.status, 404);
    assert_string_equal(reply.user, "alice");
    app.done(app.context, &request, &reply, 0, &log);

    assert_int_equal(atomic_load(&bearer->cached.refs), 2);
    token_unref(bearer);
    reply_clear(&reply);
    buf_done(&log);
    metrics_done(&web_metrics);
    manifest_cache_free(service.cache);
    route_index_free(routes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_AUTH(test_quick_gives_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
