/* Vectors of WIDTH doubles; their exponential and logarithm.

   Included once by every body file, which first says WIDTH and the instruction set. */

#include <stddef.h>
#include <stdint.h>

#define BYTES (8 * WIDTH)
#define INLINE static inline __attribute__((always_inline, unused))
#define LOCAL static __attribute__((unused))

typedef double vec __attribute__((vector_size(BYTES), may_alias));
typedef uint64_t bits __attribute__((vector_size(BYTES), may_alias));
typedef double unaligned __attribute__((vector_size(BYTES), aligned(8), may_alias));

INLINE vec splat(double x) { return x - (vec){0}; }
INLINE vec load(const double *p) { return *(const vec *)p; }
INLINE vec load_any(const double *p) { return (vec) * (const unaligned *)p; }
INLINE void store(double *p, vec x) { *(vec *)p = x; }
INLINE void store_any(double *p, vec x) { *(unaligned *)p = (unaligned)x; }

/* a where the mask's bits are set, b elsewhere. */
INLINE vec blend(bits mask, vec a, vec b) { return (vec)((mask & (bits)a) | (~mask & (bits)b)); }
INLINE vec larger(vec a, vec b) { return blend((bits)(a > b), a, b); }
INLINE vec magnitude(vec a) { return (vec)((bits)a & (UINT64_MAX >> 1)); }

INLINE double sum(vec x)
{
#if WIDTH == 8
    typedef double half __attribute__((vector_size(32)));
    half y = (half){x[0], x[1], x[2], x[3]} + (half){x[4], x[5], x[6], x[7]};
    return (y[0] + y[2]) + (y[1] + y[3]);
#elif WIDTH == 4
    typedef double half __attribute__((vector_size(16)));
    half y = (half){x[0], x[1]} + (half){x[2], x[3]};
    return y[0] + y[1];
#else
    return x[0] + x[1];
#endif
}

INLINE double largest(vec x)
{
    double most = x[0];
    for (int i = 1; i < WIDTH; i++)
        if (!(x[i] <= most)) most = x[i];
    return most;
}

#define SHIFTER 0x1.8p52 /* adding it leaves the nearest integer in the low bits */
#define LN2_HIGH 0x1.62e42fefp-1
#define LN2_LOW 0x1.473de6af278edp-34

/* exp(x); zero below -708, where doubles lose digits. About 1 ulp. */
INLINE vec vexp(vec x)
{
    /* (exp(r) - 1 - r) / r^2 on |r| <= ln 2 / 2: minimax, relative error of exp 4e-18. */
    const double c0 = 0x1.000000000000ap-1, c1 = 0x1.55555555554fap-3, c2 = 0x1.555555555087dp-5,
                 c3 = 0x1.1111111127bdcp-7, c4 = 0x1.6c16c1842a0c6p-10, c5 = 0x1.a01a012a5a428p-13,
                 c6 = 0x1.a0199a0c70220p-16, c7 = 0x1.71df254da5979p-19, c8 = 0x1.28ad72ca32b85p-22,
                 c9 = 0x1.ad7f74afc4e51p-26;
    vec z = x * splat(0x1.71547652b82fep0) + splat(SHIFTER);
    vec n = z - splat(SHIFTER);
    vec r = x - n * splat(LN2_HIGH) - n * splat(LN2_LOW);
    vec r2 = r * r, r4 = r2 * r2;
    vec a0 = splat(c1) * r + splat(c0), a1 = splat(c3) * r + splat(c2), a2 = splat(c5) * r + splat(c4),
        a3 = splat(c7) * r + splat(c6), a4 = splat(c9) * r + splat(c8);
    vec low = a1 * r2 + a0, high = (a3 * r2 + a2) + a4 * r4;
    vec p = (r2 * (high * r4 + low) + r) + splat(1.0);
    vec y = (vec)((bits)p + ((bits)z << 52));
    y = (vec)((bits)y & ~(bits)(x < splat(-708.0)));
    return blend((bits)(x > splat(0x1.62e42fefa39efp9)), splat(__builtin_inf()), y);
}

