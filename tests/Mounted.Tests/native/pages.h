// SPDX-License-Identifier: MIT
/* What the pages of a file hold, by read(2) and through a mapping, whatever they do to who touches them. */
#ifndef PAGES_H
#define PAGES_H

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096

static sigjmp_buf on_fault;
static volatile sig_atomic_t catching;

/* A load or store that may fault stays between these two. */
static void catch_faults(int on)
{
	__asm__ volatile("" : : : "memory");
	catching = on;
	__asm__ volatile("" : : : "memory");
}

static void fault(int signal, siginfo_t *info, void *context)
{
	(void)info;
	(void)context;
	if (catching)
		siglongjmp(on_fault, 1);
	_exit(128 + signal);
}

static void answer(long result)
{
	printf("%ld\n", result < 0 ? -(long)errno : result);
}

/* One page in two characters: its byte, "??" when it is not uniform. */
static void print_page(const unsigned char *page, size_t length)
{
	for (size_t i = 1; i < length; i++) {
		if (page[i] != page[0]) {
			printf("??");
			return;
		}
	}
	printf("%02x", page[0]);
}

/* Every page through a mapping; "BB" where the load gets SIGBUS. */
static void peek(const unsigned char *address, int pages)
{
	unsigned char copy[PAGE];

	for (volatile int i = 0; i < pages; i++) {
		if (sigsetjmp(on_fault, 1)) {
			catch_faults(0);
			printf("BB");
			continue;
		}
		catch_faults(1);
		memcpy(copy, address + (size_t)i * PAGE, PAGE);
		catch_faults(0);
		print_page(copy, PAGE);
	}
	printf("\n");
}

/* Every page by read(2): "EE" for EIO, "--" behind the end of the file. */
static void scan(int fd, long first, int pages)
{
	unsigned char copy[PAGE];

	for (int i = 0; i < pages; i++) {
		ssize_t length = pread(fd, copy, PAGE, (first + i) * PAGE);

		if (length < 0)
			printf(errno == EIO ? "EE" : "XX");
		else if (length == 0)
			printf("--");
		else
			print_page(copy, length);
	}
	printf("\n");
}

static int poke(unsigned char *address, size_t length, int byte)
{
	if (sigsetjmp(on_fault, 1)) {
		catch_faults(0);
		return -1;
	}
	catch_faults(1);
	memset(address, byte, length);
	catch_faults(0);
	return 0;
}

/* What becomes of a process that touches an address and is ready for nothing. */
static void touch(volatile unsigned char *address, int store)
{
	int status = 0;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		signal(SIGBUS, SIG_DFL);
		if (store)
			*address = 1;
		else
			(void)*address;
		_exit(0);
	}
	if (child < 0 || waitpid(child, &status, 0) < 0)
		answer(-1);
	else if (WIFSIGNALED(status))
		printf("signal %d\n", WTERMSIG(status));
	else
		printf("exit %d\n", WEXITSTATUS(status));
}

#endif
