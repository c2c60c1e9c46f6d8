/* SPDX-License-Identifier: Apache-2.0 */
/* The storage location. All of them are checked and not only the preferred one, so that a mistake
 * in another does not wait for the day on which the preference changes. */
#include "app/config_storage.h"

#include "codec/json.h"

struct local {
    const char *storage_path;
    const char *fsync;
};

static const char *const fsync_values[] = {"always", "never", NULL};
static const struct field local_fields[] = {
    F_TEXT(struct local, storage_path, "storage_path", FIELD_REQUIRED, .max = 1024),
    F_TEXT(struct local, fsync, "fsync", 0, .values = fsync_values),
};
static const struct schema local_schema = SCHEMA(struct local, local_fields);

static int read_location(struct arena *arena, const char *name, const json_t *location,
                         struct config_storage *out, struct err *err)
{
    const char *driver = json_string_value(json_array_get(location, 0));
    struct local local = {.fsync = "always"};
    if (!driver || json_array_size(location) != 2)
        return err_set(err, ERR_INVALID, "%s: must be a list of a driver and its parameters", name);
    if (strcmp(driver, "LocalStorage") != 0)
        return err_set(err, ERR_UNSUPPORTED,
                       "%s: %s is not built yet; use LocalStorage with storage_path", name, driver);
    if (json_decode(arena, &local_schema, json_array_get(location, 1), &local, err) != 0)
        return err_wrap(err, "%s: ", name);
    if (local.storage_path[0] == '\0')
        return err_set(err, ERR_INVALID, "%s: storage_path is empty", name);
    *out = (struct config_storage){arena_strdup(arena, name), local.storage_path,
                                   strcmp(local.fsync, "always") == 0};
    return 0;
}

/* The name of the location to use. */
static const char *choose(const json_t *locations, const char *preferred, struct err *err)
{
    size_t count = json_object_size(locations);
    if (preferred && json_object_get(locations, preferred))
        return preferred;
    if (!preferred && count == 1)
        return json_object_iter_key(json_object_iter((json_t *)locations));
    if (preferred)
        err_set(err, ERR_INVALID,
                "has no location %s, which DISTRIBUTED_STORAGE_PREFERENCE asks for", preferred);
    else
        err_set(err, ERR_INVALID,
                "has %zu locations; say in DISTRIBUTED_STORAGE_PREFERENCE which one to use", count);
    return NULL;
}

int config_storage_read(struct arena *arena, const json_t *locations, const char *preferred,
                        struct config_storage *out, struct err *err)
{
    const char *name, *chosen = choose(locations, preferred, err);
    struct config_storage storage = {0}, one;
    json_t *location;
    if (!chosen)
        return -1;
    json_object_foreach((json_t *)locations, name, location)
    {
        if (read_location(arena, name, location, &one, err) != 0)
            return -1;
        if (strcmp(name, chosen) == 0)
            storage = one;
    }
    *out = storage;
    return 0;
}
