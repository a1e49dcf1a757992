#ifndef SYMBIONT_GUEST_LOOP_H
#define SYMBIONT_GUEST_LOOP_H

#include "internal.h"

/// The descriptor that events are waited on.
int loop_descriptor(void);
/// What an event of a channel's descriptor carries.
uint32_t loop_token(uint32_t channel, enum role role);
/// Ends the loop when the answers so far are written; the machine is powered off if there is one.
void loop_end(void);

/// Handles a frame; null, or why the connection must end.
const char *dispatch(const struct frame *frame, enum guest_error *code);
/// Forgets that a host said hello.
void dispatch_reset(void);
/// Ends everything that a connection started.
void end_everything(void);

#endif
