/* SPDX-License-Identifier: MIT */
/* Ways to copy a file that never bring its bytes to the program. */
#include <sys/sendfile.h>

/* Through a pipe to a descriptor, as much as there is. */
static long spliced(int from, int to)
{
	int pipes[2];
	long all = 0, length;

	if (pipe(pipes) < 0)
		return -1;
	while ((length = splice(from, NULL, pipes[1], NULL, 65536, 0)) > 0) {
		all += length;
		while (length > 0)
			length -= splice(pipes[0], NULL, to, NULL, length, 0);
	}
	close(pipes[0]);
	close(pipes[1]);
	return length < 0 ? -1 : all;
}

static long sent(int from, int to)
{
	long all = 0, length;

	while ((length = sendfile(to, from, NULL, 1 << 20)) > 0)
		all += length;
	return length < 0 ? -1 : all;
}

static int copy_command(const char *word, char *line)
{
	int from, to;

	if (sscanf(line, "%d %d", &from, &to) != 2)
		return 0;
	if (strcmp(word, "splice") == 0)
		answer(spliced(from, to));
	else if (strcmp(word, "sendfile") == 0)
		answer(sent(from, to));
	else if (strcmp(word, "copyrange") == 0)
		answer(copy_file_range(from, NULL, to, NULL, 1 << 20, 0));
	else
		return 0;
	return 1;
}
