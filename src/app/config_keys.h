/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of config.yaml, one row each. The documentation page is made from these tables. */
#pragma once

#include "base/macro.h"
#include "base/str.h"

enum config_kind { /* how a value is written */
                   CONFIG_BOOL,
                   CONFIG_INT,
                   CONFIG_NUMBER,
                   CONFIG_TEXT,
                   CONFIG_SECRET,   /* text that is never shown */
                   CONFIG_DURATION, /* "2w" */
                   CONFIG_SIZE,     /* "20G" */
                   CONFIG_TEXTS,
                   CONFIG_ORIGINS, /* one text, or several */
                   CONFIG_LIST,
                   CONFIG_OBJECT,
                   CONFIG_ANY,
};

enum config_status { CONFIG_USED, CONFIG_ACCEPTED, CONFIG_REFUSED };

struct config_key {
    const char *name; /* "*_X": any name that ends like this */
    enum config_kind kind;
    enum config_status status;
    const char *note;     /* what it does; why it does nothing; why it is refused */
    const char *harmless; /* JSON of the value that asks for what happens anyway, or NULL: this one
                             is used, only others are without effect or refused */
};

/* A chapter of keys. Arrays of them end with a title of NULL. */
struct config_key_table {
    const char *title;
    const struct config_key *keys;
    size_t count;
};

extern const struct config_key_table config_keys_registry[];
extern const struct config_key_table config_keys_accounts[];
extern const struct config_key_table config_keys_features[];
extern const struct config_key_table config_keys_operation[];

/* All of the above in one walk: the table with that number, or NULL behind the last. */
const struct config_key_table *config_keys_table(size_t index);

/* The row for a name, or NULL. */
const struct config_key *config_keys_find(const char *name);
/* The key that an unknown name was most likely meant to be, or NULL when none is near. */
const char *config_keys_nearest(const char *name);
