/* SPDX-License-Identifier: Apache-2.0 */
/* Replays a corpus: gives every file of the directories named as arguments to the fuzz target, from
 * memory of exactly its size, so that a sanitizer sees a read past the end. An empty corpus fails:
 * it would test nothing. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"

static void replay_file(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0) {
        perror(path);
        exit(1);
    }
    size_t size = (size_t)st.st_size;
    uint8_t *data = malloc(size);
    if ((size > 0 && !data) || read(fd, data, size) != (ssize_t)size) {
        perror(path);
        exit(1);
    }
    close(fd);
    fprintf(stderr, "%s\n", path); /* the last one printed is the one that crashed */
    LLVMFuzzerTestOneInput(data, size);
    free(data);
}

static size_t replay_dir(const char *path)
{
    size_t files = 0;
    DIR *dir = opendir(path);
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        char file[4096];
        snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
        if (entry->d_name[0] == '.')
            continue;
        replay_file(file);
        files++;
    }
    if (dir)
        closedir(dir);
    return files;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (replay_dir(argv[i]) == 0) {
            fprintf(stderr, "%s: no corpus\n", argv[i]);
            return 1;
        }
    }
    return argc > 1 ? 0 : 2;
}
