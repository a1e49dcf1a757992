extension SeccompProfile {
  /// The calls that ordinary programs need, by subject.
  ///
  /// What is missing on purpose: everything that mounts, makes or joins namespaces, loads code into the kernel, traces
  /// or reads other processes, changes the clock or the machine, uses keys, and the interfaces with the longest record
  /// of holes (`io_uring`, `userfaultfd`, `bpf`, `perf_event_open`, `vmsplice`, `open_by_handle_at`). Names that an
  /// architecture does not have are ignored.
  static let allowedCalls =
    fileCalls + descriptorCalls + memoryCalls + processCalls + signalCalls + identityCalls + timeCalls + networkCalls
    + synchronizationCalls

  private static let fileCalls = [
    "access", "chdir", "chmod", "chown", "creat", "faccessat", "faccessat2", "fallocate", "fchdir", "fchmod",
    "fchmodat", "fchmodat2", "fchown", "fchownat", "fdatasync", "fgetxattr", "flistxattr", "flock", "fremovexattr",
    "fsetxattr", "fstat", "fstatfs", "fsync", "ftruncate", "futimesat", "getcwd", "getdents", "getdents64", "getxattr",
    "inotify_add_watch", "inotify_init", "inotify_init1", "inotify_rm_watch", "lchown", "lgetxattr", "link", "linkat",
    "listxattr", "llistxattr", "lremovexattr", "lsetxattr", "lstat", "mkdir", "mkdirat", "mknod", "mknodat",
    "newfstatat",
    "open", "openat", "openat2", "readlink", "readlinkat", "removexattr", "rename", "renameat", "renameat2", "rmdir",
    "setxattr", "stat", "statfs", "statx", "symlink", "symlinkat", "sync", "sync_file_range", "syncfs", "truncate",
    "umask", "unlink", "unlinkat", "utime", "utimensat", "utimes",
  ]

  private static let descriptorCalls = [
    "close", "close_range", "copy_file_range", "dup", "dup2", "dup3", "epoll_create", "epoll_create1", "epoll_ctl",
    "epoll_pwait", "epoll_pwait2", "epoll_wait", "eventfd", "eventfd2", "fadvise64", "fcntl", "ioctl", "lseek",
    "memfd_create", "pipe", "pipe2", "poll", "ppoll", "pread64", "preadv", "preadv2", "pselect6", "pwrite64", "pwritev",
    "pwritev2", "read", "readahead", "readv", "select", "sendfile", "signalfd", "signalfd4", "splice", "tee", "write",
    "writev",
  ]

  private static let memoryCalls = [
    "brk", "madvise", "membarrier", "mincore", "mlock", "mlock2", "mlockall", "mmap", "mprotect", "mremap", "msync",
    "munlock", "munlockall", "munmap", "pkey_alloc", "pkey_free", "pkey_mprotect",
  ]

  private static let processCalls = [
    "arch_prctl", "execve", "execveat", "exit", "exit_group", "fork", "getcpu", "getpgid", "getpgrp", "getpid",
    "getppid",
    "getpriority", "getrandom", "getrlimit", "getrusage", "getsid", "gettid", "ioprio_get", "ioprio_set", "pidfd_open",
    "pidfd_send_signal", "prctl", "prlimit64", "rseq", "sched_get_priority_max", "sched_get_priority_min",
    "sched_getaffinity", "sched_getattr", "sched_getparam", "sched_getscheduler", "sched_rr_get_interval",
    "sched_setaffinity", "sched_setattr", "sched_setparam", "sched_setscheduler", "sched_yield", "set_tid_address",
    "setpgid", "setpriority", "setrlimit", "setsid", "sysinfo", "uname", "vfork", "wait4", "waitid",
  ]

  private static let signalCalls = [
    "kill", "pause", "restart_syscall", "rt_sigaction", "rt_sigpending", "rt_sigprocmask", "rt_sigqueueinfo",
    "rt_sigreturn", "rt_sigsuspend", "rt_sigtimedwait", "rt_tgsigqueueinfo", "sigaltstack", "tgkill", "tkill",
  ]

  private static let identityCalls = [
    "capget", "capset", "getegid", "geteuid", "getgid", "getgroups", "getresgid", "getresuid", "getuid", "setfsgid",
    "setfsuid", "setgid", "setgroups", "setregid", "setresgid", "setresuid", "setreuid", "setuid",
  ]

  private static let timeCalls = [
    "alarm", "clock_getres", "clock_gettime", "clock_nanosleep", "getitimer", "gettimeofday", "nanosleep", "setitimer",
    "time", "timer_create", "timer_delete", "timer_getoverrun", "timer_gettime", "timer_settime", "timerfd_create",
    "timerfd_gettime", "timerfd_settime", "times",
  ]

  private static let networkCalls = [
    "accept", "accept4", "bind", "connect", "getpeername", "getsockname", "getsockopt", "listen", "recvfrom",
    "recvmmsg",
    "recvmsg", "sendmmsg", "sendmsg", "sendto", "setsockopt", "shutdown", "socketpair",
  ]

  private static let synchronizationCalls = [
    "futex", "futex_requeue", "futex_wait", "futex_waitv", "futex_wake", "get_robust_list", "mq_getsetattr",
    "mq_notify",
    "mq_open", "mq_timedreceive", "mq_timedsend", "mq_unlink", "msgctl", "msgget", "msgrcv", "msgsnd", "semctl",
    "semget",
    "semop", "semtimedop", "set_robust_list", "shmat", "shmctl", "shmdt", "shmget",
  ]
}
