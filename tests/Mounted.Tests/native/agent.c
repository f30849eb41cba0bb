// SPDX-License-Identifier: MIT
/*
 * A process that does what it is told: one command a line on standard input, one
 * answer a line on standard output. Numbers are decimal, addresses hex. A call
 * that fails answers its negative errno.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>
#include "pages.h"
#include "vrange.h"

static void do_fvrange(int fd, unsigned long long offset, unsigned long long length, unsigned mode, unsigned behavior)
{
	struct fvrange range = {
		.offset = offset, .len = length, .mode = mode, .behavior = behavior, .purged_bytes = ~0ULL,
	};
	int result = ioctl(fd, FVRANGE_IOC, &range);

	if (result < 0)
		printf("%d 0\n", -errno);
	else
		printf("%d %llu\n", result, (unsigned long long)range.purged_bytes);
}

/* Any control character, as a terminal shows it: ^J is a newline and ^@ a NUL. */
static size_t unescape(char *text)
{
	char *out = text;

	for (const char *in = text; *in; in++)
		*out++ = in[0] == '^' && in[1] >= '@' && in[1] <= '_' ? *++in - '@' : *in;
	*out = 0;
	return out - text;
}

/* One write of one command; with a reply when it is wanted, from the same open file. */
static void command(const char *path, char *text, int wants_reply)
{
	char reply[256];
	int fd = open(path, wants_reply ? O_RDWR : O_WRONLY);
	ssize_t length;

	if (fd < 0) {
		answer(-1);
		return;
	}
	length = write(fd, text, unescape(text));
	if (length < 0 || !wants_reply) {
		answer(length < 0 ? -1 : 0);
	} else {
		length = read(fd, reply, sizeof(reply) - 1);
		while (length > 0 && reply[length - 1] == '\n')
			length--;
		printf("%.*s\n", length < 0 ? 0 : (int)length, reply);
	}
	close(fd);
}

static void put(int fd, char *text)
{
	answer(write(fd, text, unescape(text)) < 0 ? -1 : 0);
}

static void do_getxattr(const char *path, const char *name)
{
	char value[65536];
	ssize_t length = getxattr(path, name, value, sizeof(value));

	if (length < 0) {
		answer(-1);
		return;
	}
	for (ssize_t i = 0; i < length; i++)
		putchar(value[i] == '\n' ? ';' : value[i]);
	putchar('\n');
}

static void do_mincore(void *address, int pages)
{
	unsigned char present[65536];

	if (pages > (int)sizeof(present) || mincore(address, (size_t)pages * PAGE, present) < 0) {
		answer(-1);
		return;
	}
	for (int i = 0; i < pages; i++)
		putchar(present[i] & 1 ? '1' : '0');
	putchar('\n');
}

static void do_pwrite(int fd, long offset, size_t length, int byte)
{
	char *bytes = malloc(length + 1);

	memset(bytes, byte, length);
	answer(pwrite(fd, bytes, length, offset));
	free(bytes);
}

static void do_pread(int fd, long offset, size_t length)
{
	char *bytes = malloc(length + 1);

	answer(pread(fd, bytes, length, offset));
	free(bytes);
}

static void do_stat(int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		answer(-1);
	else
		printf("%lld %lld %lld %lld\n", (long long)st.st_size, (long long)st.st_blocks,
			st.st_mtim.tv_sec * 1000000000LL + st.st_mtim.tv_nsec, st.st_ctim.tv_sec * 1000000000LL + st.st_ctim.tv_nsec);
}

static void do_map(int fd, long offset, size_t length, int shared, int prot)
{
	void *address = mmap(NULL, length, prot, shared ? MAP_SHARED : MAP_PRIVATE, fd, offset);

	if (address == MAP_FAILED)
		answer(-1);
	else
		printf("%lx\n", (unsigned long)address);
}

static void do_setxattr(const char *path, const char *name, char *value)
{
	answer(setxattr(path, name, value, unescape(value), 0));
}

static void do_mode(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		answer(-1);
	else
		printf("%o\n", st.st_mode & 07777);
}

