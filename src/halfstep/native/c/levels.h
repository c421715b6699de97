/* Whether this compiler can make the wider bodies and ask the machine for them. */

#ifndef HALFSTEP_LEVELS_H
#define HALFSTEP_LEVELS_H

#if defined(__x86_64__) && defined(__GNUC__)
#define HAS_LEVELS 1
#endif

#endif
