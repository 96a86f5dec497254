package processes

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// AdoptOrphans makes this program the parent of every descendant whose own parent ended.
func AdoptOrphans() error {
	return unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
}

// KillOrphans kills what a container's first process left behind, as the end of its pid namespace would: every adopted
// process, and in turn what that one leaves. A container's process that wants to keep such children adopts them itself.
func KillOrphans() {
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); {
		orphans := orphans()
		if len(orphans) == 0 {
			return
		}
		for _, pid := range orphans {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
		// Not one after the other to its end: the first process of a pid namespace ends only after all others in it have been
		// waited for, and those may be ours too.
		for _, pid := range orphans {
			_, _ = syscall.Wait4(pid, nil, syscall.WNOHANG, nil)
		}
		time.Sleep(time.Millisecond)
	}
}

func orphans() (pids []int) {
	mutex.Lock()
	defer mutex.Unlock()
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err == nil && !known[pid] && parentOf(pid) == os.Getpid() {
			pids = append(pids, pid)
		}
	}
	return pids
}

// parentOf answers 0 for a process that is no more.
func parentOf(pid int) int {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	// pid (name) state ppid; the name may hold anything, spaces and parentheses too.
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) < 2 {
		return 0
	}
	parent, _ := strconv.Atoi(string(fields[1]))
	return parent
}
