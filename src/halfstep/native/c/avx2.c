/* AVX2 and FMA. */

#include "levels.h"
#ifdef HAS_LEVELS
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC target("avx2,fma")
#endif
#define WIDTH 4
#define NAME avx2
#define BODY kernel_avx2
#include "body.h"
#if defined(__clang__)
#pragma clang attribute pop
#endif
#endif
