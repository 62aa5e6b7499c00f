/* Makes this CPU look like an older one to the program that preloads this library.
 *
 * Programs choose their kernels with the cpuid instruction. arch_prctl(ARCH_SET_CPUID, 0) makes
 * that instruction fault in the calling thread and in the threads and forks that it starts. exec
 * resets this, and the preloaded library in the new program sets it again. The handler of the
 * fault executes the instruction, clears the bits of newer features and continues after it.
 *
 * The SIGSEGV handler of the program itself is stored here, and real faults are passed to it.
 *
 * Not masked: ld.so and libc (they read cpuid before any library is initialised; GLIBC_TUNABLES
 * limits them), resolvers of ifuncs in libraries that are linked at start, static programs,
 * programs started without LD_PRELOAD, and chromium. A program that installs its SIGSEGV handler
 * by a raw system call (Go) removes ours and dies at its next cpuid.
 *
 * arch_prctl(2); bits: Intel SDM, volume 2A, CPUID, table 3-8, leaf 07H.
 */
#define _GNU_SOURCE
#include <asm/prctl.h>
#include <cpuid.h>
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

/* The newest CPU that lacks the feature: one with AVX2 alone (Haswell), or the first with AVX-512
 * (Skylake-X). */
enum level { NONE, AVX2, AVX512 };
enum { EAX, EBX, ECX, EDX };

static const struct {
    uint32_t subleaf, output, bit;
    enum level lacked_up_to;
} features[] = {
    {0, EBX, 16, AVX2},   /* AVX512F */
    {0, EBX, 17, AVX2},   /* AVX512DQ */
    {0, EBX, 21, AVX512}, /* AVX512_IFMA */
    {0, EBX, 26, AVX512}, /* AVX512PF, Xeon Phi */
    {0, EBX, 27, AVX512}, /* AVX512ER, Xeon Phi */
    {0, EBX, 28, AVX2},   /* AVX512CD */
    {0, EBX, 30, AVX2},   /* AVX512BW */
    {0, EBX, 31, AVX2},   /* AVX512VL */
    {0, ECX, 1, AVX512},  /* AVX512_VBMI */
    {0, ECX, 6, AVX512},  /* AVX512_VBMI2 */
    {0, ECX, 8, AVX512},  /* GFNI */
    {0, ECX, 9, AVX512},  /* VAES */
    {0, ECX, 10, AVX512}, /* VPCLMULQDQ */
    {0, ECX, 11, AVX512}, /* AVX512_VNNI */
    {0, ECX, 12, AVX512}, /* AVX512_BITALG */
    {0, ECX, 14, AVX512}, /* AVX512_VPOPCNTDQ */
    {0, EDX, 2, AVX512},  /* AVX512_4VNNIW, Xeon Phi */
    {0, EDX, 3, AVX512},  /* AVX512_4FMAPS, Xeon Phi */
    {0, EDX, 8, AVX512},  /* AVX512_VP2INTERSECT */
    {0, EDX, 22, AVX512}, /* AMX_BF16 */
    {0, EDX, 23, AVX512}, /* AVX512_FP16 */
    {0, EDX, 24, AVX512}, /* AMX_TILE */
    {0, EDX, 25, AVX512}, /* AMX_INT8 */
    {1, EAX, 4, AVX512},  /* AVX_VNNI */
    {1, EAX, 5, AVX512},  /* AVX512_BF16 */
    {1, EAX, 21, AVX512}, /* AMX_FP16 */
    {1, EAX, 23, AVX512}, /* AVX_IFMA */
    {1, EDX, 4, AVX512},  /* AVX_VNNI_INT8 */
    {1, EDX, 5, AVX512},  /* AVX_NE_CONVERT */
    {1, EDX, 8, AVX512},  /* AMX_COMPLEX */
    {1, EDX, 10, AVX512}, /* AVX_VNNI_INT16 */
    {1, EDX, 19, AVX512}, /* AVX10 */
};
static const uint32_t FEATURE_LEAF = 7;

/* Renderers in chromium's sandbox may not call arch_prctl. */
static const char *const unmasked_programs[] = {"chromium", "chrome", "headless_shell",
                                                "chrome_crashpad_handler"};

/* The functions of libc. Looked up before the program runs, since signal handlers may not call
 * dlsym. */
static int (*next_sigaction)(int, const struct sigaction *, struct sigaction *);
static sighandler_t (*next_signal)(int, sighandler_t);
static sighandler_t (*next_sysv_signal)(int, sighandler_t);
static int (*next_sigprocmask)(int, const sigset_t *, sigset_t *);
static int (*next_pthread_sigmask)(int, const sigset_t *, sigset_t *);

static enum level level = NONE;
/* The action that the program set for SIGSEGV. The kernel only has our handler. */
static struct sigaction program_action;

static void look_up(void) {
    if (next_sigaction) return;
    next_signal = (__typeof__(next_signal))dlsym(RTLD_NEXT, "signal");
    next_sysv_signal = (__typeof__(next_sysv_signal))dlsym(RTLD_NEXT, "__sysv_signal");
    next_sigprocmask = (__typeof__(next_sigprocmask))dlsym(RTLD_NEXT, "sigprocmask");
    next_pthread_sigmask = (__typeof__(next_pthread_sigmask))dlsym(RTLD_NEXT, "pthread_sigmask");
    next_sigaction = (__typeof__(next_sigaction))dlsym(RTLD_NEXT, "sigaction");
}

static void stop(const char *reason) {
    /* Continuing unmasked would give wrong results that look like masked ones. */
    ssize_t written = write(STDERR_FILENO, reason, strlen(reason));
    (void)written;
    _exit(2);
}

