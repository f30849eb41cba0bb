// SPDX-License-Identifier: MIT
/*
 * Who waits for user faults, and who hears of them.
 *
 *	faults waiters SYSCALL ADDRESS COUNT
 *	faults poller USERFAULT
 *
 * The waiters are threads, each with a page and a descriptor of its own; in the
 * end it says how many loads were made, and how many failed. The poller wants
 * three faults, says what it sees of each, and stays until its input ends.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <unistd.h>

#define PAGE 4096
#define STACK (64 * 1024)
#define PATIENCE_MS 10000

static const char *path;
static unsigned long base;
static atomic_int made, failed;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void *load(void *index)
{
	char line[64];
	int length = snprintf(line, sizeof(line), "load 0x%lx 1", base + (uintptr_t)index * PAGE);
	int fd = open(path, O_WRONLY);

	if (fd < 0)
		die(path);
	if (write(fd, line, length) == length)
		made++;
	else
		failed++;
	close(fd);
	return NULL;
}

static void waiters(int count)
{
	pthread_t *threads = calloc(count, sizeof(*threads));
	pthread_attr_t attributes;

	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, STACK);
	for (uintptr_t i = 0; i < (uintptr_t)count; i++) {
		if (pthread_create(&threads[i], &attributes, load, (void *)i))
			die("pthread_create");
	}
	for (int i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	printf("%d made, %d failed\n", made, failed);
}

static void take(int fd)
{
	char line[64];
	ssize_t length = read(fd, line, sizeof(line));

	if (length < 0)
		printf("%s\n", strerror(errno));
	else
		printf("%.*s", (int)length, line);
}

static void poller(void)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK);
	int set = epoll_create1(0);
	struct pollfd one = { .fd = fd, .events = POLLIN | POLLOUT };
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };
	fd_set readable;

	if (fd < 0)
		die(path);
	take(fd);
	printf("poll %d\n", poll(&one, 1, 0));
	if (epoll_ctl(set, EPOLL_CTL_ADD, fd, &event))
		die("epoll_ctl");
	for (int turn = 0; turn < 2; turn++) {
		event.events = 0;
		printf("epoll %d", epoll_wait(set, &event, 1, PATIENCE_MS));
		printf(" %x\n", event.events);
		take(fd);
		take(fd);
	}
	one.revents = 0;
	printf("poll %d", poll(&one, 1, PATIENCE_MS));
	printf(" %x\n", one.revents);
	FD_ZERO(&readable);
	FD_SET(fd, &readable);
	printf("select %d\n", select(fd + 1, &readable, NULL, NULL, NULL));
	take(fd);
	getchar();
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	path = argv[2];
	if (argc == 5 && !strcmp(argv[1], "waiters")) {
		base = strtoul(argv[3], NULL, 0);
		waiters(atoi(argv[4]));
	} else if (argc == 3 && !strcmp(argv[1], "poller")) {
		poller();
	} else {
		return 2;
	}
	return 0;
}
