/* SPDX-License-Identifier: Apache-2.0 */
/* wharf doctor: run every check, say what is wrong and how to mend it. */
#include <stdio.h>

#include "app/check.h"
#include "app/commands.h"
#include "app/listing.h"

static const char *const state_names[] = {"ok", "warning", "problem"};

static void print_result(struct jw *json, const char *name, const struct check_result *result)
{
    if (!json) {
        printf("%-8s %-12s %s\n", state_names[result->state], name, result->text);
        if (result->mend)
            printf("%-8s %-12s   -> %s\n", "", "", result->mend);
        return;
    }
    jw_begin_object(json);
    jw_member_text(json, "check", name);
    jw_member_text(json, "state", state_names[result->state]);
    jw_member_text(json, "text", result->text);
    jw_member_text(json, "mend", result->mend);
    jw_end_object(json);
}

int command_doctor(struct cli *cli, struct err *err)
{
    struct settings settings;
    struct listing listing;
    enum check_state worst = CHECK_OK;
    if (settings_load(cli, &settings, err) != 0 || listing_begin(&listing, cli, err) != 0)
        return -1;
    for (const struct check *check = check_all; check->name; check++) {
        struct check_result result = {0};
        check->run(&settings, cli->arena, &result);
        print_result(listing_item(&listing), check->name, &result);
        worst = result.state > worst ? result.state : worst;
    }
    listing_end(&listing);
    return worst == CHECK_PROBLEM ? EXIT_FAILED : EXIT_DONE;
}