static void let_cpuid_fault(int faults) {
    if (syscall(SYS_arch_prctl, ARCH_SET_CPUID, faults ? 0 : 1) != 0)
        stop("older_cpu: arch_prctl(ARCH_SET_CPUID) failed in this process\n");
}

static void answer_cpuid(greg_t *registers) {
    uint32_t leaf = (uint32_t)registers[REG_RAX], subleaf = (uint32_t)registers[REG_RCX], output[4];
    let_cpuid_fault(0);
    __cpuid_count(leaf, subleaf, output[EAX], output[EBX], output[ECX], output[EDX]);
    let_cpuid_fault(1);
    for (size_t i = 0; leaf == FEATURE_LEAF && i < sizeof features / sizeof *features; i++)
        if (features[i].subleaf == subleaf && level <= features[i].lacked_up_to)
            output[features[i].output] &= ~(1u << features[i].bit);
    registers[REG_RAX] = output[EAX];
    registers[REG_RBX] = output[EBX];
    registers[REG_RCX] = output[ECX];
    registers[REG_RDX] = output[EDX];
    registers[REG_RIP] += 2;
}

/* SI_KERNEL is a general protection fault; an unreadable address has another code. */
static int is_cpuid(const siginfo_t *info, const greg_t *registers) {
    return info->si_code == SI_KERNEL && !memcmp((const void *)registers[REG_RIP], "\x0f\xa2", 2);
}

static void pass_on(int number, siginfo_t *info, void *context) {
    struct sigaction action = program_action;
    int sent = info->si_code <= 0; /* by kill or raise, not by an instruction */
    if (sent && action.sa_handler == SIG_IGN) return;
    if (action.sa_handler == SIG_DFL || action.sa_handler == SIG_IGN) {
        /* The faulting instruction runs again when this handler returns, and its fault is fatal. */
        next_sigaction(number, &(struct sigaction){.sa_handler = SIG_DFL}, NULL);
        if (sent) raise(number);
        return;
    }
    if (action.sa_flags & (int)SA_RESETHAND) program_action.sa_handler = SIG_DFL;
    if (action.sa_flags & SA_SIGINFO)
        action.sa_sigaction(number, info, context);
    else
        action.sa_handler(number);
}

static void on_fault(int number, siginfo_t *info, void *context) {
    greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
    int kept = errno;
    if (is_cpuid(info, registers))
        answer_cpuid(registers);
    else
        pass_on(number, info, context);
    errno = kept;
}

static int is_ours(int number) {
    look_up();
    return number == SIGSEGV && level != NONE;
}

int sigaction(int number, const struct sigaction *action, struct sigaction *previous) {
    if (!is_ours(number)) return next_sigaction(number, action, previous);
    struct sigaction before = program_action;
    if (action) program_action = *action;
    if (previous) *previous = before;
    return 0;
}

static sighandler_t keep_handler(sighandler_t handler, int flags) {
    sighandler_t before = program_action.sa_handler;
    program_action = (struct sigaction){.sa_handler = handler, .sa_flags = flags};
    return before;
}

/* libc's signal() does not call the sigaction() above. */
sighandler_t signal(int number, sighandler_t handler) {
    return is_ours(number) ? keep_handler(handler, SA_RESTART) : next_signal(number, handler);
}

sighandler_t __sysv_signal(int number, sighandler_t handler) {
    if (!is_ours(number)) return next_sysv_signal(number, handler);
    return keep_handler(handler, (int)(SA_RESETHAND | SA_NODEFER));
}

/* The kernel kills a thread that faults while it blocks SIGSEGV, so it is never blocked. */
static const sigset_t *without_ours(int how, const sigset_t *set, sigset_t *copy) {
    if (!is_ours(SIGSEGV) || !set || how == SIG_UNBLOCK) return set;
    *copy = *set;
    sigdelset(copy, SIGSEGV);
    return copy;
}

int sigprocmask(int how, const sigset_t *set, sigset_t *previous) {
    sigset_t copy;
    const sigset_t *allowed = without_ours(how, set, &copy);
    return next_sigprocmask(how, allowed, previous);
}

int pthread_sigmask(int how, const sigset_t *set, sigset_t *previous) {
    sigset_t copy;
    const sigset_t *allowed = without_ours(how, set, &copy);
    return next_pthread_sigmask(how, allowed, previous);
}

static int is_unmasked_program(void) {
    char path[4096];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    for (size_t i = 0; i < sizeof unmasked_programs / sizeof *unmasked_programs; i++)
        if (!strcmp(name, unmasked_programs[i])) return 1;
    return 0;
}

/* libc may not have set environ yet: the library is linked with -z initfirst. */
static enum level level_in(char **environment) {
    static const char name[] = "OLDER_CPU=";
    for (; *environment; environment++) {
        if (strncmp(*environment, name, sizeof name - 1)) continue;
        const char *value = *environment + sizeof name - 1;
        if (!strcmp(value, "avx2")) return AVX2;
        if (!strcmp(value, "avx512")) return AVX512;
        stop("older_cpu: OLDER_CPU is neither avx2 nor avx512\n");
    }
    return NONE;
}

__attribute__((constructor)) static void begin(int count, char **arguments, char **environment) {
    (void)count, (void)arguments;
    enum level wanted = level_in(environment);
    look_up();
    if (wanted == NONE || is_unmasked_program()) return;
    struct sigaction ours = {.sa_sigaction = on_fault};
    ours.sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK;
    next_sigaction(SIGSEGV, &ours, &program_action);
    level = wanted;
    /* The parent may have blocked it. */
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGSEGV);
    next_sigprocmask(SIG_UNBLOCK, &set, NULL);
    let_cpuid_fault(1);
}
