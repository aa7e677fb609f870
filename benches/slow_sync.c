/* Adds 5 ms to every sync of the process that loads this with LD_PRELOAD: a disk of an ordinary office machine. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>

static void wait_5_ms(void) {
  struct timespec time = {0, 5000000};
  nanosleep(&time, 0);
}

int fdatasync(int file) {
  static int (*real)(int);
  if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
  wait_5_ms();
  return real(file);
}

int fsync(int file) {
  static int (*real)(int);
  if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
  wait_5_ms();
  return real(file);
}
