/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/manifest_parse.h"

#include "unit.h"

#define A "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define DESCRIPTOR(type, digest, size)                                                             \
    "{\"mediaType\":\"" type "\",\"digest\":\"" digest "\",\"size\":" size "}"
#define CONFIG DESCRIPTOR("application/vnd.oci.image.config.v1+json", A, "2")
#define LAYER  DESCRIPTOR("application/vnd.oci.image.layer.v1.tar", B, "3")

static const struct {
    const char *type; /* the Content-Type */
    const char *text;
    enum err_code code; /* ERR_NONE: accepted */
    size_t blobs, children;
} cases[] = {
    {MEDIA_OCI_MANIFEST, "{\"schemaVersion\":2,\"config\":" CONFIG ",\"layers\":[" LAYER "]}",
     ERR_NONE, 2, 0},
    {MEDIA_OCI_MANIFEST "; charset=utf-8", "{\"schemaVersion\":2,\"config\":" CONFIG "}", ERR_NONE,
     1, 0},
    /* the type from the document */
    {"", "{\"schemaVersion\":2,\"mediaType\":\"" MEDIA_DOCKER_MANIFEST "\",\"config\":" CONFIG "}",
     ERR_NONE, 1, 0},
    {"application/json",
     "{\"schemaVersion\":2,\"mediaType\":\"" MEDIA_OCI_INDEX "\",\"manifests\":[]}", ERR_NONE, 0,
     0},
    {MEDIA_OCI_INDEX,
     "{\"schemaVersion\":2,\"manifests\":[" DESCRIPTOR(MEDIA_OCI_MANIFEST, A, "5") "]}", ERR_NONE,
     0, 1},
    {MEDIA_OCI_ARTIFACT, "{\"blobs\":[" LAYER "]}", ERR_NONE, 1, 0},
    /* what the specification does not know is left alone */
    {MEDIA_OCI_MANIFEST, "{\"schemaVersion\":2,\"config\":" CONFIG ",\"layers\":null,\"x\":[1]}",
     ERR_NONE, 1, 0},
    /* refused */
    {"", "{\"schemaVersion\":2,\"config\":" CONFIG "}", ERR_MANIFEST_INVALID, 0, 0},
    {MEDIA_OCI_MANIFEST, "{\"schemaVersion\":2}", ERR_MANIFEST_INVALID, 0, 0},
    {MEDIA_OCI_MANIFEST, "{\"schemaVersion\":1,\"config\":" CONFIG "}", ERR_MANIFEST_INVALID, 0, 0},
    {MEDIA_OCI_MANIFEST, "{\"config\":" CONFIG "}", ERR_MANIFEST_INVALID, 0, 0},
    {MEDIA_OCI_MANIFEST, "[]", ERR_MANIFEST_INVALID, 0, 0},
    {MEDIA_OCI_MANIFEST, "", ERR_MANIFEST_INVALID, 0, 0},
    {MEDIA_OCI_MANIFEST, "{\"schemaVersion\":2,\"config\":" CONFIG "} {}", ERR_MANIFEST_INVALID, 0,
     0},
    {MEDIA_OCI_MANIFEST,
     "{\"schemaVersion\":2,\"mediaType\":\"" MEDIA_DOCKER_MANIFEST "\",\"config\":" CONFIG "}",
     ERR_MANIFEST_INVALID, 0, 0},
    {MEDIA_OCI_MANIFEST, "{\"schemaVersion\":2,\"config\":" DESCRIPTOR("x/y", "sha256:00", "2") "}",
     ERR_MANIFEST_INVALID, 0, 0},
    {MEDIA_OCI_MANIFEST, "{\"schemaVersion\":2,\"config\":" DESCRIPTOR("x/y", A, "-2") "}",
     ERR_MANIFEST_INVALID, 0, 0},
    {MEDIA_OCI_MANIFEST, "{\"schemaVersion\":2,\"config\":{\"mediaType\":\"x/y\",\"size\":1}}",
     ERR_MANIFEST_INVALID, 0, 0},
    {MEDIA_OCI_MANIFEST, "{\"schemaVersion\":2,\"config\":" CONFIG ",\"annotations\":{\"a\":1}}",
     ERR_MANIFEST_INVALID, 0, 0},
    {MEDIA_OCI_MANIFEST, "{\"schemaVersion\":2,\"config\":" CONFIG ",\"manifests\":[" LAYER "]}",
     ERR_MANIFEST_INVALID, 0, 0},
    {MEDIA_OCI_INDEX, "{\"schemaVersion\":2,\"manifests\":[],\"layers\":[" LAYER "]}",
     ERR_MANIFEST_INVALID, 0, 0},
    {MEDIA_SCHEMA1, "{\"schemaVersion\":1}", ERR_MEDIA_TYPE, 0, 0},
    {MEDIA_SCHEMA1_SIGNED, "{\"schemaVersion\":1}", ERR_MEDIA_TYPE, 0, 0},
    {"text/plain", "{\"schemaVersion\":2,\"config\":" CONFIG "}", ERR_MEDIA_TYPE, 0, 0},
};

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct arena arena = {0};
        struct manifest_info info;
        struct err err = {0};
        int rc = manifest_parse(&arena, str_of(cases[i].type), str_of(cases[i].text), &info, &err);
        if (err.code != cases[i].code)
            fail_msg("case %zu: %s (%s), want %s", i, err_code_name(err.code), err.msg,
                     err_code_name(cases[i].code));
        assert_int_equal(rc, cases[i].code == ERR_NONE ? 0 : -1);
        if (rc == 0) {
            assert_int_equal(info.blobs.count, cases[i].blobs);
            assert_int_equal(info.children.count, cases[i].children);
        }
        arena_done(&arena);
    }
}

