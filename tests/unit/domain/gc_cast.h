/* SPDX-License-Identifier: Apache-2.0 */
/* The manifests that the stories of test_gc_sim.c are about: images with shared layers, indexes
 * (one over an index), and what is attached to some of them. */
#pragma once

#include "gc_world.h"

enum {
    LAYERS = 8,
    IMAGES = 7,
    INDEXES = 4, /* the last over an index */
    REFERRERS = 4,
    ITEMS = IMAGES + INDEXES + REFERRERS, /* in this order: each behind what it refers to */
    BLOBS = LAYERS + ITEMS,               /* each item has a config of its own */
    NONE = -1,
};

struct item {
    const char *text;
    struct digest digest;
    int blobs[4], blob_count;
    int children[2], child_count;
    int subject; /* or NONE */
};

struct cast {
    char contents[BLOBS][32];
    struct item items[ITEMS];
};

void cast_make(struct world *world, struct cast *cast);
