/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration of an image, a JSON blob that its manifest names: who built it, how, and with
 * which labels. It is what a client pushed: parts that are not as they should be are left out. */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "codec/schema.h"
#include "store/blob/blob.h"

enum {
    IMAGE_CONFIG_BYTES_MAX = 4 * 1024 * 1024,
    IMAGE_CONFIG_HISTORY_MAX = 4096,
    IMAGE_LABELS_MAX = 200,
};

struct image_label {
    const char *key;
    const char *value;
};

struct image_step {
    const char *command; /* NULL where not said, as are the others */
    const char *comment;
    const char *author;
    int64_t created_ms; /* 0: not said */
    bool empty;         /* it made no layer */
};

struct image_config {
    struct list labels; /* struct image_label, at most IMAGE_LABELS_MAX */
    struct list steps;  /* struct image_step, oldest first */
};

/* True for the media types of such a blob. */
bool image_config_is(const char *media_type);
/* Read it out of its text; what cannot be read at all is empty. */
void image_config_parse(struct arena *arena, struct str text, struct image_config *out);
/* The string members of a JSON object, added to `labels` (struct image_label). A key that is there
 * already gets the new value. */
void image_config_add_labels(struct arena *arena, struct str object, struct list *labels);
/* Read the object; what is larger than IMAGE_CONFIG_BYTES_MAX is taken to be empty. -1 when the
 * storage fails. */
int image_config_load(struct blob_store *blobs, struct arena *arena, const char *object_key,
                      struct image_config *out, struct err *err);
