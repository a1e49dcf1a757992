#ifndef SYMBIONT_CONFINE_H
#define SYMBIONT_CONFINE_H

/// Takes the right to gain privileges and the calls that no command needs from this process and all that it starts.
///
/// Returns 0, or -1 with `errno` set; the caller must not go on then. Safe between `fork` and `exec`.
int symbiont_confine(void);

#endif
