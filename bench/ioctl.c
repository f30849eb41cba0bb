// Compares fvrange on a file of vrangefs with an ioctl on a file of libfuse's example ioctl_ll, in turns.
// usage: ioctl FILE_OF_VRANGEFS FILE_OF_IOCTL_LL [ROUNDS [SECONDS_A_ROUND]]
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>

struct fvrange {
	uint64_t offset, len;
	uint32_t mode, behavior;
	uint64_t purged_bytes;
};

#define FVRANGE_IOC _IOWR('v', 1, struct fvrange)
#define FIOC_GET_SIZE _IOR('E', 0, size_t)
#define FIOC_SET_SIZE _IOW('E', 1, size_t)
#define MAX_ROUNDS 1000

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void call_fvrange(int fd, uint32_t mode)
{
	struct fvrange call = { .offset = 4096, .len = 64 * 4096, .mode = mode };
	if (ioctl(fd, FVRANGE_IOC, &call) < 0)
		err(1, "FVRANGE_IOC");
}

static void call_libfuse(int fd, size_t *size)
{
	if (ioctl(fd, FIOC_GET_SIZE, size) < 0 || ioctl(fd, FIOC_SET_SIZE, size) < 0)
		err(1, "FIOC");
}

// Calls a second, always two at a time.
static double round_of(int fd, int is_fvrange, double seconds)
{
	long calls = 0;
	size_t size = 0;
	double start = now(), end;
	do {
		for (int i = 0; i < 50; i++) {
			if (is_fvrange) {
				call_fvrange(fd, 1);
				call_fvrange(fd, 0);
			} else {
				call_libfuse(fd, &size);
			}
			calls += 2;
		}
		end = now();
	} while (end - start < seconds);
	return (double)calls / (end - start);
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	static double rates[2][MAX_ROUNDS];
	if (argc < 3)
		errx(2, "usage: ioctl FILE_OF_VRANGEFS FILE_OF_IOCTL_LL [ROUNDS [SECONDS_A_ROUND]]");
	int rounds = argc > 3 ? atoi(argv[3]) : 11;
	double seconds = argc > 4 ? atof(argv[4]) : 0.5;
	int fds[2] = { open(argv[1], O_RDWR | O_CREAT, 0644), open(argv[2], O_RDWR) };
	if (rounds < 1 || rounds > MAX_ROUNDS || fds[0] < 0 || fds[1] < 0)
		err(1, "%s, %s", argv[1], argv[2]);

	for (int side = 0; side < 2; side++)
		round_of(fds[side], side == 0, seconds); // warm
	for (int round = 0; round < rounds; round++)
		for (int side = 0; side < 2; side++)
			rates[side][round] = round_of(fds[side], side == 0, seconds);
	for (int side = 0; side < 2; side++)
		qsort(rates[side], (size_t)rounds, sizeof(double), compare);
	double fvrange = rates[0][rounds / 2], libfuse = rates[1][rounds / 2];
	printf("fvrange %.0f a second, libfuse's ioctl_ll %.0f, ratio %.2f\n", fvrange, libfuse, fvrange / libfuse);
	return 0;
}
