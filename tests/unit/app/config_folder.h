/* SPDX-License-Identifier: Apache-2.0 */
/* A folder with a config.yaml of the test's own, and what loading it gave. */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/config.h"
#include "base/file.h"
#include "unit.h"

struct folder {
    struct arena arena;
    char path[64];
    struct config config;
    struct config_findings findings;
};

static inline int folder_make(void **state)
{
    struct folder *folder = calloc(1, sizeof *folder);
    snprintf(folder->path, sizeof folder->path, "/tmp/wharf-config-XXXXXX");
    *state = folder;
    return mkdtemp(folder->path) ? 0 : -1;
}

static inline int folder_remove(void **state)
{
    struct folder *folder = *state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", folder->path);
    int result = system(command) == 0 ? 0 : -1;
    arena_done(&folder->arena);
    free(folder);
    return result;
}

#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_make, folder_remove)

static inline void folder_write(struct folder *folder, const char *name, const char *text)
{
    struct err err;
    const char *path = arena_printf(&folder->arena, "%s/%s", folder->path, name);
    assert_ok(file_replace(path, str_of(text), 0600, &err), &err);
}

/* Write config.yaml and load it. */
static inline void folder_load(struct folder *folder, const char *yaml)
{
    struct err err;
    folder_write(folder, "config.yaml", yaml);
    assert_ok(config_load(&folder->arena, folder->path, &folder->config, &folder->findings, &err),
              &err);
}

/* The finding about a key, or NULL. */
static inline const struct config_finding *folder_finding(const struct folder *folder,
                                                          const char *key)
{
    for (size_t i = 0; i < folder->findings.count; i++) {
        if (strcmp(folder->findings.items[i].key, key) == 0)
            return &folder->findings.items[i];
    }
    return NULL;
}
