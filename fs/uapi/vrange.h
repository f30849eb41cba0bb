/* SPDX-License-Identifier: MIT */
/*
 * Volatile ranges of files on a vrangefs mount.
 *
 * fvrange marks bytes of an open file as volatile: from then on the memory may
 * be taken when it runs short, oldest mark first. Taking the range back tells
 * whether any of it was lost. The file must be open for writing.
 *
 *	struct fvrange r = { .offset = 0, .len = 8192, .mode = VRANGE_VOLATILE };
 *	ioctl(fd, FVRANGE_IOC, &r);
 *	...
 *	r.mode = VRANGE_NONVOLATILE;
 *	if (ioctl(fd, FVRANGE_IOC, &r) == 1)
 *		rebuild();			// r.purged_bytes of it are zeros now
 *
 * Returns 0; for VRANGE_NONVOLATILE 1 when something was purged; -1 with errno
 * EBADF (not open for writing), EINVAL (offset not a multiple of the page size,
 * len less than a page, offset + len too large, unknown mode or behavior).
 *
 * This ABI is stable: it will be extended, never changed.
 */
#ifndef VRANGEFS_VRANGE_H
#define VRANGEFS_VRANGE_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define VRANGE_NONVOLATILE 0
#define VRANGE_VOLATILE 1

/* How much of a range one purge takes. */
#define VRANGE_FULL 0		/* all of it */
#define VRANGE_PARTIAL 1	/* from its start, as much as is needed */

struct fvrange {
	__u64 offset;		/* bytes, a multiple of the page size */
	__u64 len;		/* bytes, rounded down to pages */
	__u32 mode;		/* VRANGE_VOLATILE or VRANGE_NONVOLATILE */
	__u32 behavior;		/* VRANGE_FULL or VRANGE_PARTIAL */
	__u64 purged_bytes;	/* out: bytes of the range that had data when they were purged */
};

#define FVRANGE_IOC _IOWR('v', 1, struct fvrange)

/* _IOWR('v', 2, ...) is reserved for an array of ranges. */

#endif