static void test_details(void **state)
{
    (void)state;
    static const char text[] =
        "{\"schemaVersion\":2,\"artifactType\":\"application/x.sbom\",\"config\":" CONFIG
        ",\"layers\":[{\"mediaType\":\"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip\","
        "\"digest\":\"" B "\",\"size\":9,\"urls\":[\"https://x\"],\"data\":\"e30=\"}],"
        "\"subject\":" DESCRIPTOR(MEDIA_OCI_MANIFEST, A, "7") ",\"annotations\":{\"k\":\"v\"}}";
    struct arena arena = {0};
    struct manifest_info info;
    struct err err;
    assert_ok(manifest_parse(&arena, STR(MEDIA_OCI_MANIFEST), str_of(text), &info, &err), &err);
    const struct descriptor *blobs = info.blobs.items;
    assert_string_equal(info.artifact_type, "application/x.sbom");
    assert_int_equal(info.subject.len, 32);
    assert_int_equal(info.subject.bytes[0], 0xaa);
    assert_string_equal(info.annotations, "{\"k\":\"v\"}");
    assert_false(descriptor_is_foreign(&blobs[0]));
    assert_true(descriptor_is_foreign(&blobs[1]));
    assert_string_equal(blobs[1].data, "e30=");
    assert_int_equal(blobs[1].size, 9);
    arena_done(&arena);
}

/* Without artifactType an image is listed by its config's type, an index by none. */
static void test_artifact_type(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct manifest_info info;
    struct err err;
    assert_ok(manifest_parse(&arena, STR(MEDIA_OCI_MANIFEST),
                             STR("{\"schemaVersion\":2,\"config\":" CONFIG "}"), &info, &err),
              &err);
    assert_string_equal(info.artifact_type, "application/vnd.oci.image.config.v1+json");
    assert_ok(manifest_parse(&arena, STR(MEDIA_OCI_INDEX),
                             STR("{\"schemaVersion\":2,\"manifests\":[]}"), &info, &err),
              &err);
    assert_null(info.artifact_type);
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_details),
        cmocka_unit_test(test_artifact_type),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
