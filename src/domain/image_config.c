/* SPDX-License-Identifier: Apache-2.0 */
/* Reading image configurations, without insisting on anything. */
#include "image_config.h"

#include <errno.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "codec/json.h"

bool image_config_is(const char *media_type)
{
    return strcmp(media_type, "application/vnd.oci.image.config.v1+json") == 0 ||
           strcmp(media_type, "application/vnd.docker.container.image.v1+json") == 0;
}

/* A text, or NULL for anything else. */
static const char *text_of(struct arena *arena, const json_t *object, const char *name)
{
    return arena_strdup(arena, json_string_value(json_object_get(object, name)));
}

static struct image_label *find_label(const struct list *labels, const char *key)
{
    struct image_label *items = labels->items;
    for (size_t i = 0; i < labels->count; i++) {
        if (strcmp(items[i].key, key) == 0)
            return &items[i];
    }
    return NULL;
}

static void add_labels(struct arena *arena, const json_t *object, struct list *labels)
{
    const char *key;
    json_t *value;
    if (!json_is_object(object))
        return;
    if (!labels->items)
        labels->items = arena_array(arena, IMAGE_LABELS_MAX, sizeof(struct image_label));
    struct image_label *items = labels->items;
    json_object_foreach((json_t *)object, key, value)
    {
        struct image_label *label = find_label(labels, key);
        if (!json_is_string(value) || (!label && labels->count == IMAGE_LABELS_MAX))
            continue;
        if (!label)
            label = &items[labels->count++];
        *label = (struct image_label){arena_strdup(arena, key),
                                      arena_strdup(arena, json_string_value(value))};
    }
}

static void add_steps(struct arena *arena, const json_t *array, struct list *steps)
{
    size_t count = size_min(json_array_size(array), IMAGE_CONFIG_HISTORY_MAX);
    struct image_step *items = arena_array(arena, count, sizeof *items);
    for (size_t i = 0; i < count; i++) {
        const json_t *step = json_array_get(array, i);
        const char *created = json_string_value(json_object_get(step, "created"));
        items[i] = (struct image_step){
            .command = text_of(arena, step, "created_by"),
            .comment = text_of(arena, step, "comment"),
            .author = text_of(arena, step, "author"),
            .empty = json_is_true(json_object_get(step, "empty_layer")),
        };
        if (created && !clock_parse_rfc3339(str_of(created), &items[i].created_ms))
            items[i].created_ms = 0;
    }
    *steps = (struct list){items, count};
}

void image_config_add_labels(struct arena *arena, struct str object, struct list *labels)
{
    struct err ignored;
    json_auto_t *root = NULL;
    if (json_parse(object, IMAGE_CONFIG_BYTES_MAX, &root, &ignored) == 0)
        add_labels(arena, root, labels);
}

void image_config_parse(struct arena *arena, struct str text, struct image_config *out)
{
    struct err ignored;
    json_auto_t *root = NULL;
    *out = (struct image_config){0};
    if (json_parse(text, IMAGE_CONFIG_BYTES_MAX, &root, &ignored) != 0)
        return;
    add_labels(arena, json_object_get(json_object_get(root, "config"), "Labels"), &out->labels);
    add_steps(arena, json_object_get(root, "history"), &out->steps);
}

static int read_all(int fd, char *to, size_t size, struct err *err)
{
    for (size_t done = 0; done < size;) {
        ssize_t n = read(fd, to + done, size - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_set_errno(err, "an image's configuration cannot be read");
        if (n == 0)
            return err_set(err, ERR_IO, "an image's configuration is shorter than it was");
        done += (size_t)n;
    }
    return 0;
}

int image_config_load(struct blob_store *blobs, struct arena *arena, const char *object_key,
                      struct image_config *out, struct err *err)
{
    uint64_t size;
    _cleanup_close_ int fd = -1;
    *out = (struct image_config){0};
    if (blob_open(blobs, object_key, &fd, &size, err) != 0)
        return -1;
    if (size > IMAGE_CONFIG_BYTES_MAX)
        return 0;
    char *text = arena_alloc(arena, (size_t)size + 1);
    if (read_all(fd, text, (size_t)size, err) != 0)
        return -1;
    image_config_parse(arena, (struct str){text, (size_t)size}, out);
    return 0;
}
