#ifndef CHOST_AUXV_H
#define CHOST_AUXV_H

// Entries of the auxiliary vector (getauxval(3)) that say how the process was started; 1 or 0.
int chost_is_privileged(void);
int chost_keeps_argv0(void);

#endif
