/* AVX-512. Tests build it with HALFSTEP_AVX512_AS_AVX2 to run its wide body where the machine has no such registers. */

#include "levels.h"
#ifdef HAS_LEVELS
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512vl,avx512bw,avx2,fma"))), apply_to = function)
#elif defined(HALFSTEP_AVX512_AS_AVX2)
#pragma GCC target("avx2,fma")
#else
#pragma GCC target("avx512f,avx512dq,avx512vl,avx512bw,avx2,fma,prefer-vector-width=512")
#endif
#define WIDTH 8
#define NAME avx512
#define BODY kernel_avx512
#include "body.h"
#if defined(__clang__)
#pragma clang attribute pop
#endif
#endif
