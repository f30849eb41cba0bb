// Creates, lists and removes many files and says what that cost: time a file in the first and the last quarter (equal
// when the time is linear), and the daemon's resident memory a file.
// usage: million DIR DAEMON_PID FILES FILES_PER_DIRECTORY BYTES_PER_FILE
#define _GNU_SOURCE
#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char *daemon_pid;
static long files, per_directory;
static long idle_kib;
static double quarters[4];
static long done;
static double started, quarter_started;

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static long resident_kib(void)
{
	char path[64], line[256];
	long kib = -1;
	snprintf(path, sizeof path, "/proc/%s/status", daemon_pid);
	FILE *status = fopen(path, "r");
	if (!status)
		err(1, "%s", path);
	while (fgets(line, sizeof line, status))
		if (sscanf(line, "VmRSS: %ld", &kib) == 1)
			break;
	fclose(status);
	return kib;
}

static void begin(void)
{
	done = 0;
	started = quarter_started = now();
}

static void one_more(void)
{
	long quarter = done++ * 4 / files;
	if (done * 4 / files != quarter && quarter < 4) {
		double t = now();
		quarters[quarter] = t - quarter_started;
		quarter_started = t;
	}
}

static void end(const char *what)
{
	double microseconds = 4e6 / (double)files;
	double elapsed = now() - started;
	long kib = resident_kib();
	if (done != files)
		errx(1, "%s met %ld files", what, done);
	printf("| %s | %.1f | %.1f | %.1f | %ld | %ld |\n", what, elapsed, quarters[0] * microseconds, quarters[3] * microseconds,
		kib / 1024, (kib - idle_kib) * 1024 / files);
	fflush(stdout);
}

static void name_directory(char *name, long file)
{
	sprintf(name, "d%ld", file / per_directory);
}

static void name_file(char *name, long file)
{
	sprintf(name, "d%ld/file-%07ld", file / per_directory, file);
}

static void create_all(size_t bytes)
{
	char name[64];
	char *data = malloc(bytes + 1);
	memset(data, 'x', bytes);
	for (long file = 0; file < files; file++) {
		name_directory(name, file);
		if (file % per_directory == 0 && mkdir(name, 0755))
			err(1, "mkdir %s", name);
		name_file(name, file);
		int fd = open(name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644);
		if (fd < 0 || (bytes && write(fd, data, bytes) != (ssize_t)bytes) || close(fd))
			err(1, "%s", name);
		one_more();
	}
	free(data);
}

static void list_all(off_t size)
{
	char name[64];
	for (long first = 0; first < files; first += per_directory) {
		name_directory(name, first);
		DIR *directory = opendir(name);
		if (!directory)
			err(1, "%s", name);
		for (struct dirent *entry; (entry = readdir(directory));) {
			struct stat st;
			if (entry->d_name[0] == '.')
				continue;
			if (fstatat(dirfd(directory), entry->d_name, &st, AT_SYMLINK_NOFOLLOW))
				err(1, "%s", entry->d_name);
			if (st.st_size != size)
				errx(1, "%s has %ld bytes", entry->d_name, (long)st.st_size);
			one_more();
		}
		closedir(directory);
	}
}

static void remove_all(void)
{
	char name[64];
	for (long file = 0; file < files; file++) {
		name_file(name, file);
		if (unlink(name))
			err(1, "%s", name);
		one_more();
		name_directory(name, file);
		if ((file + 1 == files || (file + 1) % per_directory == 0) && rmdir(name))
			err(1, "rmdir %s", name);
	}
}

int main(int argc, char **argv)
{
	if (argc != 6)
		errx(2, "usage: million DIR DAEMON_PID FILES FILES_PER_DIRECTORY BYTES_PER_FILE");
	daemon_pid = argv[2];
	files = atol(argv[3]);
	per_directory = atol(argv[4]);
	long bytes = atol(argv[5]);
	if (chdir(argv[1]))
		err(1, "%s", argv[1]);

	idle_kib = resident_kib();
	printf("| | s | us a file, first quarter | last quarter | daemon MiB | bytes a file |\n|---|---:|---:|---:|---:|---:|\n");
	printf("| idle | | | | %ld | |\n", idle_kib / 1024);
	begin();
	create_all((size_t)bytes);
	end("create");
	begin();
	list_all(bytes);
	end("list and stat");
	begin();
	remove_all();
	end("remove");
	return 0;
}
