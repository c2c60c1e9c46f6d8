/* SPDX-License-Identifier: Apache-2.0 */
/* Files and directories, with errors that name the path. */
#pragma once

#include <sys/types.h>

#include "buf.h"
#include "err.h"

/* Close *fd unless it is negative; for _cleanup_close_. */
void closep(int *fd);
#define _cleanup_close_ _cleanup_(closep)

/* Append the whole file to `out`. ERR_NOT_FOUND, ERR_DENIED (with owner and mode in the message),
 * ERR_TOO_LARGE when it does not fit, ERR_IO. */
int file_read(const char *path, struct buf *out, struct err *err);
/* Replace `path` by `data`: written beside it, synced, renamed, directory synced. */
int file_replace(const char *path, struct str data, mode_t mode, struct err *err);
/* Create the directory and its parents with `mode`, durably; one that exists is fine. */
int file_make_dirs(const char *path, mode_t mode, struct err *err);
/* Make a directory's entries durable. */
int file_sync_dir(const char *path, struct err *err);
/* Make the entry of a file in its directory durable. */
int file_sync_parent(const char *path, struct err *err);
/* Write all of it, resuming after short writes. */
int file_write_all(int fd, const void *data, size_t len, struct err *err);
