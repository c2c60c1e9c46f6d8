/* SPDX-License-Identifier: Apache-2.0 */
#include "gc_cast.h"

#include <stdio.h>

static void make_image(struct world *world, struct cast *cast, int at, int subject)
{
    struct item *item = &cast->items[at];
    const char *texts[5] = {cast->contents[LAYERS + at]};
    item->blobs[item->blob_count++] = LAYERS + at;
    int layers = 1 + at % 3;
    for (int i = 0; i < layers; i++) {
        int layer = (at * 3 + i * (1 + at % 2)) % LAYERS;
        texts[item->blob_count] = cast->contents[layer];
        item->blobs[item->blob_count++] = layer;
    }
    item->subject = subject;
    item->text = world_image_text(world, texts,
                                  subject == NONE ? NULL : &cast->items[subject].digest);
    item->digest = world_digest(item->text);
}

static void make_index(struct world *world, struct cast *cast, int at)
{
    struct item *item = &cast->items[at];
    struct digest children[2];
    bool nested = at == IMAGES + INDEXES - 1;
    item->children[item->child_count++] = nested ? IMAGES : at % IMAGES;
    item->children[item->child_count++] = (at * 2 + 1) % IMAGES;
    for (int i = 0; i < 2; i++)
        children[i] = cast->items[item->children[i]].digest;
    item->subject = NONE;
    item->text = world_index_text(world, children, 2);
    item->digest = world_digest(item->text);
}

void cast_make(struct world *world, struct cast *cast)
{
    for (int i = 0; i < BLOBS; i++)
        snprintf(cast->contents[i], sizeof cast->contents[i], "content of blob %d", i);
    for (int i = 0; i < IMAGES; i++)
        make_image(world, cast, i, NONE);
    for (int i = IMAGES; i < IMAGES + INDEXES; i++)
        make_index(world, cast, i);
    for (int i = 0; i < REFERRERS; i++) /* of an image, an index, a referrer */
        make_image(world, cast, IMAGES + INDEXES + i,
                   i == 3 ? IMAGES + INDEXES : i * 5 % (IMAGES + INDEXES));
}