/* Out of a pipe that holds so much. */
static void do_splice(int fd, loff_t offset, size_t length)
{
	int ends[2];
	char *bytes = calloc(1, length + 1);

	if (pipe(ends) < 0 || write(ends[1], bytes, length) != (ssize_t)length) {
		answer(-1);
	} else {
		answer(splice(ends[0], NULL, fd, &offset, length, 0));
		close(ends[0]);
		close(ends[1]);
	}
	free(bytes);
}

/* Marks every other page until there are so many ranges, or one is refused; says how many, and why it stopped. */
static void mark_many(int fd, long count)
{
	long i;
	int result = 0;

	for (i = 0; i < count && result == 0; i++) {
		struct fvrange range = { .offset = 2 * i * PAGE, .len = PAGE, .mode = VRANGE_VOLATILE };

		result = ioctl(fd, FVRANGE_IOC, &range);
	}
	printf("%ld %d\n", result < 0 ? i - 1 : i, result < 0 ? -errno : 0);
}

static int held[20000], held_count;

/* Opens files whose names end in a number, each holding that number, until there are so many or one fails. */
static void hold(const char *prefix, int count)
{
	struct rlimit limit;
	char path[4300];

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	for (; held_count < count; held_count++) {
		snprintf(path, sizeof(path), "%s%d", prefix, held_count);
		held[held_count] = open(path, O_RDWR | O_CREAT, 0644);
		if (held[held_count] < 0 || pwrite(held[held_count], &held_count, sizeof(int), 0) != sizeof(int)) {
			answer(-1);
			return;
		}
	}
	answer(held_count);
}

/* How many of the held files read as they were written, and have that size. */
static void check_held(void)
{
	struct stat st;
	int right = 0, number;

	for (int i = 0; i < held_count; i++)
		right += pread(held[i], &number, sizeof(number), 0) == sizeof(number) && number == i
			&& fstat(held[i], &st) == 0 && st.st_size == sizeof(number);
	answer(right);
}

static void release_held(void)
{
	while (held_count > 0)
		close(held[--held_count]);
	answer(0);
}

static void commands(void);
#include "copies.h"
#include "process.h"