/* 2^x for x of at most 1000; zero below -1021 where `low`, undefined there otherwise. About 1 ulp. */
INLINE vec vexp2(vec x, const int low)
{
    /* (2^r - 1) / r on |r| <= 1/2: minimax, relative error of 2^r 4e-18. */
    const double c0 = 0x1.62e42fefa39efp-1, c1 = 0x1.ebfbdff82c5a4p-3, c2 = 0x1.c6b08d7049fe7p-5,
                 c3 = 0x1.3b2ab6fba00fap-7, c4 = 0x1.5d87fe78cd7b6p-10, c5 = 0x1.4309130edfbb5p-13,
                 c6 = 0x1.ffcbfba952a87p-17, c7 = 0x1.62bfc78aa5bedp-20, c8 = 0x1.b5267d11c7191p-24,
                 c9 = 0x1.e61b71be53dd9p-28, c10 = 0x1.e79baf2950574p-32;
    vec z = x + splat(SHIFTER), r = x - (z - splat(SHIFTER)), r2 = r * r; /* two chains: shorter than Horner's one */
    vec even = splat(c10) * r2 + splat(c8), odd = splat(c9) * r2 + splat(c7);
    even = even * r2 + splat(c6);
    odd = odd * r2 + splat(c5);
    even = even * r2 + splat(c4);
    odd = odd * r2 + splat(c3);
    even = even * r2 + splat(c2);
    odd = odd * r2 + splat(c1);
    even = even * r2 + splat(c0);
    vec p = (odd * r + even) * r + splat(1.0);
    vec y = (vec)((bits)p + ((bits)z << 52));
    return low ? (vec)((bits)y & ~(bits)(x < splat(-1021.0))) : y;
}

/* log(x); -inf at zero, NaN below. About 1 ulp. */
INLINE vec vlog(vec x)
{
    /* (2 atanh(s) / s - 2) / s^2 on [sqrt 1/2, sqrt 2]: minimax, relative error of log 2e-18. */
    const double c0 = 0.6666666666666734, c1 = 0.399999999994143, c2 = 0.2857142874247913, c3 = 0.22222198563114656,
                 c4 = 0.181835648839223, c5 = 0.15314035425459574, c6 = 0.14796109349505535;
    const uint64_t root_half = UINT64_C(0x3fe6a09e667f3bcd), shifter = UINT64_C(0x4338000000000000);
    bits tiny = (bits)(x < splat(0x1p-1022));
    vec scaled = blend(tiny, x * splat(0x1p54), x);
    bits k = (((bits)scaled - root_half) + (UINT64_C(1024) << 52)) >> 52;
    vec m = (vec)((bits)scaled - ((k - 1024) << 52));
    k = k - 1024 - (tiny & 54);
    vec n = (vec)(k + shifter) - splat(SHIFTER);
    vec f = m - splat(1.0), s = f / (f + splat(2.0)), z = s * s, half = splat(0.5) * f * f;
    vec R = splat(c6);
    R = R * z + splat(c5);
    R = R * z + splat(c4);
    R = R * z + splat(c3);
    R = R * z + splat(c2);
    R = R * z + splat(c1);
    R = R * z + splat(c0);
    vec y = n * splat(LN2_HIGH) - ((half - (s * (half + z * R) + n * splat(LN2_LOW))) - f);
    y = blend((bits)(x == splat(0.0)), splat(-__builtin_inf()), y);
    y = blend((bits)(x < splat(0.0)), splat(__builtin_nan("")), y);
    return blend((bits)(x < splat(__builtin_inf())), y, x + x);
}

/* y = exp(x) over padded aligned arrays. */
LOCAL void exp_all(const double *x, double *y, int64_t n)
{
    for (int64_t i = 0; i < n; i += WIDTH) store(y + i, vexp(load(x + i)));
}

LOCAL void log_all(const double *x, double *y, int64_t n)
{
    for (int64_t i = 0; i < n; i += WIDTH) store(y + i, vlog(load(x + i)));
}
