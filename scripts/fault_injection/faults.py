"""Which calls can fail, and how."""

import collections
import re
from pathlib import Path

ERRORS = {
    # To read. A call that says that nothing is there is believed: so that is no fault.
    "open": ["EIO", "EACCES", "EMFILE", "EINTR"],
    "openat": ["EIO", "EACCES", "EMFILE", "EINTR"],
    "openat2": ["EIO", "EACCES", "EMFILE", "EAGAIN"],
    "read": ["EIO", "EINTR", "0"],
    "pread64": ["EIO", "EINTR", "0"],
    "getdents64": ["EIO"],
    "fstat": ["EIO"],
    "newfstatat": ["EIO", "EACCES"],
    "statx": ["EIO", "EACCES"],
    "readlink": ["EIO"],
    "readlinkat": ["EIO"],
    "lseek": ["EIO"],
    "getcwd": ["EACCES"],
    "statfs": ["EIO"],
    "fstatfs": ["EIO"],
    "fcntl": ["EMFILE"],
    # To write.
    "write": ["EIO", "ENOSPC", "EINTR"],
    "pwrite64": ["EIO", "ENOSPC"],
    "fsync": ["EIO"],
    "fdatasync": ["EIO"],
    "rename": ["EIO", "ENOSPC"],
    "renameat": ["EIO", "ENOSPC"],
    "renameat2": ["EIO", "EINVAL", "ENOSPC"],
    "unlink": ["EIO", "EACCES"],
    "unlinkat": ["EIO", "EACCES"],
    "rmdir": ["EIO"],
    "mkdir": ["EIO", "ENOSPC"],
    "mkdirat": ["EIO", "ENOSPC"],
    "link": ["EIO"],
    "linkat": ["EIO"],
    "symlinkat": ["EIO"],
    "fchmod": ["EIO"],
    "fchmodat": ["EIO"],
    "ftruncate": ["EIO"],
    "fallocate": ["ENOSPC"],
    "flock": ["ENOLCK", "EINTR"],
    "utimensat": ["EIO"],
    "copy_file_range": ["EIO"],
    "sendfile": ["EIO"],
    # To run. What wakes threads is left out: eventfd, and sendto, by which the runtime tells itself of signals.
    "clone3": ["EAGAIN"],
    "poll": ["EINTR"],
    "epoll_create1": ["EMFILE"],
    "epoll_ctl": ["ENOMEM"],
    "epoll_wait": ["EINTR"],
    "eventfd2": ["EMFILE"],
    "pidfd_open": ["EMFILE"],
    "socket": ["EMFILE"],
    "socketpair": ["EMFILE"],
    "connect": ["ECONNREFUSED"],
    "bind": ["EADDRINUSE"],
    "listen": ["EADDRINUSE"],
    "accept4": ["EMFILE", "ECONNABORTED"],
    "getsockname": ["EIO"],
    "setsockopt": ["EINVAL"],
    "recvfrom": ["ECONNRESET"],
    "writev": ["EPIPE"],
    "inotify_init1": ["EMFILE"],
    "inotify_add_watch": ["ENOSPC", "EACCES"],
    "inotify_rm_watch": ["EINVAL"],
    "ioctl": ["EIO"],
}

# By operation, call and kind, what is as it should be: `hash` says what SkillMeat would, to which a directory that
# nobody may list is empty; and a right that comes back is told to the service by the directory that has it, which a
# call that fails once without a reason is not.
BY_RULE = {
    ("hash", "openat", "EACCES"),
    ("service", "statx", "EACCES"),
    ("service", "newfstatat", "EACCES"),
    ("service", "inotify_add_watch", "EACCES"),
}

# How much later a call comes that comes late.
LATE = "30ms"


def expressions(call):
    """Returns the ways in which a call can fail, as strace takes them."""
    for error in ERRORS[call]:
        if error == "0":
            yield "brings nothing", "retval=0"
        else:
            yield error, f"error={error}"
    yield "late", f"delay_enter={LATE}"


# What the loader does before anything of ours runs ends with std's first call.
FIRST = "poll"


def points(log, most):
    """Returns the calls in a log of strace, each with its number in its thread, but for the loader's and, of each kind,
    those beyond `most`."""
    by_thread, points_of, loader = collections.defaultdict(collections.Counter), set(), None
    wakes = set()
    for line in Path(log).read_text(errors="replace").splitlines():
        found = re.match(r"(\d+)\s+(\w+)\(", line)
        if not found:
            continue
        thread, call = found.groups()
        by_thread[thread][call] += 1
        if loader is None and call == FIRST:
            loader = dict(by_thread[thread])
        number = by_thread[thread][call]
        # The n-th call is that of every thread, the loader's among them.
        if loader is not None and number > loader.get(call, 0):
            points_of.add((call, number))
        # What wakes threads cannot fail.
        if "[eventfd]" in line:
            wakes.add((call, number))
    return sorted(point for point in points_of - wakes if point[1] <= most)
