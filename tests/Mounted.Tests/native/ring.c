// SPDX-License-Identifier: MIT
/*
 * Three processes and one file. The producer and the consumer share a ring of
 * slots through MAP_SHARED; the consumer marks what it has read volatile, the
 * producer takes a slot back before it writes to it. The purger keeps discarding.
 *
 *	ring producer FILE TURNS
 *	ring consumer FILE TURNS
 *	ring purger FILE DISCARD_VRANGES
 *
 * Between taking back and marking no byte may change. What was volatile is either
 * whole or gone page by page, and gone only where taking it back said so.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include "vrange.h"

#define PAGE 4096
#define SLOTS 8
#define SLOT_PAGES 3
#define SLOT_BYTES (SLOT_PAGES * PAGE)
#define WORDS (PAGE / sizeof(uint64_t))
#define FILE_BYTES (PAGE + SLOTS * SLOT_BYTES)

/* The first page is never volatile. */
struct control {
	_Atomic uint64_t produced;
	_Atomic uint64_t consumed;
	_Atomic uint64_t stop;
};

static int fd;
static struct control *control;

static void fail(const char *what, uint64_t turn)
{
	printf("FAILED %s turn %llu\n", what, (unsigned long long)turn);
	atomic_store(&control->stop, 1);
	exit(1);
}

static uint64_t *page_of(uint64_t turn, int page)
{
	return (uint64_t *)((char *)control + PAGE + (turn % SLOTS) * SLOT_BYTES + page * PAGE);
}

/* Never zero, another for each word of each turn: a page is its own checksum. */
static uint64_t word_of(uint64_t turn, int page, unsigned word)
{
	return ((turn + 1) * 0x9e3779b97f4a7c15ULL + page * 0x1000193ULL + word) | 1;
}

static void store(uint64_t turn)
{
	for (int page = 0; page < SLOT_PAGES; page++)
		for (unsigned word = 0; word < WORDS; word++)
			page_of(turn, page)[word] = word_of(turn, page, word);
}

static int is_whole(uint64_t turn, int page)
{
	for (unsigned word = 0; word < WORDS; word++)
		if (page_of(turn, page)[word] != word_of(turn, page, word))
			return 0;
	return 1;
}

static int is_gone(uint64_t turn, int page)
{
	for (unsigned word = 0; word < WORDS; word++)
		if (page_of(turn, page)[word] != 0)
			return 0;
	return 1;
}

static int fvrange(uint64_t turn, int mode)
{
	struct fvrange range = {
		.offset = PAGE + (turn % SLOTS) * SLOT_BYTES, .len = SLOT_BYTES, .mode = mode,
	};
	int result = ioctl(fd, FVRANGE_IOC, &range);

	if (result < 0)
		fail("ioctl", turn);
	return result;
}

static void wait_for(_Atomic uint64_t *counter, uint64_t value)
{
	while (atomic_load(counter) < value && !atomic_load(&control->stop))
		sched_yield();
	if (atomic_load(&control->stop))
		exit(2);
}

/* Takes the slot of an old turn back and compares what is left with what was said. */
static int take_back(uint64_t old)
{
	int reported = fvrange(old, VRANGE_NONVOLATILE);
	int lost = 0;

	for (int page = 0; page < SLOT_PAGES; page++) {
		if (is_whole(old, page))
			continue;
		if (!is_gone(old, page))
			fail("a page is neither whole nor gone", old);
		lost = 1;
	}
	if (lost && !reported)
		fail("a loss was not reported", old);
	return reported;
}

static void produce(uint64_t turns)
{
	uint64_t reported = 0;

	for (uint64_t turn = 0; turn < turns; turn++) {
		if (turn >= SLOTS) {
			wait_for(&control->consumed, turn - SLOTS + 1);
			reported += take_back(turn - SLOTS);
		}
		store(turn);
		atomic_store(&control->produced, turn + 1);
	}
	printf("%llu\n", (unsigned long long)reported);
}

static void consume(uint64_t turns)
{
	for (uint64_t turn = 0; turn < turns; turn++) {
		wait_for(&control->produced, turn + 1);
		for (int page = 0; page < SLOT_PAGES; page++)
			if (!is_whole(turn, page))
				fail("a live page changed", turn);
		fvrange(turn, VRANGE_VOLATILE);
		atomic_store(&control->consumed, turn + 1);
	}
	atomic_store(&control->stop, 2);
	printf("done\n");
}

/* Everything, or a few pages; now and then write-back, which runs into the purges. */
static void purge(const char *discard)
{
	int command = open(discard, O_WRONLY);
	uint64_t purges = 0;

	if (command < 0)
		fail("open discard_vranges", 0);
	for (; !atomic_load(&control->stop); purges++) {
		const char *text = purges % 3 == 0 ? "all" : purges % 3 == 1 ? "1" : "5";

		if (write(command, text, strlen(text)) < 0)
			fail("discard", purges);
		if (purges % 16 == 0 && sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE) < 0)
			fail("sync_file_range", purges);
		usleep(100);
	}
	printf("%llu\n", (unsigned long long)purges);
}

int main(int argc, char **argv)
{
	if (argc != 4)
		return 64;
	fd = open(argv[2], O_RDWR | O_CREAT, 0644);
	if (fd < 0 || ftruncate(fd, FILE_BYTES) < 0)
		return 65;
	control = mmap(NULL, FILE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (control == MAP_FAILED)
		return 66;

	if (strcmp(argv[1], "producer") == 0)
		produce(strtoull(argv[3], NULL, 10));
	else if (strcmp(argv[1], "consumer") == 0)
		consume(strtoull(argv[3], NULL, 10));
	else
		purge(argv[3]);
	return 0;
}
