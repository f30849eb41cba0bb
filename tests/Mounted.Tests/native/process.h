/* SPDX-License-Identifier: MIT */
/* What a process becomes: other programs, other names, others with its number. */
#include <linux/sched.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>

/* Another program in its place, with its descriptors; answers before, as it cannot after. */
static void become(const char *path)
{
	answer(0);
	fflush(stdout);
	execl(path, path, (char *)NULL);
	_exit(127);
}

/* A child with a number that was another's, which maps a page of a file and stays. */
static void take_number(pid_t number, int fd)
{
	pid_t set[1] = { number };
	struct clone_args args = {
		.exit_signal = SIGCHLD, .set_tid = (uintptr_t)set, .set_tid_size = 1,
	};
	long child = syscall(SYS_clone3, &args, sizeof(args));

	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		for (;;)
			pause();
	}
	answer(child);
}

/* Maps a file in place of another area, of which the kernel keeps readers of maps out until the file has agreed. */
static void cover(int fd)
{
	void *area = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	answer(mmap(area, PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, 0) == MAP_FAILED ? -1 : 0);
}

/* Stops one thread of another process, which goes on with the rest of it. */
static void stop_thread(pid_t thread)
{
	answer(ptrace(PTRACE_SEIZE, thread, NULL, NULL) < 0 || ptrace(PTRACE_INTERRUPT, thread, NULL, NULL) < 0
		|| waitpid(thread, NULL, __WALL) < 0 ? -1 : 0);
}

static void *serve(void *unused)
{
	(void)unused;
	commands();
	exit(0);
}

/* The main thread ends; another goes on. */
static void leave(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, serve, NULL) != 0) {
		answer(-1);
		return;
	}
	answer(0);
	fflush(stdout);
	syscall(SYS_exit, 0);
}

static int process_command(const char *word, char *line)
{
	char path[4200];
	int number, fd;

	if (strcmp(word, "become") == 0 && sscanf(line, "%4199s", path) == 1)
		become(path);
	else if (strcmp(word, "name") == 0)
		answer(prctl(PR_SET_NAME, (unescape(line + 1), line + 1)));
	else if (strcmp(word, "take") == 0 && sscanf(line, "%d %d", &number, &fd) == 2)
		take_number(number, fd);
	else if (strcmp(word, "cover") == 0 && sscanf(line, "%d", &fd) == 1)
		cover(fd);
	else if (strcmp(word, "stop") == 0 && sscanf(line, "%d", &number) == 1)
		stop_thread(number);
	else if (strcmp(word, "continue") == 0 && sscanf(line, "%d", &number) == 1)
		answer(ptrace(PTRACE_DETACH, number, NULL, NULL));
	else if (strcmp(word, "leave") == 0)
		leave();
	else
		return 0;
	return 1;
}
