// The system calls that a command may not make, on every tier.
//
// Containers have a filter of their engine as well, which lists what is allowed. This one is a second fence there, and the
// only one above gVisor's kernel and inside of a virtual machine.
#define _GNU_SOURCE
#include "confine.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#if defined(__x86_64__)
#define THIS_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define THIS_ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "the numbers of the system calls are not known for this architecture"
#endif

/// Calls that reach for the kernel, for other processes or for the machine; each is answered with EPERM.
static const uint32_t refused_calls[] = {
    SYS_acct, SYS_add_key, SYS_adjtimex, SYS_bpf, SYS_chroot, SYS_clock_adjtime, SYS_clock_settime, SYS_delete_module,
    SYS_fanotify_init, SYS_finit_module, SYS_fsconfig, SYS_fsmount, SYS_fsopen, SYS_fspick, SYS_init_module,
    SYS_io_uring_enter, SYS_io_uring_register, SYS_io_uring_setup, SYS_kcmp, SYS_kexec_file_load, SYS_kexec_load,
    SYS_keyctl, SYS_lookup_dcookie, SYS_mount, SYS_mount_setattr, SYS_move_mount, SYS_move_pages, SYS_open_by_handle_at,
    SYS_open_tree, SYS_perf_event_open, SYS_pidfd_getfd, SYS_pivot_root, SYS_process_vm_readv, SYS_process_vm_writev,
    SYS_ptrace, SYS_quotactl, SYS_reboot, SYS_request_key, SYS_setdomainname, SYS_sethostname, SYS_setns,
    SYS_settimeofday, SYS_swapoff, SYS_swapon, SYS_syslog, SYS_umount2, SYS_unshare, SYS_userfaultfd, SYS_vhangup,
#if defined(__x86_64__)
    SYS__sysctl, SYS_create_module, SYS_ioperm, SYS_iopl, SYS_modify_ldt, SYS_uselib, SYS_ustat,
#endif
};

/// The flags of `clone(2)` that make namespaces; the other ones make processes and threads.
#define NAMESPACE_FLAGS \
  (CLONE_NEWCGROUP | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUSER | CLONE_NEWUTS)

/// The first argument of `ioctl(2)` that pushes input into a terminal.
#define PUSH_TERMINAL_INPUT 0x5412u

#define COUNT(array) (sizeof(array) / sizeof *(array))
/// The instructions around the list: architecture, number, clone, clone3, ioctl and the verdicts.
#define OTHER_INSTRUCTIONS 24
#define X32_BIT 0x40000000u

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define REFUSE(code) BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ((code) & SECCOMP_RET_DATA))

int symbiont_confine(void) {
  struct sock_filter program[2 * COUNT(refused_calls) + OTHER_INSTRUCTIONS];
  unsigned short length = 0;
  struct sock_filter const begin[] = {
      LOAD(arch),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, THIS_ARCHITECTURE, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
      LOAD(nr),
      BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, X32_BIT, 0, 1),
      REFUSE(ENOSYS),
      // The flags of `clone3` are in memory, which a filter cannot read; without it the C library uses `clone`.
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 0, 1),
      REFUSE(ENOSYS),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 4),
      LOAD(args[0]),
      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, NAMESPACE_FLAGS, 0, 1),
      REFUSE(EPERM),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ioctl, 0, 4),
      LOAD(args[1]),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PUSH_TERMINAL_INPUT, 0, 1),
      REFUSE(EPERM),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  _Static_assert(COUNT(begin) < OTHER_INSTRUCTIONS, "the program has room for its fixed part and the verdict");
  for (size_t index = 0; index < COUNT(begin); index++) program[length++] = begin[index];
  for (size_t index = 0; index < COUNT(refused_calls); index++) {
    struct sock_filter const pair[] = {
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, refused_calls[index], 0, 1),
        REFUSE(EPERM),
    };
    program[length++] = pair[0];
    program[length++] = pair[1];
  }
  program[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  struct sock_fprog filter = {.len = length, .filter = program};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return -1;
  return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0);
}
