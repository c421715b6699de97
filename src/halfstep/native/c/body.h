/* The kernels, once per instruction set: the including file says WIDTH and BODY, the name of its table. */

#include "kernel.h"
#include "vector.h"

#include "dense.h"
#include "market.h"

#include "invert.h"
#include "markups.h"

#include "lu.h"
#include "clearing.h"

#include "panel.h"

#include "cascade.h"

#define STRING_(x) #x
#define STRING(x) STRING_(x)

/* f over an unaligned array, by padded pieces. */
#define OVER(name, all)                                                                                                \
    static int name(const double *x, double *y, int64_t n)                                                             \
    {                                                                                                                  \
        double piece[64] __attribute__((aligned(BYTES)));                                                              \
        for (int64_t at = 0; at < n; at += 64) {                                                                       \
            int64_t many = n - at < 64 ? n - at : 64;                                                                  \
            for (int64_t i = 0; i < 64; i++) piece[i] = i < many ? x[at + i] : 1.0;                                    \
            all(piece, piece, 64);                                                                                     \
            for (int64_t i = 0; i < many; i++) y[at + i] = piece[i];                                                   \
        }                                                                                                              \
        return 0;                                                                                                      \
    }

OVER(exp_over, exp_all)
OVER(log_over, log_all)

const Kernel BODY = {STRING(NAME), invert, markups, shares, clear, panel, cascade, exp_over, log_over};
