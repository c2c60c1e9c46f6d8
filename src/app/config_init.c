/* SPDX-License-Identifier: Apache-2.0 */
/* Writing the sample configuration, which is compiled into the program. */
#include "app/config_init.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "base/embed.h"
#include "base/file.h"

extern const struct embedded config_sample[];

enum { DIR_MODE = 0750, FILE_MODE = 0640 };

int config_init(const char *dir, struct err *err)
{
    char path[PATH_MAX];
    struct str text = {config_sample[0].data, config_sample[0].len};
    if (snprintf(path, sizeof path, "%s/config.yaml", dir) >= PATH_MAX)
        return err_set(err, ERR_INVALID, "path is too long");
    if (access(path, F_OK) == 0)
        return err_set(err, ERR_EXISTS, "%s: exists already", path);
    if (file_make_dirs(dir, DIR_MODE, err) != 0)
        return -1;
    return file_replace(path, text, FILE_MODE, err);
}
