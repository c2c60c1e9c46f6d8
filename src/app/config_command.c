/* SPDX-License-Identifier: Apache-2.0 */
/* wharf config: what config.yaml does here. */
#include <stdio.h>

#include "app/commands.h"
#include "app/config_init.h"
#include "app/config_print.h"

static int load(struct cli *cli, struct config *config, struct config_findings *findings,
                struct err *err)
{
    if (!cli->config_dir)
        return err_set(err, ERR_INVALID, "say which folder: --config DIR");
    return config_load(cli->arena, cli->config_dir, config, findings, err);
}

static int print(const struct buf *text, struct err *err)
{
    if (!buf_ok(text))
        return err_set(err, ERR_INTERNAL, "the text is larger than its limit");
    fwrite(text->ptr ? text->ptr : "", 1, text->len, stdout);
    return 0;
}

int command_config_check(struct cli *cli, struct err *err)
{
    struct config config;
    struct config_findings findings;
    _cleanup_buf_ struct buf text;
    buf_init(&text, CONFIG_PRINT_MAX);
    if (load(cli, &config, &findings, err) != 0)
        return -1;
    if (cli->json)
        config_check_json(&findings, &text);
    else
        config_check_print(&findings, &text);
    if (print(&text, err) != 0)
        return -1;
    return findings.counts[CONFIG_FOUND_REFUSED] ? EXIT_FAILED : EXIT_DONE;
}

int command_config_show(struct cli *cli, struct err *err)
{
    struct config config;
    struct config_findings findings;
    _cleanup_buf_ struct buf text;
    buf_init(&text, CONFIG_PRINT_MAX);
    if (config_load(cli->arena, cli->config_dir, &config, &findings, err) != 0)
        return -1;
    config_show(&config, &text);
    return print(&text, err);
}

int command_config_docs(struct cli *cli, struct err *err)
{
    (void)cli;
    _cleanup_buf_ struct buf text;
    buf_init(&text, CONFIG_PRINT_MAX);
    config_docs(&text);
    return print(&text, err);
}

int command_config_init(struct cli *cli, struct err *err)
{
    if (config_init(cli->args[0], err) != 0)
        return -1;
    printf("wrote %s/config.yaml; edit SERVER_HOSTNAME, then: wharf config check --config %s\n",
           cli->args[0], cli->args[0]);
    return EXIT_DONE;
}