static void run(char *line)
{
	char word[16], path[4200], name[300];
	unsigned long long a = 0, b = 0;
	unsigned long address;
	long c = 0, d = 0;
	int fd, at = 0;

	if (sscanf(line, "%15s%n", word, &at) != 1)
		return;
	line += at;
#define IS(name) (strcmp(word, name) == 0)
	if (IS("pid"))
		answer(getpid());
	else if (IS("open") && sscanf(line, "%ld %n", &c, &at) == 1)
		answer((unescape(line + at), open(line + at, (int)c, 0644)));
	else if (IS("hold") && sscanf(line, "%d %4199s", &fd, path) == 2)
		hold(path, fd);
	else if (IS("marks") && sscanf(line, "%d %ld", &fd, &c) == 2)
		mark_many(fd, c);
	else if (IS("held"))
		check_held();
	else if (IS("release"))
		release_held();
	else if (IS("close") && sscanf(line, "%d", &fd) == 1)
		answer(close(fd));
	else if (IS("fvrange") && sscanf(line, "%d %llu %llu %ld %ld", &fd, &a, &b, &c, &d) == 5)
		do_fvrange(fd, a, b, (unsigned)c, (unsigned)d);
	else if (IS("pwrite") && sscanf(line, "%d %llu %llu %ld", &fd, &a, &b, &c) == 4)
		do_pwrite(fd, (long)a, b, (int)c);
	else if (IS("pread") && sscanf(line, "%d %llu %llu", &fd, &a, &b) == 3)
		do_pread(fd, (long)a, b);
	else if (IS("scan") && sscanf(line, "%d %ld %ld", &fd, &c, &d) == 3)
		scan(fd, c, (int)d);
	else if (IS("map") && sscanf(line, "%d %llu %llu %ld", &fd, &a, &b, &c) == 4)
		do_map(fd, (long)a, b, (int)c, PROT_READ | PROT_WRITE);
	else if (IS("mapr") && sscanf(line, "%d %llu %llu %ld", &fd, &a, &b, &c) == 4)
		do_map(fd, (long)a, b, (int)c, PROT_READ);
	else if (IS("unmap") && sscanf(line, "%lx %llu", &address, &a) == 2)
		answer(munmap((void *)address, a));
	else if (IS("peek") && sscanf(line, "%lx %ld", &address, &c) == 2)
		peek((void *)address, (int)c);
	else if (IS("poke") && sscanf(line, "%lx %llu %ld", &address, &a, &c) == 3)
		printf("%s\n", poke((void *)address, a, (int)c) < 0 ? "SIGBUS" : "0");
	else if (IS("touch") && sscanf(line, "%lx %ld", &address, &c) == 2)
		touch((void *)address, (int)c);
	else if (IS("mincore") && sscanf(line, "%lx %ld", &address, &c) == 2)
		do_mincore((void *)address, (int)c);
	else if (IS("msync") && sscanf(line, "%lx %llu", &address, &a) == 2)
		answer(msync((void *)address, a, MS_SYNC));
	else if (IS("fsync") && sscanf(line, "%d", &fd) == 1)
		answer(fsync(fd));
	else if (IS("forget") && sscanf(line, "%d", &fd) == 1)
		answer(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED));
	else if (IS("fallocate") && sscanf(line, "%d %ld %llu %llu", &fd, &c, &a, &b) == 4)
		answer(fallocate(fd, (int)c, (long)a, (long)b));
	else if (IS("truncate") && sscanf(line, "%d %llu", &fd, &a) == 2)
		answer(ftruncate(fd, (long)a));
	else if (IS("seek") && sscanf(line, "%d %llu %ld", &fd, &a, &c) == 3)
		answer(lseek(fd, (long)a, (int)c));
	else if (IS("stat") && sscanf(line, "%d", &fd) == 1)
		do_stat(fd);
	else if (IS("mode") && sscanf(line, "%4199s", path) == 1)
		do_mode(path);
	else if (IS("chmod") && sscanf(line, "%lo %4199s", &address, path) == 2)
		answer(chmod(path, (mode_t)address));
	else if (IS("chown") && sscanf(line, "%ld %ld %4199s", &c, &d, path) == 3)
		answer(chown(path, (uid_t)c, (gid_t)d));
	else if (IS("cut") && sscanf(line, "%llu %4199s", &a, path) == 2)
		answer(truncate(path, (long)a));
	else if (IS("copy") && sscanf(line, "%ld %d %llu %llu", &c, &fd, &a, &b) == 4)
		answer(copy_file_range((int)c, NULL, fd, &(loff_t){ (loff_t)a }, b, 0));
	else if (IS("splice") && sscanf(line, "%d %llu %llu", &fd, &a, &b) == 3)
		do_splice(fd, (loff_t)a, b);
	else if (IS("sendfile") && sscanf(line, "%ld %d %llu", &c, &fd, &b) == 3)
		answer(sendfile(fd, (int)c, NULL, b));
	else if (IS("setxattr") && sscanf(line, "%4199s %299s %n", path, name, &at) == 2)
		do_setxattr(path, name, line + at);
	else if (IS("getxattr") && sscanf(line, "%4199s %299s", path, name) == 2)
		do_getxattr(path, name);
	else if (IS("put") && sscanf(line, "%d %n", &fd, &at) == 1)
		put(fd, line + at);
	else if (IS("tell") && sscanf(line, "%4199s %n", path, &at) == 1)
		command(path, line + at, 0);
	else if (IS("ask") && sscanf(line, "%4199s %n", path, &at) == 1)
		command(path, line + at, 1);
	else if (!copy_command(word, line) && !process_command(word, line))
		printf("what? %s\n", word);
}

static void commands(void)
{
	static char line[1 << 16];

	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = 0;
		run(line);
		fflush(stdout);
	}
}

int main(void)
{
	struct sigaction action = { .sa_sigaction = fault, .sa_flags = SA_SIGINFO };

	sigaction(SIGBUS, &action, NULL);
	commands();
	return 0;
}
